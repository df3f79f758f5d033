from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirescope.cli.slash import (
    USAGE,
    Close,
    Help,
    Ping,
    Pong,
    Say,
    SendFile,
    SendFrame,
    Show,
    Wait,
    help_lines,
    parse_typed,
)
from wirescope.errors import UsageError


@pytest.mark.parametrize(
    ("line", "meaning"),
    [
        ("hello", Say("hello")),
        ("  spaces stay  ", Say("  spaces stay  ")),
        ('{"a": 1}', Say('{"a": 1}')),
        ("//ping", Say("/ping")),
        ("///", Say("//")),
        ("/ping", Ping(None)),
        ("/ping are you there", Ping(b"are you there")),
        ("/pong", Pong(b"")),
        ("/close", Close(1000, "")),
        ("/close 4000 see you", Close(4000, "see you")),
        ("/close 1006", Close(1006, "")),
        ("/close -", Close(None, "")),
        ("/hex 00 01 FF", Say(b"\x00\x01\xff")),
        ("/base64 AAH/", Say(b"\x00\x01\xff")),
        ("/send @data.json", SendFile(Path("data.json"), binary=False)),
        ("/send --binary @my file", SendFile(Path("my file"), binary=True)),
        ("/wait 1.5", Wait(1.5)),
        ("/show", Show(None)),
        ("/show 12", Show(12)),
        ("/help", Help()),
        ("/frame ping", SendFrame(9, b"")),
        ("/frame 0x3 more rsv1 hex:00ff", SendFrame(3, b"\x00\xff", fin=False, rsv1=True)),
        (
            "/frame text unmasked length=64 announce=10 more or less",
            SendFrame(
                1, b"or less", fin=False, masked=False, length_encoding=64, announced_length=10
            ),
        ),
    ],
)
def test_a_typed_line_is_understood(line, meaning):
    assert parse_typed(line) == meaning


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("/pin", "There is no command /pin"),
        ("/close now", "not a close code"),
        ("/close 70000", "not a close code"),
        (f"/close 1000 {'x' * 124}", "longer than the 123 bytes"),
        (f"/ping {'x' * 126}", "126 bytes do not fit"),
        ("/hex zz", "is not hex"),
        ("/base64 a", "is not base64"),
        ("/send data.json", "@FILE"),
        ("/frame whatever", "is not an opcode"),
        (f"/frame text length=7 {'x' * 126}", "a length of 126 does not fit into 7 bits"),
        ("/frame text length=16 announce=65536", "a length of 65536 does not fit into 16 bits"),
        (f"/frame text announce={1 << 64}", "does not fit into 64 bits"),
        ("/wait soon", "is not a duration"),
        ("/wait 99999999999999h", "an hour is the most"),
        ("/show last", "is not an event's number"),
        ("/help me", "it takes nothing"),
    ],
)
def test_a_mistake_is_explained_and_nothing_is_sent(line, words):
    with pytest.raises(UsageError, match="^" + words if words[0].isupper() else words) as caught:
        parse_typed(line)
    assert caught.value.hint


def test_an_unknown_command_tells_how_to_send_it_as_it_stands():
    with pytest.raises(UsageError) as caught:
        parse_typed("/etc/passwd")
    assert "type //etc/passwd" in caught.value.hint


@given(st.text())
def test_any_line_means_something_or_is_a_usage_error(line):
    try:
        meaning = parse_typed(line)
    except UsageError:
        return
    if not line.startswith("/"):
        assert meaning == Say(line)


@given(st.text())
def test_any_text_can_be_sent(text):
    typed = "/" + text if text.startswith("/") else text
    assert parse_typed(typed) == Say(text)


def test_the_help_names_every_command():
    text = "\n".join(help_lines())
    assert all(command in text for command in USAGE)


def test_the_help_fits_80_columns():
    assert max(map(len, help_lines())) <= 80
