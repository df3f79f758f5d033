"""What a certificate says about itself, read without verifying it."""

from datetime import UTC, datetime

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from wirescope.transports.websocket.certificate import read_certificate


def der(*names: str, **more: object) -> bytes:
    import ssl

    issued = trustme.CA(organization_name="Tests & Söhne").issue_cert(*names, **more)
    return ssl.PEM_cert_to_DER_cert(issued.cert_chain_pems[0].bytes().decode())


SAMPLE = der("a.test", "*.b.test", "127.0.0.1", "::1", not_after=datetime(2049, 1, 2, 3, 4))  # noqa: DTZ001


def test_names_issuer_and_times_are_read():
    certificate = read_certificate(SAMPLE)
    assert certificate.names == ("a.test", "*.b.test", "127.0.0.1", "::1")
    assert certificate.issuer == "Tests & Söhne"
    assert certificate.not_after == datetime(2049, 1, 2, 3, 4, tzinfo=UTC)
    assert certificate.not_before.year >= 2000


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
