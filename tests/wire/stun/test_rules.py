"""What is illegal about a message is named, with the clause and the place."""

import pytest

from wirescope.wire.stun import (
    AddressErrorCode,
    Algorithm,
    AlternateDomain,
    Attribute,
    ErrorCode,
    Fingerprint,
    IceControlled,
    IceControlling,
    MessageClass,
    MessageIntegrity,
    Method,
    Nonce,
    PasswordAlgorithm,
    PasswordAlgorithms,
    Priority,
    Realm,
    ResponsePort,
    Software,
    UnknownAttributes,
    UseCandidate,
    UserHash,
    Username,
    XorMappedAddress,
    XorPeerAddress,
    add_fingerprint,
    add_integrity,
    check_message,
    make_message,
)

MAPPED = XorMappedAddress("192.0.2.1", 5)
SIGNATURE = MessageIntegrity(bytes(20))
NAME = Username("a:b")
SHA_256 = Algorithm(2)


def message(message_class, *values, method=Method.BINDING):
    return make_message(message_class, method, bytes(12), *values)


def request(*values, method=Method.BINDING):
    return message(MessageClass.REQUEST, *values, method=method)


def success(*values):
    return message(MessageClass.SUCCESS, MAPPED, *values)


def refusal(*values):
    return message(MessageClass.ERROR, *values)


def said(checked, **options):
    return [(each.clause, each.message) for each in check_message(checked, **options)]


def clauses(checked):
    return [clause for clause, _ in said(checked)]


CHECK = (Priority(1), NAME, IceControlling(1))


@pytest.mark.parametrize(
    "legal",
    [
        request(),
        message(MessageClass.INDICATION),
        add_fingerprint(message(MessageClass.INDICATION)),
        success(),
        refusal(ErrorCode(400, "Bad Request")),
        refusal(ErrorCode(420), UnknownAttributes((1,))),
        refusal(ErrorCode(401), Realm("r"), Nonce(b"n")),
        refusal(
            ErrorCode(401), Realm("r"), Nonce(b"obMatJos2gAAAx"), PasswordAlgorithms((SHA_256,))
        ),
        request(NAME, Realm("r"), Nonce(b"n"), SIGNATURE),
        request(NAME, PasswordAlgorithm(SHA_256), PasswordAlgorithms((SHA_256,)), SIGNATURE),
        request(ResponsePort(1)),
        request(Attribute(ResponsePort.TYPE, b"\0\x01")),
        request(Attribute(0xC057, b"\0\1\2\3")),
        request(
            XorPeerAddress("::1", 1), XorPeerAddress("::2", 1), method=Method.CREATE_PERMISSION
        ),
        add_fingerprint(add_integrity(request(*CHECK), b"key")),
        add_fingerprint(add_integrity(request(*CHECK, UseCandidate()), b"key")),
        add_integrity(request(Priority(1), NAME, IceControlled(1)), b"key"),
    ],
)
def test_what_is_legal_is_not_named(legal):
    assert said(legal) == []


def test_a_method_beyond_its_range_is_named():
    (breach,) = check_message(request(method=0x100))
    assert (breach.clause, breach.offset) == ("RFC 8489 18.2", 0)


def test_padding_that_is_not_zeros_is_named():
    (breach,) = check_message(request(Attribute(0x8022, b"abc", b" ")))
    assert breach.clause == "RFC 8489 14"
    assert breach.message == "The padding of SOFTWARE is not zeros."
    assert breach.offset == 27


def test_padding_that_is_missing_is_named():
    (breach,) = check_message(request(Attribute(0x8022, b"abcde", b"")))
    assert breach.clause == "RFC 8489 14"
    assert "not padded to a multiple of 4 bytes; 3 are missing" in breach.message
    assert breach.offset == 29


def test_attributes_after_the_integrity_are_named():
    checked = add_integrity(request(NAME), b"key").with_values(Realm("r"), Fingerprint(0))
    found = said(checked)
    assert found[0] == ("RFC 8489 9", "REALM follows the message's integrity, and is ignored.")


def test_a_checksum_that_is_wrong_is_named():
    (breach,) = check_message(request(NAME, Fingerprint(0)))
    assert breach.clause == "RFC 8489 14.7"
    assert "not that of the message" in breach.message
    assert breach.offset == 28


def test_a_checksum_that_is_not_last_is_named():
    checked = add_fingerprint(request()).with_values(Software("x"))
    assert said(checked) == [("RFC 8489 14.7", "FINGERPRINT is not the last attribute.")]


def test_a_value_that_breaks_its_form_is_named_where_it_does():
    (breach,) = check_message(request(Attribute(XorPeerAddress.TYPE, bytes.fromhex("0003"))))
    assert (breach.clause, breach.offset) == ("RFC 8656 18.3", 26)


@pytest.mark.parametrize(
    ("message_class", "clause", "then"),
    [
        (MessageClass.REQUEST, "RFC 8489 6.3.1", "answered with 420"),
        (MessageClass.INDICATION, "RFC 8489 6.3.2", "dropped"),
        (MessageClass.SUCCESS, "RFC 8489 6.3.3", "its transaction has failed"),
        (MessageClass.ERROR, "RFC 8489 6.3.4", "its transaction has failed"),
    ],
)
def test_attributes_that_would_have_to_be_understood_are_named(message_class, clause, then):
    values = [MAPPED, ErrorCode(400)]
    values = values[:1] if message_class is MessageClass.SUCCESS else values
    values = values[1:] if message_class is MessageClass.ERROR else values
    values = [] if message_class in (MessageClass.REQUEST, MessageClass.INDICATION) else values
    ((found, text),) = said(message(message_class, *values, Attribute(0x7FFF, b"")))
    assert found == clause
    assert "attribute 0x7fff would have to be understood" in text
    assert then in text


def test_the_receiver_may_understand_other_attributes():
    assert said(request(Attribute(0x7FFF, b"")), known={0x7FFF}) == []
    ((clause, text),) = said(request(ResponsePort(1)), known=())
    assert clause == "RFC 8489 6.3.1"
    assert "RESPONSE-PORT" in text


def test_what_stands_twice_is_named():
    (breach,) = check_message(request(NAME, Realm("r"), NAME))
    assert breach.clause == "RFC 8489 14"
    assert "USERNAME stands here again" in breach.message
    assert breach.offset == 36


@pytest.mark.parametrize(
    ("value", "clause"),
    [
        (Username("x" * 509), "RFC 8489 14.3"),
        (Realm("x" * 128), "RFC 8489 14.9"),
        (Software("\u00e9" * 128), "RFC 8489 14.14"),
        (Realm("x" * 764), "RFC 8489 14.9"),
        (Nonce(b"x" * 128), "RFC 8489 14.10"),
        (AlternateDomain("x" * 256), "RFC 8489 14.16"),
    ],
)
def test_texts_that_are_too_long_are_named(value, clause):
    assert clauses(request(value)) == [clause]


def test_a_reason_that_is_too_long_is_named():
    assert clauses(refusal(ErrorCode(400, "x" * 128))) == ["RFC 8489 14.8"]


@pytest.mark.parametrize("wire", ["00000200", "00000763", "00000000"])
def test_an_error_code_that_is_none_is_named(wire):
    ((clause, text),) = said(refusal(Attribute(ErrorCode.TYPE, bytes.fromhex(wire))))
    assert clause == "RFC 8489 14.8"
    assert "one goes from 300 to 699" in text


def test_an_address_is_missing_for_one_of_two_reasons():
    assert clauses(request(AddressErrorCode(2, 508))) == []
    ((clause, text),) = said(request(AddressErrorCode(2, 400)))
    assert clause == "RFC 8656 18.12"
    assert "440 or 508" in text


@pytest.mark.parametrize(
    ("kind", "wire"),
    [
        (0x0001, "ff01 0001 c0000201"),
        (0x000C, "4000 0001"),
        (0x0018, "81"),
        (0x0019, "11000001"),
        (0x0003, "00000001"),
        (0x8002, "0001 0001 61 000001"),
    ],
)
def test_reserved_bits_that_are_set_are_named(kind, wire):
    checked = message(MessageClass.INDICATION, Attribute(kind, bytes.fromhex(wire)))
    ((_, text),) = said(checked)
    assert "bits set that are reserved" in text


@pytest.mark.parametrize(
    ("checked", "clause", "says"),
    [
        (refusal(), "RFC 8489 6.3.1.1", "no ERROR-CODE"),
        (request(ErrorCode(400)), "RFC 8489 14.8", "stands in a Binding request"),
        (refusal(ErrorCode(420)), "RFC 8489 6.3.1", "without UNKNOWN-ATTRIBUTES"),
        (refusal(ErrorCode(400), UnknownAttributes(())), "RFC 8489 14.13", "420 alone"),
        (request(UnknownAttributes(())), "RFC 8489 14.13", "420 alone"),
        (message(MessageClass.SUCCESS), "RFC 8489 6.3.1.1", "no XOR-MAPPED-ADDRESS"),
    ],
)
def test_responses_that_lack_or_have_the_wrong_thing_are_named(checked, clause, says):
    ((found, text),) = said(checked)
    assert found == clause
    assert says in text


@pytest.mark.parametrize(
    ("checked", "clause"),
    [
        (request(SIGNATURE), "RFC 8489 9.1.3"),
        (request(NAME, Realm("r"), SIGNATURE), "RFC 8489 9.2.4"),
        (request(NAME, Nonce(b"n"), SIGNATURE), "RFC 8489 9.2.4"),
        (request(NAME, UserHash(bytes(32))), "RFC 8489 9.2.3"),
        (request(PasswordAlgorithm(SHA_256)), "RFC 8489 9.2.4"),
        (request(PasswordAlgorithms((SHA_256,))), "RFC 8489 9.2.4"),
        (message(MessageClass.INDICATION, NAME, Realm("r"), SIGNATURE), "RFC 8489 9.2"),
        (refusal(ErrorCode(401), Realm("r"), Nonce(b"obMatJos2gAAAx")), "RFC 8489 9.2.1"),
        (refusal(ErrorCode(401), Realm("r"), Nonce(b"obMatJos2gA")), "RFC 8489 9.2"),
    ],
)
def test_credentials_that_do_not_fit_together_are_named(checked, clause):
    assert clauses(checked) == [clause]


@pytest.mark.parametrize(
    ("values", "clause", "says"),
    [
        ((Priority(1), NAME, IceControlled(1), UseCandidate()), "RFC 8445 7.1.2", "controlled"),
        ((*CHECK, IceControlled(1)), "RFC 8445 7.1.3", "both"),
        ((Priority(1), NAME), "RFC 8445 7.1.3", "neither"),
        ((NAME, IceControlling(1)), "RFC 8445 7.1.1", "no PRIORITY"),
    ],
)
def test_checks_of_ice_that_must_not_be_are_named(values, clause, says):
    ((found, text),) = said(add_integrity(request(*values), b"key"))
    assert found == clause
    assert says in text


def test_a_check_without_credentials_is_named():
    assert clauses(request(*CHECK)) == ["RFC 8445 7.2.2"]
    unnamed = add_integrity(request(Priority(1), IceControlling(1)), b"key")
    assert clauses(unnamed) == ["RFC 8489 9.1.3", "RFC 8445 7.2.2"]


@pytest.mark.parametrize(
    "value", [Priority(1), UseCandidate(), IceControlled(1), IceControlling(1)]
)
def test_attributes_of_checks_elsewhere_are_named(value):
    ((clause, text),) = said(success(value))
    assert clause == value.CLAUSE
    assert "stands in a Binding success response" in text


def test_breaches_stand_in_the_order_of_the_message():
    checked = request(Attribute(0x8022, b"a", b"abc"), Attribute(0x7FFF, b""), NAME, NAME)
    offsets = [breach.offset for breach in check_message(checked)]
    assert offsets == sorted(offsets)
    assert len(offsets) == 3
