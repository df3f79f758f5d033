"""`wirescope connect` on a terminal, a pseudo-terminal that is."""

import json
import os
import pty
import re
import select
import signal
import stat
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fcntl import ioctl
from pathlib import Path
from typing import Any

import pytest

from tests.cli.running import COMMAND, ENVIRONMENT, RawServer, echo, serving

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals"),
]

WITHIN_S = 40
# Runs a command as a shell does, and says how it left the terminal that both have.
SHELL = """
import os, signal, subprocess, sys
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, lambda *_: None)
subprocess.call(sys.argv[1:])
print("blocking:", [os.get_blocking(descriptor) for descriptor in range(3)])
"""
PROMPT = "Type a message, or /help. Ctrl-D closes."  # shown above it, once there is one
_CONTROL = re.compile(rb"\x1b\[[0-9;?]*[a-zA-Z]|\x1b\][^\x07]*\x07|\x1b[=>]")


class Terminal:
    """What a person sees and types; `expect` waits for text to appear."""

    def __init__(self, descriptor: int, process: subprocess.Popen[bytes]) -> None:
        self._descriptor = descriptor
        self.process = process
        self.seen = b""

    def type(self, text: str) -> None:
        os.write(self._descriptor, text.encode())

    def expect(self, text: str) -> str:
        """Wait for text; return all that was shown up to then, without control sequences."""
        while text.encode() not in _CONTROL.sub(b"", self.seen):
            if not self._read():
                pytest.fail(f"{text!r} was not shown, but {self.plain!r}")
        return self.plain

    def end(self) -> int:
        """Read to the end; return the exit code."""
        while self._read():
            pass
        return self.process.wait(WITHIN_S)

    @property
    def plain(self) -> str:
        return _CONTROL.sub(b"", self.seen).decode("utf-8", "replace")

    def _read(self) -> bool:
        ready, _, _ = select.select([self._descriptor], [], [], WITHIN_S)
        try:
            data = os.read(self._descriptor, 65536) if ready else b""
        except OSError:  # Linux says so when the other side is closed
            data = b""
        self.seen += data
        return bool(data)


@contextmanager
def terminal(
    *arguments: str,
    columns: int = 100,
    home: Path,
    stdout: Any = None,
    shell: Sequence[str] = (),
    **environment: str,
) -> Iterator[Terminal]:
    ours, theirs = pty.openpty()
    ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    own = {"XDG_STATE_HOME": str(home), "PROMPT_TOOLKIT_NO_CPR": "1", "TERM": "xterm-256color"}
    process = subprocess.Popen(
        [*shell, *COMMAND, *arguments],
        stdin=theirs,
        stdout=theirs if stdout is None else stdout,
        stderr=theirs,
        env={**ENVIRONMENT, **own, **environment},
        start_new_session=True,
        preexec_fn=lambda: ioctl(0, termios.TIOCSCTTY, 0),  # so that Ctrl-C is an interrupt
    )
    os.close(theirs)
    try:
        yield Terminal(ours, process)
    finally:
        process.kill()
        process.wait()
        os.close(ours)


@pytest.fixture
def echo_url():
    with serving(echo) as url:
        yield url


def test_what_is_typed_is_sent_and_what_comes_is_shown(echo_url, tmp_path):
    with terminal("connect", echo_url, home=tmp_path) as screen:
        screen.expect(PROMPT)
        screen.type("hello\r")
        screen.expect("< text")
        screen.type("\x04")
        assert screen.end() == 0
    assert re.search(r"> text .* hello", screen.plain)
    assert re.search(r"< text .* hello", screen.plain)
    assert "You ended it. This end closed the connection with 1000" in screen.plain


@pytest.mark.parametrize("key", ["\x04", "\x03"])
def test_a_wait_can_be_ended(echo_url, tmp_path, key):
    with terminal("connect", echo_url, home=tmp_path) as screen:
        screen.expect(PROMPT)
        screen.type("/wait 1h\r")
        screen.expect("Nothing is taken for 3,600 s")
        screen.type(key)
        assert screen.end() == 0
    assert "You ended it. This end closed the connection with 1000" in screen.plain


def test_what_is_typed_during_a_wait_is_sent_after_it(echo_url, tmp_path):
    with terminal("connect", echo_url, home=tmp_path) as screen:
        screen.expect(PROMPT)
        screen.type("/wait 200ms\r")
        screen.expect("Nothing is taken for 0.2 s")
        screen.type("hello\r")
        screen.expect("< text")
        screen.type("\x04")
        assert screen.end() == 0


def test_commands_are_carried_out(echo_url, tmp_path):
    with terminal("connect", echo_url, "--compression", "off", home=tmp_path) as screen:
        screen.expect(PROMPT)
        screen.type("/ping\r")
        screen.expect("* Pong after")
        screen.type("/hex 00 ff\r")
        screen.expect("00 ff")
        screen.type("/help\r")
        screen.expect("/frame OPCODE")
        screen.type("/nonsense\r")
        screen.expect("There is no command /nonsense.")
        screen.type("//slash\r")
        screen.expect("< text")
        screen.type("/close 4000 enough\r")
        assert screen.end() == 0
    assert re.search(r"> close .* 4000 enough", screen.plain)
    assert re.search(r"< text .* /slash", screen.plain)


def test_an_illegal_frame_goes_out_as_it_was_typed(tmp_path):
    with (
        RawServer(then="echo close") as server,
        terminal("connect", server.url, home=tmp_path) as screen,
    ):
        screen.expect(PROMPT)
        screen.type("/frame 0x3 more rsv2 hex:00ff\r")
        screen.expect("> 0x3")
        screen.type("/close\r")
        assert screen.end() == 0
    assert server.received[:2] == b"\x23\x82"
    assert server.frames()[0] == (3, b"\x00\xff")


def test_an_interrupt_closes_cleanly(echo_url, tmp_path):
    with terminal("connect", echo_url, home=tmp_path) as screen:
        screen.expect(PROMPT)
        screen.type("\x03")
        assert screen.end() == 0
    assert "You ended it. This end closed the connection with 1000" in screen.plain


@pytest.mark.parametrize(("flags", "shown"), [((), True), (("-f",), False)])
def test_why_a_server_refused_is_shown(tmp_path, flags, shown):
    def refuse(connection, _request):
        return connection.respond(403, "members \x1b[31m only\n")

    with (
        serving(echo, process_request=refuse) as url,
        terminal("connect", url, *flags, home=tmp_path) as screen,
    ):
        assert screen.end() == 22
    lines = screen.plain.splitlines()
    assert any(line.startswith("members \\x1b[31m only") for line in lines) == shown
    assert "Refused: the server answered 403" in screen.plain


def test_the_prompt_ends_with_the_connection(tmp_path):
    with (
        serving(lambda connection: connection.close(4001, "go away")) as url,
        terminal("connect", url, home=tmp_path) as screen,
    ):
        assert screen.end() == 71
    assert "4001" in screen.plain


@pytest.mark.parametrize("numbers", [(), (signal.SIGINT,), (signal.SIGTERM,), (signal.SIGINT,) * 2])
def test_the_terminal_is_left_as_it_was(echo_url, tmp_path, numbers):
    shell = [sys.executable, "-c", SHELL]
    with terminal("connect", echo_url, home=tmp_path, shell=shell) as screen:
        screen.expect(PROMPT)
        for number in numbers:
            os.killpg(screen.process.pid, number)
        if not numbers:
            screen.type("\x04")
        screen.end()
    assert "blocking: [True, True, True]" in screen.plain


EVIL = "\x1b]0;owned\x07\x1b[2Jgone\x9b5m\u202e"


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--format", "ndjson"),
        ("-d", "x"),
        ("-d", "x", "-v", "-i"),
        ("-d", "x", "--binary"),
        ("-d", "x", "--format", "ndjson"),
        ("-d", "x", "-w", "%{ws_close_reason}%{stderr}%{ws_close_reason}"),
    ],
)
def test_a_peer_cannot_steer_the_terminal(tmp_path, arguments):
    def attack(connection):
        connection.send(EVIL)
        connection.send(EVIL.encode())
        connection.close(4000, "\x1b[31mred")

    with (
        serving(attack, process_response=_evil_head) as url,
        terminal("connect", url, *arguments, home=tmp_path, columns=160) as screen,
    ):
        screen.end()
    assert_harmless(screen)
    assert rb"\x1b]0;owned" in screen.seen or rb"\u001b]0;owned" in screen.seen


def _evil_head(_connection, _request, response):
    response.headers["X-Evil"] = "\x9b5m"
    return response


def assert_harmless(screen):
    for part in ("\x1b]0;", "\x1b[2J", "\x1b[31mred", "\x9b", "\u202e"):
        assert part.encode() not in screen.seen


def test_a_file_cannot_steer_the_terminal(tmp_path):
    path = tmp_path / "evil.ndjson"
    line = {"seq": 1, "at_ns": 0, "time": "2026-01-01T00:00:00Z", "connection": EVIL}
    opening = {**line, "type": "connection.opening", "url": EVIL, "transport": "websocket"}
    path.write_text(json.dumps(opening) + "\n" + json.dumps({**opening, "connection": "c2"}) + "\n")
    for arguments in ((), ("--stats",), ("--format", "ndjson"), ("--payload", "1")):
        with terminal("show", str(path), *arguments, home=tmp_path) as screen:
            screen.end()
        assert_harmless(screen)
    path.write_text(json.dumps({**line, "type": EVIL}))
    with terminal("show", str(path), home=tmp_path) as screen:
        assert screen.end() != 0
    assert_harmless(screen)


def test_the_history_belongs_to_the_user_alone(echo_url, tmp_path):
    with terminal("connect", echo_url, home=tmp_path) as screen:
        screen.expect(PROMPT)
        screen.type("remember me\r")
        screen.expect("< text")
        screen.type("\x04")
        screen.end()
    path = tmp_path / "wirescope" / "history"
    assert "remember me" in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with terminal("connect", echo_url, home=tmp_path) as screen:
        screen.expect(PROMPT)
        screen.type("\x1b[A\r")
        screen.expect("< text")


@pytest.mark.parametrize("setting", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_colour_is_left_out_when_it_is_not_wanted(echo_url, tmp_path, setting):
    with terminal("connect", echo_url, "-d", "x", "-n", "1", "-v", home=tmp_path) as screen:
        screen.end()
    with terminal(
        "connect", echo_url, "-d", "x", "-n", "1", "-v", home=tmp_path, **setting
    ) as plain:
        plain.end()
    assert b"\x1b[" in screen.seen
    assert b"\x1b[" not in plain.seen


@pytest.mark.parametrize("columns", [80, 160])
def test_rows_fit_the_width(tmp_path, columns):
    def push(connection):
        connection.send("long " * 200)
        connection.send(bytes(300))

    with serving(push) as url, terminal("connect", url, home=tmp_path, columns=columns) as screen:
        screen.end()
    lines = [line for line in screen.plain.splitlines() if "< text" in line or "< binary" in line]
    # The prompt was there before perhaps, and ends with a step back.
    rows = [line.strip("\r").rpartition("\b")[2] for line in lines]
    assert len(rows) == 2
    assert all(len(row) <= columns for row in rows)
    assert len(rows[0]) > 70


def test_payloads_go_into_a_pipe_while_a_person_types(echo_url, tmp_path):
    out = tmp_path / "out"
    with (
        out.open("wb") as file,
        terminal("connect", echo_url, home=tmp_path, stdout=file) as screen,
    ):
        screen.expect(PROMPT)
        screen.type("into the pipe\r")
        screen.expect("< text")
        screen.type("\x04")
        assert screen.end() == 0
    assert out.read_bytes() == b"into the pipe\n"


def test_records_take_the_place_of_rows_when_asked_for(echo_url, tmp_path):
    with terminal("connect", echo_url, "--format", "ndjson", home=tmp_path) as screen:
        screen.expect(PROMPT)
        screen.type("hello\r")
        screen.expect('"direction":"received"')
        screen.type("\x04")
        assert screen.end() == 0
    assert "< text" not in screen.plain


def test_nobody_is_asked_anything_once_it_is_closed(tmp_path):
    with (
        RawServer(b"\x88\x02\x03\xf3", then="echo close") as server,
        terminal("connect", server.url, home=tmp_path) as screen,
    ):
        assert screen.end() == 71
    assert PROMPT not in screen.plain


def test_a_failure_is_told_once_and_each_retry(tmp_path):
    url = "ws://127.0.0.1:1/"
    arguments = ("--retry", "1", "--retry-delay", "1ms")
    with terminal("connect", url, *arguments, home=tmp_path, columns=160) as screen:
        assert screen.end() == 7
    told = [line for line in screen.plain.splitlines() if "Nothing listens" in line]
    assert len(told) == 2
    assert "Retry 1 of 1 follows" in told[0]


def test_a_table_on_the_terminal_is_not_interrupted(tmp_path):
    with terminal("connect", "demo", home=tmp_path) as screen:
        assert screen.end() == 0
    assert "* Open:" not in screen.plain
    assert "* The server closed the connection" in screen.plain


def test_the_talk_is_as_wide_as_its_own_terminal(echo_url, tmp_path):
    out = tmp_path / "out"
    command = ("connect", echo_url, "-d", "word " * 40, "-n", "1", "-v")
    with (
        out.open("wb") as file,
        terminal(*command, home=tmp_path, columns=130, stdout=file) as screen,
    ):
        assert screen.end() == 0
    rows = [line for line in screen.plain.splitlines() if " text " in line]
    assert {len(row) for row in rows} == {130}
    assert out.read_text() == "word " * 40 + "\n"


@pytest.mark.parametrize("arguments", [("connect", "nowhere"), ("show", "/nothing" * 20)])
def test_an_error_is_folded_to_the_width(tmp_path, arguments):
    with terminal(*arguments, home=tmp_path, columns=72) as screen:
        assert screen.end() == 2
    assert len(screen.plain.splitlines()) >= 2
    assert all(len(line) <= 72 or "/nothing" in line for line in screen.plain.splitlines())


def test_a_server_says_what_can_be_done_with_it(tmp_path):
    with terminal("serve", "--port", "0", home=tmp_path) as screen:
        screen.expect("Ctrl-C ends this.")
        screen.type("\x03")
        assert screen.end() == 0
    assert re.search(r"Try `wirescope connect ws://127\.0\.0\.1:\d+/echo`", screen.plain)
