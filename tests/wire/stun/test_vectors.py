"""The test vectors of the RFCs are read, checked and made again, to the byte."""

import pytest

from tests.wire.stun.samples import (
    IPV4_RESPONSE,
    IPV6_RESPONSE,
    LONG_TERM_REQUEST,
    MATRIX,
    PASSWORD,
    REQUEST,
    SHA256_REQUEST,
    VECTORS,
)
from wirescope.errors import PacketError
from wirescope.wire.stun import (
    Algorithm,
    Attribute,
    IceControlled,
    KeyDerivation,
    MessageClass,
    Method,
    Nonce,
    PasswordAlgorithm,
    Priority,
    Realm,
    Software,
    UserHash,
    Username,
    XorMappedAddress,
    add_fingerprint,
    add_integrity,
    add_integrity_sha256,
    build_stun,
    check_message,
    is_stun,
    long_term_key,
    make_message,
    parse_stun,
    short_term_key,
    user_hash,
    verify_fingerprint,
    verify_integrity,
    verify_integrity_sha256,
)

TRANSACTION = bytes.fromhex("b7e7a701bc34d686fa87dfae")
LONG_TERM_TRANSACTION = bytes.fromhex("78ad3433c6ad72c029da412e")
KEY = short_term_key(PASSWORD)


@pytest.mark.parametrize("data", VECTORS.values(), ids=VECTORS)
def test_a_vector_is_given_back_to_the_byte(data):
    assert is_stun(data)
    assert build_stun(parse_stun(data)) == data


@pytest.mark.parametrize("data", VECTORS.values(), ids=VECTORS)
def test_every_truncation_of_a_vector_is_refused(data):
    for end in range(len(data)):
        with pytest.raises(PacketError) as refused:
            parse_stun(data[:end])
        assert refused.value.clause == "RFC 8489 5"
        assert 0 <= refused.value.offset <= end


def test_the_request_says_what_the_rfc_says():
    message = parse_stun(REQUEST)
    assert message.name == "Binding request"
    assert message.transaction_id == TRANSACTION
    assert message.find(Software) == Software("STUN test client")
    assert message.find(Priority) == Priority(0x6E0001FF)
    assert message.find(IceControlled) == IceControlled(0x932FF9B151263B36)
    assert message.find(Username) == Username("evtj:h6vY")


@pytest.mark.parametrize(
    ("data", "host"),
    [
        (IPV4_RESPONSE, "192.0.2.1"),
        (IPV6_RESPONSE, "2001:db8:1234:5678:11:2233:4455:6677"),
    ],
)
def test_the_responses_say_what_the_rfc_says(data, host):
    message = parse_stun(data)
    assert message.name == "Binding success response"
    assert message.find(XorMappedAddress) == XorMappedAddress(host, 32853)


@pytest.mark.parametrize("data", [REQUEST, IPV4_RESPONSE, IPV6_RESPONSE])
def test_short_term_signatures_and_fingerprints_are_right(data):
    message = parse_stun(data)
    assert verify_integrity(message, KEY)
    assert not verify_integrity(message, KEY + b"x")
    assert verify_fingerprint(message)


def test_the_long_term_signature_is_right():
    message = parse_stun(LONG_TERM_REQUEST)
    assert message.find(Username) == Username(MATRIX)
    assert message.find(Realm) == Realm("example.org")
    assert message.find(Nonce) == Nonce(b"f//499k954d6OL34oL9FSTvy64sA")
    assert verify_integrity(message, long_term_key(MATRIX, "example.org", "TheMatrIX"))


def test_the_sha_256_signature_and_the_hashed_name_are_right():
    message = parse_stun(SHA256_REQUEST)
    assert message.find(UserHash) == UserHash(user_hash(MATRIX, "example.org"))
    key = long_term_key(MATRIX, "example.org", "TheMatrIX", derivation=KeyDerivation.SHA_256)
    assert verify_integrity_sha256(message, key)
    assert not verify_integrity_sha256(message, key[:-1])
    assert not verify_integrity(message, key)


def test_the_request_is_made_again():
    message = make_message(
        MessageClass.REQUEST,
        Method.BINDING,
        TRANSACTION,
        Software("STUN test client"),
        Priority(0x6E0001FF),
        IceControlled(0x932FF9B151263B36),
        Attribute(Username.TYPE, b"evtj:h6vY", padding=b"   "),
    )
    assert build_stun(add_fingerprint(add_integrity(message, KEY))) == REQUEST


@pytest.mark.parametrize(
    ("data", "host"),
    [
        (IPV4_RESPONSE, "192.0.2.1"),
        (IPV6_RESPONSE, "2001:db8:1234:5678:11:2233:4455:6677"),
    ],
)
def test_the_responses_are_made_again(data, host):
    message = make_message(
        MessageClass.SUCCESS,
        Method.BINDING,
        TRANSACTION,
        Attribute(Software.TYPE, b"test vector", padding=b" "),
        XorMappedAddress(host, 32853),
    )
    assert build_stun(add_fingerprint(add_integrity(message, KEY))) == data


def test_the_long_term_request_is_made_again():
    message = make_message(
        MessageClass.REQUEST,
        Method.BINDING,
        LONG_TERM_TRANSACTION,
        Username(MATRIX),
        Nonce(b"f//499k954d6OL34oL9FSTvy64sA"),
        Realm("example.org"),
    )
    key = long_term_key(MATRIX, "example.org", "TheMatrIX")
    assert build_stun(add_integrity(message, key)) == LONG_TERM_REQUEST


def test_the_sha_256_request_is_made_again():
    message = make_message(
        MessageClass.REQUEST,
        Method.BINDING,
        LONG_TERM_TRANSACTION,
        UserHash(user_hash(MATRIX, "example.org")),
        Nonce(b"obMatJos2AAACf//499k954d6OL34oL9FSTvy64sA"),
        Realm("example.org"),
        PasswordAlgorithm(Algorithm(KeyDerivation.SHA_256)),
    )
    key = long_term_key(MATRIX, "example.org", "TheMatrIX", derivation=KeyDerivation.SHA_256)
    assert build_stun(add_integrity_sha256(message, key)) == SHA256_REQUEST


def test_what_the_vectors_do_that_rfc_8489_forbids_is_named():
    """RFC 5769 pads with spaces, and the request of appendix B.1 lacks PASSWORD-ALGORITHMS."""

    def said(data):
        return [(breach.clause, breach.offset) for breach in check_message(parse_stun(data))]

    assert said(REQUEST) == [("RFC 8489 14", 73)]
    assert said(IPV4_RESPONSE) == said(IPV6_RESPONSE) == [("RFC 8489 14", 35)]
    assert said(LONG_TERM_REQUEST) == []
    assert said(SHA256_REQUEST) == [("RFC 8489 9.2.4", 20)]
