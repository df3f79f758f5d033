"""Why a server's certificate was not accepted, in words, with what to do (RFC 5280 section 6)."""

import ssl
from collections.abc import Sequence

from wirescope.errors import ConnectError
from wirescope.events import Certificate

_TRUST_IT = "If you trust it, give the issuer's certificate with --cacert."
_RIGHT_NAME = "Connect to a name that it is for, or name it with --server-name."


def explain_certificate(
    error: ssl.SSLCertVerificationError, host: str, certificates: Sequence[Certificate]
) -> ConnectError:
    """Say why a certificate was not accepted, and what to do about it.

    `certificates` are those that the server sent, none when they could not be had.
    """
    certificate = next(iter(certificates), None)
    kind = "certificate"
    issuer = f' ("{certificate.issuer}")' if certificate is not None else ""
    match error.verify_code:
        case 9:
            when = f" before {certificate.not_before:%Y-%m-%d %H:%M} UTC" if certificate else " yet"
            kind, message = "certificate-early", f"The certificate of {host} is not valid{when}."
            hint = "Check the clocks of this machine and of the server."
        case 10:
            when = f" on {certificate.not_after:%Y-%m-%d at %H:%M} UTC" if certificate else ""
            kind, message = "certificate-expired", f"The certificate of {host} expired{when}."
            hint = "Renew it on the server; if it is not that old, check this machine's clock."
        case 18:
            kind = "certificate-self-signed"
            message = f"The certificate of {host} is self-signed, so nobody vouches for it."
            hint = "Give it with --cacert if you trust it, or use --insecure for one connection."
        case 19:
            kind = "certificate-untrusted"
            message = f"The certificate chain of {host} ends in a root that is not trusted here."
            hint = _TRUST_IT
        case 20 | 21:
            kind = "certificate-untrusted"
            message = f"The issuer{issuer} of the certificate of {host} is not trusted here."
            hint = f"{_TRUST_IT} {_no_intermediates(certificates)}"
            if len(certificates) > 1:
                root = f'"{certificates[-1].issuer}"'
                message = f"The certificate chain of {host} leads to {root}, not trusted here."
                hint = _TRUST_IT
        case 62 | 64:
            kind = "certificate-name"
            message = f"The certificate is not for {host}{_what_for(certificate)}."
            hint = _RIGHT_NAME
        case _:
            reason = (error.verify_message or str(error)).rstrip(".")
            message = f"The certificate of {host} was not accepted: {reason}."
            hint = "--insecure connects without checking it, to look at what the server says."
    return ConnectError(message, phase="tls", kind=kind, hint=hint)


def _no_intermediates(certificates: Sequence[Certificate]) -> str:
    """Say what an issuer that is not trusted may be instead; what was sent says how likely."""
    if not certificates:
        return "A server that sends no intermediate certificates looks the same."
    return "The server sent no intermediate certificate; if there should be one, it looks the same."


def _what_for(certificate: Certificate | None) -> str:
    if certificate is None:
        return ""
    names = list(certificate.names[:8]) or [f'"{certificate.subject}", in no form that counts']
    if len(certificate.names) > len(names):
        names.append(f"{len(certificate.names) - len(names)} more")
    return f"; it is for {', '.join(names)}"
