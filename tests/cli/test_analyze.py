"""`wirescope analyze`: the verdict first, findings with evidence and fix, JSON for programs."""

import json

import pytest

from tests.analysis.findings.call_making import healthy
from tests.analysis.findings.call_stories import STORIES
from tests.cli.running import cli
from tests.workbench.test_analysing import silent_story, two_that_were_lost
from wirescope.cli.findings_text import counted, lines_of
from wirescope.events import Finding, Gain, ndjson_line


@pytest.fixture(scope="module")
def lines():
    """A connection that a gateway ended, as NDJSON."""
    events = silent_story().events
    return b"".join(ndjson_line(event, started_wall_ns=0) for event in events)


def test_the_verdict_is_the_first_line_and_the_fix_is_there(lines):
    result = cli("analyze", "-", stdin=lines)
    told = result.stdout.decode().splitlines()
    assert result.returncode == 0
    assert told[0].startswith("ws://127.0.0.1:8765/echo: Closed by the network after 60.0 s of")
    assert sum("Closed by the network" in line for line in told) == 1
    assert any(line.startswith("ERROR    WS201") for line in told)
    assert sum("Send a heartbeat" in line for line in told) == 1
    assert "  Seen in events 4, 6; wirescope explain WS201" in told
    assert all(len(line) <= 100 for line in told)


def test_the_ways_of_a_webrtc_connection_stand_below_the_findings():
    lines = b"".join(ndjson_line(event, started_wall_ns=0) for event in healthy())
    told = cli("analyze", "-", stdin=lines).stdout.decode().splitlines()
    assert "Nothing was found." in told
    ways = told[told.index("Ways:") + 1 :]
    assert ways[0] == "  stun:stun.example.test:3478 over udp: 1 address after 20 ms"
    assert "  here: host 192.168.1.4 udp 5000: private (RFC 1918), IPv4" in ways
    assert any(line.startswith("  path: direct over udp, host udp 192.168.1.4") for line in ways)


def test_a_failed_webrtc_connection_has_its_finding_and_the_reason_for_untried_pairs():
    events = STORIES["ICE202"][0]()
    lines = b"".join(ndjson_line(event, started_wall_ns=0) for event in events)
    told = cli("analyze", "-", stdin=lines).stdout.decode().splitlines()
    assert any(line.startswith("ERROR    ICE202") for line in told)
    assert "    1: One is IPv4 and the other IPv6." in told
    report = json.loads(cli("analyze", "-", "--format", "json", stdin=lines).stdout)
    assert report["metrics"]["paths"]["c1"]["untried"]["first"][0]["reason"] == "family"


@pytest.fixture(scope="module")
def mixed():
    """Two connections that were lost: a warning on the first, an error on the second."""
    return b"".join(ndjson_line(each, started_wall_ns=0) for each in two_that_were_lost())


def test_the_headline_is_of_the_worst_and_errors_are_told_before_warnings(mixed):
    told = cli("analyze", "-", stdin=mixed).stdout.decode().splitlines()
    headline = " ".join(told[: told.index("")])
    assert headline.startswith("None of the 2 connections went well. c2, ws://127.0.0.1:8765/echo")
    assert "Closed by the network after 60.0 s of silence" in headline
    heads = [line.split()[:2] for line in told if line.startswith(("ERROR ", "WARNING "))]
    assert heads == [["ERROR", "WS201"], ["WARNING", "WS201"]]
    assert "1 error, 1 warning." in told


def test_json_has_the_worst_finding_first_and_the_headline_of_its_connection(mixed):
    report = json.loads(cli("analyze", "-", "--format", "json", stdin=mixed).stdout)
    found = [(each["severity"], each["connection"]) for each in report["findings"]]
    assert found == [("error", "c2"), ("warning", "c1")]
    assert report["verdict"].startswith("None of the 2 connections went well. c2, ws://")
    assert "Send a heartbeat, such as a ping, twice as often" in report["advice"]


def test_the_headline_of_a_call_that_failed_says_where_it_led_and_why():
    lines = b"".join(ndjson_line(each, started_wall_ns=0) for each in STORIES["ICE202"][0]())
    told = cli("analyze", "-", stdin=lines).stdout.decode().splitlines()
    *headline, advice = told[: told.index("")]
    assert " ".join(headline) == (
        "webrtc+ws://signal.example.test/room: No path between the two sides was found within 30 s."
    )
    assert advice == "Give a server."


def test_json_has_the_verdict_the_findings_and_the_metrics(lines):
    report = json.loads(cli("analyze", "-", "--format", "json", stdin=lines).stdout)
    assert {"verdict", "findings", "metrics"} <= set(report)
    (finding,) = [each for each in report["findings"] if each["code"] == "WS201"]
    assert finding["severity"] == "error"
    assert finding["evidence"] == [4, 6]
    assert {"title", "cause", "fix", "connection"} <= set(finding)
    assert report["metrics"]["connections"]["c1"]["received"]["messages"] == 1
    assert report["metrics"]["overall"]["connections"] == 1


def test_the_figures_stand_below_the_findings(lines):
    told = cli("analyze", "-", stdin=lines).stdout.decode().splitlines()
    (received,) = [line for line in told if line.startswith("  < received")]
    assert received.split()[2:4] == ["1", "5"]
    assert told.index(received) > told.index("1 error.")


@pytest.mark.parametrize(("severity", "code"), [("error", 1), ("warning", 1), ("info", 1)])
def test_fail_on_makes_an_exit_code_of_what_was_found(lines, severity, code):
    assert cli("analyze", "-", "--fail-on", severity, stdin=lines).returncode == code


def test_a_file_that_is_not_there_is_a_usage_error():
    result = cli("analyze", "no.wirescope")
    assert result.returncode == 2
    assert "no.wirescope cannot be read" in result.stderr


def finding(**changes):
    fields = {
        "seq": 1,
        "at_ns": 0,
        "connection": "c1",
        "code": "WS501",
        "severity": "warning",
        "title": "Compression was not negotiated",
        "cause": "It would help.",
        "fix": "Turn it on.",
        "evidence": [3],
    }
    return Finding(**fields | changes)


def test_a_gain_is_told_with_how_it_was_computed():
    gain = Gain(1000, 250, "The messages were compressed.")
    told = list(lines_of([finding(gain=gain)], width=80, colour=False, several=False))
    assert "  Gain: 1,000 bytes would be 250 (75% less). The messages were compressed." in told


def test_of_much_evidence_some_is_told():
    told = list(
        lines_of([finding(evidence=list(range(1, 30)))], width=80, colour=False, several=True)
    )
    assert "  Seen in events 1, 2, 3, 4, 5, 6, …; wirescope explain WS501" in told
    assert "  c1: It would help." in told


def test_hostile_text_steers_no_terminal():
    hostile = finding(cause="\x1b[2J\x9b31m gone", title="\x07", fix="\r\n\x1b]0;x\x07")
    text = "\n".join(lines_of([hostile], width=80, colour=False, several=False))
    assert all(character.isprintable() for character in text.replace("\n", ""))


def test_findings_are_counted_in_words():
    several = [finding(), finding(severity="error"), finding(severity="error")]
    assert counted(several) == "2 errors, 1 warning"
