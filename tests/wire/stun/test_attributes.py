"""Each attribute is read and written as its RFC draws it."""

import pytest

from wirescope.errors import PacketError
from wirescope.wire.stun import (
    ATTRIBUTES,
    IPV4,
    IPV6,
    AdditionalAddressFamily,
    AddressErrorCode,
    Algorithm,
    AlternateDomain,
    AlternateServer,
    Attribute,
    ChangeRequest,
    ChannelNumber,
    Data,
    DontFragment,
    ErrorCode,
    EvenPort,
    Fingerprint,
    IceControlled,
    IceControlling,
    Icmp,
    KeyDerivation,
    Lifetime,
    MappedAddress,
    MessageIntegrity,
    MessageIntegritySha256,
    Nonce,
    OtherAddress,
    Padding,
    PasswordAlgorithm,
    PasswordAlgorithms,
    Priority,
    Realm,
    RequestedAddressFamily,
    RequestedTransport,
    ReservationToken,
    ResponseOrigin,
    ResponsePort,
    Software,
    UnknownAttributes,
    UseCandidate,
    UserHash,
    Username,
    XorMappedAddress,
    XorPeerAddress,
    XorRelayedAddress,
    make_attribute,
    read_value,
)

TRANSACTION = bytes(range(12))
PLAIN4, PLAIN6 = "0001 8055 c0000201", "0002 8055 20010db8000000000000000000000001"
XORED4, XORED6 = "0001 a147 e112a643", "0002 a147 0113a9fa000102030405060708090a0a"

# each written down from the drawing in its RFC
KINDS = [
    (0x0001, PLAIN4, MappedAddress("192.0.2.1", 32853)),
    (0x0001, PLAIN6, MappedAddress("2001:db8::1", 32853)),
    (0x0020, XORED4, XorMappedAddress("192.0.2.1", 32853)),
    (0x0020, XORED6, XorMappedAddress("2001:db8::1", 32853)),
    (0x0006, "616c696365", Username("alice")),
    (0x001E, "ab" * 32, UserHash(b"\xab" * 32)),
    (0x0008, "ab" * 20, MessageIntegrity(b"\xab" * 20)),
    (0x001C, "ab" * 16, MessageIntegritySha256(b"\xab" * 16)),
    (0x8028, "12345678", Fingerprint(0x12345678)),
    (0x0009, "00000401 4e6f", ErrorCode(401, "No")),
    (0x0014, "6578616d706c65", Realm("example")),
    (0x0015, "ff00", Nonce(b"\xff\0")),
    (
        0x8002,
        "00020000 0001 0003 61626300",
        PasswordAlgorithms((Algorithm(KeyDerivation.SHA_256), Algorithm(1, b"abc"))),
    ),
    (0x001D, "00010000", PasswordAlgorithm(Algorithm(KeyDerivation.MD5))),
    (0x000A, "7ffe7fff", UnknownAttributes((0x7FFE, 0x7FFF))),
    (0x8022, "74657374", Software("test")),
    (0x8023, PLAIN4, AlternateServer("192.0.2.1", 32853)),
    (0x8003, "612e6578616d706c65", AlternateDomain("a.example")),
    (0x0024, "6e0001ff", Priority(0x6E0001FF)),
    (0x0025, "", UseCandidate()),
    (0x8029, "0102030405060708", IceControlled(0x0102030405060708)),
    (0x802A, "0102030405060708", IceControlling(0x0102030405060708)),
    (0x0003, "00000006", ChangeRequest(change_ip=True, change_port=True)),
    (0x0003, "00000002", ChangeRequest(change_ip=False, change_port=True)),
    (0x0026, "0000", Padding(b"\0\0")),
    (0x0027, "8055 0000", ResponsePort(32853)),
    (0x802B, PLAIN4, ResponseOrigin("192.0.2.1", 32853)),
    (0x802C, PLAIN6, OtherAddress("2001:db8::1", 32853)),
    (0x000C, "4001 0000", ChannelNumber(0x4001)),
    (0x000D, "00000258", Lifetime(600)),
    (0x0012, XORED4, XorPeerAddress("192.0.2.1", 32853)),
    (0x0013, "68656c6c6f", Data(b"hello")),
    (0x0016, XORED6, XorRelayedAddress("2001:db8::1", 32853)),
    (0x0017, "02000000", RequestedAddressFamily(IPV6)),
    (0x0018, "80", EvenPort(reserve_next=True)),
    (0x0018, "00", EvenPort(reserve_next=False)),
    (0x0019, "11000000", RequestedTransport(17)),
    (0x001A, "", DontFragment()),
    (0x0022, "0102030405060708", ReservationToken(bytes(range(1, 9)))),
    (0x8000, "02000000", AdditionalAddressFamily(IPV6)),
    (0x8001, "01000428 4e6f", AddressErrorCode(IPV4, 440, "No")),
    (0x8004, "0000 0604 000004d2", Icmp(3, 4, 1234)),
]


@pytest.mark.parametrize(("kind", "wire", "value"), KINDS, ids=lambda each: str(each)[:30])
def test_each_attribute_is_read_and_written_as_its_drawing_says(kind, wire, value):
    attribute = Attribute(kind, bytes.fromhex(wire))
    assert read_value(attribute, TRANSACTION) == value
    assert make_attribute(value, TRANSACTION) == attribute


def test_every_attribute_is_drawn_here_and_known_by_its_type():
    assert {type(value) for _, _, value in KINDS} == set(ATTRIBUTES.values())
    assert all(number == kind.TYPE for number, kind in ATTRIBUTES.items())
    assert len({kind.NAME for kind in ATTRIBUTES.values()}) == len(ATTRIBUTES)


def test_a_port_to_answer_to_is_read_in_both_lengths():
    assert read_value(Attribute(0x0027, b"\x80\x55"), TRANSACTION) == ResponsePort(32853)


def test_an_address_tells_its_family():
    assert MappedAddress("192.0.2.1", 1).family == IPV4
    assert XorPeerAddress("::1", 1).family == IPV6


@pytest.mark.parametrize(
    ("kind", "wire", "offset", "says"),
    [
        (0x0001, "", 0, "has 0 bytes; it takes 8 or 20"),
        (0x0001, "0001 8055 c00002", 7, "has 7 bytes; it takes 8"),
        (0x0020, "0002 8055 c0000201", 8, "has 8 bytes; it takes 20"),
        (0x0001, "0000 8055 c0000201", 1, "of the family 0"),
        (0x0006, "61ff", 1, "USERNAME is not UTF-8"),
        (0x001E, "ab" * 31, 31, "takes 32"),
        (0x0008, "ab" * 21, 20, "takes 20"),
        (0x001C, "ab" * 15, 15, "takes 16 or 20 or 24 or 28 or 32"),
        (0x8028, "000000", 3, "takes 4"),
        (0x0009, "000004", 3, "takes 4 at least"),
        (0x0009, "00000401 ff", 4, "reason of ERROR-CODE is not UTF-8"),
        (0x0009, "00000464", 3, "is 100; it goes from 0 to 99"),
        (0x8001, "020007ff", 3, "is 255"),
        (0x8002, "0001", 2, "within an algorithm"),
        (0x8002, "00010001 61", 5, "within the parameters"),
        (0x001D, "", 0, "names 0 algorithms"),
        (0x001D, "0001000000020000", 0, "names 2 algorithms"),
        (0x000A, "7ffe7f", 3, "within a type"),
        (0x0025, "00", 0, "takes 0"),
        (0x8029, "00000000", 4, "takes 8"),
        (0x0027, "00", 1, "takes 2 or 4"),
        (0x000C, "4001", 2, "takes 4"),
        (0x0017, "01", 1, "takes 4"),
        (0x0018, "", 0, "takes 1"),
        (0x0019, "11", 1, "takes 4"),
        (0x8004, "00000000", 4, "takes 8"),
    ],
)
def test_a_value_of_another_form_is_refused_with_clause_and_place(kind, wire, offset, says):
    with pytest.raises(PacketError, match=says) as refused:
        read_value(Attribute(kind, bytes.fromhex(wire)), TRANSACTION)
    assert refused.value.clause == ATTRIBUTES[kind].CLAUSE
    assert refused.value.offset == offset


@pytest.mark.parametrize(
    "value",
    [
        MappedAddress("example.org", 1),
        XorMappedAddress("192.0.2.1", 1 << 16),
        MessageIntegrity(b""),
        Fingerprint(1 << 32),
        ErrorCode(800),
        ErrorCode(-1),
        AddressErrorCode(256, 440),
        PasswordAlgorithm(Algorithm(1 << 16)),
        UnknownAttributes((1 << 16,)),
        Priority(-1),
        IceControlling(1 << 64),
        ResponsePort(1 << 16),
        RequestedTransport(256),
        RequestedAddressFamily(256),
        ReservationToken(bytes(7)),
        Icmp(128, 0),
        Icmp(0, 512),
        Icmp(0, 0, 1 << 32),
    ],
)
def test_what_does_not_fit_is_not_written(value):
    with pytest.raises(ValueError):
        make_attribute(value, TRANSACTION)
