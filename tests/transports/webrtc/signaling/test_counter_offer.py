"""A server of WHEP turns a player's offer down and makes one itself."""

import asyncio

import pytest

from tests.support.peers import Capture, until
from tests.transports.webrtc.signaling.serving import told
from wirescope.errors import SignalingError
from wirescope.transports.webrtc import Description, open_peer
from wirescope.transports.webrtc.media import ColourBars
from wirescope.transports.webrtc.signaling import HttpRequest, HttpResponse, dial


async def play(url: str) -> None:
    capture = Capture()
    async with open_peer(timeline=capture.timeline, sink=capture.sink) as peer:
        peer.media.receive("video")
        async with dial(peer, f"{url}/live", kind="whep"):
            pass


@pytest.mark.parametrize("gather", [False, True])
async def test_an_offer_that_a_player_is_given_in_place_of_an_answer_is_answered(
    gather: bool,
) -> None:
    capture, answers = Capture(), asyncio.Queue[str]()
    async with open_peer(timeline=capture.timeline, sink=capture.sink) as server:
        server.media.send_video(ColourBars())
        offer = await server.offer(gather=True)

        def counter(request: HttpRequest) -> HttpResponse:
            if request.method == "POST":
                fields = (("Content-Type", "application/sdp"), ("Location", "/1"), ("ETag", '"e"'))
                return HttpResponse(406, fields, offer.sdp.encode())
            if request.method == "PATCH":
                answers.put_nowait(request.body.decode())
            return HttpResponse(204)

        async with told(counter) as at:
            async with open_peer(timeline=capture.timeline, sink=capture.sink) as peer:
                peer.media.receive("video")
                async with dial(peer, f"{at.url}/live", kind="whep", gather=gather) as session:
                    await server.take(Description("answer", await answers.get()))
                    await peer.wait_open()
                    await until(lambda: peer.media.received)
                    frames = peer.media.received[0].frames()
                    assert (await anext(frames)).width == 640
                    await frames.aclose()
                    with pytest.raises(SignalingError, match="server made the offer"):
                        await session.restart()
            assert [each.method for each in at.asked] == ["POST", "PATCH", "DELETE"]
            patch = at.asked[1]
            assert patch.get("Content-Type") == "application/sdp"
            assert patch.get("If-Match") == '"e"'
            assert "a=recvonly" in patch.body.decode()


async def test_a_player_whose_answer_is_refused_has_failed_and_deletes_the_session() -> None:
    capture = Capture()
    async with open_peer(timeline=capture.timeline, sink=capture.sink) as server:
        server.media.send_video(ColourBars())
        offer = await server.offer(gather=True)

        def counter(request: HttpRequest) -> HttpResponse:
            fields = (("Content-Type", "application/sdp"), ("Location", "/1"))
            if request.method == "POST":
                return HttpResponse(406, fields, offer.sdp.encode())
            return HttpResponse(422 if request.method == "PATCH" else 200)

        async with told(counter) as at:
            with pytest.raises(SignalingError) as caught:
                await play(at.url)
            assert caught.value.status == 422
            assert [each.method for each in at.asked] == ["POST", "PATCH", "DELETE"]
