"""What `wirescope connect` says of a WebRTC connection that fails, and with which exit code."""

import asyncio
import json
import os
import re
import socket
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

import pytest

from tests.cli.calls import connect, running
from tests.cli.conftest import TLS
from tests.support.peers import until
from tests.transports.webrtc.signaling.asking import SDP
from tests.transports.webrtc.signaling.serving import told
from tests.workbench.calling.others import Log, over_http
from tests.workbench.calling.test_faults import answering, rejecting
from wirescope import open_capture
from wirescope.cli import call_run
from wirescope.cli.analyze import as_text
from wirescope.errors import ConnectError, ConnectionClosedError
from wirescope.transports.webrtc import ChannelOptions, Description
from wirescope.transports.webrtc.signaling import HttpRequest, HttpResponse, read_code, write_code
from wirescope.transports.websocket import (
    Acceptance,
    Refusal,
    WebSocketConnection,
    serve,
)
from wirescope.workbench import analyze

pytestmark = pytest.mark.slow

OFFER = Description("offer", "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n")


@pytest.mark.parametrize(
    ("status", "words", "hint"),
    [
        (401, "refused with 401: no", "It wants a token"),
        (404, "refused with 404: no", "Check the path"),
        (409, "refused with 409: no", "Nobody publishes there yet"),
        (503, "refused with 503: no", "It asks to wait 7 s."),
    ],
)
async def test_a_refusal_is_22_with_its_status(status: int, words: str, hint: str) -> None:
    async with told(answering(status, b"no", ("Retry-After", "7"))) as server:
        code, stdout, stderr = await connect(f"whep+{server.url}/x")
    assert (code, stdout) == (22, b"")
    assert words in stderr
    assert hint in stderr


async def test_a_refusal_is_tried_again_when_asked_to() -> None:
    answers = [HttpResponse(404), HttpResponse(503, (("Retry-After", "0"),))]
    async with told(lambda _: answers.pop()) as server:
        code, _, stderr = await connect(f"whip+{server.url}/x", "--retry", "3")
    assert code == 22
    assert "refused with 503. Retry 1 of 3 follows in 0.0 s." in stderr
    assert "refused with 404" in stderr.partition("follows in")[2]


async def test_what_was_seen_before_the_failure_is_in_the_capture(tmp_path: Path) -> None:
    path = tmp_path / "a.wirescope"
    async with told(answering(404)) as server:
        assert (await connect(f"whep+{server.url}/x", "-o", str(path)))[0] == 22
    with open_capture(path) as capture:
        types = [each.type for each in capture.events()]
    assert types[0] == "connection.opening"
    assert "signaling.exchange" in types
    assert [each for each in types if each != "finding"][-1] == "connection.failed"


@pytest.mark.parametrize("scheme", ["whip+http", "webrtc+ws"])
async def test_a_port_where_nobody_listens_is_7(scheme: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    code, _, stderr = await connect(f"{scheme}://127.0.0.1:{port}/x")
    assert code == 7
    assert f"127.0.0.1:{port}" in stderr


async def test_a_websocket_that_is_refused_is_22() -> None:
    async with serve(lambda _: Refusal(404)) as server:
        code, _, stderr = await connect(f"webrtc+{server.url}/x")
    assert code == 22
    assert "404" in stderr


@asynccontextmanager
async def refusing(how: str, tls: TLS) -> AsyncIterator[str]:
    """Give the address of a signaling that cannot be had."""
    if how == "refused":
        with socket.create_server(("127.0.0.1", 0)) as closed:
            port = closed.getsockname()[1]
        yield f"ws://127.0.0.1:{port}"
        return
    async with serve(lambda _: Refusal(403), ssl=tls.server if how == "tls" else None) as server:
        yield server.url


@pytest.mark.parametrize(
    ("how", "words"),
    [("status", "403 Forbidden"), ("tls", "is not trusted here"), ("refused", "Nothing listens")],
)
async def test_the_ladder_of_refused_signaling_is_in_the_capture(
    tmp_path: Path, tls: TLS, how: str, words: str
) -> None:
    path = tmp_path / "a.wirescope"
    async with refusing(how, tls) as url:
        _, _, stderr = await connect(f"webrtc+{url}/x", "-o", str(path))
    head = "Connect ladder: stuck at signaling."
    assert f"* {head}" in stderr
    report = analyze(path)
    lines = list(as_text(report, colour=False))
    assert head in lines
    (rung,) = [each for each in lines if each.startswith("  Signaling ")]
    assert "FAILED" in rung
    (ladder,) = report.metrics["ladder"]["c1"]
    assert (ladder["failing"], ladder["state"]) == ("signaling", "failed")
    assert words in ladder["happened"]
    assert ladder["advice"]


async def test_each_refused_try_of_the_signaling_has_its_ladder(tmp_path: Path) -> None:
    path, answers = tmp_path / "a.wirescope", [Refusal(404), Refusal(503)]
    async with serve(lambda _: answers.pop()) as server:
        await connect(
            f"webrtc+{server.url}/x", "--retry", "1", "--retry-delay", "0", "-o", str(path)
        )
    ladders = analyze(path).metrics["ladder"]
    assert [each["failing"] for tries in ladders.values() for each in tries] == ["signaling"] * 2


async def hang_up(connection: WebSocketConnection) -> None:
    await connection.receive()


async def listen(connection: WebSocketConnection) -> None:
    async for _ in connection:
        pass


async def answer_nonsense(connection: WebSocketConnection) -> None:
    await connection.receive()
    await connection.send(json.dumps({"type": "answer", "sdp": "v=0\r\nnonsense"}))
    await listen(connection)


@pytest.mark.parametrize(
    ("handler", "code", "words"),
    [
        (hang_up, 56, "The signaling ended before the other side had answered"),
        (listen, 28, "The other side sent no description within"),
        (answer_nonsense, 72, "The engine refused it"),
    ],
)
async def test_signaling_that_comes_to_nothing_is_told(
    handler: Callable[[WebSocketConnection], Awaitable[None]], code: int, words: str
) -> None:
    async with serve(lambda _: Acceptance(handler=handler)) as server:
        ended, _, stderr = await connect(f"webrtc+{server.url}/x", "--connect-timeout", "0.5")
    assert ended == code
    assert words in stderr


async def test_an_answer_that_is_none_is_72() -> None:
    nonsense = answering(201, b"v=0\r\nnonsense", ("Content-Type", SDP))
    async with told(nonsense) as server:
        code, _, stderr = await connect(f"whep+{server.url}/x")
    assert code == 72
    assert "The engine refused it" in stderr


async def test_no_codec_in_common_is_22_at_once() -> None:
    async with told(rejecting("audio", "video")) as server:
        code, _, stderr = await connect(f"whip+{server.url}/x", "--codec", "AV1", "--codec", "PCMU")
    assert code == 22
    assert "took none of the media in AV1, PCMU: no codec in common." in stderr
    assert "--codec" in stderr.partition("no codec in common.")[2]


async def test_a_server_that_stalls_is_28() -> None:
    over = asyncio.Event()
    async with over_http() as other:

        async def never(_: HttpRequest) -> HttpResponse:
            await over.wait()
            return HttpResponse(500)

        other.mount.handle = never  # type: ignore[method-assign]
        code, _, stderr = await connect(other.url, "--connect-timeout", "0.3")
        over.set()
    assert code == 28
    assert "0.3 s" in stderr


async def test_signaling_that_the_adapter_does_not_know_is_told() -> None:
    async def speak(connection: WebSocketConnection) -> None:
        await connection.send('{"hello": "there"}')
        with suppress(ConnectionClosedError):
            await connection.wait_closed()

    async with serve(lambda _: Acceptance(handler=speak)) as server:
        url = f"webrtc+{server.url}/x"
        code, _, stderr = await connect(url, "--connect-timeout", "0.7", "-d", "x")
    assert code == 28
    assert "1 message of the signaling says nothing that the adapter json knows" in stderr
    assert "--adapter" in stderr


async def test_media_that_this_end_does_not_take_is_told_as_its_doing() -> None:
    async with Log().call("webrtc:", codecs=("opus",), audio="tone", video="bars") as one:
        offer = read_code(one.code).sdp
        offer = re.sub(r"(m=audio \d+ \S+ 111) [\d ]+", r"\1", offer).replace(
            "opus/48000", "no/48000"
        )
        offer = re.sub(r"a=(rtpmap|fmtp):(13|110|126) .*\r\n", "", offer)
        code = write_code(Description("offer", offer))
        async with running(code, stdin=None) as run:
            await run.says("Hand this code back")
            call = run.run.call
            assert call is not None
            await one.accept(call.code)
            await run.says("This end takes no audio")
            assert (one.rejected, one.rejected_by) == (("audio",), "remote")
            assert "The other side takes no" not in run.io.stderr
            assert await run.ends(run.interrupt) == 0


@pytest.mark.parametrize("status", [403, 404])
async def test_w_has_the_status_of_a_refusal(status: int) -> None:
    async with told(answering(status, b"no")) as server:
        _, stdout, _ = await connect(f"whep+{server.url}/x", "-w", "%{http_code}")
    assert stdout == b"%d" % status
    async with serve(lambda _: Refusal(status)) as refusing:
        _, stdout, _ = await connect(f"webrtc+{refusing.url}/x", "-w", "%{http_code}")
    assert stdout == b"%d" % status


async def test_a_relay_that_does_not_answer_is_7() -> None:
    with silent_port() as port:
        async with over_http() as other:
            code, _, stderr = await connect(
                other.url, "--channel", "a", "--relay-only", "--connect-timeout", "0.7",
                "--ice-server", f"turn:ada:x@127.0.0.1:{port}",
            )  # fmt: skip
    assert code == 7
    assert f"turn:127.0.0.1:{port}" in stderr


async def test_a_relay_that_is_missed_is_said_at_once_and_not_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    async with over_http() as other, asyncio.timeout(15):  # half of what a connection has
        code, _, stderr = await connect(
            other.url, "--channel", "a", "--relay-only",
            "--ice-server", f"turn:ada:x@127.0.0.1:{port}?transport=tcp",
        )  # fmt: skip
    assert code == 7
    lines = stderr.splitlines()
    (warning,) = [number for number, line in enumerate(lines) if "gave no address: 701" in line]
    (head,) = [number for number, line in enumerate(lines) if line.startswith("* Connect ladder")]
    assert warning < head


@contextmanager
def silent_port() -> Iterator[int]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        yield silent.getsockname()[1]


@pytest.mark.parametrize(
    ("stdin", "words"),
    [
        (b"", "stdin ended before the other side's code came"),
        (b"hello\n", "This is no code of a WebRTC connection"),
        (write_code(OFFER).encode()[:-7] + b"\n", "Only a part of the code was copied"),
        (write_code(OFFER).encode() + b"\n", "the code of another offer"),
    ],
)
async def test_a_wrong_code_on_stdin_is_2(stdin: bytes, words: str) -> None:
    code, _, stderr = await connect("webrtc:", stdin=stdin)
    assert code == 2
    assert words in stderr


async def test_an_end_by_the_other_side_is_told_and_fine() -> None:
    async with Log().call("webrtc:") as other, running(other.code, stdin=None) as one:
        said = await one.says("webrtc:1.")
        code = next(line for line in said.splitlines() if line.startswith("webrtc:"))
        await other.accept(code)
        await one.says("* Open: webrtc: in ")
        await other.close()
        assert await one.ends() == 0
        assert "The other end ended the connection" in one.io.stderr


async def test_an_end_by_the_other_side_before_it_stood_is_56() -> None:
    async with running("webrtc:", stdin=None) as one:
        await one.says("webrtc:1.")
        assert one.run.call is not None
        one.run.call.peer._on_move("dtls", "closed")  # what the engine tells of its closing
        assert await one.ends() == 56
        told = one.io.stderr
    assert "The other side ended it before it stood." in told
    assert "You ended it" not in told


async def test_nothing_that_comes_is_told_of_a_stream_without_media() -> None:
    async with over_http() as other:
        code, _, stderr = await connect(other.url, "--wait", "0.3")
    assert code == 0
    assert "No packet of audio or video came." in stderr


async def test_a_path_that_is_lost_for_good_is_56() -> None:
    async with over_http(media=True) as other, running(other.url, stdin=None) as one:
        await one.says("* Path: direct")
        call = one.run.call
        assert call is not None
        call.peer._on_lost()  # what it does after 45 s without a path
        code = await one.ends()
        told = one.io.stderr
    assert code == 56
    assert "The network ended the connection" in told
    assert "no working path for 45 s" in told


async def test_a_channel_that_never_opens_is_28() -> None:
    agreed = ChannelOptions(label="agreed", id=5)  # which nobody is told of
    async with (
        Log().call("webrtc:", channels=(agreed,)) as other,
        running(other.code, "-E", "--connect-timeout", "1") as one,
    ):
        await other.accept(code_in(await one.says("webrtc:1.")))
        assert await one.ends() == 28
        assert "no data channel was open within 1 s" in one.io.stderr


async def test_a_channel_that_is_closed_alone_is_56(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(call_run, "LEAVE_S", 0.1)
    async with Log().call("webrtc:") as other, running(other.code, stdin=None) as one:
        await other.accept(code_in(await one.says("webrtc:1.")))
        await one.says("The other side opened channel")
        await other.channel().close()
        assert await one.ends() == 56
        assert "The other side closed the channel 'chat', and nothing else." in one.io.stderr


async def recorded(path: Path) -> Path:
    """Make a media file of half a second."""
    async with over_http(media=True) as other, Log().call(other.url, record=path) as call:
        await until(lambda: call.recording is not None and call.recording.length_s > 0.5)
    return path


async def test_a_path_that_is_lost_is_not_the_end_of_the_file_that_is_sent(tmp_path: Path) -> None:
    path = await recorded(tmp_path / "a.webm")
    arguments = ("--video", str(path))
    async with over_http("whip") as other, running(other.url, *arguments, stdin=None) as one:
        await one.says("* Open: ")
        call = one.run.call
        assert call is not None
        call.peer._on_lost()
        code = await one.ends()
        told = one.io.stderr
    assert code == 56
    assert "sent to its end" not in told
    assert not call.media.sent[0].exhausted


async def test_a_file_that_cannot_be_sent_to_its_end_is_26(tmp_path: Path) -> None:
    path = await recorded(tmp_path / "a.webm")
    arguments = ("--video", str(path))
    async with over_http("whip") as other, running(other.url, *arguments, stdin=None) as one:
        await one.says("* Open: ")
        assert one.run.call is not None
        (track,) = one.run.call.media.sent
        track.failed = ValueError("no such picture")  # what the engine raised for a frame
        await track.stop()
        assert await one.ends() == 26
        assert "The video could not be sent to its end" in one.io.stderr


async def test_a_certificate_is_checked_unless_told_otherwise(tls: TLS) -> None:
    async with over_http(media=True, ssl=tls.server) as other:
        assert other.url.startswith("whep+https:")
        code, _, stderr = await connect(other.url, "--wait", "0.1")
        assert code == 60
        assert "--cacert" in stderr
        trusted = await connect(other.url, "--wait", "0.1", "--cacert", str(tls.authority))
        assert trusted[0] == 0
        code, _, stderr = await connect(other.url, "--wait", "0.1", "-k")
    assert code == 0
    assert "The certificate was not checked (-k)" in stderr


async def test_a_flood_that_stdout_does_not_take_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(call_run, "UNREAD_LIMIT", 1 << 20)
    reading, writing = os.pipe()
    told_too = suppress(ConnectError)  # the other end, that not all of it was sent
    with os.fdopen(reading, "rb") as unread, os.fdopen(writing, "w") as full, told_too:
        async with Log().call("webrtc:") as other, running(other.code, stdin=None) as one:
            monkeypatch.setattr(sys, "stdout", full)
            code = code_in(await one.says("webrtc:1."))
            await other.accept(code)
            channel = other.channel()
            with suppress(ConnectionClosedError):
                for _ in range(50):
                    await channel.send(bytes(60_000))
            ended = await one.ends()
            told = one.io.stderr
            os.set_blocking(reading, False)
            while any(thread.name == "stdout" for thread in threading.enumerate()):
                unread.read(1 << 16)  # so that its last write comes back
                await asyncio.sleep(0.001)
    assert ended == 23
    assert "More than 1 MiB came that stdout did not take." in told


def code_in(said: str) -> str:
    return next(line for line in said.splitlines() if line.startswith("webrtc:"))


# Words that make no sense


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["whep+http://example.test/x"], "in plain text"),
        (["whep://example.test/x"], "Did you mean whep+https://example.test/x"),
        (["webrtc+https://example.test/x"], "whep+https:"),
        (["webrtc:hello"], "no code of a WebRTC connection"),
        ([write_code(OFFER)[:-9]], "Only a part of the code"),
        (["whep+https://a.test", "-d", "x"], "-d makes no sense with WHEP"),
        (["whip+https://a.test", "-E"], "make one with --channel LABEL"),
        (["whep+https://a.test", "-i"], "-i makes no sense with WHEP"),
        (["whep+https://a.test", "--ping-interval", "1"], "about a WebSocket's frames"),
        (["whep+https://a.test", "--audio", "tone"], "WHEP watches"),
        (["whip+https://a.test", "--record", "x.webm"], "WHIP publishes"),
        (["whip+https://a.test", "--video", "nowhere.webm"], "nowhere.webm is not a file"),
        (["whep+https://a.test", "--digest", "-u", "a:b"], "basic and bearer"),
        (["whep+https://a.test", "-x", "https://p"], "over TLS (https://)"),
        (["whep+https://a.test", "--adapter", "json"], "--adapter makes no sense"),
        (["webrtc:", "-H", "A: b"], "there is no server to ask"),
        (["webrtc:", "-k"], "-k makes no sense with a code"),
        (["webrtc:", "--decode"], "decoders read messages of WebSockets"),
        (["webrtc:", "--relay-only"], "no TURN server"),
        (["webrtc:", "--video", "bars", "-d", "x"], "make one with --channel LABEL"),
        (["webrtc+wss://a.test", "--audio", "tone", "-E"], "make one with --channel LABEL"),
        (["webrtc:", "--codec", "MP3"], "no codec 'MP3'"),
        (["webrtc:", "--channel", "a,ordered=maybe"], "ordered cannot be 'maybe'"),
        (["webrtc:", "--ice-server", "http://a"], "not the address of an ICE server"),
        (["webrtc+wss://a.test", "--adapter", "morse"], "no signaling adapter 'morse'"),
        (["wss://a.test", "--ice-server", "stun:a.test"], "--ice-server is about WebRTC"),
    ],
)
async def test_what_makes_no_sense_is_2_and_says_why(arguments: list[str], words: str) -> None:
    code, stdout, stderr = await connect(*arguments)
    assert (code, stdout) == (2, b"")
    assert words in stderr
