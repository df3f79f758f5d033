"""What an HTTP exchange of signaling says when it fails, in words, with what to do."""

import re
import socket
import ssl
from collections.abc import Iterable, Iterator

from wirescope.errors import ConnectError, InvalidURLError, SignalingError
from wirescope.transports.webrtc.signaling.addresses import (
    is_downgrade,
    joined,
    shown,
    split_address,
)

_SHOWN = 2000
"""Characters of an answer's body that an error carries."""


def failed(kind: str, message: str, hint: str) -> ConnectError:
    """Make the error of an exchange that did not come about."""
    return ConnectError(message, phase="signaling", kind=kind, hint=hint)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Give an error and whatever it came of."""
    left = [error]
    for _ in range(32):
        if not left:
            return
        one = left.pop()
        if one is not None:
            yield one
            left += [one.__context__, one.__cause__]
            if isinstance(one, BaseExceptionGroup):
                left += one.exceptions


_CERTIFICATE_KINDS = {
    9: "certificate-early",
    10: "certificate-expired",
    18: "certificate-self-signed",
    19: "certificate-untrusted",
    20: "certificate-untrusted",
    21: "certificate-untrusted",
    62: "certificate-name",
    64: "certificate-name",
}


def explain_failure(error: BaseException, url: str) -> ConnectError:
    """Say why no answer came."""
    host = split_address(url).netloc.rpartition("@")[2]
    causes = list(_causes(error))
    for each in causes:
        if isinstance(each, ssl.SSLCertVerificationError):
            return failed(
                _CERTIFICATE_KINDS.get(each.verify_code, "certificate"),
                f"The certificate of {host} was not accepted: {each.verify_message}.",
                "If you trust its issuer, give the issuer's certificate with --cacert.",
            )
        if isinstance(each, ssl.SSLError):
            reason = (each.reason or str(each)).lower().replace("_", " ")
            return failed(
                "tls",
                f"No TLS connection to {host} came about: {reason}.",
                "See that the port speaks TLS; without it, the address begins with http.",
            )
        if isinstance(each, socket.gaierror):
            return failed(
                "resolve",
                f"The name of {host} leads to no address.",
                "Check the name and this machine's DNS.",
            )
    for each in causes:
        if isinstance(each, ConnectionRefusedError):
            return failed(
                "refused",
                f"{host} refuses connections.",
                "See that the server runs and that the port is right.",
            )
        if isinstance(each, TimeoutError):
            return failed(
                "timeout",
                f"{host} did not answer in time.",
                "See whether the server is up, or a firewall drops the packets.",
            )
    what = str(error).rstrip(".") or type(error).__name__
    return failed(
        "not-http",
        f"The exchange with {host} broke off: {what}.",
        "See that the port speaks HTTP/1.1, and https where the address begins with https.",
    )


def redirected(status: int, url: str, location: str) -> str:
    """Give the address that a redirect leads to (RFC 9725 section 4.5).

    Raises:
        ConnectError: it is not followed; the error says why.
    """
    said = shown(location) or "nowhere"
    if status not in (307, 308):
        raise failed(
            "redirects",
            f"{shown(url)} redirects with {status} to {said}; an offer is only sent on with 307 or"
            " 308.",
            "Use the address that it leads to, or have the server answer 307.",
        )
    try:
        to = joined(url, location) if location else ""
    except InvalidURLError:
        to = ""
    if not to:
        raise failed(
            "redirects",
            f"{shown(url)} redirects to {said}, which cannot be asked.",
            "The server's Location field has to name an address of http or https.",
        )
    if is_downgrade(url, to):
        raise failed(
            "redirects",
            f"{shown(url)} redirects from TLS to plain text, to {said}.",
            "That is not followed; use that address yourself if you mean it.",
        )
    return to


_BY_STATUS = {
    200: "It may be the address of a page; the endpoint's often ends in /whip or /whep.",
    400: "See what it says of the offer, above.",
    401: "It wants a token, or a fresh one: give it as a bearer token.",
    403: "The token does not allow this, or the server does not answer to this host name.",
    404: "Check the path, and whether the stream has this name.",
    405: "This address takes no offers: it may be that of a player's page. An endpoint's often ends"
    " in /whip or /whep.",
    406: "The server cannot answer with a session description of this kind.",
    409: "Nobody publishes there yet, or somebody else does already; try again later.",
    415: "The server wants something else than application/sdp, so it may be no such endpoint.",
    422: "The server cannot use the offer: see its codecs and the directions of its media.",
    429: "Too many requests; wait before the next one.",
    503: "The server has no room, or goes down; try again later.",
}


def refused(
    status: int, url: str, body: str, headers: Iterable[tuple[str, str]], *, what: str
) -> SignalingError:
    """Make the error of an answer that refuses, or that is none.

    `what` is who was asked, as `The WHEP endpoint`.
    """
    fields = list(headers)
    content_type = _first(fields, "content-type")
    what = f"{what} {shown(url)}"
    begins = body.lstrip()[:15].lower()
    is_page = "html" in content_type or begins.startswith(("<!doctype", "<html"))
    said = "" if is_page else _in_one_line(body)
    if is_page and status < 400:
        message = f"{what} answered with a page, not with a session description."
    elif status < 400:
        message = f"{what} answered {status} without a session description."
    else:
        message = f"{what} refused with {status}{f': {said}' if said else ''}."
    hint = _BY_STATUS.get(status, "")
    if status >= 500 and not hint:
        hint = "The server, or one behind it, failed; its log has the cause."
    if is_page and status < 400:
        hint = _BY_STATUS[200]
    if wait := _first(fields, "retry-after"):  # RFC 9110 section 10.2.3
        seconds = f"{wait} s" if wait.isdecimal() else wait
        hint = f"{hint} It asks to wait {'until ' if seconds == wait else ''}{seconds}.".lstrip()
    return SignalingError(message, status=status, body=body[:_SHOWN], headers=fields, hint=hint)


def _first(fields: list[tuple[str, str]], wanted: str) -> str:
    return next((value for name, value in fields if name.lower() == wanted), "")


def _in_one_line(body: str) -> str:
    return re.sub(r"[\s\x00-\x1f\x7f]+", " ", body).strip()[:200].rstrip(".")
