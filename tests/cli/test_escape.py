import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirescope.cli.escape import cut, escape, escape_json, escape_lines, preview_bytes, text_width


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("a\nb\tc\r\0", "a\\nb\\tc\\r\\0"),
        ("\x1b]0;owned\x07", "\\x1b]0;owned\\x07"),
        ("\x9b31m", "\\x9b31m"),
        ("a\u202eb", "a\\u202eb"),
        ("żółw 日本", "żółw 日本"),
    ],
)
def test_what_steers_a_terminal_is_written_out(text, shown):
    assert escape(text) == shown


@given(st.text())
def test_no_control_character_survives(text):
    escaped = escape(text)
    assert not any(unicodedata.category(character) in ("Cc", "Cs") for character in escaped)
    kept = escape_lines(text)
    assert {c for c in kept if unicodedata.category(c) == "Cc"} <= {"\n", "\t"}


@given(st.text(), st.integers(1, 40))
def test_a_cut_text_fits_its_columns(text, columns):
    escaped = escape(text)
    shown = cut(escaped, columns)
    assert text_width(shown) <= columns
    assert shown == escaped or shown.endswith("…")


@given(st.binary())
def test_any_bytes_have_a_safe_preview(data):
    preview = preview_bytes(data)
    assert not any(unicodedata.category(character) == "Cc" for character in preview)


def test_a_preview_may_end_inside_a_character():
    assert preview_bytes("é".encode() * 400, limit=5) == "éé"


def test_what_is_not_text_is_previewed_in_hex():
    assert preview_bytes(b"\xff\x00") == "ff 00"


@given(st.text())
def test_json_stays_what_it_is_and_steers_no_terminal(text):
    line = escape_json(json.dumps(text, ensure_ascii=False))
    assert json.loads(line) == text
    assert escape(line) == line
