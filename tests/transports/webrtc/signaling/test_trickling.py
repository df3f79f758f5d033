"""A client of WHIP and WHEP tells the candidates that it finds after its offer."""

import asyncio

import pytest

from tests.support.peers import until
from tests.transports.webrtc.signaling.scenes import Scene, dialed, said_back, scene
from wirescope.events import SignalingExchange
from wirescope.transports.webrtc import END_OF_CANDIDATES, Peer, PeerOptions
from wirescope.transports.webrtc.signaling import (
    HttpOptions,
    HttpRequest,
    HttpResponse,
    dialing,
)


def patches(at: Scene, peer: Peer) -> list[str]:
    events = at.capture.of(SignalingExchange, peer.id)
    return [each.request_body for each in events if each.method == "PATCH" and each.status == 204]


async def test_an_end_of_candidates_that_comes_late_is_told() -> None:
    async with scene() as at, dialed(at.capture, at.url) as (peer, _):
        await said_back(peer)
        await until(lambda: patches(at, peer))
        peer.on_candidate(END_OF_CANDIDATES)
        await until(lambda: len(patches(at, peer)) == 2)
    assert "a=candidate" not in patches(at, peer)[1]
    assert "a=end-of-candidates" in patches(at, peer)[1]


async def test_candidates_that_are_found_after_the_offer_was_made_are_told() -> None:
    quick = PeerOptions(gather_timeout_s=1e-6)
    async with (
        scene() as at,
        dialed(at.capture, at.url, gather=True, peer_options=quick) as (peer, _),
    ):
        await until(lambda: patches(at, peer))
        offer = at.capture.of(SignalingExchange, peer.id)[0].request_body
        assert all(line not in offer for line in patches(at, peer)[0].splitlines()
                   if line.startswith("a=candidate"))  # fmt: skip


@pytest.mark.parametrize("refusals", [2, 3])
async def test_candidates_are_told_again_where_no_answer_came(
    refusals: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialing, "_RETRY_PAUSES_S", (0.01, 0.01))
    async with scene() as at:
        handle, left = at.mount.handle, refusals

        async def slow(request: HttpRequest) -> HttpResponse:
            nonlocal left
            if request.method == "PATCH" and left:
                left -= 1
                await asyncio.sleep(0.5)
            return await handle(request)

        at.mount.handle = slow  # type: ignore[method-assign]
        options = HttpOptions(timeout_s=0.3)
        async with dialed(at.capture, at.url, options=options) as (peer, session):
            if refusals == 2:
                await until(lambda: patches(at, peer))
                assert session.notes == []
            else:
                await until(lambda: session.notes)
                assert "candidates. " in session.notes[0]
                assert "did not answer within 0.3 s" in session.notes[0]
