"""What is typed at the prompt of a WebRTC connection, read."""

from pathlib import Path

import pytest

from wirescope.cli.call_slash import (
    USAGE,
    Choose,
    End,
    Open,
    Restart,
    SayOn,
    Stats,
    call_help_lines,
    parse_call_line,
)
from wirescope.cli.slash import Help, Say, SendFile, Show, Wait
from wirescope.errors import UsageError


@pytest.mark.parametrize(
    ("line", "typed"),
    [
        ("hello", Say("hello")),
        (" @a x", Say(" @a x")),
        ("@a x  y", SayOn("a", "x  y")),
        ("@a", SayOn("a", "")),
        ("@nobody x", Say("@nobody x")),
        ("@@a x", Say("@a x")),
        ("//a", Say("/a")),
        ("/channel a b", Choose("a b")),
        ("/channel", Choose("")),
        ("/open a,ordered=false", Open("a,ordered=false")),
        ("/restart", Restart()),
        ("/stats ", Stats()),
        ("/close", End()),
        ("/hex 00ff", Say(b"\x00\xff")),
        ("/base64 AAH/", Say(b"\x00\x01\xff")),
        ("/send --binary @/a b", SendFile(Path("/a b"), binary=True)),
        ("/wait 2", Wait(2)),
        ("/show 7", Show(7)),
        ("/help", Help()),
    ],
)
def test_a_line_is_a_message_or_a_command(line: str, typed: object) -> None:
    assert parse_call_line(line, ["a", "b"]) == typed


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("/ping", "There is no command /ping"),
        ("/close 1000", "it takes nothing"),
        ("/open", "a label was expected"),
        ("/hex zz", "/hex: "),
    ],
)
def test_what_is_no_command_is_told(line: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        parse_call_line(line, [])


def test_help_names_each_command() -> None:
    text = "\n".join(call_help_lines())
    assert all(usage in text for usage, _ in USAGE.values())
    assert "@LABEL" in text
