"""What may happen to a connection and to its network, and what has to become of it.

Each trouble is made to happen to a `Call` whose ends count to each other, and says how long it took
until all was well again, or until the connection had ended with a reason. Whatever is not as it has
to be raises: numbers that are missing, out of order or there twice, a connection that does not come
back in time, an end without its reason.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.support.ends import Call, End, FarEnd, PageEnd, Stack, call
from tests.support.namespaces import Network, network, turn_server
from tests.support.parts import PARTS

By = Literal["us", "other"]

ALL: tuple[Stack, ...] = ("engine", "chromium", "aiortc")
ICE_RESTARTS: tuple[Stack, ...] = ("engine", "chromium")
"""aiortc restarts no ICE, makes no offer while one is under way, and takes none back."""

STARTING_S = 60.0
"""Seconds until both ends stand; the machine may be busy."""

NOTICED_S = 15.0
"""Seconds without an answer after which the engine calls a path failed, and ICE is restarted."""

OPEN_S = 10.0
LOST_S = 5.0

NO_PATH = "The connection was ended by the network: no working path for {} s"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What has become of a connection.

    Attributes:
        words: in a few words.
        took_s: seconds until it was well again, or had ended.
    """

    words: str
    took_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Something that may happen.

    Attributes:
        words: what it is.
        happen: lets it happen to a call that has not begun.
        stacks: what the other end may be made of.
        families: the versions of IP that the ends have, where it is not version 4 alone.
    """

    words: str
    happen: Callable[[Call[Network]], Awaitable[Outcome]]
    stacks: tuple[Stack, ...] = ALL
    families: dict[str, Sequence[int]] = field(default_factory=dict)


async def undergo(trouble: Trouble, stack: Stack) -> Outcome:
    """Let a connection undergo a trouble, in a network of its own."""
    async with network(**trouble.families) as made, call(made, stack) as two:
        return await trouble.happen(two)


def _end(two: Call[Any], by: By) -> End:
    return two.us if by == "us" else two.other


async def talking(two: Call[Any], **options: Any) -> None:
    await two.begin(**options)
    await two.count()
    await two.until_counted(within_s=STARTING_S)


async def well(two: Call[Any], *, within_s: float) -> Outcome:
    """See that numbers come again both ways, all of them, in order."""
    before, _ = await two.statuses()
    took_s = await two.until_counted(within_s=within_s)
    await asyncio.sleep(0.5)  # a path that is new may be moved from at once
    us, _ = await two.settle()
    path = "another" if us.pairs[-1:] != before.pairs[-1:] else "the same"
    return Outcome(f"goes on over {path} path", took_s)


async def ended(two: Call[Any], *words: str, within_s: float) -> Outcome:
    """See that our end says that it is over, and why."""
    over = ""
    began = asyncio.get_running_loop().time()
    async with asyncio.timeout(within_s):
        while not over:
            over = (await two.us.status()).over
            await asyncio.sleep(0.05)
    assert over.startswith(words), over
    return Outcome(over, asyncio.get_running_loop().time() - began)


# Agreed on anew


def adds_video(by: By) -> Callable[[Call[Network]], Awaitable[Outcome]]:
    """One side adds video to a connection that stands."""

    async def happen(two: Call[Network]) -> Outcome:
        await talking(two)
        await _end(two, by).do("video")
        took_s = await two.until(lambda us, other: (other if by == "us" else us).frames > 10)
        await two.settle()
        return Outcome("pictures are decoded", took_s)

    return happen


async def offers_meet(two: Call[Network]) -> Outcome:
    """Both sides restart ICE at the same time; the polite one takes its offer back."""
    await talking(two)
    two.carrying.clear()
    for each in (two.us, two.other):
        await each.do("restart")
    await two.until_counted()
    two.carrying.set()
    took_s = await two.until(lambda us, other: us.collisions and other.collisions)
    await two.until_counted()
    await two.settle()
    return Outcome("the polite side takes its offer back", took_s)


def restarts_ice(by: By) -> Callable[[Call[Network]], Awaitable[Outcome]]:
    """One side restarts ICE while nothing is wrong: both describe new credentials, and go on.

    Either may keep to the path of before as long as that works (decision 17).
    """

    async def happen(two: Call[Network]) -> Outcome:
        await talking(two)
        (before, _), fragments = await two.statuses(), list(two.fragments)
        await _end(two, by).do("restart")
        took_s = await two.until(
            lambda _us, _other: not set(two.fragments) & set(fragments),
        )
        await two.until_counted()
        both = await two.settle()
        for status in both:
            assert not {"disconnected", "failed"} & set(status.states), status
        path = "a new path" if both[0].pairs[-1:] != before.pairs[-1:] else "the path of before"
        return Outcome(f"both agree, and go on over {path}", took_s)

    return happen


async def restart_is_not_taken(two: Call[Network]) -> Outcome:
    """We restart ICE, which the other side cannot do: all stays as it was."""
    await talking(two)
    before, _ = await two.statuses()
    await two.us.do("restart")
    took_s = await two.until_counted(100)
    us, _ = await two.settle()
    assert us.pairs[-1:] == before.pairs[-1:]
    return Outcome("goes on over the old path", took_s)


# The network changes


def changes_address(by: By) -> Callable[[Call[Network]], Awaitable[Outcome]]:
    """An end's address is taken away and another one given."""

    async def happen(two: Call[Network]) -> Outcome:
        await talking(two)
        place = _end(two, by).place
        await two.network.take_address(place)
        await two.until_silent()
        await two.network.give_address(place)
        return await well(two, within_s=3 * NOTICED_S)

    return happen


async def changes_address_for_good(two: Call[Network]) -> Outcome:
    """Our address changes, and the other side cannot restart ICE."""
    await talking(two, lost_timeout_s=NOTICED_S + LOST_S)
    await two.network.take_address("one")
    await two.until_silent()
    await two.network.give_address("one")
    return await ended(two, NO_PATH.format(20), within_s=3 * NOTICED_S)


def is_silent(seconds: float) -> Callable[[Call[Network]], Awaitable[Outcome]]:
    """The network swallows everything for a while, without a word."""

    async def happen(two: Call[Network]) -> Outcome:
        await talking(two)
        await two.network.swallow()
        await asyncio.sleep(seconds)
        await two.network.forward()
        return await well(two, within_s=2 * NOTICED_S)

    return happen


def is_unplugged(by: By, seconds: float) -> Callable[[Call[Network]], Awaitable[Outcome]]:
    """An end's cable is pulled for a while."""

    async def happen(two: Call[Network]) -> Outcome:
        await talking(two)
        place = _end(two, by).place
        await two.network.pull(place)
        await asyncio.sleep(seconds)
        await two.network.plug(place)
        return await well(two, within_s=2 * NOTICED_S)

    return happen


# No path


async def udp_is_blocked(two: Call[Network]) -> Outcome:
    """UDP is blocked from the beginning."""
    await two.network.swallow("udp")
    await two.begin(open_timeout_s=OPEN_S)
    return await ended(two, "No path between the two sides was found", within_s=OPEN_S + 5)


async def udp_is_blocked_but_relayed(two: Call[Network]) -> Outcome:
    """UDP is blocked from the beginning, and there is a TURN server that is reached by TCP."""
    program = PARTS["turnserver"]()
    assert program is not None
    await two.network.swallow("udp")
    async with turn_server(two.network, program) as server:
        await two.begin(ice_servers=[server], open_timeout_s=STARTING_S)
        await two.count()
        took_s = await two.until_counted(within_s=STARTING_S)
        us, _ = await two.settle()
        assert "relay" in us.pairs[-1], us
    return Outcome("goes through the server", took_s)


async def udp_is_blocked_later(two: Call[Network]) -> Outcome:
    """UDP is blocked while they talk."""
    await talking(two, lost_timeout_s=LOST_S)
    await two.network.swallow("udp")
    return await ended(two, NO_PATH.format(5), within_s=NOTICED_S + LOST_S)


async def nothing_in_common(two: Call[Network]) -> Outcome:
    """No address of one side can reach one of the other. A page gives names for its own."""
    await two.begin(open_timeout_s=OPEN_S)
    words = "No path" if two.other.stack == "chromium" else "No address of this end can reach"
    return await ended(two, words, within_s=OPEN_S + 5)


async def vanishes(two: Call[Network]) -> Outcome:
    """The other end is killed."""
    await talking(two, lost_timeout_s=LOST_S)
    if isinstance(two.other, FarEnd):
        two.other.program.kill()
    elif isinstance(two.other, PageEnd):
        await two.other.crash()
    return await ended(two, NO_PATH.format(5), within_s=NOTICED_S + LOST_S)


QUICK = {
    "video from us": Trouble(words="video is added by us", happen=adds_video("us")),
    "video from the other": Trouble(
        words="video is added by the other", happen=adds_video("other")
    ),
    "offers meet": Trouble(words="offers meet", happen=offers_meet, stacks=ICE_RESTARTS),
    "restart by us": Trouble(
        words="ICE is restarted by us", happen=restarts_ice("us"), stacks=ICE_RESTARTS
    ),
    "restart by the other": Trouble(
        words="ICE is restarted by the other", happen=restarts_ice("other"), stacks=ICE_RESTARTS
    ),
    "restart alone": Trouble(
        words="ICE is restarted by us alone", happen=restart_is_not_taken, stacks=("aiortc",)
    ),
    "3 s of silence": Trouble(words="the network is silent for 3 s", happen=is_silent(3)),
    "UDP blocked": Trouble(words="UDP is blocked from the beginning", happen=udp_is_blocked),
    "nothing in common": Trouble(
        words="we have IPv6 only, the other IPv4",
        happen=nothing_in_common,
        families={"one": (6,), "two": (4,)},
    ),
    "vanishes": Trouble(words="the other end is killed", happen=vanishes),
    "our address": Trouble(
        words="our address changes", happen=changes_address("us"), stacks=ICE_RESTARTS
    ),
}
"""What is over soon; the rest of it takes minutes."""

LONG = {
    "their address": Trouble(
        words="the other's address changes", happen=changes_address("other"), stacks=ICE_RESTARTS
    ),
    "our address for good": Trouble(
        words="our address changes", happen=changes_address_for_good, stacks=("aiortc",)
    ),
    "UDP blocked, but relayed": Trouble(
        words="UDP is blocked, a TURN server takes TCP", happen=udp_is_blocked_but_relayed
    ),
    "UDP blocked later": Trouble(
        words="UDP is blocked while they talk", happen=udp_is_blocked_later
    ),
    "30 s of silence": Trouble(words="the network is silent for 30 s", happen=is_silent(30)),
    "30 s unplugged": Trouble(words="our cable is pulled for 30 s", happen=is_unplugged("us", 30)),
    "they, 30 s unplugged": Trouble(
        words="the other's cable is pulled for 30 s",
        happen=is_unplugged("other", 30),
        stacks=ICE_RESTARTS,
    ),
}
