"""The HTTP half of a HAR entry: the opening handshake as request and response, and its timings.

Headers keep their order and case. `wait` is the upgrade; dialling, a proxy and TLS are `connect`,
of which `ssl` is a part, as HAR has it. A step that the capture does not know is -1.
"""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

from wirescope.capture.formats.selection import Outline, Selection
from wirescope.clock import rfc3339
from wirescope.errors import HandshakeError
from wirescope.events import ConnectionFailed, WebSocketHandshake
from wirescope.wire.websocket import Headers, parse_request, parse_response

_NS_PER_MS = 1_000_000

Fields = dict[str, Any]


def exchange(selection: Selection, outline: Outline) -> Fields:
    """Give the fields that every entry of a HAR has."""
    handshake = failed = None
    if outline.handshake_seq:
        handshake = selection.capture.event(outline.handshake_seq)
    if outline.failed_seq:
        failed = selection.capture.event(outline.failed_seq)
    assert handshake is None or isinstance(handshake, WebSocketHandshake)
    assert failed is None or isinstance(failed, ConnectionFailed)
    began_ns = selection.started_wall_ns + outline.first_at_ns
    fields = {
        "startedDateTime": rfc3339(began_ns),
        "time": (outline.last_at_ns - outline.first_at_ns) / _NS_PER_MS,
        "request": _request(outline, handshake.request if handshake else ""),
        "response": _response(handshake, failed),
        "cache": {},
        "timings": _timings(outline),
        "connection": outline.name,
    }
    if outline.address:
        fields["serverIPAddress"] = outline.address
    return fields | ({"comment": failed.message} if failed else {})


def _request(outline: Outline, text: str) -> Fields:
    method, version, size = "GET", "", -1
    headers: Headers = ()
    try:
        head = parse_request(text.encode("latin-1", "replace"))
        method, version, headers, size = head.method, head.version, head.headers, _size(text)
    except HandshakeError:
        pass  # it never came to a request, or to none that is HTTP
    url = outline.url or "ws://unknown.invalid/"
    return {
        "method": method,
        "url": url,
        "httpVersion": version,
        "cookies": _cookies(headers, "cookie"),
        "headers": _headers(headers),
        "queryString": _query(url),
        "headersSize": size,
        "bodySize": 0,
    }


def _response(handshake: WebSocketHandshake | None, failed: ConnectionFailed | None) -> Fields:
    text = handshake.response if handshake else ""
    status, reason, version = 0, "", ""
    headers: Headers = ()
    try:
        head = parse_response(text.encode("latin-1", "replace"))
        status, reason, version, headers = head.status, head.reason, head.version, head.headers
    except HandshakeError:
        pass  # there was no answer, or none that is HTTP
    body = failed.body if failed and failed.body else b""
    values = {name.lower(): value for name, value in headers}
    content: Fields = {"size": len(body), "mimeType": values.get("content-type", "")}
    if body:
        content["text"] = body.decode("utf-8", "replace")
    return {
        "status": status,
        "statusText": reason,
        "httpVersion": version,
        "cookies": _cookies(headers, "set-cookie"),
        "headers": _headers(headers),
        "content": content,
        "redirectURL": values.get("location", ""),
        "headersSize": _size(text) if text else -1,
        "bodySize": len(body) if failed else -1,
    }


def _size(text: str) -> int:
    return len(text.rstrip("\r\n")) + 4  # the empty line is a part of it


def _headers(headers: Headers) -> list[Fields]:
    return [{"name": name, "value": value} for name, value in headers]


def _cookies(headers: Headers, field: str) -> list[Fields]:
    """Read the cookies; their values are blotted out in a capture, so that there are seldom any."""
    cookies = []
    for name, value in headers:
        parts = value.split(";") if field == "cookie" else value.split(";")[:1]
        if name.lower() == field:
            pairs = (part.strip().partition("=") for part in parts if "=" in part)
            cookies += [{"name": key, "value": text} for key, _, text in pairs]
    return cookies


def _query(url: str) -> list[Fields]:
    try:
        pairs = parse_qsl(urlsplit(url).query, keep_blank_values=True)
    except ValueError:
        return []
    return [{"name": name, "value": value} for name, value in pairs]


def _timings(outline: Outline) -> Fields:
    phases = outline.phases

    def ms(*names: str) -> float:
        known = [phases[name] for name in names if name in phases]
        return sum(known) / _NS_PER_MS if known else -1

    return {
        "blocked": -1,
        "dns": ms("dns"),
        "connect": ms("tcp", "proxy", "tls"),
        "ssl": ms("tls"),
        "send": 0,
        "wait": max(0, ms("upgrade")),
        "receive": 0,
    }
