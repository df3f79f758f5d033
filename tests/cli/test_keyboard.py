import os
import pty
import stat
import sys

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from wirescope.cli.keyboard import SlashCompleter, history_path, keyboard, open_history
from wirescope.cli.slash import USAGE


def completions(text):
    found = SlashCompleter(USAGE).get_completions(Document(text), CompleteEvent())
    return [completion.text for completion in found]


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_what_reads_the_keyboard_leaves_stdin_blocking(monkeypatch):
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, encoding="utf-8") as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        with keyboard() as keys:
            os.set_blocking(keys.fileno(), False)
            assert os.get_blocking(theirs)
    os.close(ours)


def test_a_slash_offers_the_commands():
    assert completions("/") == list(USAGE)
    assert completions("/p") == ["/ping", "/pong"]


@pytest.mark.parametrize("text", ["", "p", "//p", "hello /p", "/ping a"])
def test_a_message_is_not_completed(text):
    assert completions(text) == []


def test_a_file_to_send_is_completed(tmp_path):
    (tmp_path / "message.json").touch()
    assert completions(f"/send @{tmp_path}/mess") == ["age.json"]
    assert completions(f"/send --binary @{tmp_path}/mess") == ["age.json"]


def test_the_history_is_private_and_made_when_it_is_needed(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr("sys.platform", "linux")
    open_history().append_string("remember me")
    assert "remember me" in history_path().read_text()
    assert stat.S_IMODE(history_path().stat().st_mode) == 0o600
