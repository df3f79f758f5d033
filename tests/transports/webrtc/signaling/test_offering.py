"""One offer and one answer over HTTP, with services that keep no session."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.support.peers import Capture
from tests.transports.webrtc.signaling.serving import Told, on_a_port, told
from wirescope.errors import ConnectError, DescriptionError, SignalingError
from wirescope.events import ConnectionFailed, SignalingExchange
from wirescope.transports.webrtc import ChannelOptions, Description, Peer, open_peer
from wirescope.transports.webrtc.signaling import (
    HttpOptions,
    HttpRequest,
    HttpResponse,
    Mount,
    exchange_offer,
    peer_sessions,
)


@asynccontextmanager
async def caller(capture: Capture) -> AsyncIterator[Peer]:
    async with open_peer(timeline=capture.timeline, sink=capture.sink) as peer:
        peer.create_channel(ChannelOptions(label="events"))
        yield peer


class Agent(Mount):
    """A service that answers JSON with JSON, as the handlers answer SDP with SDP."""

    async def handle(self, request: HttpRequest) -> HttpResponse:
        asked = json.loads(request.body)
        headers = (("Content-Type", "application/sdp"),)
        inner = HttpRequest("POST", request.path, headers, asked["sdp"].encode())
        made = await super().handle(inner)
        answer = {"pc_id": asked["who"], **Description("answer", made.body.decode()).as_json()}
        return HttpResponse(
            200, (("Content-Type", "application/json"),), json.dumps(answer).encode()
        )


@pytest.mark.parametrize("form", ["sdp", "json"])
async def test_an_answer_is_taken(form: str) -> None:
    capture = Capture()
    make = Agent if form == "json" else Mount
    async with peer_sessions(timeline=capture.timeline, sink=capture.sink) as open_session:
        mount = make("/offer", "whip", open_session)
        async with on_a_port(mount) as url, caller(capture) as peer:
            fields = {"who": "ada"} if form == "json" else None
            answer = await exchange_offer(peer, f"{url}/offer", form=form, fields=fields)  # type: ignore[arg-type]
            await peer.channels[0].wait_open()
            if form == "json":
                assert json.loads(answer.body)["pc_id"] == "ada"
            exchange = capture.of(SignalingExchange, peer.id)[0]
            assert exchange.status == answer.status
            assert "a=candidate:" in exchange.request_body


async def refusal(server: Told, **options: str) -> SignalingError:
    capture = Capture()
    async with caller(capture) as peer:
        with pytest.raises(SignalingError) as caught:
            await exchange_offer(peer, server.url, options=HttpOptions(**options))  # type: ignore[arg-type]
    assert len(capture.of(ConnectionFailed)) == 1
    return caught.value


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"[]", b'{"type": "offer", "sdp": "v=0"}', b'{"candidate": 7}', b'{"type": "bye"}',
     b"<html></html>", b"\xff\xfe", b"[" * 10_000],
)  # fmt: skip
async def test_an_answer_without_a_description_is_refused(body: bytes) -> None:
    async with told(lambda _: HttpResponse(200, (), body)) as server:
        error = await refusal(server)
    assert error.status == 200


async def test_a_token_is_shown_and_a_refusal_said() -> None:
    answer = HttpResponse(401, (), b'{"error": "expired"}')
    async with told(lambda _: answer) as server:
        error = await refusal(server, token="secret")
        assert server.asked[0].get("Authorization") == "Bearer secret"
    assert "expired" in error.message
    assert "fresh" in error.hint


async def test_a_service_that_is_not_there_is_said() -> None:
    capture = Capture()
    async with caller(capture) as peer:
        with pytest.raises(ConnectError):
            await exchange_offer(peer, "http://127.0.0.1:9/")
        await peer.wait_ended()
    assert capture.of(ConnectionFailed)[0].kind == "refused"


async def test_a_connection_whose_answer_cannot_be_used_has_failed_for_that() -> None:
    capture = Capture()
    answer = HttpResponse(200, (), b"v=0\r\ngarbage")
    async with told(lambda _: answer) as server, caller(capture) as peer:
        with pytest.raises(DescriptionError):
            await exchange_offer(peer, server.url)
    (failed,) = capture.of(ConnectionFailed)
    assert (failed.phase, failed.kind) == ("signaling", "description")
