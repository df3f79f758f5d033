import os
import pty
import struct
import termios
from fcntl import ioctl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirescope.cli.escape import text_width
from wirescope.cli.width import fitted, folded, terminal_width

WORDS = st.lists(st.text("aé日-", min_size=1, max_size=30), min_size=1)


@pytest.fixture
def a_terminal(monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w", encoding="utf-8") as stream:
        yield stream
    os.close(ours)


def resize(stream, columns):
    ioctl(stream.fileno(), termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))


@given(WORDS, st.integers(1, 100))
def test_only_a_word_that_is_too_long_is_wider_than_the_terminal(words, columns):
    lines = folded(" ".join(words), columns).split("\n")
    assert " ".join(lines).split(" ") == words
    assert all(text_width(line) <= columns or " " not in line for line in lines)


def test_lines_that_follow_a_sign_are_indented():
    assert folded("* one two three\nfour five", 9) == "* one two\n  three\nfour five"


def test_what_is_laid_out_already_is_left_alone():
    assert folded("  opcode == bogus and more", 10) == "  opcode == bogus and more"


def test_sentences_fit_the_terminal_that_they_go_to(a_terminal):
    resize(a_terminal, 30)
    assert fitted("* Nothing listens there, so it was refused.", a_terminal) == (
        "* Nothing listens there, so it\n  was refused."
    )


def test_a_sentence_for_a_pipe_is_one_line(monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w", encoding="utf-8") as stream:
        assert fitted("word " * 100, stream) == "word " * 100
        assert terminal_width(stream) == 160


def test_the_width_is_that_of_the_stream(a_terminal, monkeypatch):
    resize(a_terminal, 133)
    assert terminal_width(a_terminal) == 133
    resize(a_terminal, 40)
    assert terminal_width(a_terminal) == 72
    monkeypatch.setenv("COLUMNS", "99")
    assert terminal_width(a_terminal) == 99
