"""What a certificate says about itself, read without verifying it."""

from datetime import UTC, datetime

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from hypothesis import given
from hypothesis import strategies as st

from wirescope.transports.certificate import read_certificate

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


def der(*names: str, **more: object) -> bytes:
    import ssl

    issued = trustme.CA(organization_name="Tests & Söhne").issue_cert(*names, **more)
    return ssl.PEM_cert_to_DER_cert(issued.cert_chain_pems[0].bytes().decode())


SAMPLE = der("a.test", "*.b.test", "127.0.0.1", "::1", not_after=datetime(2049, 1, 2, 3, 4))  # noqa: DTZ001


def test_names_issuer_and_times_are_read():
    certificate = read_certificate(SAMPLE)
    assert certificate.names == ["a.test", "*.b.test", "127.0.0.1", "::1"]
    assert certificate.issuer == "Tests & Söhne"
    assert certificate.not_after == datetime(2049, 1, 2, 3, 4, tzinfo=UTC)
    assert certificate.not_before.year >= 2000


def issued_with(key: PrivateKey) -> bytes:
    name = x509.Name([x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "Tests")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 0xBEEF)
        .not_valid_before(datetime(2024, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2025, 1, 1, tzinfo=UTC))
    )
    hashed = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return made.sign(key, hashed).public_bytes(serialization.Encoding.DER)


@pytest.mark.parametrize(
    ("key", "name"),
    [
        (rsa.generate_private_key(65537, 2048), "RSA 2048"),
        (ec.generate_private_key(ec.SECP256R1()), "ECDSA P-256"),
        (ec.generate_private_key(ec.SECP384R1()), "ECDSA P-384"),
        (ec.generate_private_key(ec.SECP256K1()), "ECDSA"),
        (ed25519.Ed25519PrivateKey.generate(), "Ed25519"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_key_is_named_with_its_size_or_curve(key, name):
    assert read_certificate(issued_with(key)).key == name


def test_serial_number_and_fingerprint_are_those_that_others_show():
    der_form = issued_with(ed25519.Ed25519PrivateKey.generate())
    certificate = read_certificate(der_form)
    known = x509.load_der_x509_certificate(der_form)
    assert certificate.serial == "beef"
    assert certificate.sha256 == known.fingerprint(hashes.SHA256()).hex()


def test_a_time_far_ahead_is_read():
    far = der("a.test", not_after=datetime(2099, 1, 1))  # noqa: DTZ001
    assert read_certificate(far).not_after.year == 2099


@pytest.mark.parametrize("data", [b"", b"\x30\x00", b"\x30\x80", SAMPLE[:-1], b"\x30\x02\x30\x00"])
def test_what_is_no_certificate_is_refused(data):
    with pytest.raises(ValueError):
        read_certificate(data)


@given(st.integers(0, len(SAMPLE) - 1), st.binary(max_size=4))
def test_any_damage_is_survived(position, patch):
    damaged = SAMPLE[:position] + patch + SAMPLE[position + len(patch) :]
    try:
        assert read_certificate(damaged)
    except ValueError:
        return
