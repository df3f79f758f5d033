"""What WHIP and WHEP have against a request, and answers to it: functions of plain records."""

import secrets
from typing import Literal

from wirescope.errors import DescriptionError
from wirescope.transports.webrtc.description import MAX_SDP, Exchange
from wirescope.transports.webrtc.signaling.records import (
    HttpRequest,
    HttpResponse,
    accepts,
    head_text,
    media_type,
)
from wirescope.wire.sdp import parse_sdp

Kind = Literal["whip", "whep"]

RETRY_AFTER = ("Retry-After", "2")


def new_tag() -> str:
    """Make an entity-tag: unique, and strong (RFC 9110 section 8.8.3)."""
    return f'"{secrets.token_urlsafe(9)}"'


def matches(condition: str, tag: str) -> bool:
    """Judge If-Match (RFC 9110 section 13.1.1) by the strong comparison: no `W/"…"` matches."""
    return condition.strip().strip('"') == "*" or tag in (
        each.strip() for each in condition.split(",")
    )


def wrong_type(request: HttpRequest, wanted: str, takes: tuple[str, str]) -> HttpResponse | None:
    """Refuse a body of another media type, or a compressed one."""
    coding = (request.get("Content-Encoding") or "identity").strip().lower()
    if media_type(request.get("Content-Type")) == wanted and coding == "identity":
        return None
    return with_fields(plain(415, f"The body has to be {wanted}, not compressed."), takes)


def not_acceptable(request: HttpRequest, made: str) -> HttpResponse | None:
    """Refuse a request that does not want what would be made (RFC 9110 section 12.5.1)."""
    if accepts(request.get("Accept"), made):
        return None
    return plain(406, f"The answer is {made}, which the request's Accept does not let through.")


def text_of(body: bytes) -> str | None:
    """Give a body as text; None where it is none."""
    try:
        return body.decode()
    except UnicodeDecodeError:
        return None


def looks_like_sdp(text: str) -> bool:
    """Whether a text can be a session description with media at all."""
    try:
        return len(text) <= MAX_SDP and bool(parse_sdp(text).media)
    except DescriptionError:
        return False


def wrong_direction(kind: Kind, offer: str) -> str | None:
    """Say what is wrong with the directions of an offer, if anything is.

    A publisher sends (RFC 9725 section 4.2), a player receives (draft-ietf-wish-whep section 4.2).
    """
    wrong, right = ("recvonly", "sendonly") if kind == "whip" else ("sendonly", "recvonly")
    described = parse_sdp(offer)
    if all(described.direction_of(each) != wrong for each in described.media):
        return None
    return f"An offer of {kind.upper()} has a={right}; this one has a={wrong}."


def plain(status: int, text: str) -> HttpResponse:
    """Answer with a sentence."""
    return HttpResponse(
        status, (("Content-Type", "text/plain; charset=utf-8"),), f"{text}\n".encode()
    )


def with_fields(response: HttpResponse, *fields: tuple[str, str]) -> HttpResponse:
    """Add fields to an answer."""
    return HttpResponse(response.status, response.headers + fields, response.body)


def exchange_of(request: HttpRequest, response: HttpResponse, duration_ns: int) -> Exchange:
    """Make the record of a request that was answered."""
    return Exchange(
        request.method,
        request.url or request.path,
        response.status,
        head_text(request.headers),
        request.body.decode("utf-8", "replace"),
        head_text(response.headers),
        response.body.decode("utf-8", "replace"),
        duration_ns,
    )
