import asyncio
import json
import re
import signal
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.cli.running import cli, records, started
from tests.support.visitors import calling_at, seen, watching_at
from wirescope.cli.exit_codes import ExitCode
from wirescope.transports.webrtc import ChannelOptions

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_it_says_when_it_is_ready_and_ends_cleanly(stop):
    with started("serve", "--port", "0", "--format", "ndjson", "--headless") as server:
        ready = json.loads(server.stdout.readline())
        assert ready["type"] == "ready"
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", ready["url"])
        url = ready["url"].replace("http", "ws", 1) + "echo"
        assert cli("connect", url, "-d", "x", "-n", "1").stdout == b"x\n"
        server.send_signal(stop)
        assert server.wait(20) == 0


def test_it_has_a_turn_server_and_says_with_which_credentials():
    with started("serve", "--port", "0", "--ice-port", "0", "--format", "ndjson") as server:
        ready = json.loads(server.stdout.readline())
        [relay] = ready["ice_servers"]
        scheme, _, place = relay["urls"].partition(":")
        given = f"{quote(relay['username'], '')}:{quote(relay['credential'], '')}"
        url = ready["url"].replace("http", "webrtc+ws", 1) + "webrtc/echo"
        called = ("connect", url, "--relay-only", "--ice-server", f"{scheme}:{given}@{place}")
        result = cli(*called, "-d", "x", "-n", "1")
        assert result.stdout == b"x\n"
        assert "relayed" in result.stderr


async def test_it_ends_cleanly_with_a_call_and_a_viewer_under_way():
    with started("serve", "--port", "0", "--format", "ndjson") as server:
        url = json.loads(server.stdout.readline())["url"].rstrip("/")
        channels = (ChannelOptions(label="chat"),)
        async with (
            calling_at(url.replace("http", "ws", 1), channels=channels, video=True) as (caller, _),
            watching_at(url, "/whep/picture?size=320x180") as viewer,
        ):
            await seen(caller, "video", 1)
            await seen(viewer, "video", 1)
            server.send_signal(signal.SIGTERM)
            async with asyncio.timeout(20):
                await caller.wait_ended()
                await viewer.wait_ended()
        assert server.wait(20) == 0
        assert server.stderr.read() == b""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_an_address_that_cannot_be_printed_is_told_as_that():
    with (
        Path("/dev/full").open("wb") as full,
        started("serve", "--port", "0", stdout=full) as server,
    ):
        assert server.wait(20) == ExitCode.WRITE
        assert b"The output cannot be written" in server.stderr.read()


def test_further_hosts_and_origins_can_be_let_in():
    allowed = (
        "--allow-host",
        "Dev.example",
        "--allow-host",
        "::2",
        "--allow-origin",
        "http://a.test",
    )
    with started("serve", "--port", "0", "--format", "ndjson", *allowed) as server:
        url = json.loads(server.stdout.readline())["url"].replace("http", "ws", 1) + "echo"

        def status(*headers):
            flags = [word for header in headers for word in ("-H", header)]
            result = cli("connect", url, "-d", "x", "-n", "1", "-s", "-w", "%{http_code}", *flags)
            return int(result.stdout.split()[-1])

        assert status("Host: dev.example:80", "Origin: http://a.test") == 101
        assert status("Host: [::2]") == 101
        assert status("Host: other.example") == 403
        assert status("Origin: http://b.test") == 403


@pytest.mark.parametrize(
    "arguments",
    [
        ("--allow-host", "http://dev.example"),
        ("--allow-host", "dev.example:80"),
        ("--allow-origin", "dev.example"),
        ("--allow-origin", "http://dev.example/page"),
    ],
)
def test_what_is_no_host_or_origin_is_a_usage_error(arguments):
    result = cli("serve", "--port", "0", *arguments)
    assert result.returncode == 2
    assert "write it as" in result.stderr


def test_it_speaks_tls_with_a_certificate(tls):
    arguments = ["--cert", str(tls.certificate), "--key", str(tls.key)]
    with started("serve", "--port", "0", *arguments) as server:
        line = server.stdout.readline().decode()
        port = re.fullmatch(r"Listening on https://127\.0\.0\.1:(\d+)/\n", line).group(1)
        url = f"wss://127.0.0.1:{port}/echo"
        result = cli("connect", url, "--cacert", str(tls.authority), "-d", "x", "-n", "1")
        assert result.stdout == b"x\n"


def test_a_port_that_is_taken_is_said_in_a_sentence():
    with started("serve", "--port", "0", "--format", "ndjson") as server:
        port = json.loads(server.stdout.readline())["url"].rstrip("/").rpartition(":")[2]
        result = cli("serve", "--port", port)
    assert result.returncode == 2
    assert f"127.0.0.1:{port} cannot be listened on: Address already in use." in result.stderr


def test_an_address_of_another_machine_is_said_in_a_sentence():
    result = cli("serve", "--host", "192.0.2.1")
    assert result.returncode == 2
    assert "Give --host an address of this machine" in result.stderr


def test_a_certificate_that_cannot_be_used_is_said_in_a_sentence(tls, tmp_path):
    path = tmp_path / "no.pem"
    path.write_text("no")
    result = cli("serve", "--cert", str(path))
    assert result.returncode == 2
    assert "it is not PEM, or its key is missing" in result.stderr


def test_a_key_without_a_certificate_is_a_usage_error(tls):
    assert cli("serve", "--key", str(tls.key)).returncode == 2


def test_the_demo_shows_control_frames_fragments_compression_and_the_end():
    result = cli("connect", "demo")
    assert result.returncode == 0, result.stderr
    table = result.stdout.decode()
    for part in ("handshake 101", "ping", "pong", "continuation", "deflate", "close", "= text"):
        assert part in table
    assert "* The server closed the connection with 1000" in result.stderr


@pytest.mark.parametrize("flags", [("-d", "hi"), ("--data-binary", "hi"), ("-1",), ("-E",)])
def test_the_demo_takes_no_messages(flags):
    result = cli("connect", "demo", *flags)
    assert (result.returncode, result.stdout) == (2, b"")
    assert "The demo takes no messages" in result.stderr


def test_the_demo_says_that_it_does_not_read_what_is_piped_into_it():
    told = "The demo takes no messages; stdin is not read."
    assert told in cli("connect", "demo", stdin=b"hi\n").stderr
    assert told not in cli("connect", "demo").stderr


def test_the_demo_comes_as_ndjson_and_into_a_capture_as_well(tmp_path):
    path = tmp_path / "demo.wirescope"
    result = cli("connect", "demo", "--format", "ndjson", "-o", str(path))
    assert records(result.stdout)[-1]["type"] == "connection.closed"
    assert records(cli("show", str(path), "--format", "ndjson").stdout) == records(result.stdout)
