"""A certificate for a server that lives as long as a check, signed by an authority that does, too.

It takes the package `cryptography`, which comes with the WebRTC stacks.
"""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from wirescope.clock import SystemClock
from wirescope.lab.ends.orders import Certificate

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.x509 import CertificateBuilder

_LIFE = timedelta(days=1)


class Trusted(NamedTuple):
    """Files of a server and of who is to trust it.

    Attributes:
        server: what the server shows.
        authority: what a client checks that with, in PEM form.
    """

    server: Certificate
    authority: str


def make_certificate(folder: Path, address: str) -> Trusted | None:
    """Make a certificate for a numeric address; None where nothing here can.

    Args:
        folder: where the files go; the key is for this user alone.
        address: of the server.
    """
    try:
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import ec
    except ImportError:
        return None
    authority_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    ca = _builder("Wirescope check", "Wirescope check", authority_key, signer=authority_key)
    ca = ca.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    leaf = _builder(address, "Wirescope check", key, signer=authority_key)
    leaf = leaf.add_extension(
        x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=False
    )
    pem = serialization.Encoding.PEM
    files = folder / "authority.pem", folder / "server.pem", folder / "server.key"
    for file, builder in zip(files, (ca, leaf), strict=False):
        file.write_bytes(builder.sign(authority_key, hashes.SHA256()).public_bytes(pem))
    files[2].touch(mode=0o600)
    files[2].write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return Trusted(Certificate(certificate=str(files[1]), key=str(files[2])), str(files[0]))


def _builder(
    subject: str,
    issuer: str,
    key: "EllipticCurvePrivateKey",
    *,
    signer: "EllipticCurvePrivateKey",
) -> "CertificateBuilder":
    """Begin a certificate with what both have: names, keys, a time, and whose key signs it."""
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    named, by = (
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, each)]) for each in (subject, issuer)
    )
    now = datetime.fromtimestamp(SystemClock.wall_ns() / 1e9, UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(named)
        .issuer_name(by)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _LIFE)
        .not_valid_after(now + _LIFE)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
    )
