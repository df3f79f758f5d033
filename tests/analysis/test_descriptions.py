"""What a description says, and that it is read once, however many look at it."""

import pytest

from tests.analysis.findings.call_making import CallStory, sdp
from wirescope.analysis import Analyzer
from wirescope.analysis.descriptions import MOST_SECTIONS, read_description


@pytest.mark.parametrize(
    ("sections", "channels", "sends", "receives"),
    [
        (["application"], True, False, False),
        (["application rejected"], False, False, False),
        (["audio"], False, True, True),
        (["audio sendonly", "video rejected"], False, True, False),
        (["audio inactive", "video recvonly", "application"], True, False, True),
        ([], False, False, False),
    ],
)
def test_it_says_what_is_sent_what_is_taken_and_whether_there_are_channels(
    sections, channels, sends, receives
):
    said = read_description(sdp(*sections))
    assert said is not None
    assert (said.channels, said.sends, said.receives) == (channels, sends, receives)
    assert (said.count, len(said.sections)) == (len(sections), len(sections))


def test_of_very_many_sections_the_first_are_kept_and_all_of_them_count():
    said = read_description(sdp(*["audio rejected"] * MOST_SECTIONS, "video", "application"))
    assert said is not None
    assert (said.count, len(said.sections)) == (MOST_SECTIONS + 2, MOST_SECTIONS)
    assert (said.channels, said.sends, said.receives) == (True, True, True)
    assert said.fragments == {"aaaa"}


def test_the_ladder_and_the_findings_read_it_once():
    story = CallStory().describe("local", "offer", sdp("audio", ufrag="once"))
    story.describe("remote", "answer", sdp("audio setup=active", ufrag="more"))
    before = read_description.cache_info().misses
    analyzer = Analyzer()
    analyzer.feed(story.events)
    (ladder,) = analyzer.ladders.of("c1")
    assert ladder.rung("offer").words == "This end made it, with 1 media section."
    (conversation,) = analyzer.conversations
    assert conversation.call is not None
    assert conversation.call.agreement.both is not None
    assert read_description.cache_info().misses - before == 2
