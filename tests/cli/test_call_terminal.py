"""`wirescope connect` for WebRTC on a terminal: the prompt, codes, the last line."""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.running import started
from tests.cli.test_terminal import PROMPT, Terminal, terminal

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals"),
]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The test endpoints, as `127.0.0.1:PORT`."""
    with started("serve", "--port", "0", "--format", "ndjson") as process:
        line = process.stdout.readline() if process.stdout else b""
        yield json.loads(line)["url"].removeprefix("http://").rstrip("/")
        process.terminate()
        process.wait(20)


def code_in(screen: Terminal) -> str:
    """Find the code that a terminal shows."""
    until_shown(screen, r"webrtc:1\.[\w-]+\r\n")
    return re.findall(r"webrtc:1\.[\w-]+", screen.plain)[-1]


def until_shown(screen: Terminal, pattern: str) -> None:
    """Wait until a terminal shows what fits a pattern."""
    while not re.search(pattern, screen.plain):
        assert screen._read(), screen.plain


def test_messages_are_typed_on_any_channel(server: str, tmp_path: Path) -> None:
    url = f"webrtc+ws://{server}/webrtc/echo"
    arguments = ("connect", url, "--channel", "a", "--channel", "b,ordered=false")
    with terminal(*arguments, home=tmp_path) as screen:
        screen.expect(PROMPT)
        screen.expect('Channel 3 "b" open, unordered')
        screen.type("first\r")
        screen.expect("< text")
        screen.type("@b second\r")
        until_shown(screen, r"< text +6  b +second")
        screen.type("/channel b\r")
        screen.expect("What you type goes out on b.")
        screen.type("/channel c\r")
        screen.expect("There is no channel 'c'.")
        screen.type("/stats\r")
        screen.expect("* connected, ")
        screen.type("/restart\r")
        screen.expect("ICE was restarted.")
        screen.type("/open late\r")
        screen.expect('"late" open')
        screen.type("/nonsense\r")
        screen.expect("There is no command /nonsense.")
        screen.type("/close\r")
        assert screen.end() == 0
        assert "You closed it. This end ended the connection" in screen.plain


def test_two_terminals_meet_by_codes(tmp_path: Path) -> None:
    with terminal("connect", "webrtc:", home=tmp_path, columns=200) as one:
        one.expect("Paste the code that comes back")
        with terminal("connect", code_in(one), home=tmp_path, columns=200) as other:
            other.expect("It is waited for the other side.")
            one.type("webrtc:1.AAAA\r")
            one.expect("Only a part of the code was copied")
            one.type(f"{code_in(other)}\r")
            one.expect(PROMPT)
            other.expect(PROMPT)
            one.type("over a code\r")
            other.expect("over a code")
            one.type("\x04")
            assert one.end() == 0
            assert other.end() == 0
            assert "The other end ended the connection" in other.plain


def shown_above_the_prompt(screen: Terminal, words: str, since: int) -> bool:
    """Tell whether the prompt was taken away right before a line was shown."""
    screen.expect(words)
    before, _, _ = screen.seen[since:].partition(words.encode())
    lines = before.rpartition(b"\x1b[J")
    return bool(lines[1]) and b"\x1b[0m> " not in lines[2]


def test_what_is_told_stands_above_the_prompt_after_a_code_was_pasted(tmp_path: Path) -> None:
    with terminal("connect", "webrtc:", home=tmp_path, columns=200) as one:
        one.expect("Paste the code that comes back")
        with terminal("connect", code_in(one), home=tmp_path, columns=200) as other:
            one.type(f"{code_in(other)}\r")
            one.expect(PROMPT)
            other.expect(PROMPT)
            since = len(one.seen)
            other.type("back again\r")
            assert shown_above_the_prompt(one, "back again", since), one.seen[since:]
            since = len(one.seen)
            other.type("/open late\r")
            assert shown_above_the_prompt(one, "The other side opened", since), one.seen[since:]
            one.type("\x04")
            assert one.end() == 0


def test_a_stream_is_told_of_in_the_last_line(server: str, tmp_path: Path) -> None:
    with terminal("connect", f"whip+http://{server}/whip/sink", home=tmp_path) as publisher:
        publisher.expect("sends video VP8 640x360")
        watch = ("connect", f"whep+http://{server}/whep/picture", "--retry", "5")
        with terminal(*watch, home=tmp_path) as screen:
            screen.expect("video VP8 640x360")
            screen.expect("loss 0.0 %")
            screen.type("\x03")
            assert screen.end() == 0
            assert "* You ended it." in screen.plain
            assert re.search(r"Received video VP8 640x360, \d+ frames", screen.plain)
        publisher.type("\x03")
        assert publisher.end() == 0


def test_channels_of_one_label_are_told_apart_by_their_ids(server: str, tmp_path: Path) -> None:
    url = f"webrtc+ws://{server}/webrtc/echo"
    arguments = ("connect", url, "--channel", "a,id=10", "--channel", "a,id=12")
    with terminal(*arguments, home=tmp_path) as screen:
        screen.expect(PROMPT)
        screen.expect('Channel 12 "a" open')
        screen.type("/channel a\r")
        screen.expect("There are 2 channels 'a'.")
        screen.expect("Say which one: #10 or #12.")
        screen.type("/channel #12\r")
        screen.expect("What you type goes out on #12.")
        screen.type("/channel\r")
        screen.expect("channel #10 'a', open")
        screen.expect("channel #12 'a', open, chosen")
        screen.type("/close\r")
        assert screen.end() == 0


def test_records_and_a_last_line_do_not_share_a_terminal(server: str, tmp_path: Path) -> None:
    watch = ("connect", f"whep+http://{server}/whep/picture", "--format", "ndjson", "--wait", "3")
    with terminal(*watch, home=tmp_path, columns=2000) as screen:
        assert screen.end() == 0
        assert b"\x1b[K" not in screen.seen
        lines = [each for each in screen.plain.splitlines() if each.startswith("{")]
        assert len([json.loads(line) for line in lines]) > 10
