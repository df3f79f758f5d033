"""Heads of HTTP messages as an opening handshake has them and their headers."""

import contextlib

from wirescope.errors import HandshakeError
from wirescope.wire.websocket import (
    HeadReader,
    check_request,
    check_response,
    parse_extensions,
    parse_request,
    parse_response,
    parse_subprotocols,
)

KEY = "dGhlIHNhbXBsZSBub25jZQ=="

SEEDS = [
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: a\r\n"
    b'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits="10", x\r\n\r\n\x81\x00',
    b"GET /a?b HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
    b"HTTP/1.1 403 Forbidden\nA: b\n c\n: d\n\n",
    b"\r\nGET / HTTP/1.1\r\n\r\n",
]


def check(data: bytes) -> None:
    """Any bytes are a head that can be checked, or a `HandshakeError`, however they are cut."""
    for kind in ("request", "response"):
        whole = outcome(kind, [data])
        assert outcome(kind, [data[:3], data[3:40], data[40:]]) == whole
        if isinstance(whole, tuple):
            raw, leftover = whole
            assert raw + leftover == data
            inspect(kind, raw)
    text = data.decode("latin-1")
    parse_subprotocols([text])
    with contextlib.suppress(HandshakeError):
        found = parse_extensions([text])
        assert parse_extensions([", ".join(map(str, found))]) == found


def outcome(kind: str, pieces: list[bytes]) -> tuple[bytes, bytes] | type[Exception] | None:
    """Feed pieces; the head and what follows it, the error's type, or None for no end yet."""
    reader = HeadReader(kind="request" if kind == "request" else "response", limit=4096)
    try:
        for number, piece in enumerate(pieces):
            raw = reader.feed(piece)
            if raw is not None:
                return raw, reader.leftover + b"".join(pieces[number + 1 :])
    except HandshakeError as error:
        return type(error)
    return None


def inspect(kind: str, raw: bytes) -> None:
    """Read and check a head; its text is its bytes."""
    with contextlib.suppress(HandshakeError):
        if kind == "request":
            request = parse_request(raw)
            check_request(request)
            assert request.text.encode("latin-1") == raw
        else:
            response = parse_response(raw)
            check_response(response, key=KEY, subprotocols=["a"], extensions=["x"])
            assert response.text.encode("latin-1") == raw
