"""What may change under a call between two sides of a rig, and what has to become of it.

The two ends count to each other and record what happens, each into a capture of its own. Then
something changes: a router forgets, an address is gone, another device leads out, nothing gets
through for a while, the relay begins anew. The call goes on, and how it was recovered is read from
the captures, or it ends with its reason; either way both captures have all of it.

`tests.support.troubles` has what happens where nothing translates.
"""

import asyncio
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from tests.support.ends import Call, Status, call
from tests.support.nat.rig import Rig, rig
from tests.support.nat.servers import coturn, url
from tests.support.nat.sides import CONE, SYMMETRIC, Side
from tests.support.nat.site import SPARE, Site
from tests.support.parts import PARTS
from tests.support.troubles import LOST_S, NO_PATH, NOTICED_S, Outcome, ended, talking, well
from wirescope.capture import open_capture
from wirescope.events import (
    AnyEvent,
    ConnectionClosed,
    ConnectionOpened,
    DataChannelMessage,
    SignalingDescription,
)

OUTAGE_S = 30.0

AT_HOME = Side(nats=(CONE,))
MOBILE = Side(nats=(SYMMETRIC,))


@dataclass(frozen=True, slots=True)
class Scene:
    """A call that stands, the rig below it, and what begins its relay anew.

    Attributes:
        two: the call.
        site: what stands before our end.
        restart_relay: ends coturn and starts another one.
    """

    two: Call[Rig]
    site: Site
    restart_relay: Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something that may change.

    Attributes:
        words: what it is.
        happen: lets it happen, and says what has become of the call.
        one: what stands before our end.
        two: before the other.
        options: of both connections.
    """

    words: str
    happen: Callable[[Scene], Awaitable[Outcome]]
    one: Side = AT_HOME
    two: Side = AT_HOME
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What has become of a call, and what the captures of both ends say of it.

    Attributes:
        outcome: what it came to.
        by: how it was recovered, in words.
        messages: that both captures have, sent and received.
    """

    outcome: Outcome
    by: str
    messages: int


# What may happen


async def forgets(scene: Scene) -> Outcome:
    """Our router forgets its mappings and makes others."""
    await scene.site.rebind()
    return await well(scene.two, within_s=3 * NOTICED_S)


async def moves(scene: Scene) -> Outcome:
    """Our router has another outer address."""
    await scene.site.rebind(address=SPARE)
    return await well(scene.two, within_s=3 * NOTICED_S)


async def loses_its_device(scene: Scene) -> Outcome:
    """Our device loses its cable, and no other one is there."""
    await scene.site.take_device()
    return await ended(scene.two, NO_PATH.format(5), within_s=2 * NOTICED_S)


async def loses_its_address(scene: Scene) -> Outcome:
    """Our address is gone, and no other one comes."""
    address = f"address delete {scene.site.own_address}/24 dev eth0"
    await scene.site.client.ip(address)
    return await ended(scene.two, NO_PATH.format(5), within_s=2 * NOTICED_S)


async def changes_device(scene: Scene) -> Outcome:
    """Our device loses its cable, and then there is another one."""
    await scene.site.take_device()
    await scene.site.give_device()
    return await well(scene.two, within_s=3 * NOTICED_S)


async def has_two_devices(scene: Scene) -> Outcome:
    """There is another device already when ours loses its cable."""
    await scene.site.give_device()
    await scene.two.until_counted(50)
    await scene.site.take_device()
    return await well(scene.two, within_s=3 * NOTICED_S)


async def is_out(scene: Scene) -> Outcome:
    """Nothing gets through our router for a while."""
    await scene.site.swallow()
    await asyncio.sleep(OUTAGE_S)
    await scene.site.forward()
    return await well(scene.two, within_s=2 * NOTICED_S)


async def is_out_for_good(scene: Scene) -> Outcome:
    """Nothing gets through our router any more."""
    await scene.site.swallow()
    return await ended(scene.two, NO_PATH.format(5), within_s=2 * NOTICED_S)


async def loses_its_relay(scene: Scene) -> Outcome:
    """The relay begins anew and knows of nothing."""
    await scene.restart_relay()
    return await well(scene.two, within_s=3 * NOTICED_S)


ALL = {
    "forgets": Change(words="our router forgets its mappings", happen=forgets),
    "forgets, relayed": Change(
        words="our router forgets those to the relay", happen=forgets, one=MOBILE, two=MOBILE
    ),
    "moves": Change(words="our router has another outer address", happen=moves),
    "address": Change(
        words="our address is gone", happen=loses_its_address, options={"lost_timeout_s": LOST_S}
    ),
    "device": Change(
        words="our cable is pulled for good",
        happen=loses_its_device,
        options={"lost_timeout_s": LOST_S},
    ),
    "another device": Change(words="another device takes over", happen=changes_device),
    "two devices": Change(words="of two devices one goes", happen=has_two_devices),
    "relay": Change(words="the relay begins anew", happen=loses_its_relay, one=MOBILE, two=MOBILE),
    "outage": Change(words=f"nothing gets through for {OUTAGE_S:g} s", happen=is_out),
    "outage for good": Change(
        words="nothing gets through any more",
        happen=is_out_for_good,
        options={"lost_timeout_s": LOST_S},
    ),
}


# A call that undergoes it


class _Relay:
    """coturn on a rig's public network, which can be begun anew."""

    def __init__(self, made: Rig, folder: Path) -> None:
        self._made, self._folder = made, folder
        self._running = AsyncExitStack()

    async def start(self) -> None:
        """Start it."""
        program = PARTS["turnserver"]()
        assert program is not None
        await self._running.enter_async_context(coturn(self._made, program, self._folder))

    async def restart(self) -> None:
        """End it, and start another one."""
        await self._running.aclose()
        await self.start()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._running.aclose()


async def undergo(change: Change) -> Recorded:
    """Let a call undergo a change, in a rig of its own, and read what was recorded."""
    with tempfile.TemporaryDirectory() as folder:
        captures = [Path(folder) / f"{name}.wirescope" for name in ("one", "two")]
        async with (
            rig({"one": change.one, "two": change.two}) as made,
            _Relay(made, Path(folder)) as relay,
            call(made, "engine") as two,
        ):
            servers = [url("stun"), url("udp")]
            await talking(two, captures=captures, ice_servers=servers, **change.options)
            before = [each.sent + each.got for each in await two.statuses()]
            outcome = await change.happen(Scene(two, made.sites["one"], relay.restart))
            statuses = await two.statuses()
        recorded = [_read(path) for path in captures]
    for status, events, at_least in zip(statuses, recorded, before, strict=True):
        _check(status, events, at_least)
    messages = sum(isinstance(each, DataChannelMessage) for own in recorded for each in own)
    return Recorded(outcome, _recovery(recorded), messages)


def _read(path: Path) -> list[AnyEvent]:
    with open_capture(path) as capture:
        assert not capture.gaps, capture.gaps
        return list(capture.events())


def _check(status: Status, events: Sequence[AnyEvent], before: int) -> None:
    """See that a capture has every event, and each message that its end knows of."""
    assert [each.seq for each in events] == list(range(1, len(events) + 1))
    kinds = Counter(type(each) for each in events)
    assert (kinds[ConnectionOpened], kinds[ConnectionClosed]) == (1, 1), kinds
    closed = next(each for each in events if isinstance(each, ConnectionClosed))
    assert closed.reason in status.over or not status.over, (closed, status)
    passed = Counter(each.direction for each in events if isinstance(each, DataChannelMessage))
    known = {"sent": status.sent, "received": status.got}
    for way, count in passed.items():
        assert count >= known[way], (way, count, known)
    assert sum(passed.values()) >= before


def _recovery(recorded: Sequence[Sequence[AnyEvent]]) -> str:
    offers = sum(
        isinstance(each, SignalingDescription) and each.kind == "offer" and each.side == "local"
        for own in recorded
        for each in own
    )
    restarts = offers - 1  # the first one is the call's own
    return f"with {restarts} restart{'s' * (restarts != 1)} of ICE" if restarts else "by itself"
