"""Why a name has no address, and why TLS did not come about, in words, with what to do.

What is said of a certificate that was not accepted is in `wirescope.transports.distrust`. What
depends on the protocol and on its options, the transports say themselves: they give the hints.
"""

import re
import socket
import ssl
from collections.abc import Mapping
from typing import Literal, NamedTuple

TlsHint = Literal["not-tls", "client-certificate", "tls-cipher"]
"""Kinds of failure for which a transport has a hint of its own."""

_PLAIN = {"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG",
          "RECORD_LAYER_FAILURE", "UNEXPECTED_MESSAGE", "BAD_RECORD_TYPE"}  # fmt: skip
"""What OpenSSL says of bytes that are no TLS record (RFC 8446 section 5.1)."""


class Said(NamedTuple):
    """A failure in words.

    Attributes:
        kind: the cause in one word, as in the event `connection.failed`.
        message: what happened.
        hint: what to do.
    """

    kind: str
    message: str
    hint: str


def explain_name(
    error: socket.gaierror, host: str, family: Literal[4, 6] | None, *, hint: str
) -> Said:
    """Say why a name has no address; `hint` is what to do where there is no such name.

    >>> said = explain_name(socket.gaierror(socket.EAI_NONAME, ""), "a.test", 6, hint="")
    >>> said.message, said.hint
    ('a.test has no IPv6 address.', 'Leave -6 out to use any address that it has.')
    """
    if error.errno == socket.EAI_AGAIN:
        message = f"The name {host} could not be looked up: no name server answered."
        hint = "Check the network and the machine's name servers, then try again."
    elif family is not None:
        message = f"{host} has no IPv{family} address."
        hint = f"Leave -{family} out to use any address that it has."
    else:
        message = f"The name {host} does not resolve."
    return Said("resolve", message, hint)


def reason_of(error: ssl.SSLError) -> str:
    """Give what OpenSSL names as the reason, in capitals; alerts may have it in the text alone."""
    return (error.reason or str(error)).upper()


def explain_tls(
    error: ssl.SSLError, peer: str, hints: Mapping[TlsHint, str], *, shown_one: bool = False
) -> Said:
    """Say why a TLS handshake failed (RFC 8446 section 6.2), but for a certificate or an end.

    Args:
        error: what was raised.
        peer: whom the handshake was with.
        hints: what to do where that depends on the transport.
        shown_one: whether this end has a client certificate.
    """
    reason = reason_of(error)
    shown = reason.lower().replace("_", " ")
    if reason in _PLAIN:
        message = f"{peer} does not speak TLS: its answer is not a TLS record."
        return Said("not-tls", message, hints["not-tls"])
    if re.search("CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNKNOWN_CA|CERTIFICATE_UNKNOWN", reason):
        verb = "does not accept the client certificate"
        if not shown_one:
            verb = "wants a client certificate"
        hint = hints["client-certificate"]
        return Said("client-certificate", f"{peer} {verb} ({shown}).", hint)
    if re.search("PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|NO_PROTOCOLS", reason):
        return Said(
            "tls-version",
            f"{peer} and this machine have no TLS version in common.",
            "TLS 1.2 is the oldest that is spoken here; the server should offer it or 1.3.",
        )
    if "UNRECOGNIZED_NAME" in reason:
        return Said(
            "tls-name",
            f"{peer} does not serve the name that it was asked for ({shown}).",
            "Check the host name, or ask for another with --server-name.",
        )
    if "HANDSHAKE_FAILURE" in reason or "NO_SHARED_CIPHER" in reason:
        message = f"{peer} and this machine found nothing in common to speak TLS with ({shown})."
        return Said("tls-cipher", message, hints["tls-cipher"])
    message = f"The TLS handshake with {peer} failed: {shown}."
    return Said("tls", message, "The server's log usually says more.")
