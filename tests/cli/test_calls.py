"""`wirescope connect` for WebRTC, against engine peers on real ports."""

import asyncio
import json
import re
from pathlib import Path

import pytest

from tests.cli.calls import connect, plan, running
from tests.support.peers import until
from tests.workbench.calling.others import Log, over_a_websocket, over_http
from wirescope import open_capture

pytestmark = pytest.mark.slow


async def test_a_message_goes_out_on_the_first_channel_and_its_echo_comes_back() -> None:
    async with over_a_websocket() as url:
        code, stdout, stderr = await connect(url, "-d", "hello", "-n", "1")
    assert (code, stdout) == (0, b"hello\n")
    assert f"* Open: {url} in " in stderr
    assert "The messages that -n asked for have come." in stderr
    assert "permessage-deflate" not in stderr


async def test_lines_of_stdin_go_out_and_the_end_closes_with_e() -> None:
    async with over_a_websocket() as url:
        lines = b"one\n\ntwo"
        code, stdout, _ = await connect(url, "-E", "--wait", "0.5", "--channel", "a", stdin=lines)
    assert (code, stdout) == (0, b"one\n\ntwo\n")


async def test_binary_messages_are_hex_on_stdout() -> None:
    async with over_http() as other:
        code, stdout, _ = await connect(
            other.url, "--channel", "a,max-retransmits=3", "--hex", "-d", "00ff", "-n", "1"
        )
    assert (code, stdout) == (0, b"00ff\n")


async def test_ndjson_has_the_signaling_and_the_peer_in_order() -> None:
    async with over_a_websocket() as url:
        code, stdout, _ = await connect(url, "-d", "hi", "-n", "1", "--format", "ndjson")
    events = [json.loads(line) for line in stdout.splitlines()]
    assert code == 0
    assert [each["seq"] for each in events] == list(range(1, len(events) + 1))
    first = {}
    for each in events:
        first.setdefault(each["type"], each["seq"])
    order = [
        "connection.opening",
        "websocket.handshake",
        "signaling.description",
        "ice.candidate",
        "data_channel.opened",
        "data_channel.message",
        "data_channel.closed",
    ]
    assert sorted(order, key=first.__getitem__) == order
    ends = [each["connection"] for each in events if each["type"] == "connection.closed"]
    assert ends == ["c2", "c1"]


async def test_a_stream_is_watched_recorded_and_told_of(tmp_path: Path) -> None:
    capture, video = tmp_path / "a.wirescope", tmp_path / "a.webm"
    async with over_http(media=True) as other:
        code, stdout, stderr = await connect(
            other.url, "--wait", "1.5", "-o", str(capture), "--record", str(video)
        )
    assert (code, stdout) == (0, b"")
    assert re.search(r"\* Path: direct, host udp ", stderr)
    assert re.search(r"\* Received video VP8 160x128, \d+ frames, \d+ packets, 0 lost\.", stderr)
    assert re.search(r"\* Recorded \d\.\d s into ", stderr)
    assert "The time of --wait is over." in stderr
    assert video.stat().st_size > 1000
    with open_capture(capture) as kept:
        types = [each.type for each in kept.events()]
    assert types[-1] == "connection.closed"
    assert types.count("signaling.exchange") >= 2


async def test_what_is_published_is_told_of() -> None:
    async with over_http("whip") as other:
        code, _, stderr = await connect(other.url, "--wait", "0.5", "--codec", "VP9")
    assert code == 0
    assert re.search(r"\* Sent video VP9 640x360, \d+ frames", stderr)
    assert "* Sent audio opus" in stderr


async def test_a_file_is_published_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "a.webm"
    async with over_http(media=True) as other, Log().call(other.url, record=path) as call:
        await until(lambda: call.recording is not None and call.recording.length_s > 0.5)
    async with over_http("whip") as other:
        code, _, stderr = await connect(other.url, "--video", str(path), "--audio", str(path))
    assert code == 0
    assert "The file was sent to its end." in stderr


async def test_the_time_of_wait_runs_where_there_is_no_channel() -> None:
    async with over_a_websocket() as url:
        code, _, stderr = await connect(url, "--video", "bars", "--wait", "0.3")
    assert code == 0
    assert "The time of --wait is over." in stderr


async def test_a_file_is_sent_to_its_end_over_a_websocket_too(tmp_path: Path) -> None:
    path = tmp_path / "a.webm"
    async with over_http(media=True) as other, Log().call(other.url, record=path) as call:
        await until(lambda: call.recording is not None and call.recording.length_s > 0.5)
    async with over_a_websocket() as url:
        code, _, stderr = await connect(url, "--video", str(path))
    assert code == 0
    assert "The file was sent to its end." in stderr


async def test_a_code_is_said_and_the_answer_read_from_stdin() -> None:
    log = Log()
    async with running("webrtc:", "-n", "1", stdin=None) as one:
        said = await one.says("is expected as a line")
        (code,) = re.findall(r"^webrtc:1\.\S+$", said, re.MULTILINE)
        async with log.call(code) as other:
            one.io.type(other.code.encode() + b"\nhello\n")
            channel = await other.wait_channel()
            assert (await channel.receive()).text == "hello"
            await channel.send("back")
            assert await one.ends() == 0


async def test_a_pasted_code_is_answered_with_one() -> None:
    async with (
        Log().call("webrtc:") as other,
        running(other.code, "-n", "1", stdin=b"from stdin\n") as one,
    ):
        await one.says("Hand this code back")
        said = await one.says("webrtc:1.")
        (code,) = re.findall(r"^webrtc:1\.\S+$", said, re.MULTILINE)
        await other.accept(code)
        assert (await other.channel().receive()).text == "from stdin"
        await other.send("and back")
        assert await one.ends() == 0
        assert one.io.stdout == b"and back\n"


async def test_verbose_tells_of_each_step_and_no_token() -> None:
    async with over_http(tokens=("t0ps3cret",)) as other:
        code, _, stderr = await connect(
            other.url, "-v", "--channel", "a", "-d", "x", "-n", "1", "--oauth2-bearer", "t0ps3cret"
        )
    assert code == 0
    assert "t0ps3cret" not in stderr
    for words in (
        "* POST http://127.0.0.1:",
        "> Content-Type: application/sdp",
        "lines of SDP]",
        "* local offer of 3 media sections",
        "local candidate host udp",
        "ice: checking to connected",
        "dtls: connecting to connected",
        'channel 1 "a" open',
        ": 200 in ",  # the session was deleted
    ):
        assert words in stderr


@pytest.mark.parametrize("moment", ["asking", "handing over", "open"])
async def test_an_interrupt_ends_it_at_any_moment(moment: str, tmp_path: Path) -> None:
    capture = tmp_path / "a.wirescope"
    async with over_http(media=True) as other:
        answer = other.mount.handle

        async def never(request: object) -> object:
            await asyncio.sleep(30)
            return await answer(request)  # type: ignore[arg-type]

        if moment == "asking":
            other.mount.handle = never  # type: ignore[method-assign, assignment]
        url = "webrtc:" if moment == "handing over" else other.url
        said = {"asking": "", "handing over": "webrtc:1.", "open": "* Path: direct"}[moment]
        async with running(url, "-o", str(capture), stdin=None) as one:
            await (one.says(said) if said else until(lambda: capture.exists()))
            code = await one.ends(one.interrupt)
            told = one.io.stderr
    assert code == (0 if moment == "open" else 130)
    assert told.splitlines()[-1].startswith("* You ended it.")
    with open_capture(capture) as kept:
        events = list(kept.events())
    assert events[0].type == "connection.opening"
    assert events[-1].type in ("connection.failed", "connection.closed")


async def test_m_is_a_time_out_at_any_moment() -> None:
    async with over_http(media=True) as other:
        code, _, stderr = await connect(other.url, "-m", "0.7")
    assert code == 28
    assert "The time of -m is over." in stderr


async def test_w_has_the_status_of_the_signaling() -> None:
    async with over_http(media=True) as other:
        _, stdout, _ = await connect(other.url, "--wait", "0.2", "-w", "%{http_code}")
    assert stdout == b"201"
    async with over_a_websocket() as url:
        _, stdout, _ = await connect(url, "-d", "x", "-n", "1", "-w", "%{http_code}")
    assert stdout == b"x\n101"


async def test_no_packet_is_not_said_where_none_were_counted() -> None:
    async with over_http(media=True) as other, running(other.url) as run:
        await run.says("* Path: direct")
        await other.mount.close()
        assert await run.ends() == 0
        told = run.io.stderr
    assert "The other end ended the connection" in told
    assert "No packet" not in told


def test_credentials_of_ice_servers_are_kept_out() -> None:
    asked = plan("webrtc:", "--ice-server", "turn:ada:swordfish@turn.test")
    assert asked.secrets == ("swordfish",)
    asked = plan(
        "whep+https://a.test", "--oauth2-bearer", "t0k3n-of-mine",
        "--ice-server", "turn:ada:swordfish@turn.test",
    )  # fmt: skip
    assert asked.secrets == ("t0k3n-of-mine", "swordfish")


async def test_a_turn_server_whose_certificate_is_not_checked_is_warned_of() -> None:
    server = "turns:ada:pw@localhost:1"
    async with over_a_websocket() as url:
        code, stdout, stderr = await connect(
            url, "-k", "--ice-server", server, "-d", "hello", "-n", "1"
        )
    assert (code, stdout) == (0, b"hello\n")
    assert "The certificate of turns:localhost:1 is not checked (-k)" in stderr
    assert "turns:localhost:1 is reached through a bridge, turn:127.0.0.1:" in stderr
