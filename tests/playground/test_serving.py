"""What endpoints keep: made when it is needed, ended when it is not, and never for ever."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.support.peers import Capture, until
from wirescope.errors import SignalingError, UsageError
from wirescope.playground.endpoints import serving as module
from wirescope.playground.endpoints.forwarding import Sink
from wirescope.playground.endpoints.serving import Kept, Serving, Users, open_serving


@asynccontextmanager
async def serving() -> AsyncIterator[Serving]:
    capture = Capture()
    async with open_serving(timeline=capture.timeline, sink=capture.sink, origins=()) as made:
        yield made


@dataclass
class Lamp:
    """A context that counts, and can be held up or fail at each end."""

    lit: int = 0
    out: int = 0
    way_in: asyncio.Event = field(default_factory=asyncio.Event)
    way_out: asyncio.Event = field(default_factory=asyncio.Event)
    error: Exception | None = None

    @asynccontextmanager
    async def shine(self) -> AsyncIterator[int]:
        await self.way_in.wait()
        if self.error is not None:
            raise self.error
        self.lit += 1
        try:
            yield self.lit
        finally:
            await self.way_out.wait()
            self.out += 1


async def test_what_cannot_be_entered_is_told_and_tried_again() -> None:
    lamp = Lamp(error=RuntimeError("no"))
    lamp.way_in.set()
    lamp.way_out.set()
    async with serving() as made:
        kept = Kept(made, lamp.shine)
        with pytest.raises(RuntimeError, match="no"):  # of whatever kind it is
            await kept.get()
        lamp.error = UsageError("not yet")
        with pytest.raises(UsageError):
            await kept.get()
        lamp.error = None
        assert await kept.get() == await kept.get() == 1
    assert lamp.out == 1


async def test_whoever_asks_while_it_ends_gets_another_one() -> None:
    lamp, enough = Lamp(), asyncio.Event()
    lamp.way_in.set()

    async def until_enough(_: int) -> None:
        await enough.wait()

    async with serving() as made:
        kept = Kept(made, lamp.shine, until_enough)
        assert await kept.get() == 1
        enough.set()
        await until(lambda: kept.value is None)
        enough.clear()
        assert (await kept.get(), lamp.out) == (2, 0)
        assert kept.value == 2
        lamp.way_out.set()
        await until(lambda: lamp.out == 1)
        assert kept.value == 2
        enough.set()
    assert lamp.out == 2


async def test_an_error_at_its_end_ends_nothing_else() -> None:
    reported: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, about: reported.append(about))

    @asynccontextmanager
    async def fails_at_its_end() -> AsyncIterator[int]:
        yield 1
        raise UsageError("too late")

    async def at_once(_: int) -> None:
        """End at once."""

    async with serving() as made:
        assert await Kept(made, fails_at_its_end, at_once).get() == 1
        await until(lambda: reported)
        lamp = Lamp()
        lamp.way_in.set()
        lamp.way_out.set()
        assert await Kept(made, lamp.shine).get() == 1  # the server still has tasks
    assert [type(each["exception"]) for each in reported] == [UsageError]


async def test_what_is_still_being_entered_ends_with_the_server() -> None:
    lamp = Lamp()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        async with serving() as made:
            asking = group.create_task(refused(Kept(made, lamp.shine)))
            await asyncio.sleep(0.05)
        assert (await asking).status == 503
    assert lamp.lit == 0


async def refused(kept: Kept[int]) -> SignalingError:
    with pytest.raises(SignalingError) as caught:
        await kept.get()
    return caught.value


@dataclass
class Used:
    """A session."""

    is_over: bool = False


async def test_users_that_have_ended_are_not_counted_or_kept() -> None:
    async with serving() as made:
        users = Users(made)
        sessions = [users.add(Used()) for _ in range(3)]
        assert len(users) == 3
        for each in sessions:
            each.is_over = True
        users.add(Used())
        assert (len(users), len(users._sessions)) == (1, 1)


async def test_a_forwarder_that_nobody_uses_ends_and_is_made_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "LINGER_S", 0.2)
    monkeypatch.setattr(module, "LOOK_S", 0.05)
    async with serving() as made:
        sink = Sink(made)
        session = await sink._publish("webrtc:")
        first = sink._forwarder.value
        await asyncio.sleep(0.5)
        assert sink._forwarder.value is first is not None
        await session.close()
        await until(lambda: sink._forwarder.value is None)
        await (await sink._publish("webrtc:")).close()
        assert sink._forwarder.value not in (first, None)
