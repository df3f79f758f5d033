"""What is said on stderr of findings, and of channels that the other side opens."""

import io

import pytest

from wirescope.analysis import Verdict
from wirescope.cli.call_talk import CallTalk
from wirescope.cli.layout import Layout
from wirescope.cli.monitor import Monitor
from wirescope.cli.talk import Talk
from wirescope.events import (
    DataChannelOpened,
    Finding,
    IceCandidate,
    IceError,
    IceServerAsked,
    IceServersSet,
    PeerState,
    Severity,
)

VERDICT = Verdict("No path was found.", "Give a TURN server.")


def finding(code: str, severity: Severity) -> Finding:
    return Finding(1, 0, "c1", code, severity, code, "It was seen.", "Look.", [3])


def test_the_worst_is_told_first_whatever_was_found_first() -> None:
    said = io.StringIO()
    found = [
        finding("WS220", "warning"),
        finding("ICE208", "error"),
        finding("WS116", "info"),
        finding("ICE112", "error"),
    ]
    Talk(Layout(), stream=said).findings(found, VERDICT)
    heads = [line.split()[1] for line in said.getvalue().splitlines() if line[:1].isalpha()]
    assert heads == ["ICE208", "ICE112", "WS220"]


def test_a_channel_of_the_other_side_is_told_with_its_terms() -> None:
    said = io.StringIO()
    talk = CallTalk(Layout(), stream=said)
    talk.watch(Monitor())
    talk.feed(DataChannelOpened(1, 0, "c1", 1, "chat", "", True, None, None, False, "remote"))
    assert said.getvalue() == '* The other side opened channel 1 "chat", ordered, reliable.\n'


SERVER = "turn:192.0.2.9:3478?transport=tcp"


@pytest.mark.parametrize("gives", [True, False])
def test_an_interface_that_reaches_no_relay_is_told_only_of_one_that_gives_nothing(
    gives: bool,
) -> None:
    said = io.StringIO()
    talk = CallTalk(Layout(), stream=said)
    talk.watch(Monitor())
    talk.feed(IceServersSet(1, 0, "c1", [IceServerAsked(SERVER)], "relay"))
    talk.feed(IceError(2, 0, "c1", SERVER, 701, "Failed to create socket.", "127.0.0.x", 0))
    assert said.getvalue() == ""
    if gives:
        fields = ("local", "relay", "192.0.2.9", 9, "udp", 1, "f", "0", None, SERVER)
        talk.feed(IceCandidate(3, 0, "c1", *fields))
    talk.feed(PeerState(4, 0, "c1", "gathering", "gathering", "complete"))
    told = f"* {SERVER} gave no address: 701 Failed to create socket.\n"
    assert said.getvalue() == ("" if gives else told)


def test_what_a_relay_refuses_is_told_at_once() -> None:
    said = io.StringIO()
    talk = CallTalk(Layout(), stream=said)
    talk.watch(Monitor())
    talk.feed(IceError(1, 0, "c1", SERVER, 401, "Unauthorized.", "192.0.2.x", 0))
    assert said.getvalue() == f"* {SERVER} gave no address: 401 Unauthorized.\n"
