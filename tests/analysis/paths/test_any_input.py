"""Whatever the other side tells, reading it raises nothing and forgets no bound."""

from typing import get_args

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.events.strategies import events
from wirescope.analysis import Analyzer
from wirescope.analysis.descriptions import MOST_SECTIONS, read_description
from wirescope.analysis.paths import path_figures, paths_of, reach_of
from wirescope.events import (
    ConnectionClosed,
    ConnectionFailed,
    ConnectionOpened,
    ConnectionOpening,
    WebRtcEvent,
)

SDP_LINES = st.sampled_from(
    [
        "v=0", "m=audio 9 UDP/TLS/RTP/SAVPF 111", "m=video 0 x 96", "m=", "a=rtpmap:111 opus/48000",
        "a=rtpmap:", "a=setup:active", "a=setup:\u20ac", "a=ice-lite", "a=ice-ufrag:abcd",
        "a=fingerprint:sha-256 AB", "a=inactive", "a=mid:", "a=mid:0", "\x00", "",
    ]
)  # fmt: skip


@settings(deadline=None)
@given(st.text(max_size=80))
def test_any_text_is_an_address_of_some_reach(text):
    assert reach_of(text).value


@settings(deadline=None)
@given(st.lists(SDP_LINES, max_size=200).map("\r\n".join))
def test_any_description_is_read_within_its_bounds(text):
    seen = read_description(text)
    assert seen is None or len(seen.sections) <= MOST_SECTIONS


OF_CALLS = (*get_args(WebRtcEvent), ConnectionFailed, ConnectionOpened, ConnectionClosed)


@settings(deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(st.lists(events.filter(lambda each: isinstance(each, OF_CALLS)), max_size=30))
def test_any_events_of_a_call_have_ways_and_findings(told):
    story = [ConnectionOpening(1, 0, "c1", "webrtc:", "webrtc")]
    story += [replace(each, seq=2 + at, connection="c1") for at, each in enumerate(told)]
    path_figures(paths_of(story))
    analyzer = Analyzer()
    for each in [*analyzer.feed(story), *analyzer.finish()]:
        assert set(each.evidence) <= set(range(1, len(story) + 1))
    analyzer.metrics()
