"""What is said on stderr of findings, and of channels that the other side opens."""

import io

from wirescope.analysis import Verdict
from wirescope.cli.call_talk import CallTalk
from wirescope.cli.layout import Layout
from wirescope.cli.monitor import Monitor
from wirescope.cli.talk import Talk
from wirescope.events import DataChannelOpened, Finding, Severity

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
