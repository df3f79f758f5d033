"""Keys are made and messages signed and checked as RFC 8489 sections 9 and 14.5 to 14.7 say."""

import contextlib
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire.stun.strategies import messages
from wirescope.errors import PacketError
from wirescope.wire.stun import (
    Attribute,
    Fingerprint,
    KeyDerivation,
    MessageClass,
    MessageIntegrity,
    MessageIntegritySha256,
    Method,
    Nonce,
    SecurityFeatures,
    Software,
    Username,
    add_fingerprint,
    add_integrity,
    add_integrity_sha256,
    build_stun,
    long_term_key,
    make_message,
    make_nonce,
    parse_stun,
    prepare,
    read_features,
    short_term_key,
    user_hash,
    verify_fingerprint,
    verify_integrity,
    verify_integrity_sha256,
)

PLAIN = make_message(MessageClass.REQUEST, Method.BINDING, bytes(12), Username("alice"))
SIGNED = {MessageIntegrity.TYPE, MessageIntegritySha256.TYPE, Fingerprint.TYPE}


def changed(data, at):
    return data[:at] + bytes((data[at] ^ 1,)) + data[at + 1 :]


def test_a_message_without_signature_or_checksum_passes_no_check():
    assert not verify_integrity(PLAIN, b"key")
    assert not verify_integrity_sha256(PLAIN, b"key")
    assert not verify_fingerprint(PLAIN)


def test_all_three_stand_one_after_the_other_and_are_right():
    message = add_fingerprint(add_integrity_sha256(add_integrity(PLAIN, b"key"), b"key"))
    message = parse_stun(build_stun(message))
    assert [each.name for each in message.attributes] == [
        *("USERNAME", "MESSAGE-INTEGRITY", "MESSAGE-INTEGRITY-SHA256", "FINGERPRINT")
    ]
    assert verify_integrity(message, b"key")
    assert verify_integrity_sha256(message, b"key")
    assert verify_fingerprint(message)


def test_any_bit_that_is_changed_breaks_the_signature():
    data = build_stun(add_integrity(PLAIN, b"key"))
    passed = []
    for at in range(len(data)):
        with contextlib.suppress(PacketError):
            if verify_integrity(parse_stun(changed(data, at)), b"key"):
                passed.append(at)
    assert passed == []


def test_what_follows_the_signature_does_not_break_it():
    message = add_integrity(PLAIN, b"key").with_values(Software("x"))
    assert verify_integrity(message, b"key")
    assert verify_integrity(add_fingerprint(message), b"key")


@pytest.mark.parametrize("length", [16, 20, 24, 28, 32])
def test_a_digest_may_be_cut_where_the_usage_allows_it(length):
    message = add_integrity_sha256(PLAIN, b"key", length=length)
    assert verify_integrity_sha256(message, b"key", shortest=length)
    assert verify_integrity_sha256(message, b"key", shortest=0)
    assert verify_integrity_sha256(message, b"key") is (length == 32)


@pytest.mark.parametrize("length", [0, 12, 15, 17, 33, 36])
def test_a_digest_of_another_length_is_never_right(length):
    with pytest.raises(ValueError):
        add_integrity_sha256(PLAIN, b"key", length=length)
    forged = PLAIN.with_values(Attribute(MessageIntegritySha256.TYPE, bytes(length)))
    assert not verify_integrity_sha256(forged, b"key", shortest=0)


@pytest.mark.parametrize("before", [0, 0xFFFC - 12 - 4 - 4])
def test_an_empty_digest_is_never_right(before):
    message = PLAIN.with_values(Attribute(0x8022, bytes(before)))
    for kind in (MessageIntegrity, MessageIntegritySha256, Fingerprint):
        read = parse_stun(build_stun(message.with_values(Attribute(kind.TYPE, b""))))
        assert not verify_integrity(read, b"key")
        assert not verify_integrity_sha256(read, b"key", shortest=0)
        assert not verify_fingerprint(read)


def test_nothing_is_added_twice_or_out_of_order():
    signed, printed = add_integrity(PLAIN, b"key"), add_fingerprint(PLAIN)
    strong = add_integrity_sha256(PLAIN, b"key")
    for message in (signed, printed, strong):
        with pytest.raises(ValueError, match="already"):
            add_integrity(message, b"key")
    for message in (strong, printed):
        with pytest.raises(ValueError, match="already"):
            add_integrity_sha256(message, b"key")
    with pytest.raises(ValueError, match="already"):
        add_fingerprint(printed)


def test_a_message_that_is_full_takes_no_signature():
    full = PLAIN.with_values(Attribute(0x8022, bytes(0xFFFC - 20)))
    with pytest.raises(ValueError, match="too long"):
        add_integrity(full, b"key")


@given(messages, st.binary(max_size=70))
def test_what_was_signed_is_right_under_its_key_alone(message, key):
    if any(each.type in SIGNED for each in message.attributes):
        return
    signed = add_fingerprint(add_integrity(message, key))
    read = parse_stun(build_stun(signed))
    assert verify_integrity(read, key)
    assert verify_fingerprint(read)
    assert not verify_integrity(read, key + b"x")


def test_keys_are_hashes_of_what_was_prepared():
    assert short_term_key("pass") == b"pass"
    assert long_term_key("u", "r", "p") == hashlib.md5(b"u:r:p").digest()
    strong = long_term_key("u", "r", "p", derivation=KeyDerivation.SHA_256)
    assert strong == hashlib.sha256(b"u:r:p").digest()
    assert user_hash("u", "r") == hashlib.sha256(b"u:r").digest()


@pytest.mark.parametrize(
    ("text", "prepared"),
    [
        ("pass word", "pass word"),
        ("a\u00a0b\u3000c", "a b c"),
        ("e\u0301", "\u00e9"),
        ("\u2168", "\u2168"),  # no compatibility form is replaced, unlike in SASLprep
        ("Upper", "Upper"),
        ("a\u200db", "a\u200db"),
    ],
)
def test_texts_are_prepared_as_opaque_strings(text, prepared):
    assert prepare(text) == prepared


@pytest.mark.parametrize("text", ["", "a\nb", "\x7f", "a\u00adb", "\ue000", "\uffff", "\ud800"])
def test_texts_with_characters_that_must_not_be_are_refused(text):
    with pytest.raises(ValueError):
        prepare(text)


def test_a_nonce_tells_features():
    both = SecurityFeatures.PASSWORD_ALGORITHMS | SecurityFeatures.USERNAME_ANONYMITY
    assert make_nonce(SecurityFeatures(0), b"x") == b"obMatJos2AAAAx"
    assert make_nonce(SecurityFeatures.PASSWORD_ALGORITHMS, b"x") == b"obMatJos2gAAAx"
    assert make_nonce(both, b"x") == b"obMatJos2wAAAx"
    assert read_features(b"obMatJos2wAAAx") == both
    assert read_features(b"obMatJos2AAAC") == SecurityFeatures(2)


@pytest.mark.parametrize("nonce", [b"", b"abc", b"obMatJos2", b"obMatJos2AA", b"obMatJos2AA=="])
def test_a_nonce_of_another_form_tells_nothing(nonce):
    assert read_features(nonce) is None
    assert Nonce(nonce).pack(bytes(12)) == nonce


@pytest.mark.parametrize("unique", [b'a"b', b"a\\b", b"\n", b"\xff", b"x" * 115])
def test_a_nonce_is_made_of_printable_characters(unique):
    with pytest.raises(ValueError):
        make_nonce(SecurityFeatures(0), unique)
