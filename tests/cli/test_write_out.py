import json

import pytest

from tests.analysis.making import Story
from wirescope.cli.tally import Tally
from wirescope.cli.write_out import VARIABLES, check_format, write_out
from wirescope.errors import UsageError


def a_tally():
    story = Story().phase("dns", 0.001).phase("tcp", 0.002).phase("upgrade", 0.004).opened()
    story.wait(0.01)
    story.message("sent", "ping")
    story.frame("sent", 9, b"1")
    story.wait(0.005)
    story.frame("received", 10, b"1")
    story.message("received", "pong!")
    tally = Tally()
    for event in story.wait(1).closed(1000, "local", "close", "done"):
        tally.feed(event)
    return tally


def filled(text):
    return write_out(text, a_tally(), exit_code=0)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("%{time_namelookup} %{time_connect}", "0.001000 0.003000"),
        ("%{time_upgrade} %{time_total}", "0.007000 1.022000"),
        ("%{time_first_message}", "0.022000"),
        ("%{ws_close_code} %{ws_close_reason}\\n", "1000 done\n"),
        ("%{ws_messages_sent}/%{ws_messages_received}", "1/1"),
        ("%{size_upload}+%{size_download}", "4+5"),
        ("%{bytes_wire_out} out\\t%{bytes_wire_in} in", "17 out\t10 in"),
        ("%{ws_ping_rtt}", "0.005000"),
        ("100 %% %{http_code} %{exitcode}", "100 % 101 0"),
        ("a\\\\nb", "a\\nb"),
    ],
)
def test_a_format_is_filled(text, written):
    assert filled(text) == [("stdout", written)]


def test_the_stream_can_be_chosen():
    assert filled("a%{stderr}b%{stdout}c") == [("stdout", "a"), ("stderr", "b"), ("stdout", "c")]


def test_json_has_every_variable():
    [(_, text)] = filled("%{json}")
    assert set(json.loads(text)) == {*VARIABLES, "exitcode"}


def test_an_unknown_variable_is_refused_before_anything_is_sent():
    with pytest.raises(UsageError, match=r"no variable %\{time_travel\}"):
        check_format("%{time_travel}")


def test_what_a_peer_said_is_escaped_for_a_terminal_only():
    tally = Tally()
    for event in Story().opened().closed(4000, "remote", "close", "\x1b[2J"):
        tally.feed(event)
    text = "\x1b[1m%{ws_close_reason}%{stderr}%{ws_close_reason}"
    pieces = write_out(text, tally, exit_code=0, terminals=["stdout"])
    assert pieces == [("stdout", "\x1b[1m\\x1b[2J"), ("stderr", "\x1b[2J")]
