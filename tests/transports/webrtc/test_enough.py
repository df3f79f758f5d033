"""When this end's addresses are known as far as they can be of use."""

import asyncio

import pytest

from wirescope.events import IceCandidate, IceError, TransportAddress
from wirescope.transports.webrtc import IceServer
from wirescope.transports.webrtc.enough import Enough

STUN = IceServer("stun:stun.test")
TURN = IceServer("turn:turn.test:3478?transport=tcp", "ada", "pw")


def found(kind: str, url: str, base: str = "192.168.1.4") -> IceCandidate:
    related = TransportAddress(base, 5000)
    fields = (1, 0, "c1", "local", kind, "203.0.113.7", 6000, "udp", 1, "1", "0", related, url)
    return IceCandidate(*fields)  # type: ignore[arg-type]


def refused(url: str, code: int, address: str) -> IceError:
    return IceError(1, 0, "c1", url, code, "no", address, 5000)


async def is_reached(reached: asyncio.Event) -> bool:
    try:
        async with asyncio.timeout(1):
            return await reached.wait()
    except TimeoutError:
        return False


async def test_each_server_has_to_answer_for_what_it_was_asked() -> None:
    reached = asyncio.Event()
    enough = Enough((STUN, TURN), reached)
    enough.note(found("srflx", "stun:stun.test:3478"))
    enough.note(found("srflx", TURN.url))  # of a TURN server a relayed address is wanted
    assert not await is_reached(reached)
    enough.note(found("relay", TURN.url))
    assert await is_reached(reached)


async def test_a_refusal_is_an_answer() -> None:
    reached = asyncio.Event()
    enough = Enough((TURN,), reached)
    enough.note(refused(TURN.url, 401, "192.168.1.x"))
    assert await is_reached(reached)


@pytest.mark.parametrize("address", ["127.0.0.x", "[0:0:0:x:x:x:x:x]"])
async def test_what_loopback_is_told_by_a_server_counts_for_nothing(address: str) -> None:
    reached = asyncio.Event()
    enough = Enough((STUN,), reached)
    enough.note(refused("stun:stun.test:3478", 701, address))
    assert not await is_reached(reached)


async def test_a_new_generation_is_waited_for_anew() -> None:
    reached = asyncio.Event()
    enough = Enough((STUN,), reached)
    enough.note(found("srflx", STUN.url))
    enough.begin()
    assert not await is_reached(reached)


async def test_without_servers_the_engine_alone_says_when_all_is_known() -> None:
    reached = asyncio.Event()
    Enough((), reached).note(found("host", ""))
    assert not await is_reached(reached)
