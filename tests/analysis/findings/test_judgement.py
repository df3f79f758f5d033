"""What depends on more than a rule's code: how serious it is, whose fault, what is left out."""

import pytest

from tests.analysis.findings.closing_stories import closed_with, lost, talked
from tests.analysis.findings.opening_stories import ASKED, answered, broken, way
from tests.analysis.findings.traffic import DEFLATE, Traffic, ticks
from tests.analysis.making import Story
from wirescope.analysis import Analyzer, explain
from wirescope.events import WebSocketViolation
from wirescope.wire.websocket import Deflater


def found(events):
    analyzer = Analyzer()
    return [*analyzer.feed(events), *analyzer.finish()]


def codes(events):
    return [each.code for each in found(events)]


@pytest.mark.parametrize(
    "events",
    [
        closed_with(1000, "bye"),
        closed_with(None),
        talked().events,
        talked().closed(1006, "local", "aborted"),
        talked().close_frame("sent", 1000).closed(1006, "local", "aborted"),
        way("upgrade", "aborted", "The attempt was given up.", ""),
        answered(401, "WWW-Authenticate: Digest realm=x\r\n", kind="challenged"),
    ],
    ids=[
        "1000",
        "no code",
        "open",
        "dropped here",
        "not waited for",
        "given up",
        "challenge answered",
    ],
)
def test_nothing_is_found_where_nothing_is_wrong(events):
    assert found(events) == []


def test_a_close_of_this_end_that_was_confirmed_is_no_finding():
    story = talked().close_frame("sent", 4000).close_frame("received", 4000)
    assert found(story.closed(4000, "local", "close")) == []


def test_another_code_in_the_answer_to_a_close_is_the_peer_s():
    story = talked().close_frame("sent", 1000).close_frame("received", 1011)
    assert codes(story.closed(1011, "local", "close")) == ["WS210"]


def test_a_redirect_that_was_followed_is_information():
    (finding,) = found(answered(302, "Location: /other\r\n", kind="redirected"))
    assert (finding.code, finding.severity) == ("WS105", "info")
    assert finding.cause == "The server answered 302 Found: the endpoint is at /other."


def test_a_challenge_that_was_answered_is_told():
    events = answered(401, "WWW-Authenticate: Digest realm=x\r\n", kind="challenged")
    assert "asked for Digest authentication" in explain(events).sentence


@pytest.mark.parametrize(
    ("seconds", "severity"), [(60, "error"), (100.4, "error"), (45.1, "warning"), (5.0, "warning")]
)
def test_a_limit_that_is_known_is_surer_than_a_round_number(seconds, severity):
    (finding,) = found(lost("eof", after=seconds))
    assert (finding.code, finding.severity) == ("WS201", severity)


@pytest.mark.parametrize(("seconds", "code"), [(2, "WS203"), (7.3, "WS203"), (42.4, "WS203")])
def test_a_silence_of_any_other_length_is_no_limit(seconds, code):
    assert codes(lost("eof", after=seconds)) == [code]


def test_an_answer_that_breaks_the_protocol_is_an_error_where_it_was_refused():
    (finding,) = found(broken("handshake", "The header Upgrade: websocket is missing.", ""))
    assert (finding.code, finding.severity) == ("WS117", "error")


def test_a_breach_that_fails_the_opening_is_found_once():
    story = Story().handshake(status=101, request=ASKED)
    story.violation("RFC 6455 4.1", "Sec-WebSocket-Accept is missing.")
    assert codes(story.failed("upgrade", "accept", "Sec-WebSocket-Accept is missing.")) == ["WS111"]


@pytest.mark.parametrize("kind", ["refused", "resolve", "timeout", "proxy"])
def test_what_fails_on_the_way_to_a_proxy_is_the_proxy_s(kind):
    assert codes(way("proxy", kind, "The proxy is not there.", "")) == ["NET105"]


def test_what_this_end_broke_on_purpose_is_a_warning():
    story = talked()
    frame = story.frame("sent", 3, b"")
    story.add(
        WebSocketViolation, "sent", "RFC 6455 5.2", 0, frame.seq, "The opcode 0x3 is reserved."
    )
    (finding,) = found(story.closed(1000, "remote", "close"))
    assert (finding.code, finding.severity) == ("WS307", "warning")
    assert finding.cause.startswith("This end broke the protocol")


def test_each_clause_is_told_once_with_all_its_frames():
    story = talked()
    for clause in ("RFC 6455 5.1", "RFC 6455 5.4", "RFC 6455 5.1"):
        frame = story.frame("received", 1, b"x")
        story.violation(clause, "Something is wrong.", frame.seq)
    masking, fragments = found(story.events)
    assert (masking.code, len(masking.evidence)) == ("WS303", 2)
    assert "2 times" in masking.cause
    assert (fragments.code, len(fragments.evidence)) == ("WS305", 1)


def test_a_frame_that_breaks_a_clause_twice_is_shown_once():
    story = talked()
    frame = story.frame("received", 3, b"", rsv2=True)
    for message in ("RSV2 is set.", "The opcode 0x3 is reserved."):
        story.violation("RFC 6455 5.2", message, frame.seq)
    (finding,) = found(story.events)
    assert finding.evidence == [frame.seq]


def test_a_server_that_masks_is_still_the_server():
    story = Story().opened()
    story.message("sent", "hello")
    story.frame("received", 1, b"hi", masking_key=b"abcd")
    assert explain(story.closed(1001, "remote", "close")).sentence.startswith("The server closed")


def test_a_private_code_that_looks_like_a_status_is_told_as_one():
    assert "like HTTP's 401 Unauthorized" in explain(closed_with(4401)).advice
    assert "HTTP" not in explain(closed_with(4999)).advice


def test_what_the_peer_closed_for_is_the_last_frame_sent_before_its_close():
    story = talked()
    asked = story.message("sent", "divide by zero")
    story.wait(0.5).close_frame("received", 1011, "boom").close_frame("sent", 1011)
    (finding,) = found(story.closed(1011, "remote", "close", "boom"))
    close, end = asked.seq + 1, asked.seq + 3
    assert finding.evidence == [*asked.frames, close, end]


def test_a_message_above_the_limit_is_shown_though_others_came_after_it():
    story = talked()
    long = story.frame("received", 2, bytes(5000))
    what = "The message is longer than the limit of 1000 bytes."
    story.violation("RFC 6455 7.4.1", what, long.seq).close_frame("sent", 1009, what)
    story.message("received", "and another thing")
    story.close_frame("received", 1000)
    (finding,) = found(story.closed(1009, "local", "violation", what))
    assert finding.code == "WS209"
    assert finding.evidence[0] == long.seq


def test_the_gain_of_whole_frames_counts_the_headers_that_there_were():
    story = Traffic().begin()
    for _ in range(12):  # 4 + 1000 bytes each, where one frame takes 4 + 3000
        story.wait(1).fragments("received", [b"a" * 1000, b"b" * 1000, b"c" * 1000])
    (finding,) = [each for each in found(story.end()) if each.code == "WS507"]
    assert finding.gain is not None
    assert (finding.gain.before_bytes, finding.gain.after_bytes) == (12 * 3012, 12 * 3004)


@pytest.mark.parametrize(("bits", "words"), [("", "32,768"), ("; server_max_window_bits=9", "512")])
def test_a_window_that_is_kept_is_as_large_as_was_agreed(bits, words):
    agreed = f"{DEFLATE}; server_no_context_takeover{bits}"
    story, deflater = Traffic().begin(extensions=[agreed]), Deflater(context_takeover=False)
    for tick in ticks(300):
        story.wait(0.05).compressed("received", tick.encode(), deflater)
    (finding,) = [each for each in found(story.end()) if each.code == "WS503"]
    assert finding.gain is not None
    assert f"in a window of {words} bytes" in finding.gain.method
