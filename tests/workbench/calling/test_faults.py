"""Calls that come to nothing, and those that end badly: the reason in words, in time."""

import asyncio
import re
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.peers import until
from tests.transports.webrtc.signaling.asking import SDP
from tests.transports.webrtc.signaling.serving import told
from tests.workbench.calling.others import Log, over_http
from wirescope.errors import (
    ConnectError,
    DescriptionError,
    MediaFileError,
    SignalingError,
    UpgradeRefusedError,
    UsageError,
)
from wirescope.events import ConnectionFailed, ConnectionOpening, SignalingExchange
from wirescope.transports.webrtc import ChannelOptions, IceServer
from wirescope.transports.webrtc.signaling import HttpRequest, HttpResponse
from wirescope.transports.websocket import (
    Acceptance,
    BasicAuth,
    BearerAuth,
    ConnectOptions,
    DigestAuth,
    Refusal,
    ResolveOverride,
    RetryPolicy,
    WebSocketConnection,
    serve,
)
from wirescope.workbench.calling import CallOptions, check_call, parse_address

CHAT = ChannelOptions(label="chat")
ONCE = ConnectOptions(retry=RetryPolicy(attempts=1, delay_s=0.01))
WHEP = "whep+https://a.test/x"
FINGERPRINT = [f"a=fingerprint:sha-256 {':'.join(['AB'] * 32)}", "a=setup:active"]
CREDENTIALS = ["a=ice-ufrag:abcd", "a=ice-pwd:abcdefghijklmnopqrstuvwx"]


def answering(
    status: int, body: bytes = b"", *fields: tuple[str, str]
) -> Callable[..., HttpResponse]:
    return lambda _: HttpResponse(status, fields, body)


@pytest.mark.parametrize(
    ("status", "hint"),
    [(401, "wants a token"), (404, "Check the path"), (409, "Nobody publishes there yet")],
)
async def test_a_refusal_has_its_status_and_what_to_do(status: int, hint: str) -> None:
    log = Log()
    async with told(answering(status, b"no")) as server:
        with pytest.raises(SignalingError, match=f"refused with {status}: no") as caught:
            async with log.call(f"whep+{server.url}/x"):
                pass
    assert hint in caught.value.hint
    assert (log.failed.phase, log.failed.kind, log.failed.status) == ("signaling", "status", status)


async def test_the_wait_that_a_server_asks_for_is_told() -> None:
    async with told(answering(503, b"full", ("Retry-After", "120"))) as server:
        with pytest.raises(SignalingError) as caught:
            async with Log().call(f"whep+{server.url}/x"):
                pass
    assert "It asks to wait 120 s." in caught.value.hint


async def test_a_passing_refusal_is_tried_again_with_a_peer_of_its_own() -> None:
    log = Log()
    async with over_http() as other:
        right = other.mount.handle
        refusals = [HttpResponse(503, (("Retry-After", "0"),), b"not yet")]

        async def unwilling(request: HttpRequest) -> HttpResponse:
            return refusals.pop() if refusals else await right(request)

        other.mount.handle = unwilling  # type: ignore[method-assign]
        async with log.call(other.url, channels=(CHAT,), signaling=ONCE) as call:
            await call.wait_open()
            assert call.id == "c2"
    assert [each.kind for each in log.capture.of(ConnectionFailed)] == ["status"]


async def test_a_name_is_resolved_as_asked_for_and_credentials_are_shown() -> None:
    heads: list[str] = []

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append((await reader.readuntil(b"\r\n\r\n")).decode())
        writer.write(b"HTTP/1.1 403 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        writer.close()
        await writer.wait_closed()

    log = Log()
    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        options = ConnectOptions(
            resolve=(ResolveOverride("any.localhost", port, ("127.0.0.1",)),),
            auth=BasicAuth("ada", "swordfish"),
            headers=(("X-Own", "1"), ("User-Agent", "mine")),
            cookies=("a=b",),
        )
        with pytest.raises(SignalingError):
            async with log.call(f"whep+http://any.localhost:{port}/x", signaling=options):
                pass
    for field in (
        f"Host: any.localhost:{port}",
        "Authorization: Basic YWRhOnN3b3JkZmlzaA==",
        "X-Own: 1",
        "User-Agent: mine",
        "Cookie: a=b",
    ):
        assert f"\r\n{field}\r\n" in heads[0]
    assert log.capture.of(SignalingExchange)[0].url == f"http://any.localhost:{port}/x"


@pytest.mark.parametrize("scheme", ["whep+http", "webrtc+ws"])
async def test_a_port_on_which_nobody_listens_is_named(scheme: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    log = Log()
    with pytest.raises(ConnectError) as caught:
        async with log.call(f"{scheme}://127.0.0.1:{port}/x"):
            pass
    assert (caught.value.kind, log.failed.kind) == ("refused", "refused")
    assert f"127.0.0.1:{port}" in caught.value.message


async def test_a_websocket_that_is_refused_makes_no_peer() -> None:
    log = Log()
    async with serve(lambda _: Refusal(404)) as server:
        with pytest.raises(UpgradeRefusedError):
            async with log.call(f"webrtc+{server.url}/x"):
                pass
    assert [each.transport for each in log.capture.of(ConnectionOpening)] == ["websocket"]


async def test_an_answer_that_is_none_ends_it_with_the_reason() -> None:
    log = Log()
    async with told(answering(201, b"v=0\r\nnonsense", ("Content-Type", SDP))) as server:
        with pytest.raises(DescriptionError):
            async with log.call(f"whep+{server.url}/x"):
                pass
    assert (log.failed.phase, log.failed.kind) == ("signaling", "description")
    assert "engine refused" in log.failed.message


async def test_an_answer_over_a_websocket_that_is_none_ends_it_with_the_reason() -> None:
    async def answer(connection: WebSocketConnection) -> None:
        await connection.receive()
        await connection.send('{"type": "answer", "sdp": "v=0\\r\\nnonsense"}')
        async for _ in connection:
            pass

    log = Log()
    async with (
        serve(lambda _: Acceptance(handler=answer)) as server,
        log.call(f"webrtc+{server.url}/x") as call,
    ):
        with pytest.raises(ConnectError, match="engine refused"):
            await call.wait_open()
    assert (log.failed.phase, log.failed.kind) == ("signaling", "description")


async def test_signaling_that_ends_before_the_answer_ends_the_connection() -> None:
    async def hang_up(connection: WebSocketConnection) -> None:
        await connection.receive()

    log = Log()
    async with (
        serve(lambda _: Acceptance(handler=hang_up)) as server,
        log.call(f"webrtc+{server.url}/x") as call,
    ):
        with pytest.raises(ConnectError, match="ended before the other side had answered"):
            await call.wait_open()
    assert (log.failed.phase, log.failed.kind) == ("signaling", "reset")


async def test_two_that_give_way_to_each_other_agree_all_the_same() -> None:
    there: list[WebSocketConnection] = []
    offers: list[str] = []

    async def hand_on(connection: WebSocketConnection) -> None:
        there.append(connection)
        first = await connection.receive()
        offers.append(first.text)
        await until(lambda: len(offers) == 2)
        (other,) = [each for each in there if each is not connection]
        await other.send(first.text)
        async for message in connection:
            await other.send(message.text)

    async with (
        serve(lambda _: Acceptance(handler=hand_on)) as server,
        Log().call(f"webrtc+{server.url}/x") as one,
        Log().call(f"webrtc+{server.url}/x") as two,
    ):
        for each in (one, two):
            await each.wait_open()


async def test_nobody_at_the_other_end_is_a_time_out_of_the_signaling() -> None:
    async def listen(connection: WebSocketConnection) -> None:
        async for _ in connection:
            pass

    log = Log()
    async with (
        serve(lambda _: Acceptance(handler=listen)) as server,
        log.call(f"webrtc+{server.url}/x", open_timeout_s=0.2) as call,
    ):
        with pytest.raises(ConnectError, match="sent no description within") as caught:
            await call.wait_open()
    assert (caught.value.phase, caught.value.kind) == ("signaling", "timeout")


def rejecting(*rejected: str) -> Callable[[HttpRequest], HttpResponse]:
    """Answer an offer by hand, since the engine cannot reject the first of several sections."""

    def answer(request: HttpRequest) -> HttpResponse:
        head, *sections = re.split(r"(?m)^(?=m=)", request.body.decode())
        mids = [re.findall(r"a=mid:(\S+)", each)[0] for each in sections]
        taken = [mid for mid, each in zip(mids, sections, strict=True) if each[2:7] not in rejected]
        lines = ["v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0", *FINGERPRINT]
        lines += [f"a=group:BUNDLE {' '.join(taken)}"] if taken else []
        for mid, section in zip(mids, sections, strict=True):
            kind, _, _, form, *_ = section[2:].split()
            codec = re.findall(rf"a=rtpmap:{form} \S+", section)
            lines += [f"m={kind} {9 * (mid in taken)} UDP/TLS/RTP/SAVPF {form}", f"a=mid:{mid}"]
            lines += ["c=IN IP4 0.0.0.0", *codec, "a=recvonly", "a=rtcp-mux", *CREDENTIALS]
        assert head.startswith("v=0")
        return HttpResponse(201, (("Content-Type", SDP),), "\r\n".join([*lines, ""]).encode())

    return answer


async def test_media_in_no_common_codec_is_told_at_once() -> None:
    log = Log()
    async with told(rejecting("audio", "video")) as server:
        with pytest.raises(ConnectError, match="no codec in common") as caught:
            async with log.call(f"whip+{server.url}/x", codecs=("AV1", "PCMU")):
                pass
    assert "AV1, PCMU" in caught.value.message
    assert (log.failed.phase, log.failed.kind) == ("signaling", "rejected")


@pytest.mark.parametrize("rejected", ["audio", "video"])
async def test_a_part_that_is_not_taken_is_known_and_the_rest_goes_on(rejected: str) -> None:
    async with told(rejecting(rejected)) as server, Log().call(f"whip+{server.url}/x") as call:
        assert call.rejected == (rejected,)
        assert call.peer.failed is None


async def test_a_code_that_is_not_answered_in_time_ends_it() -> None:
    log = Log()
    async with log.call("webrtc:", code_timeout_s=0.2) as call:
        with pytest.raises(ConnectError, match=r"sent no description within 0\.2 s"):
            await call.wait_open()


async def test_relay_only_without_an_answering_relay_says_so() -> None:
    log = Log()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        turn = IceServer(f"turn:127.0.0.1:{silent.getsockname()[1]}", "ada", "x")
        async with (
            over_http() as other,
            log.call(
                other.url,
                channels=(CHAT,),
                ice_servers=(turn,),
                relay_only=True,
                open_timeout_s=0.5,
            ) as call,
        ):
            with pytest.raises(ConnectError) as caught:
                await call.wait_open()
    assert caught.value.phase == "gathering"
    assert turn.url in caught.value.message


async def test_an_end_by_the_other_side_is_told_as_its_doing() -> None:
    log = Log()
    async with log.call("webrtc:") as one, log.call(one.code) as two:
        await one.accept(two.code)
        await asyncio.gather(one.wait_open(), two.wait_open())
        await two.close()
        await one.wait_ended()
        assert one.peer.closed is not None
        assert (one.peer.closed.initiator, one.peer.closed.clean) == ("remote", True)


@pytest.mark.parametrize("seconds", [0.0, 0.02, 0.2])
async def test_giving_up_at_any_moment_leaves_nothing_behind(seconds: float) -> None:
    log = Log()
    async with over_http(media=True) as other:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(seconds), log.call(other.url) as call:
                await call.wait_ended()


# What is refused before anything is opened


@pytest.mark.parametrize(
    ("url", "options", "words"),
    [
        (WHEP, {"audio": "tone"}, "WHEP watches"),
        ("whip+https://a.test/x", {"record": Path("x.webm")}, "WHIP publishes"),
        (WHEP, {"relay_only": True}, "no TURN server"),
        (WHEP, {"signaling": ConnectOptions(auth=DigestAuth("a", "b"))}, "by digest"),
        (WHEP, {"signaling": ConnectOptions(subprotocols=("a",))}, "subprotocols"),
        ("webrtc+ws://a.test/x", {"adapter": "morse"}, "no signaling adapter 'morse'"),
        ("webrtc:", {"video": Path(__file__)}, "cannot be read as a media file"),
        ("webrtc:", {"video": Path("/nowhere.webm")}, "is not a file"),
        ("webrtc:", {"video": "/nowhere.webm"}, "/nowhere.webm is not a file"),
        ("webrtc:", {"audio": "bars"}, "bars is not a file"),
        ("webrtc:", {"record": "x.mkv"}, "x.mkv is neither"),
    ],
)
def test_options_that_do_not_fit_are_refused(
    url: str, options: dict[str, object], words: str
) -> None:
    with pytest.raises((UsageError, MediaFileError)) as caught:
        check_call(parse_address(url), CallOptions(**options))  # type: ignore[arg-type]
    assert words in str(caught.value)


def test_a_recording_that_exists_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "it.webm"
    path.touch()
    with pytest.raises(UsageError, match="exists already"):
        check_call(parse_address("webrtc:"), CallOptions(record=path))


async def test_a_channel_cannot_be_put_into_an_answer_without_any() -> None:
    async with Log().call("webrtc:", video="bars") as call:
        with pytest.raises(UsageError, match="has no data channels"):
            check_call(parse_address(call.code), CallOptions(channels=(CHAT,)))


def test_a_bearer_token_is_shown_as_one() -> None:
    from wirescope.workbench.calling.asking import http_options

    made = http_options(parse_address(WHEP), ConnectOptions(auth=BearerAuth("t0k")))
    assert (made.scheme, made.token) == ("Bearer", "t0k")
