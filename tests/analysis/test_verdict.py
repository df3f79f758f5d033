import msgspec
import pytest

from tests.analysis.making import Story
from wirescope.analysis import Analyzer, explain
from wirescope.events import MESSAGES_ONLY, CaptureGap, ConnectionFailed, WebSocketViolation
from wirescope.wire.websocket import close_code


def sentence_and_advice(events):
    verdict = explain(events)
    return verdict.sentence, verdict.advice


def test_a_normal_close_by_the_server_needs_no_advice():
    story = Story().opened().wait(2.3)
    story.frame("received", 1, b"hi")
    story.close_frame("received", 1000, "bye").close_frame("sent", 1000)
    sentence, advice = sentence_and_advice(story.closed(1000, "remote", "close", "bye"))
    assert sentence == (
        'The server closed the connection with 1000 (normal closure): "bye" after 2.3 s.'
    )
    assert advice == ""


@pytest.mark.parametrize("code", [*range(1000, 1016), 3000, 3003, 3008, 3500, 4001])
def test_every_close_code_of_the_peer_is_named(code):
    story = Story().opened()
    sentence, _ = sentence_and_advice(story.closed(code, "remote", "close"))
    if code == 1005:
        assert "without a code" in sentence
    elif code != 1006:
        assert f"{code} ({close_code(code).name})" in sentence


@pytest.mark.parametrize("code", [1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014])
def test_a_close_with_trouble_says_what_to_do(code):
    assert explain(Story().opened().closed(code, "remote", "close")).advice


def test_the_keepalive_of_some_libraries_closes_with_1011():
    events = Story().opened().closed(1011, "remote", "close", "keepalive ping timeout")
    assert "waited in vain for a pong" in explain(events).advice


def test_this_end_closed_and_the_server_confirmed():
    story = Story().opened().wait(1)
    story.close_frame("sent", 1000).close_frame("received", 1000)
    sentence, _ = sentence_and_advice(story.closed(1000, "local", "close"))
    assert sentence == (
        "This end closed the connection with 1000 (normal closure) after 1.0 s;"
        " the server confirmed."
    )


def test_this_end_closed_and_the_server_answered_another_code():
    story = Story().opened()
    story.close_frame("sent", 1000).close_frame("received", 4002, "no")
    assert (
        'the server answered 4002 (private code): "no"'
        in explain(story.closed(4002, "local", "close", "no")).sentence
    )


def test_who_does_not_wait_for_the_answer_to_a_close_is_told():
    events = Story().opened().close_frame("sent", 1000).closed(1006, "local", "aborted")
    assert explain(events).sentence == (
        "This end closed with 1000 (normal closure) and did not wait for an answer."
    )


def test_an_unanswered_close_is_told_from_a_hang_up():
    unanswered = Story().opened().close_frame("sent", 1000).wait(5)
    assert (
        "did not answer within 5.0 s"
        in explain(unanswered.closed(1006, "local", "close-timeout")).sentence
    )
    hung_up = Story().opened().close_frame("sent", 1000)
    assert "hung up without a Close frame" in explain(hung_up.closed(1006, "local", "eof")).sentence


def test_an_unanswered_ping_says_how_long_was_waited():
    story = Story().opened()
    story.frame("sent", 9, b"one")
    story.frame("received", 10, b"one")
    story.wait(10)
    story.frame("sent", 9, b"two")
    sentence, _ = sentence_and_advice(story.wait(20).closed(1006, "network", "ping-timeout"))
    assert "did not answer a ping within 20.0 s" in sentence


def test_a_pong_answers_the_pings_before_it_as_well():
    story = Story().opened()
    story.frame("sent", 9, b"one")
    story.wait(3)
    story.frame("sent", 9, b"two")
    story.frame("received", 10, b"two")
    story.wait(4)
    story.frame("sent", 9, b"three")
    events = story.wait(5).closed(1006, "network", "ping-timeout")
    assert "within 5.0 s" in explain(events).sentence


@pytest.mark.parametrize(
    ("seconds", "whose"), [(60.0, "nginx"), (100.3, "Cloudflare"), (55.0, "Heroku"), (350, "AWS")]
)
def test_a_silence_as_long_as_a_gateways_limit_names_the_gateway(seconds, whose):
    story = Story().opened()
    story.message("received", "hello")
    sentence, advice = sentence_and_advice(story.wait(seconds).closed(1006, "network", "eof"))
    assert f"after {seconds:.1f} s of silence, no Close frame" in sentence
    assert whose in advice


def test_a_frame_cut_short_says_how_much_had_come():
    story = Story().opened()
    story.frame("received", 2, b"x" * 10, announced=2000)
    sentence, _ = sentence_and_advice(story.closed(1006, "network", "reset"))
    assert sentence == "The connection broke inside a binary frame: 10 of 2,000 bytes had come."


@pytest.mark.parametrize(
    ("cause", "words"), [("eof", "TCP FIN"), ("reset", "TCP RST"), ("tls", "TLS ended it")]
)
def test_an_end_without_a_close_frame_says_how_it_came(cause, words):
    story = Story().opened()
    story.message("received", "hello")
    assert words in explain(story.closed(1006, "network", cause)).sentence


def test_a_violation_by_the_peer_names_the_clause_and_the_event():
    story = Story().opened()
    frame = story.frame("received", 3, b"")
    story.violation("RFC 6455 5.2", "The opcode 0x3 is reserved.", frame.seq)
    sentence, advice = sentence_and_advice(story.closed(1002, "local", "violation"))
    assert sentence == (
        f"The server broke the protocol in event {frame.seq}: "
        "The opcode 0x3 is reserved (RFC 6455 5.2)."
    )
    assert "leniently" in advice


@pytest.mark.parametrize(("before", "after"), [(0, 0), (0, 1), (1, 1), (1000, 0)])
def test_of_several_violations_the_one_that_this_end_closed_for_is_named(before, after):
    story = Story().opened()
    for _ in range(before):
        story.violation("RFC 6455 5.1", "The server sent a masked frame.")
    story.violation("RFC 6455 7.4.1", "The message is longer than 1024 bytes.")
    for _ in range(after):
        story.violation("RFC 6455 7.1.4", "The connection ended inside a frame.")
    events = story.closed(1002, "local", "violation", "The message is longer than 1024")
    assert "The message is longer than 1024 bytes (RFC 6455 7.4.1)" in explain(events).sentence


def test_what_this_end_broke_on_purpose_is_not_put_down_to_the_peer():
    story = Story().opened()
    story.add(WebSocketViolation, "sent", "RFC 6455 5.2", 0, 1, "The opcode 0x3 is reserved.")
    story.violation("RFC 6455 5.1", "The server sent a masked frame.")
    assert "masked frame" in explain(story.closed(1002, "local", "violation")).sentence


def test_a_message_above_the_limit_is_no_fault_of_the_protocol():
    story = Story().opened().violation("RFC 6455 7.4.1", "The message is longer than 1024 bytes.")
    sentence, advice = sentence_and_advice(story.closed(1009, "local", "violation"))
    assert "1009 (message too big): The message is longer than 1024 bytes." in sentence
    assert "Raise the maximum message size" in advice


def test_the_other_end_of_a_server_is_a_client():
    story = Story().opened()
    story.frame("received", 1, b"hi", masking_key=b"abcd")
    assert explain(story.closed(1001, "remote", "close")).sentence.startswith("The client closed")


# Refusals


@pytest.mark.parametrize(
    ("status", "response", "request_", "words"),
    [
        (401, "WWW-Authenticate: Digest realm=x\r\n", "", "Give credentials: the server asks for"),
        (401, "WWW-Authenticate: Basic\r\n", "Authorization: x\r\n", "Other credentials"),
        (403, "", "Origin: http://localhost:5173\r\n", "http://localhost:5173"),
        (403, "", "", "No Origin was sent"),
        (404, "", "", "Check the path"),
        (426, "Sec-WebSocket-Version: 13\r\n", "", "speaks WebSocket version 13"),
        (429, "Retry-After: 30\r\n", "", "Retry-After is 30"),
        (302, "Location: /other\r\n", "", "/other"),
        (502, "", "", "gateway"),
        (503, "", "", "try again later"),
        (418, "", "", "body"),
    ],
)
def test_a_refusal_says_what_its_status_usually_means(status, response, request_, words):
    story = Story().handshake(status=status, request=request_, response=response)
    sentence, advice = sentence_and_advice(story.failed("upgrade", "status", status=status))
    assert sentence.startswith(f"Refused: the server answered {status}")
    assert words in advice


def test_a_port_that_wants_tls_is_told_from_other_bad_requests():
    body = b"The plain HTTP request was sent to HTTPS port"
    failed = ConnectionFailed(1, 0, "c1", "upgrade", "status", "", "", 400, body)
    assert "wss:" in explain([failed]).advice
    told = msgspec.structs.replace(failed, hint="Try wss://h:1/.")
    assert explain([told]).advice == "Try wss://h:1/."


def test_a_failure_keeps_its_own_words_where_it_has_some():
    events = Story().failed("dns", "resolve", "nowhere.test has no address.", "Check the name.")
    assert sentence_and_advice(events) == ("nowhere.test has no address.", "Check the name.")


@pytest.mark.parametrize(
    "kind",
    ["resolve", "refused", "unreachable", "timeout", "reset", "tls", "tls-name", "tls-version",
     "tls-cipher", "not-tls", "client-certificate", "certificate", "certificate-expired",
     "certificate-early", "certificate-name", "certificate-self-signed", "certificate-untrusted",
     "proxy", "proxy-authentication", "handshake", "not-http", "tls-expected", "http2", "accept",
     "subprotocol", "extension", "redirects", "redirected", "challenged", "url"],
)  # fmt: skip
def test_every_kind_of_failure_has_an_advice(kind):
    assert explain(Story().failed("tcp", kind, "It failed.")).advice


# The builder


def test_a_retry_that_succeeds_makes_the_failure_forgotten():
    story = Story()
    story.failed("tcp", "refused", "Nobody listens.")
    retried = Story().opened().closed(1000, "remote", "close")
    builder = Analyzer(rules=())
    builder.feed([*story.events, *retried])
    assert "closed the connection with 1000" in builder.verdict().sentence


def standing(events):
    analyzer = Analyzer(rules=())
    analyzer.feed(events)
    return analyzer.verdict().sentence


def test_a_connection_that_goes_on_has_no_end_to_explain():
    assert standing(Story().opened().events) == "The connection is open."
    assert "is being made" in standing(Story().events)
    assert explain([]).sentence == "No connection was made."


def test_of_a_capture_that_ends_too_early_nobody_says_that_the_connection_is_open():
    story = Story("ws://h/feed?token=x").opened()
    story.wait(12.3).message("received", "hello")
    assert explain(story.events).sentence == (
        "The connection to ws://h/feed was still open at the end of the capture,"
        " 12.3 s after it was opened."
    )
    assert "still being made at the end of the capture" in explain(Story().events).sentence


def test_a_capture_without_its_beginning_tells_as_much_as_it_has():
    story = Story()
    story.message("received", "hello")
    assert explain(story.events[1:]).sentence == (
        "The connection was still open at the end of the capture."
    )
    story.closed(1006, "network", "eof")
    assert explain(story.events[-1:]).sentence == (
        "The connection ended without a Close frame, before any message;"
        " the server or a gateway hung up (TCP FIN)."
    )


def test_a_close_that_is_under_way_is_told_with_who_began_it():
    story = Story("ws://h/").opened().close_frame("sent", 1000)
    begun = "This end began to close the connection to ws://h/ with 1000 (normal closure); "
    assert standing(story.events) == begun + "that is not answered yet."
    assert explain(story.events).sentence == begun + "the capture ends before the answer."
    story.close_frame("received", 1000)
    assert standing(story.events) == begun + "that was answered."
    assert explain(story.events).sentence == begun + "the capture ends with the answer."


def test_a_long_time_is_told_in_hours():
    story = Story().opened().wait(26 * 3600 + 120).close_frame("received", 1001)
    assert "after 26 h 2 min" in explain(story.closed(1001, "remote", "close")).sentence


def test_of_an_import_without_frames_nobody_claims_that_it_is_still_open():
    story = Story().opened()
    gap = CaptureGap(0, 0, story.events[0].connection, 0, MESSAGES_ONLY)
    sentence, advice = sentence_and_advice([gap, *story.events])
    assert sentence == "The connection was opened; how it ended is not known."
    assert "messages only" in advice


def test_one_connection_can_be_picked_out_of_several():
    events = Story().opened().closed(4000, "remote", "close")
    assert explain(events, connection="c2").sentence == "No connection was made."
    assert "4000" in explain(events, connection="c1").sentence


def test_the_memory_of_a_builder_is_bounded():
    story, builder = Story().opened(), Analyzer()
    for number in range(1000):
        builder.feed([story.frame("sent", 9, number.to_bytes(4, "big"))])
    assert len(builder.conversations[0].pings.unanswered) <= 64
