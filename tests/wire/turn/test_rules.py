"""What is illegal about a message of TURN is named, with the clause."""

import pytest

from wirescope.wire.stun import (
    AdditionalAddressFamily,
    Attribute,
    ChannelNumber,
    Data,
    ErrorCode,
    EvenPort,
    Icmp,
    Lifetime,
    MessageClass,
    MessageIntegrity,
    Method,
    Nonce,
    Realm,
    RequestedAddressFamily,
    RequestedTransport,
    ReservationToken,
    XorMappedAddress,
    XorPeerAddress,
    XorRelayedAddress,
    make_message,
)
from wirescope.wire.turn import (
    CHANNEL_LIFETIME_S,
    CHANNEL_NUMBERS,
    DEFAULT_LIFETIME_S,
    MAX_LIFETIME_S,
    PERMISSION_LIFETIME_S,
    UDP,
    check_turn,
)

PEER = XorPeerAddress("192.0.2.1", 5)
SIGNATURE = MessageIntegrity(bytes(20))
TRANSPORT = RequestedTransport(UDP)
TOKEN = ReservationToken(bytes(8))
REQUEST, INDICATION = MessageClass.REQUEST, MessageClass.INDICATION
SUCCESS, ERROR = MessageClass.SUCCESS, MessageClass.ERROR


def said(method, message_class, *values):
    found = check_turn(make_message(message_class, method, bytes(12), *values))
    assert all(breach.offset == 20 for breach in found)
    return [(breach.clause, breach.message) for breach in found]


def allocate(*values):
    return said(Method.ALLOCATE, REQUEST, *values)


def test_the_times_and_channels_are_those_of_the_rfc():
    times = (DEFAULT_LIFETIME_S, MAX_LIFETIME_S, PERMISSION_LIFETIME_S, CHANNEL_LIFETIME_S)
    assert times == (600, 3600, 300, 600)
    assert (CHANNEL_NUMBERS[0], CHANNEL_NUMBERS[-1]) == (0x4000, 0x4FFF)


@pytest.mark.parametrize(
    ("method", "message_class", "values"),
    [
        (Method.BINDING, REQUEST, ()),
        (Method.ALLOCATE, REQUEST, (TRANSPORT,)),
        (Method.ALLOCATE, REQUEST, (RequestedTransport(6),)),
        (Method.ALLOCATE, REQUEST, (TRANSPORT, EvenPort(reserve_next=True))),
        (Method.ALLOCATE, REQUEST, (TRANSPORT, RequestedAddressFamily(2))),
        (Method.ALLOCATE, REQUEST, (TRANSPORT, AdditionalAddressFamily(2))),
        (Method.ALLOCATE, REQUEST, (TRANSPORT, TOKEN)),
        (
            Method.ALLOCATE,
            SUCCESS,
            (XorRelayedAddress("::1", 1), Lifetime(600), XorMappedAddress("::1", 2)),
        ),
        (Method.ALLOCATE, ERROR, (ErrorCode(401), Realm("r"), Nonce(b"n"))),
        (Method.ALLOCATE, ERROR, (ErrorCode(486),)),
        (Method.REFRESH, REQUEST, (Lifetime(0), SIGNATURE)),
        (Method.REFRESH, SUCCESS, (Lifetime(0),)),
        (Method.CREATE_PERMISSION, REQUEST, (PEER, SIGNATURE)),
        (Method.CHANNEL_BIND, REQUEST, (ChannelNumber(0x4000), PEER, SIGNATURE)),
        (Method.CHANNEL_BIND, SUCCESS, ()),
        (Method.SEND, INDICATION, (PEER, Data(b""))),
        (Method.DATA, INDICATION, (PEER, Data(b"x"))),
        (Method.DATA, INDICATION, (PEER, Icmp(3, 1))),
    ],
)
def test_what_is_legal_is_not_named(method, message_class, values):
    assert said(method, message_class, *values) == []


@pytest.mark.parametrize(
    ("method", "message_class"),
    [
        (Method.SEND, REQUEST),
        (Method.SEND, SUCCESS),
        (Method.DATA, ERROR),
        (Method.ALLOCATE, INDICATION),
        (Method.REFRESH, INDICATION),
        (Method.CREATE_PERMISSION, INDICATION),
        (Method.CHANNEL_BIND, INDICATION),
    ],
)
def test_classes_that_a_method_does_not_have_are_named(method, message_class):
    ((clause, text),) = said(method, message_class)
    assert clause == "RFC 8656 17"
    assert text.startswith("There is no ")


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ((), "no REQUESTED-TRANSPORT"),
        ((RequestedTransport(132),), "protocol 132"),
        ((TRANSPORT, TOKEN, EvenPort(reserve_next=False)), "together with EVEN-PORT"),
        ((TRANSPORT, TOKEN, RequestedAddressFamily(1)), "with REQUESTED-ADDRESS-FAMILY"),
        ((TRANSPORT, TOKEN, AdditionalAddressFamily(2)), "with ADDITIONAL-ADDRESS-FAMILY"),
        ((TRANSPORT, RequestedAddressFamily(1), AdditionalAddressFamily(2)), "Both"),
        ((TRANSPORT, EvenPort(reserve_next=True), AdditionalAddressFamily(2)), "reserved"),
        ((TRANSPORT, AdditionalAddressFamily(1)), "additional family is 1"),
        ((TRANSPORT, RequestedAddressFamily(3)), "family 3 is asked for"),
    ],
)
def test_allocate_requests_that_are_answered_with_an_error_are_named(values, says):
    ((clause, text),) = allocate(*values)
    assert clause.startswith("RFC 8656 ")
    assert says in text


@pytest.mark.parametrize(
    ("method", "message_class", "values", "clause", "missing"),
    [
        (
            Method.ALLOCATE,
            SUCCESS,
            (),
            "RFC 8656 7.2",
            ["XOR-RELAYED-ADDRESS", "LIFETIME", "XOR-MAPPED-ADDRESS"],
        ),
        (Method.REFRESH, SUCCESS, (), "RFC 8656 8.2", ["LIFETIME"]),
        (Method.CREATE_PERMISSION, REQUEST, (SIGNATURE,), "RFC 8656 10.2", ["XOR-PEER-ADDRESS"]),
        (
            Method.CHANNEL_BIND,
            REQUEST,
            (SIGNATURE,),
            "RFC 8656 12.2",
            ["CHANNEL-NUMBER", "XOR-PEER-ADDRESS"],
        ),
        (Method.SEND, INDICATION, (), "RFC 8656 11.2", ["XOR-PEER-ADDRESS", "DATA"]),
        (Method.DATA, INDICATION, (), "RFC 8656 11.3", ["XOR-PEER-ADDRESS", "DATA"]),
        (Method.DATA, INDICATION, (Icmp(3, 1),), "RFC 8656 11.3", ["XOR-PEER-ADDRESS"]),
    ],
)
def test_attributes_that_are_missing_are_named(method, message_class, values, clause, missing):
    found = said(method, message_class, *values)
    assert [found_clause for found_clause, _ in found] == [clause] * len(missing)
    assert all(
        text.endswith(f"has no {name}.") for (_, text), name in zip(found, missing, strict=True)
    )


@pytest.mark.parametrize("number", [0x3FFF, 0x5000, 0xFFFF])
def test_a_channel_out_of_its_range_is_named(number):
    ((clause, text),) = said(Method.CHANNEL_BIND, REQUEST, ChannelNumber(number), PEER, SIGNATURE)
    assert clause == "RFC 8656 12.2"
    assert f"0x{number:04x}" in text


@pytest.mark.parametrize(
    ("method", "values"),
    [
        (Method.REFRESH, ()),
        (Method.CREATE_PERMISSION, (PEER,)),
        (Method.CHANNEL_BIND, (ChannelNumber(0x4000), PEER)),
    ],
)
def test_requests_that_are_not_signed_are_named(method, values):
    ((clause, text),) = said(method, REQUEST, *values)
    assert clause == "RFC 8656 5"
    assert "not signed" in text


@pytest.mark.parametrize("code", [401, 438])
def test_a_challenge_without_realm_and_nonce_is_named(code):
    found = said(Method.ALLOCATE, ERROR, ErrorCode(code))
    assert [clause for clause, _ in found] == ["RFC 8489 9.2.4"] * 2


def test_values_that_break_their_form_are_left_to_the_rules_of_stun():
    assert allocate(Attribute(RequestedTransport.TYPE, b"")) == []
