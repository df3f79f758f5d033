"""`wirescope connect` on a terminal, a pseudo-terminal that is."""

import os
import pty
import re
import select
import stat
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
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

WITHIN_S = 20
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
    *arguments: str, columns: int = 100, home: Path, stdout: Any = None, **environment: str
) -> Iterator[Terminal]:
    ours, theirs = pty.openpty()
    ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    own = {"XDG_STATE_HOME": str(home), "PROMPT_TOOLKIT_NO_CPR": "1", "TERM": "xterm-256color"}
    process = subprocess.Popen(
        [*COMMAND, *arguments],
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


def test_the_prompt_ends_with_the_connection(tmp_path):
    with (
        serving(lambda connection: connection.close(4001, "go away")) as url,
        terminal("connect", url, home=tmp_path) as screen,
    ):
        assert screen.end() == 71
    assert "4001" in screen.plain


def test_a_peer_cannot_steer_the_terminal(tmp_path):
    evil = "\x1b]0;owned\x07\x1b[2Jgone\x9b5m\u202e"

    def attack(connection):
        connection.send(evil)
        connection.close(4000, "\x1b[31mred")

    with serving(attack) as url:
        with terminal("connect", url, home=tmp_path) as screen:
            screen.end()
        with terminal("connect", url, "-d", "x", home=tmp_path) as filter_screen:
            filter_screen.end()
    for seen in (screen.seen, filter_screen.seen):
        assert b"\x1b]0;owned" not in seen
        assert b"\x1b[2J" not in seen
        assert b"\x1b[31mred" not in seen
        assert b"\\x1b]0;owned" in seen


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
    rows = [line for line in screen.plain.splitlines() if "< text" in line or "< binary" in line]
    assert len(rows) == 2
    assert all(len(row.strip("\r")) <= columns for row in rows)
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
