"""`wirescope connect` as a process, against servers of the `websockets` library and raw sockets."""

import json
import signal
import socket
import subprocess
import sys

import pytest

from tests.cli.running import COMMAND, ENVIRONMENT, RawServer, cli, echo, records, serving, started

pytestmark = pytest.mark.slow


@pytest.fixture
def echo_url():
    with serving(echo) as url:
        yield url


def test_one_message_one_answer(echo_url):
    result = cli("connect", echo_url, "-d", "hello", "-n", "1")
    assert (result.returncode, result.stdout) == (0, b"hello\n")
    assert f"* Open: {echo_url}" in result.stderr
    assert "The messages that -n asked for have come." in result.stderr


def test_lines_of_stdin_go_out_and_the_end_closes_with_e(echo_url):
    result = cli("connect", echo_url, "-E", "--wait", "1", stdin=b"one\n\ntwo")
    assert (result.returncode, result.stdout) == (0, b"one\n\ntwo\n")


def test_the_end_of_stdin_alone_does_not_close(echo_url):
    with started("connect", echo_url) as process:
        process.stdin.write(b"first\n")
        process.stdin.close()
        assert process.stdout.readline() == b"first\n"
        assert process.poll() is None


def test_one_message_is_one_line_and_one_answer(echo_url):
    result = cli("connect", echo_url, "-1", stdin=b"one\ntwo\n")
    assert (result.returncode, result.stdout) == (0, b"one\n")


def test_with_d_it_waits_for_what_comes_and_says_how_it_ended(echo_url):
    result = cli("connect", echo_url, "-d", "a", "-d", "b", "--wait", "0.3")
    assert result.stdout == b"a\nb\n"
    assert "The time of --wait is over." in result.stderr


def test_the_order_of_the_messages_is_that_of_the_flags(echo_url):
    result = cli("connect", echo_url, "-d", "1", "--data-binary", "2", "-d", "3", "-n", "3")
    assert result.stdout == b"1\n32\n3\n"


def test_ndjson_has_every_event_of_the_contract(echo_url):
    result = cli("connect", echo_url, "-d", "hi", "-n", "1", "--format", "ndjson")
    events = records(result.stdout)
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    types = [event["type"] for event in events]
    assert types[0] == "connection.opening"
    assert types[-1] == "connection.closed"
    assert {"connection.phase", "websocket.handshake", "connection.opened"} < set(types)
    message = next(e for e in events if e["type"] == "websocket.message")
    assert (message["direction"], message["text"]) == ("sent", "hi")
    closed = events[-1]
    assert (closed["code"], closed["initiator"], closed["clean"]) == (1000, "local", True)


def test_ndjson_does_not_tell_secrets(echo_url):
    result = cli(
        "connect", echo_url, "-u", "ada:swordfish", "-H", "Cookie: sid=1234567", "-E",
        "--format", "ndjson", "-v", stdin=b"",
    )  # fmt: skip
    for output in (result.stdout.decode(), result.stderr):
        assert "swordfish" not in output
        assert "YWRhOnN3b3JkZmlzaA" not in output
        assert "1234567" not in output


def test_the_talk_does_not_tell_secrets_of_the_address(echo_url, tls):
    opened = cli("connect", f"{echo_url}/?token=hunter22", "-d", "x", "-n", "1")
    assert "/?token=[redacted] in " in opened.stderr
    with serving(echo, ssl=tls.server) as url:
        plain = cli("connect", f"{url.replace('wss:', 'ws:')}/?token=hunter22")
    assert "/?token=[redacted]" in plain.stderr
    for result in (opened, plain):
        assert "hunter22" not in result.stderr


def test_no_more_messages_come_out_than_asked_for():
    def push(connection):
        for number in range(50):
            connection.send(str(number))
        connection.recv()

    with serving(push) as url:
        text = cli("connect", url, "-n", "3")
        assert (text.returncode, text.stdout) == (0, b"0\n1\n2\n")
        ndjson = cli("connect", url, "-n", "3", "--format", "ndjson")
    events = records(ndjson.stdout)
    received = [e for e in events if e["type"] == "websocket.message"]
    gaps = sum(e["count"] for e in events if e["type"] == "capture.gap")
    assert len(received) == 3
    assert gaps == 47 * 2


# What is typed is what is sent


@pytest.mark.parametrize(
    ("arguments", "frame"),
    [
        (["-d", "text \u00e9 \u65e5\u672c"], (1, "text é 日本".encode())),
        (["-d", ""], (1, b"")),
        (["-d", "CONNECT\n\n"], (1, b"CONNECT\n\n")),
        (["--hex", "-d", "00 01 ff"], (2, b"\x00\x01\xff")),
        (["--hex", "-t", "-d", "7b7d1e"], (1, b"{}\x1e")),
        (["--base64", "-d", "AAH/"], (2, b"\x00\x01\xff")),
        (["--binary", "-d", "abc"], (2, b"abc")),
        (["--data-binary", "abc"], (2, b"abc")),
        (["-d", "@file"], (1, b"@file")),
    ],
)
def test_bytes_given_are_bytes_sent(arguments, frame):
    with RawServer(then="echo close") as server:
        result = cli("connect", server.url, "--compression", "off", "--wait", "0", *arguments)
    assert result.returncode == 0, result.stderr
    assert server.frames()[0] == frame


@pytest.mark.parametrize("line", [b"STOMP\x00", b"{}\x1e", b" \t ", b"\xff\xfe", b"a\r"])
def test_a_line_of_stdin_goes_out_as_it_is(line):
    with RawServer(then="echo close") as server:
        cli("connect", server.url, "--compression", "off", "-E", stdin=line + b"\n")
    assert server.frames()[0] == (1, line)


def test_a_file_goes_out_whole(tmp_path):
    path = tmp_path / "data"
    path.write_bytes(bytes(range(256)) * 8192)
    with RawServer(then="echo close") as server:
        result = cli("connect", server.url, "--data-binary", f"@{path}", "--wait", "0")
    assert result.returncode == 0, result.stderr
    assert server.frames()[0] == (2, path.read_bytes())


def test_headers_arrive_in_the_order_and_case_given():
    with RawServer(then="echo close") as server:
        cli(
            "connect", server.url, "-E", "-H", "X-zED: 1", "-H", "x-Alpha: 2", "-H", "Empty;",
            "-A", "me/1", "--origin", "https://a.test", "--cookie", "a=1", "--cookie", "b=2",
            "--subprotocol", "v2", "--subprotocol", "v1", stdin=b"",
        )  # fmt: skip
    lines = server.head.decode().split("\r\n")
    assert [line for line in lines if line[:2].lower() == "x-"] == ["X-zED: 1", "x-Alpha: 2"]
    assert "Origin: https://a.test" in lines
    assert "User-Agent: me/1" in lines
    assert "Cookie: a=1; b=2" in lines
    assert "Sec-WebSocket-Protocol: v2, v1" in lines
    assert any(line.rstrip() == "Empty:" for line in lines)


# What is received


@pytest.mark.parametrize(
    ("flags", "line"),
    [([], b"00ff\n"), (["--hex"], b"00ff\n"), (["--base64"], b"AP8=\n"), (["--binary"], b"\0\xff")],
)
def test_binary_messages_come_out_in_the_form_asked_for(flags, line):
    with serving(lambda connection: connection.send(b"\x00\xff")) as url:
        assert cli("connect", url, *flags).stdout == line


def test_a_message_longer_than_memory_may_hold_comes_out_whole():
    data = "x" * (20 << 20)
    with serving(lambda connection: connection.send(data), compression=None) as url:
        result = cli("connect", url, "--max-message-size", "none")
    assert result.returncode == 0, result.stderr
    assert result.stdout == data.encode() + b"\n"


def test_the_response_head_comes_first_with_i():
    with serving(lambda connection: connection.send("x")) as url:
        head, _, body = cli("connect", url, "-i").stdout.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 101 Switching Protocols\r\n")
    assert body == b"x\n"


def test_verbose_tells_everything_and_pings_are_told_with_p(echo_url):
    result = cli("connect", echo_url, "-d", "hi", "-n", "1", "-v")
    assert "> GET / HTTP/1.1" in result.stderr
    assert "< HTTP/1.1 101 Switching Protocols" in result.stderr
    lines = result.stderr.splitlines()
    assert any(line.startswith("> ") and line.endswith(" hi") for line in lines)
    pings = cli("connect", echo_url, "--ping-interval", "0.1", "-m", "0.5", "-P", stdin=b"")
    assert pings.returncode == 28
    assert any(line.startswith("> ") and "ping" in line for line in pings.stderr.splitlines())
    assert any(line.startswith("< ") and "pong" in line for line in pings.stderr.splitlines())


def test_verbose_tells_who_was_reached_and_how_it_is_secured(tls):
    with serving(echo, ssl=tls.server) as url:
        result = cli("connect", url, "--cacert", str(tls.authority), "-d", "x", "-n", "1", "-v")
    host = url.removeprefix("wss://")
    assert f"reached {host} from 127.0.0.1:" in result.stderr
    assert "secured with TLSv1.3" in result.stderr
    assert ", verified certificate for 127.0.0.1, localhost from" in result.stderr


def test_silent_says_nothing_when_data_came_and_something_when_none_did(echo_url):
    assert cli("connect", echo_url, "-s", "-d", "x", "-n", "1").stderr == ""
    nothing = cli("connect", echo_url, "-s", "-E", stdin=b"")
    assert nothing.returncode == 0
    assert nothing.stdout == b""
    assert nothing.stderr.startswith("* ")


def test_write_out_goes_to_stdout_or_with_ndjson_to_stderr(echo_url):
    form = "%{ws_messages_received} %{ws_close_code} %{http_code}\\n"
    assert cli("connect", echo_url, "-d", "x", "-n", "1", "-w", form).stdout == b"x\n1 1000 101\n"
    result = cli("connect", echo_url, "-d", "x", "-n", "1", "-w", form, "--format", "ndjson")
    assert records(result.stdout)
    assert "1 1000 101\n" in result.stderr


# How it ends


@pytest.mark.parametrize(
    ("code", "exit_code"), [(1000, 0), (1001, 0), (1008, 71), (1011, 71), (4001, 71)]
)
def test_the_close_code_decides_the_exit_code(code, exit_code):
    with serving(lambda connection: connection.close(code, "because")) as url:
        result = cli("connect", url)
    assert result.returncode == exit_code
    assert f"{code}" in result.stderr
    assert "because" in result.stderr


def test_an_end_without_a_close_frame_is_70():
    with RawServer() as server:
        result = cli("connect", server.url)
    assert result.returncode == 70
    assert "before any message" in result.stderr


def test_a_close_frame_without_a_code_is_fine():
    with RawServer(b"\x88\x00") as server:
        assert cli("connect", server.url).returncode == 0


def test_a_violation_is_72_and_names_the_clause():
    with RawServer(b"\x83\x00", then="listen") as server:
        result = cli("connect", server.url, "--close-timeout", "0.5")
    assert result.returncode == 72
    assert "RFC 6455 5.2" in result.stderr


def test_a_violation_is_only_recorded_when_lenient():
    with RawServer(b"\xa1\x02hi\x88\x02\x03\xe8", then="listen") as server:
        result = cli("connect", server.url, "--lenient", "--close-timeout", "0.5")
    assert (result.returncode, result.stdout) == (0, b"hi\n")
    assert "RFC 6455 5.2" in result.stderr


def test_a_message_above_the_limit_is_71():
    with serving(lambda connection: connection.send("x" * 5000)) as url:
        result = cli("connect", url, "--max-message-size", "1k")
    assert result.returncode == 71
    assert "1009" in result.stderr


def test_nobody_listening_is_7_and_an_unknown_name_6():
    assert cli("connect", "ws://127.0.0.1:1/").returncode == 7
    assert cli("connect", "ws://does-not-exist.invalid/").returncode == 6


def test_a_time_limit_is_28_open_or_not(echo_url):
    result = cli("connect", echo_url, "-m", "0.3", stdin=b"")
    assert result.returncode == 28
    assert "The time of -m is over." in result.stderr


def test_a_time_limit_does_not_change_how_a_run_ended_that_was_over_before():
    with RawServer(b"\x81\x02hi", then="answer no close") as server:
        result = cli("connect", server.url, "-n", "1", "-m", "1.5", "--close-timeout", "30")
    assert (result.returncode, result.stdout) == (0, b"hi\n")
    assert "The messages that -n asked for have come." in result.stderr


@pytest.fixture
def silent_url():
    """An address where TCP connects and nobody says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"ws://127.0.0.1:{listener.getsockname()[1]}"


@pytest.mark.parametrize("flags", [["-m", "0.3"], ["--connect-timeout", "0.3"]])
def test_a_server_that_says_nothing_is_28(silent_url, flags):
    result = cli("connect", silent_url, *flags)
    assert (result.returncode, result.stdout) == (28, b"")
    assert result.stderr.startswith("* ")


def test_an_interrupt_before_there_is_a_connection_is_130(silent_url):
    with started("connect", silent_url, "--format", "ndjson") as process:
        while b"tcp" not in process.stdout.readline():
            pass
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
        assert b"You ended it. The connection was not open yet." in process.stderr.read()
        failed = records(process.stdout.read())[-1]
        assert (failed["type"], failed["kind"]) == ("connection.failed", "aborted")


def test_without_a_terminal_d_waits_five_seconds():
    with serving(echo) as url:
        result = cli("connect", url, "-d", "x", "-w", "%{time_total}")
    assert result.returncode == 0
    text, _, total = result.stdout.decode().partition("\n")
    assert text == "x"
    assert 5 <= float(total) < 6
    assert "The time of --wait is over." in result.stderr


def test_with_d_there_is_no_end_of_stdin_to_close_at(echo_url):
    result = cli("connect", echo_url, "-d", "hi", "-E", "--wait", "0.2")
    assert result.stdout == b"hi\n"
    with started("connect", echo_url, "-d", "hi", "-E") as process:
        assert process.stdout.readline() == b"hi\n"
        assert process.poll() is None


def test_a_closed_stdin_is_an_empty_one(echo_url):
    command = ["sh", "-c", 'exec "$@" <&-', "sh", *COMMAND, "connect", echo_url, "-E"]
    done = subprocess.run(command, capture_output=True, timeout=30, env=ENVIRONMENT)
    assert done.returncode == 0, done.stderr


def test_a_certificate_that_nobody_signed_is_60_and_insecure_is_a_choice(tls):
    with serving(echo, ssl=tls.server) as url:
        refused = cli("connect", url, "-d", "x", "-n", "1")
        insecure = cli("connect", url, "-k", "-d", "x", "-n", "1")
        trusted = cli("connect", url, "--cacert", str(tls.authority), "-d", "x", "-n", "1")
    assert refused.returncode == 60
    assert (insecure.returncode, trusted.returncode) == (0, 0), trusted.stderr
    assert "The certificate was not checked (-k)" in insecure.stderr
    assert "not checked" not in trusted.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["connect"],
        ["connect", "localhost:1"],
        ["connect", "ftp://127.0.0.1/"],
        ["connect", "ws://127.0.0.1:1/", "-4", "-6"],
        ["connect", "ws://127.0.0.1:1/", "--nonsense"],
        ["connect", "ws://127.0.0.1:1/", "-n", "0"],
        ["connect", "ws://127.0.0.1:1/", "--hex", "-d", "xyz"],
        ["connect", "ws://127.0.0.1:1/", "-w", "%{nonsense}"],
        ["connect", "ws://127.0.0.1:1/", "--compression", "brotli"],
        ["connect", "ws://127.0.0.1:1/", "--data-binary", "@/nowhere"],
        ["connect", "ws://127.0.0.1:1/", "-H", "no colon"],
        ["nonsense"],
    ],
)
def test_a_mistake_in_the_command_is_2_and_explained(arguments):
    result = cli(*arguments)
    assert result.returncode == 2
    assert result.stderr.startswith("wirescope: ")
    assert len(result.stderr.splitlines()) == 2
    assert "Traceback" not in result.stderr


def test_an_interrupt_closes_cleanly(echo_url):
    with started("connect", echo_url, "--format", "ndjson") as process:
        while b"connection.opened" not in process.stdout.readline():
            pass
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()
        assert process.wait(timeout=20) == 0
    (closed,) = [each for each in records(rest) if each["type"] == "connection.closed"]
    assert (closed["code"], closed["initiator"], closed["clean"]) == (1000, "local", True)


def test_a_second_interrupt_ends_at_once():
    with (
        RawServer(then="listen") as server,
        started("connect", server.url, "--format", "ndjson", "--close-timeout", "60") as process,
    ):
        while b"connection.opened" not in process.stdout.readline():
            pass
        process.send_signal(signal.SIGINT)
        while b'"opcode":"close"' not in process.stdout.readline():
            pass
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()
        assert process.wait(timeout=20) == 0
    (closed,) = [each for each in records(rest) if each["type"] == "connection.closed"]
    assert (closed["code"], closed["initiator"], closed["clean"]) == (1006, "local", False)


def test_a_reader_that_leaves_ends_it_quietly():
    def push(connection):
        for number in range(10_000_000):
            connection.send(f"message {number}")

    with serving(push) as url, started("connect", url) as process:
        assert process.stdout.readline() == b"message 0\n"
        process.stdout.close()
        assert process.wait(timeout=10) == 0
        assert b"Traceback" not in process.stderr.read()


def test_events_reach_the_reader_of_a_pipe_at_once(echo_url):
    with started("connect", echo_url) as process:
        for number in range(3):
            process.stdin.write(b"%d\n" % number)
            process.stdin.flush()
            assert process.stdout.readline() == b"%d\n" % number


def test_a_slow_reader_holds_the_server_back_and_loses_nothing():
    count = 200_000

    def push(connection):
        for number in range(count):
            connection.send(f"message {number}")

    reader = "import select, sys; select.select([], [], [], 1); print(sum(1 for _ in sys.stdin))"
    with serving(push, compression=None) as url, started("connect", url) as process:
        counting = [sys.executable, "-c", reader]
        done = subprocess.run(counting, stdin=process.stdout, capture_output=True, timeout=50)
    assert int(done.stdout) == count


# The capture


def test_o_saves_what_ndjson_shows(echo_url, tmp_path):
    path = tmp_path / "run.wirescope"
    shown = cli("connect", echo_url, "-d", "x", "-n", "1", "--format", "ndjson", "-o", str(path))
    kept = cli("show", str(path), "--format", "ndjson")
    assert records(kept.stdout) == records(shown.stdout)


@pytest.mark.parametrize(
    "arguments", [["ftp://127.0.0.1/"], ["wss://127.0.0.1:1/", "--cacert", "/nowhere"]]
)
def test_a_mistake_leaves_no_capture_behind(tmp_path, arguments):
    path = tmp_path / "capture"
    assert cli("connect", *arguments, "-o", str(path)).returncode == 2
    assert not path.exists()


def test_o_does_not_write_over_a_file(echo_url, tmp_path):
    path = tmp_path / "precious"
    path.write_text("do not lose me")
    result = cli("connect", echo_url, "-d", "x", "-n", "1", "-o", str(path))
    assert result.returncode == 2
    assert path.read_text() == "do not lose me"


# The environment


def test_proxies_of_the_environment_are_used_unless_excluded(echo_url):
    proxied = cli("connect", echo_url, "-d", "x", "-n", "1", all_proxy="http://127.0.0.1:1")
    assert proxied.returncode in (7, 97)
    for setting in ({"NO_PROXY": "127.0.0.1"}, {"no_proxy": "*"}):
        result = cli(
            "connect", echo_url, "-d", "x", "-n", "1", all_proxy="http://127.0.0.1:1", **setting
        )
        assert result.returncode == 0, result.stderr
    direct = cli(
        "connect", echo_url, "-d", "x", "-n", "1", "-x", "", all_proxy="http://127.0.0.1:1"
    )
    assert direct.returncode == 0


def test_tls_secrets_are_logged_for_wireshark(tls, tmp_path):
    log = tmp_path / "keys"
    with serving(echo, ssl=tls.server) as url:
        cli("connect", url, "-k", "-d", "x", "-n", "1", SSLKEYLOGFILE=str(log))
    assert "CLIENT_TRAFFIC_SECRET_0" in log.read_text()


def test_json_of_write_out_is_json(echo_url):
    result = cli("connect", echo_url, "-s", "-d", "x", "-n", "1", "-w", "%{stderr}%{json}")
    assert json.loads(result.stderr)["ws_messages_received"] == 1
