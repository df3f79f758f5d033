"""Ordinary traffic that looks like a fault, and on which a rule has to keep quiet."""

import json

import pytest

from tests.analysis.findings.closing_stories import closed_with
from tests.analysis.findings.traffic import DEFLATE, FAR, Traffic, calls, feed, near_ws606, ws606
from wirescope.analysis import Analyzer
from wirescope.events import MESSAGES_ONLY, CaptureGap, ConnectionOpening, ConnectionPhase
from wirescope.wire.websocket import Deflater


def found(events):
    analyzer = Analyzer()
    return [*analyzer.feed(events), *analyzer.finish()]


def severities(events, code):
    return [each.severity for each in found(events) if each.code == code]


def with_a_gap(events, count, *, before=-1):
    """Say in front of an event that so many are missing; 0 says that all but messages are.

    The gap is numbered by 0 here, so that the events keep their numbers.
    """
    place = events[before]
    reason = "They could not be kept." if count else MESSAGES_ONLY
    gap = CaptureGap(0, place.at_ns, "" if count else place.connection, count, reason)
    return [*events[:before], gap, *events[before:]]


# Words of a close reason


@pytest.mark.parametrize("reason", ["server stopping", "mapping failed", "shipping service down"])
def test_a_failure_whose_reason_only_contains_the_letters_of_ping_is_not_about_pongs(reason):
    assert severities(closed_with(1011, reason), "WS223") == []
    assert severities(closed_with(1011, reason), "WS210") == ["error"]


@pytest.mark.parametrize("reason", ["keepalive ping timeout", "no pong received", "Heartbeat lost"])
def test_a_failure_whose_reason_names_pings_is_about_pongs(reason):
    assert severities(closed_with(1011, reason), "WS223") == ["error"]


@pytest.mark.parametrize(
    "reason",
    [
        "slow down",
        "unknown queue name",
        "invalid protocol buffer",
        "feature flag off",
        "send limit exceeded",
        "too many pending requests",
    ],
)
def test_a_reason_about_a_rate_a_name_or_the_data_is_not_about_reading_too_slowly(reason):
    assert severities(closed_with(1008, reason), "WS605") == []


@pytest.mark.parametrize(
    "reason",
    [
        "slow consumer",
        "Client too slow",
        "client is too slow",
        "reading too slowly",
        "too slow",
        "send buffer full",
        "queue is full",
        "buffer overflow",
        "client is lagging behind",
        "back-pressure",
        "too many unread messages",
    ],
)
def test_a_reason_about_a_reader_that_does_not_keep_up_is_told(reason):
    assert severities(closed_with(1008, reason), "WS605") == ["error"]


# Heartbeats and silence


def crashed(*, silent_s: float):
    """A heartbeat every 20 s, and an end without a Close frame between two beats."""
    story = Traffic().begin()
    for number in range(6):
        story.wait(20).frame("sent", 9, b"%d" % number)
        story.wait(0.05).frame("received", 10, b"%d" % number)
    story.wait(silent_s)
    return story.closed(1006, "network", "eof")


@pytest.mark.parametrize("silent_s", [7.3, 12.6, 18.8])
def test_a_crash_between_two_heartbeats_does_not_make_them_too_rare(silent_s):
    assert severities(crashed(silent_s=silent_s), "WS402") == []


def test_an_end_after_a_round_silence_between_two_heartbeats_is_a_warning():
    assert severities(crashed(silent_s=10), "WS402") == ["warning"]


def silent_for(seconds: float, url: str = FAR):
    story = Traffic().begin(url=url)
    story.message("received", "hello")
    story.wait(seconds).message("received", "still there")
    return story.events


def test_where_pings_are_not_recorded_their_absence_is_not_told():
    assert severities(silent_for(70), "WS401") == ["warning"]
    assert severities(with_a_gap(silent_for(70), 0), "WS401") == []


@pytest.mark.parametrize("host", ["localhost:3000", "127.0.0.1:8765", "[::1]:8765"])
def test_silence_between_two_programs_of_one_machine_is_information(host):
    assert severities(silent_for(3600, f"ws://{host}/"), "WS401") == ["info"]


def test_where_pongs_may_be_missing_from_the_capture_their_absence_is_not_told():
    story = Traffic().begin()
    story.frame("sent", 9, b"one")
    story.wait(60).message("received", "news")
    assert severities(story.events, "WS403") == ["warning"]
    assert severities(with_a_gap(story.events, 3), "WS403") == []


# Flow


def bursts(*, each: int, period_s: float):
    """A sender that collects what it has to say and sends it at once, again and again."""
    story = Traffic().begin()
    for number in range(20):
        feed(story, count=each, gap=0.0005)
        story.wait(period_s + number / 100)
    return story.end()


@pytest.mark.parametrize(("each", "period_s"), [(20, 1), (50, 1), (30, 5), (100, 0.5)])
def test_a_sender_that_collects_messages_is_not_held_back(each, period_s):
    assert severities(bursts(each=each, period_s=period_s), "WS603") == []


def test_calls_that_wait_for_each_answer_are_no_chatter():
    story = Traffic().begin()
    for number in range(2000):
        story.wait(0.0002).message("sent", f"get {number}")
        story.wait(0.0002).message("received", f"{number} is {number * 7}")
    assert severities(story.end(), "WS504") == []


def test_ticks_among_a_few_calls_are_chatter():
    story = Traffic().begin()
    for number in range(2000):
        story.wait(0.0005).message("received", f"tick {number}")
        if number % 50 == 0:
            story.message("sent", f"get {number}")
    assert severities(story.end(), "WS504") == ["warning"]


def held_back_and_closed(*, later_s: float, reason: str):
    story = feed(Traffic().begin(), count=150, gap=0.02)
    feed(story.wait(0.6), count=30, gap=0.0005)
    feed(story, count=round(later_s / 0.02), gap=0.02)
    story.close_frame("received", 1008, reason)
    return story.closed(1008, "remote", "close", reason)


def test_a_close_without_a_reason_right_after_messages_were_held_back_is_about_reading():
    assert severities(held_back_and_closed(later_s=1, reason=""), "WS605") == ["warning"]


@pytest.mark.parametrize(("later_s", "reason"), [(60, ""), (1, "token expired")])
def test_a_close_long_after_that_or_with_another_reason_is_not(later_s, reason):
    assert severities(held_back_and_closed(later_s=later_s, reason=reason), "WS605") == []


def answers_of_a_model(*, asked: bool):
    """Tokens at a steady pace, answer by answer, with pauses in which somebody reads and types."""
    story = Traffic().begin()
    for number in range(6):
        if asked:
            story.message("sent", f"question {number}")
        feed(story.wait(0.5), count=60, gap=0.02)
        story.wait(15)
    return story.end()


def test_a_sender_that_waits_for_the_next_question_does_not_pause():
    assert severities(answers_of_a_model(asked=True), "WS602") == []
    assert severities(answers_of_a_model(asked=False), "WS602") == ["warning"]


def test_a_pause_while_the_other_end_goes_on_at_its_pace_is_one():
    story = feed(Traffic().begin(), count=150)
    for number in range(80):
        story.wait(0.05).message("sent", f"position {number}")
    events = feed(story, count=150).end()
    assert severities(events, "WS602") == ["info"]


def test_a_pause_that_may_be_events_missing_from_the_capture_is_no_pause():
    story = feed(Traffic().begin(), count=150)
    behind = len(story.events)
    events = feed(story.wait(4), count=150).end()
    assert severities(events, "WS602") == ["info"]
    assert severities(with_a_gap(events, 80, before=behind), "WS602") == []


# Requests


def test_an_answer_may_be_among_what_is_missing_from_the_capture():
    events = calls([0.02] * 60, unanswered=(7, 20)).end()
    assert severities(events, "WS604") == ["warning"]
    assert severities(with_a_gap(events, 1), "WS604") == []
    assert severities(with_a_gap(events, 0), "WS604") == ["warning"], "messages are all there"


def test_a_subscription_that_waits_for_its_first_event_is_information():
    story = Traffic().begin(subprotocol="graphql-transport-ws")
    story.message("sent", '{"type":"connection_init"}')
    story.wait(0.01).message("received", '{"type":"connection_ack"}')
    story.message("sent", json.dumps({"type": "subscribe", "id": "1", "payload": {"query": "s"}}))
    for number in range(4):
        story.wait(20).frame("received", 9, b"%d" % number)
        story.frame("sent", 10, b"%d" % number)
    assert severities(story.end(), "WS604") == ["info"]


# Connecting again and again


def visits(count: int, *, initiator="local", code=1000, accepted=False, refused=0):
    """Connections one after the other, a second apart, each to its end."""
    story = Traffic()
    story.events.clear()
    for number in range(count):
        story.connection = f"c{number}"
        story.add(ConnectionOpening, "ws://127.0.0.1:8765/live", "websocket")
        if not accepted:
            story.add(ConnectionPhase, "tcp", 100_000)
        if refused:
            story.handshake(status=refused).failed("upgrade", "status", "No.", "", refused)
        else:
            story.begin().wait(1).closed(code, initiator, "close")
        story.wait(1)
    return story.events


def told(events):
    return [each for each in found(events) if each.code == "WS606"]


def test_a_client_that_closes_each_connection_when_it_is_done_is_no_storm():
    assert told(visits(20)) == []


def test_a_server_does_not_take_its_visitors_for_one_client():
    assert told(visits(20, initiator="remote", code=1001, accepted=True)) == []


def test_a_client_that_is_thrown_out_each_time_is_a_storm():
    (finding,) = told(visits(20, initiator="remote", code=1001))
    assert "the close code 1001 (going away)" in finding.cause


def test_a_storm_against_a_refusal_that_will_not_change_is_told_to_stop():
    (finding,) = told(visits(12, refused=401))
    assert "401 Unauthorized" in finding.cause
    assert finding.fix.startswith("Stop")


def test_a_storm_that_does_not_heed_retry_after_is_told_to():
    story = Traffic()
    story.events.clear()
    for number in range(10):
        story.connection = f"c{number}"
        story.add(ConnectionOpening, "ws://127.0.0.1:8765/live", "websocket")
        story.add(ConnectionPhase, "tcp", 100_000)
        story.handshake(status=429, response="Retry-After: 30\r\n")
        story.failed("upgrade", "status", "No.", "", 429)
        story.wait(1)
    (finding,) = told(story.events)
    assert finding.fix == "Wait as long as the server says: Retry-After is 30."


def test_pauses_that_grow_are_no_storm():
    assert told(ws606())
    assert told(near_ws606()) == []


# Clear text


def asked_in_clear_text(*, accepted: bool):
    story = Traffic()
    story.events.clear()
    story.add(ConnectionOpening, "ws://chat.example.com/live", "websocket")
    if not accepted:
        story.add(ConnectionPhase, "tcp", 100_000)
    return story.begin(request="Cookie: id=1\r\n").end()


@pytest.mark.parametrize("code", ["WS702", "WS703"])
def test_a_server_behind_what_may_end_tls_is_not_blamed_for_clear_text(code):
    assert severities(asked_in_clear_text(accepted=False), code)
    assert severities(asked_in_clear_text(accepted=True), code) == []


# Addresses


@pytest.mark.parametrize("name", ["accessToken", "authToken", "refresh_token", "apiKey", "idtoken"])
def test_the_usual_names_of_secrets_are_known(name):
    story = Traffic().begin(url=f"wss://feed.example.com/?{name}=0123456789")
    assert severities(story.end(), "WS701") == ["warning"]


@pytest.mark.parametrize("name", ["author", "assignment", "tokens_used", "design", "page"])
def test_a_name_that_only_contains_such_a_word_is_none(name):
    story = Traffic().begin(url=f"wss://feed.example.com/?{name}=0123456789")
    assert severities(story.end(), "WS701") == []


# Secrets


@pytest.mark.parametrize(
    ("parameter", "told"),
    [
        ("", ["info"]),
        ("; server_no_context_takeover", []),
        ("; client_no_context_takeover", ["info"]),
    ],
)
def test_a_secret_that_is_compressed_by_itself_has_nothing_beside_it(parameter, told):
    story, deflater = Traffic().begin(extensions=[DEFLATE + parameter]), Deflater()
    for text in ('{"token":"0123456789abcdef"}', "one", "two"):
        story.wait(0.1).compressed("received", text.encode(), deflater)
    assert severities(story.end(), "WS704") == told


@pytest.mark.parametrize(("value", "told"), [("0123456789abcdef", ["info"]), (" something", [])])
def test_a_token_of_a_language_model_is_no_secret(value, told):
    story, deflater = Traffic().begin(extensions=[DEFLATE]), Deflater()
    for word in (value, "and", "so", "it", "goes", "on"):
        message = json.dumps({"token": word}).encode()
        story.wait(0.1).compressed("received", message, deflater)
    assert severities(story.end(), "WS704") == told
