"""Messages are cut into attributes and put together again, to the byte (RFC 8489 section 5)."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.wire.stun.samples import REQUEST, VECTORS
from tests.wire.stun.strategies import messages, transaction_ids, values
from wirescope.errors import PacketError
from wirescope.wire.stun import (
    ATTRIBUTES,
    HEADER_LENGTH,
    Attribute,
    ErrorCode,
    Fingerprint,
    MappedAddress,
    MessageClass,
    MessageIntegrity,
    MessageIntegritySha256,
    Method,
    Priority,
    Realm,
    Software,
    StunMessage,
    UnknownAttributes,
    Username,
    XorMappedAddress,
    XorPeerAddress,
    attribute_name,
    build_stun,
    check_message,
    is_stun,
    make_attribute,
    make_error,
    make_message,
    make_response,
    make_unknown,
    method_name,
    parse_stun,
    read_value,
)

TRANSACTION = bytes(range(12))
HEADER = "2112a442 000102030405060708090a0b"


def wire(kind, *attributes):
    body = bytes.fromhex("".join(attributes))
    return bytes.fromhex(kind) + len(body).to_bytes(2, "big") + bytes.fromhex(HEADER) + body


def request(*attributes):
    return StunMessage(MessageClass.REQUEST, Method.BINDING, TRANSACTION, attributes)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("0001", "Binding request"),
        ("0011", "Binding indication"),
        ("0101", "Binding success response"),
        ("0111", "Binding error response"),
        ("0003", "Allocate request"),
        ("0104", "Refresh success response"),
        ("0016", "Send indication"),
        ("0017", "Data indication"),
        ("0118", "CreatePermission error response"),
        ("0009", "ChannelBind request"),
        ("000a", "Connect request"),
        ("000b", "ConnectionBind request"),
        ("001c", "ConnectionAttempt indication"),
        ("0200", "GOOG-PING request"),
        ("3eef", "method 0xfff request"),
        ("3fff", "method 0xfff error response"),
    ],
)
def test_class_and_method_share_the_first_bytes(kind, name):
    data = wire(kind)
    assert parse_stun(data).name == name
    assert build_stun(parse_stun(data)) == data


def test_methods_have_the_numbers_of_the_registry():
    numbers = {
        Method.BINDING: 1,
        Method.ALLOCATE: 3,
        Method.REFRESH: 4,
        Method.SEND: 6,
        Method.DATA: 7,
        Method.CREATE_PERMISSION: 8,
        Method.CHANNEL_BIND: 9,
        Method.CONNECT: 10,
        Method.CONNECTION_BIND: 11,
        Method.CONNECTION_ATTEMPT: 12,
        Method.GOOG_PING: 128,
    }
    assert set(numbers) == set(Method)
    assert all(method == number for method, number in numbers.items())
    assert not any(method_name(number).startswith("method") for number in Method)


@pytest.mark.parametrize(
    ("data", "offset", "says"),
    [
        (b"", 0, "20 bytes; 0 came"),
        (wire("4001"), 0, "first two bits"),
        (wire("0001")[:4] + bytes(16), 4, "magic cookie is 00000000"),
        (wire("0001") + b"\0\0\0\0", 2, "0 bytes follow its header; 4 do"),
        (wire("0001", "8022"), 20, "2 bytes are left; an attribute takes 4"),
        (wire("0001", "80220005 61626364"), 22, "SOFTWARE has 5 bytes; 4 are left"),
    ],
)
def test_what_cannot_be_cut_is_refused_with_the_place(data, offset, says):
    with pytest.raises(PacketError, match=says) as refused:
        parse_stun(data)
    assert refused.value.offset == offset
    assert refused.value.clause.startswith("RFC 8489")


def test_an_attribute_that_nobody_knows_is_kept_with_its_name_and_padding():
    data = wire("0001", "c0570004 00010032", "7fff0001 61 010203")
    network, unknown = parse_stun(data).attributes
    assert network == Attribute(0xC057, b"\0\x01\0\x32")
    assert network.name == "GOOG-NETWORK-INFO"
    assert not network.comprehension_required
    assert unknown == Attribute(0x7FFF, b"a", b"\x01\x02\x03")
    assert unknown.name == "attribute 0x7fff"
    assert unknown.comprehension_required
    assert read_value(unknown, TRANSACTION) is None
    assert build_stun(parse_stun(data)) == data


def test_padding_that_is_missing_at_the_end_is_kept_missing():
    data = wire("0001", "80220005 6162636465")
    (attribute,) = parse_stun(data).attributes
    assert attribute.padding_bytes == b""
    assert build_stun(parse_stun(data)) == data


def test_attributes_that_are_not_read_have_the_names_of_the_registry():
    names = {0xC059: "GOOG-MISC-INFO", 0x002A: "CONNECTION-ID", 0x8030: "MOBILITY-TICKET"}
    assert {number: attribute_name(number) for number in names} == names
    assert attribute_name(0x0020) == "XOR-MAPPED-ADDRESS"


def test_spans_say_where_attributes_stand():
    message = parse_stun(REQUEST)
    spans = message.spans
    assert spans[0] == (20, 40)
    assert spans[-1][1] == len(REQUEST)
    assert REQUEST[spans[1][0] :].startswith(bytes.fromhex("00240004"))


def test_the_first_of_several_is_found_and_all_are():
    first, second = XorPeerAddress("192.0.2.1", 1), XorPeerAddress("192.0.2.2", 2)
    message = request().with_values(first, Realm("x"), second)
    assert message.find(XorPeerAddress) == first
    assert message.find_all(XorPeerAddress) == [first, second]
    assert message.index(Realm) == 1
    assert message.find(Software) is None
    assert message.has(Realm)
    assert not message.has(Software)


@pytest.mark.parametrize(
    ("before", "ignored"),
    [
        ((MessageIntegrity(bytes(20)),), True),
        ((MessageIntegritySha256(bytes(32)),), True),
        ((MessageIntegrity(bytes(20)), MessageIntegritySha256(bytes(32))), True),
        ((Fingerprint(0),), False),
        ((), False),
    ],
)
def test_what_follows_the_integrity_does_not_count(before, ignored):
    message = request().with_values(*before, Username("eve"), Fingerprint(1))
    assert message.has(Username) is not ignored
    assert (message.find(Username) is None) is ignored
    assert message.has(Fingerprint)
    assert message.has(MessageIntegritySha256) is (MessageIntegritySha256(bytes(32)) in before)


def test_a_digest_before_the_other_one_hides_it():
    message = request().with_values(
        MessageIntegritySha256(bytes(32)), MessageIntegrity(bytes(20)), Fingerprint(1)
    )
    assert not message.has(MessageIntegrity)
    assert message.counted == [0, 2]


def test_what_would_have_to_be_understood_is_listed_once():
    message = request(
        Attribute(0x7FFF, b""),
        Attribute(0x8FFF, b""),
        Attribute(0x7FFE, b""),
        Attribute(0x7FFF, b""),
    ).with_values(Priority(1))
    assert message.not_understood() == (0x7FFF, 0x7FFE)
    assert message.not_understood(known={0x7FFF}) == (0x7FFE, Priority.TYPE)


def test_a_value_that_breaks_its_form_is_refused_where_it_stands():
    message = parse_stun(wire("0101", "80220004 61626364", "00200008 0003 0000 00000000"))
    with pytest.raises(PacketError, match="of the family 3; it is 1 or 2") as refused:
        message.find(XorMappedAddress)
    assert refused.value.clause == "RFC 8489 14.2"
    assert refused.value.offset == HEADER_LENGTH + 8 + 4 + 1
    assert message.find(MappedAddress) is None


def test_responses_are_made_for_requests():
    asked = make_message(MessageClass.REQUEST, Method.ALLOCATE, TRANSACTION)
    answer = make_response(asked, XorMappedAddress("192.0.2.1", 5))
    assert answer.name == "Allocate success response"
    assert answer.transaction_id == TRANSACTION
    refusal = make_error(asked, 438, Realm("here"))
    assert refusal.name == "Allocate error response"
    assert refusal.find(ErrorCode) == ErrorCode(438, "Stale Nonce")
    assert refusal.has(Realm)
    assert make_error(asked, 400, reason="No").find(ErrorCode) == ErrorCode(400, "No")
    assert make_unknown(asked, (1, 2)).find(UnknownAttributes) == UnknownAttributes((1, 2))
    assert check_message(make_unknown(asked, (1, 2))) == []


@pytest.mark.parametrize(
    "message",
    [
        StunMessage(MessageClass.REQUEST, 1 << 12, TRANSACTION),
        StunMessage(MessageClass.REQUEST, 1, bytes(16)),
        request(Attribute(1 << 16, b"")),
        request(Attribute(1, bytes(1 << 16))),
        request(Attribute(1, bytes(1 << 15)), Attribute(1, bytes(1 << 15))),
    ],
)
def test_what_does_not_fit_is_not_built(message):
    with pytest.raises(ValueError):
        build_stun(message)


@pytest.mark.parametrize(
    ("first", "rest", "told"),
    [
        (0, "2112a442", True),
        (3, "2112a442", True),
        (4, "2112a442", False),
        (64, "2112a442", False),
        (0, "2112a443", False),
    ],
)
def test_stun_is_told_from_what_else_comes_on_its_port(first, rest, told):
    data = bytes((first, 1, 0, 0)) + bytes.fromhex(rest) + bytes(12)
    assert is_stun(data) is told
    assert not is_stun(data[:-1])


@given(messages)
def test_what_was_built_is_read_back(message):
    assert parse_stun(build_stun(message)) == message


@given(st.lists(values, max_size=6), transaction_ids)
def test_what_is_said_is_what_is_read(said, transaction_id):
    message = make_message(MessageClass.REQUEST, Method.BINDING, transaction_id, *said)
    again = parse_stun(build_stun(message))
    assert again == message
    assert [read_value(each, transaction_id) for each in again.attributes] == said
    assert all(make_attribute(each, transaction_id) is each for each in again.attributes)


mangled = st.builds(
    lambda data, at, byte: data[: at % len(data)] + bytes((byte,)) + data[at % len(data) + 1 :],
    st.sampled_from(sorted(VECTORS.values())),
    st.integers(0, 200),
    st.integers(0, 255),
)
bodies = st.binary(max_size=60).map(lambda body: wire("0001", body.hex()))


@given(st.binary(max_size=60) | mangled | bodies)
@example(wire("0001", "00090004 000003ff"))
def test_any_bytes_are_read_or_refused_and_judged(data):
    try:
        message = parse_stun(data)
    except PacketError as error:
        refused_at = error.offset
    else:
        refused_at = None
    if refused_at is not None:
        assert 0 <= refused_at <= len(data)
        return
    assert build_stun(message) == data
    assert is_stun(data) is (data[0] < 4)
    assert all(0 <= breach.offset <= len(data) for breach in check_message(message))
    assert set(message.not_understood()).isdisjoint(ATTRIBUTES)
