"""Each rule on traffic finds what its story tells, in these words, and nothing in one like it.

The snapshots are written anew with `WIRESCOPE_WRITE_SNAPSHOTS=1`.
"""

import os
import re
from pathlib import Path

import msgspec
import pytest

from tests.analysis.findings.traffic import STORIES, healthy, quiet
from wirescope.analysis import RULES, Analyzer
from wirescope.analysis.findings import HEADINGS
from wirescope.events import record

SNAPSHOTS = Path(__file__).with_name("snapshots")
MINE = [rule for rule in RULES if rule.code[:3] in ("WS4", "WS5", "WS6", "WS7")]
CODES = [rule.code for rule in MINE]


def found_in(events):
    analyzer = Analyzer()
    found = []
    for event in events:  # one at a time, as a live connection may give them
        found += analyzer.feed([event])
    return found + analyzer.finish()


@pytest.mark.parametrize("code", CODES)
def test_a_rule_finds_what_its_story_tells(code):
    found = [each for each in found_in(STORIES[code][0]()) if each.code == code]
    assert found
    records = msgspec.json.encode([record(each, started_wall_ns=0) for each in found])
    written = msgspec.json.format(records, indent=2).decode() + "\n"
    path = SNAPSHOTS / f"{code}.json"
    if os.environ.get("WIRESCOPE_WRITE_SNAPSHOTS"):
        path.write_text(written, "utf-8")
    assert written == path.read_text("utf-8")


@pytest.mark.parametrize("code", CODES)
def test_a_rule_finds_nothing_in_a_story_that_only_looks_alike(code):
    assert code not in [each.code for each in found_in(STORIES[code][1]())]


@pytest.mark.parametrize("code", CODES)
def test_the_evidence_are_events_of_the_story(code):
    events = STORIES[code][0]()
    numbers = {event.seq for event in events}
    assert all(numbers.issuperset(each.evidence) for each in found_in(events))


@pytest.mark.parametrize("code", CODES)
def test_events_in_one_batch_or_singly_are_found_the_same(code):
    events = STORIES[code][0]()
    analyzer = Analyzer()
    assert found_in(events) == [*analyzer.feed(events), *analyzer.finish()]


@pytest.mark.parametrize("tell", [healthy, quiet])
def test_there_is_nothing_but_information_on_a_healthy_conversation(tell):
    assert {each.severity for each in found_in(tell())} <= {"info"}


@pytest.mark.parametrize("rule", MINE, ids=CODES)
def test_a_page_has_its_headings_in_order_and_no_other(rule):
    assert tuple(re.findall(r"^## (.+)$", rule.page, re.MULTILINE)) == HEADINGS


def test_a_capture_of_frames_alone_is_analysed_as_well():
    events = [event for event in STORIES["WS504"][0]() if event.type.startswith("websocket.")]
    assert "WS504" in [each.code for each in found_in(events)]
