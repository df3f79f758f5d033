"""What a breach is about is told of the codec's own words, so each of them is tried here."""

import pytest

from wirescope.analysis.violations import Breach, breach_of, explain_violation
from wirescope.events import WebSocketViolation
from wirescope.wire.websocket import Breach as Broken
from wirescope.wire.websocket import Frame, FrameRules, build_header, check_close_payload

KEY = b"\x01\x02\x03\x04"


def seen(broken: Broken, *, direction="received", frame=7):
    return WebSocketViolation(1, 0, "c1", direction, broken.clause, 99, frame, broken.message)


def breaches(*headers: bytes, rsv1_allowed: bool = False) -> list[Breach]:
    rules = FrameRules(masked=False, rsv1_allowed=rsv1_allowed)
    found = [breach for header in headers for breach in rules.check_header(Frame(header, b"", 0))]
    return [breach_of(seen(breach)) for breach in found]


@pytest.mark.parametrize(
    ("headers", "about"),
    [
        ([build_header(1, 0, masking_key=KEY)], Breach.MASKING),
        ([build_header(1, 0, rsv1=True)], Breach.RESERVED),
        ([build_header(1, 0, rsv2=True)], Breach.RESERVED),
        ([build_header(1, 0, rsv3=True)], Breach.RESERVED),
        ([build_header(3, 0)], Breach.RESERVED),
        ([build_header(0, 0)], Breach.FRAGMENTS),
        ([build_header(1, 0, fin=False), build_header(1, 0)], Breach.FRAGMENTS),
        ([build_header(9, 0, fin=False)], Breach.CONTROL),
        ([build_header(9, 126)], Breach.CONTROL),
        ([build_header(8, 0), build_header(1, 0)], Breach.AFTER_CLOSE),
        ([b"\x81\x7e\x00\x05"], Breach.LENGTH),
        ([b"\x81\x7f" + b"\xff" * 8], Breach.LENGTH),
    ],
)
def test_every_breach_of_a_header_is_known(headers, about):
    assert breaches(*headers) == [about]


def test_rsv1_on_a_later_frame_is_a_reserved_bit():
    headers = [build_header(1, 0, fin=False), build_header(0, 0, rsv1=True)]
    assert breaches(*headers, rsv1_allowed=True) == [Breach.RESERVED]


@pytest.mark.parametrize(
    ("payload", "about"),
    [
        (b"\x03", Breach.CLOSE_CODE),
        (b"\x03\xee", Breach.CLOSE_CODE),
        (b"\x00\x01", Breach.CLOSE_CODE),
        (b"\x03\xe8\xff", Breach.UTF8),
    ],
)
def test_every_breach_of_a_close_frame_is_known(payload, about):
    frame = Frame(build_header(8, len(payload)), payload, 0)
    assert [breach_of(seen(breach)) for breach in check_close_payload(frame)] == [about]


@pytest.mark.parametrize(
    ("clause", "about"),
    [
        ("RFC 6455 7.1.4", Breach.CUT),
        ("RFC 6455 7.4.1", Breach.TOO_BIG),
        ("RFC 6455 8.1", Breach.UTF8),
        ("RFC 7692 7.2.2", Breach.DEFLATE),
        ("RFC 6455 5.2", Breach.OTHER),
    ],
)
def test_what_is_wrong_with_messages_and_ends_is_known_by_its_clause(clause, about):
    assert breach_of(seen(Broken(clause, "Something."))) is about


@pytest.mark.parametrize("clause", ["RFC 6455 4.1", "RFC 9110 8.6", "RFC 9112 2.1", "RFC 7692 7.1"])
def test_what_has_no_frame_and_no_place_was_in_the_opening_handshake(clause):
    violation = WebSocketViolation(1, 0, "c1", "received", clause, 0, 0, "Something.")
    assert breach_of(violation) is Breach.OPENING


def test_what_this_end_broke_is_told_as_its_own():
    broken = Broken("RFC 6455 5.2", "The opcode 0x3 is reserved.")
    sentence, advice = explain_violation(seen(broken, direction="sent"), "server")
    assert sentence.startswith("This end broke the protocol in event 7: ")
    assert advice.startswith("Unless it was sent on purpose: a client has to")
