"""aioice, a stack of its own, reads what we build, and we read what it builds."""

from typing import Any

import pytest
from aioice import stun as theirs

from wirescope.errors import PacketError
from wirescope.wire.stun import (
    ChannelNumber,
    Data,
    ErrorCode,
    IceControlling,
    Lifetime,
    MappedAddress,
    MessageClass,
    Method,
    Nonce,
    Priority,
    Realm,
    RequestedTransport,
    Software,
    StunMessage,
    UseCandidate,
    Username,
    Value,
    XorMappedAddress,
    XorPeerAddress,
    XorRelayedAddress,
    add_fingerprint,
    add_integrity,
    build_stun,
    check_message,
    long_term_key,
    make_message,
    parse_stun,
    verify_fingerprint,
    verify_integrity,
)
from wirescope.wire.turn import UDP, check_turn

TRANSACTION = bytes(range(12))
KEY = long_term_key("alice", "example.org", "secret")

MESSAGES: dict[str, tuple[MessageClass, Method, dict[str, Any], tuple[Value, ...]]] = {
    "check": (
        MessageClass.REQUEST,
        Method.BINDING,
        {
            "USERNAME": "a:b",
            "PRIORITY": 0x6E0001FF,
            "ICE-CONTROLLING": 7,
            "USE-CANDIDATE": None,
        },
        (Username("a:b"), Priority(0x6E0001FF), IceControlling(7), UseCandidate()),
    ),
    "Binding over IPv4": (
        MessageClass.SUCCESS,
        Method.BINDING,
        {"XOR-MAPPED-ADDRESS": ("192.0.2.1", 32853), "MAPPED-ADDRESS": ("192.0.2.1", 32853)},
        (XorMappedAddress("192.0.2.1", 32853), MappedAddress("192.0.2.1", 32853)),
    ),
    "Binding over IPv6": (
        MessageClass.SUCCESS,
        Method.BINDING,
        {"XOR-MAPPED-ADDRESS": ("2001:db8::1", 32853), "SOFTWARE": "test"},
        (XorMappedAddress("2001:db8::1", 32853), Software("test")),
    ),
    "Allocate": (
        MessageClass.REQUEST,
        Method.ALLOCATE,
        {
            "LIFETIME": 600,
            "REQUESTED-TRANSPORT": 0x11000000,
            "USERNAME": "alice",
            "NONCE": b"f00",
            "REALM": "example.org",
        },
        (
            Lifetime(600),
            RequestedTransport(UDP),
            Username("alice"),
            Nonce(b"f00"),
            Realm("example.org"),
        ),
    ),
    "Allocate refused": (
        MessageClass.ERROR,
        Method.ALLOCATE,
        {"ERROR-CODE": (401, "Unauthenticated"), "NONCE": b"f00", "REALM": "example.org"},
        (ErrorCode(401, "Unauthenticated"), Nonce(b"f00"), Realm("example.org")),
    ),
    "Allocate granted": (
        MessageClass.SUCCESS,
        Method.ALLOCATE,
        {
            "XOR-RELAYED-ADDRESS": ("198.51.100.2", 49152),
            "XOR-MAPPED-ADDRESS": ("192.0.2.1", 5),
            "LIFETIME": 600,
        },
        (
            XorRelayedAddress("198.51.100.2", 49152),
            XorMappedAddress("192.0.2.1", 5),
            Lifetime(600),
        ),
    ),
    "ChannelBind": (
        MessageClass.REQUEST,
        Method.CHANNEL_BIND,
        {
            "CHANNEL-NUMBER": 0x4000,
            "XOR-PEER-ADDRESS": ("203.0.113.9", 41000),
            "USERNAME": "alice",
        },
        (ChannelNumber(0x4000), XorPeerAddress("203.0.113.9", 41000), Username("alice")),
    ),
    "Data": (
        MessageClass.INDICATION,
        Method.DATA,
        {"XOR-PEER-ADDRESS": ("203.0.113.9", 41000), "DATA": b"hello"},
        (XorPeerAddress("203.0.113.9", 41000), Data(b"hello")),
    ),
}


def made(name: str) -> tuple[theirs.Message, StunMessage]:
    """Make the same message on both stacks, without signature and checksum."""
    message_class, method, attributes, values = MESSAGES[name]
    classes = (
        theirs.Class.REQUEST,
        theirs.Class.INDICATION,
        theirs.Class.RESPONSE,
        theirs.Class.ERROR,
    )
    foreign = theirs.Message(
        theirs.Method(int(method)), classes[message_class], TRANSACTION, dict(attributes)
    )
    return foreign, make_message(message_class, method, TRANSACTION, *values)


@pytest.mark.parametrize("name", MESSAGES)
def test_both_build_the_same_bytes(name: str) -> None:
    foreign, ours = made(name)
    assert build_stun(ours) == bytes(foreign)
    foreign.add_message_integrity(KEY)
    assert build_stun(add_fingerprint(add_integrity(ours, KEY))) == bytes(foreign)


@pytest.mark.parametrize("name", MESSAGES)
def test_what_aioice_signs_we_read_and_find_right(name: str) -> None:
    foreign, ours = made(name)
    foreign.add_message_integrity(KEY)
    read = parse_stun(bytes(foreign))
    assert read.attributes[:-2] == ours.attributes
    assert verify_integrity(read, KEY)
    assert verify_fingerprint(read)
    assert check_message(read) == check_turn(read) == []


@pytest.mark.parametrize("name", MESSAGES)
def test_what_we_sign_aioice_reads_and_finds_right(name: str) -> None:
    foreign, ours = made(name)
    data = build_stun(add_fingerprint(add_integrity(ours, KEY)))
    read = theirs.parse_message(data)
    assert read.message_method == foreign.message_method
    assert read.message_class == foreign.message_class
    assert read.check_message_integrity(KEY)
    assert foreign.attributes.items() <= read.attributes.items()


def test_what_we_refuse_aioice_refuses() -> None:
    data = bytes(made("Allocate")[0])
    for end in range(len(data)):
        with pytest.raises(PacketError):
            parse_stun(data[:end])
        with pytest.raises(ValueError):
            theirs.parse_message(data[:end])
