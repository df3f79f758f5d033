"""A rule on traffic finds nothing in a story that looks alike; batches make no difference.

What it finds, and in which words, is in `test_rules`.
"""

import msgspec
import pytest

from tests.analysis.findings.traffic import STORIES, healthy, quiet
from wirescope.analysis import Analyzer
from wirescope.events import MESSAGES_ONLY, CaptureGap, WebSocketHandshake

CODES = list(STORIES)


def found_in(events):
    analyzer = Analyzer()
    found = []
    for event in events:  # one at a time, as a live connection may give them
        found += analyzer.feed([event])
    return found + analyzer.finish()


@pytest.mark.parametrize("code", CODES)
def test_a_rule_finds_nothing_in_a_story_that_only_looks_alike(code):
    assert code not in [each.code for each in found_in(STORIES[code][1]())]


@pytest.mark.parametrize("code", CODES)
def test_events_in_one_batch_or_singly_are_found_the_same(code):
    events = STORIES[code][0]()
    analyzer = Analyzer()
    assert found_in(events) == [*analyzer.feed(events), *analyzer.finish()]


@pytest.mark.parametrize("code", ["WS401", "WS402", "WS505", "WS508"])
def test_of_an_import_without_frames_nothing_is_missed_that_such_a_file_cannot_have(code):
    events = [
        msgspec.structs.replace(event, extensions=["permessage-deflate"])
        if isinstance(event, WebSocketHandshake)
        else event
        for event in STORIES[code][0]()
        if event.type != "connection.closed"
    ]
    assert code in [each.code for each in found_in(events)]
    gap = CaptureGap(0, 0, events[0].connection, 0, MESSAGES_ONLY)
    assert code not in [each.code for each in found_in([gap, *events])]


@pytest.mark.parametrize("tell", [healthy, quiet])
def test_there_is_nothing_but_information_on_a_healthy_conversation(tell):
    assert {each.severity for each in found_in(tell())} <= {"info"}


def test_a_capture_of_frames_alone_is_analysed_as_well():
    events = [event for event in STORIES["WS504"][0]() if event.type.startswith("websocket.")]
    assert "WS504" in [each.code for each in found_in(events)]
