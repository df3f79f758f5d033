"""The head of an HTTP/1.1 message, from its first line to the empty line (RFC 9112).

Here heads are cut out of a byte stream, read without losing order, case or a single byte, and
written as asked. Bytes that are not a head raise `HandshakeError`; a line that is not a header
field is kept apart and judged elsewhere. Not here: bodies, and what WebSocket makes of a head.
"""

import re
from collections.abc import Sequence
from typing import Literal

import msgspec

from wirescope.errors import HandshakeError, UsageError

HEAD_LIMIT = 128 * 1024
"""Bytes that a head may have unless told otherwise; 64 KiB of cookies are seen in practice."""

Headers = tuple[tuple[str, str], ...]
"""Header fields in the order and case of the wire, each byte as the character of that number."""

RequestedHeaders = Sequence[tuple[str, str | None]]
"""Header fields as a user asks for them; None as the value leaves the default of that name out."""

_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")  # RFC 9110 section 5.6.2
_END_OF_HEAD = re.compile(rb"\n\r?\n")
_STATUS_LINE = re.compile(r"(HTTP/\d\.\d) (\d{3})(?: (.*))?")
_REQUEST_LINE = re.compile(r"([^ ]+) ([^ ]+) (HTTP/\d\.\d)")


class HeadTooLargeError(HandshakeError):
    """A head is longer than the limit that was set for it; a server answers 431."""


class Head(msgspec.Struct, frozen=True):
    """What request and response have in common.

    Attributes:
        raw: the bytes as on the wire, the empty line included.
        version: as `HTTP/1.1`.
        headers: name and value in wire order; white space around values is not part of them.
        malformed: lines that are not a header field, in wire order.
    """

    raw: bytes
    version: str
    headers: Headers
    malformed: tuple[str, ...]

    @property
    def text(self) -> str:
        """The bytes as text, each byte the character of the same number."""
        return self.raw.decode("latin-1")

    def get(self, name: str) -> str | None:
        """Return the first value of a header field, None without one; case does not matter."""
        return next(iter(self.get_all(name)), None)

    def get_all(self, name: str) -> list[str]:
        """Return each value of a header field in wire order."""
        wanted = name.lower()
        return [value for field, value in self.headers if field.lower() == wanted]

    def get_list(self, name: str) -> list[str]:
        """Return the elements of a comma-separated header field (RFC 9110 section 5.6.1)."""
        return [part for value in self.get_all(name) for part in elements(value)]


class RequestHead(Head, frozen=True, kw_only=True):
    """The head of an HTTP request, its three words as on the wire."""

    method: str
    target: str


class ResponseHead(Head, frozen=True, kw_only=True):
    """The head of an HTTP response."""

    status: int
    reason: str


class HeadReader:
    """Cuts a head out of a byte stream that comes in pieces of any size.

    Attributes:
        leftover: the bytes that came after the head, once it is whole: the first frames or a body.
        received: everything that was fed, the evidence when no head comes about.
    """

    def __init__(self, *, kind: Literal["request", "response"], limit: int = HEAD_LIMIT) -> None:
        self.leftover = b""
        self._kind = kind
        self._limit = limit
        self._buffer = bytearray()
        self._whole = False

    @property
    def received(self) -> bytes:
        """Everything that was fed so far."""
        return bytes(self._buffer)

    def feed(self, data: bytes) -> bytes | None:
        """Take bytes; return the head's, the empty line included, once they are all there.

        Raises:
            HandshakeError: the first bytes cannot begin such a message, so no end is waited for.
            HeadTooLargeError: there is no end of the head within the limit.
        """
        if self._whole:
            raise ValueError("the head was whole already; what follows is not fed here")
        searched = max(len(self._buffer) - 2, 0)  # an end may have begun in the last piece
        self._buffer += data
        if not self._can_begin():
            raise _not_http(self._kind, bytes(self._buffer))
        match = _END_OF_HEAD.search(self._buffer, searched)
        end = match.end() if match else len(self._buffer)
        if end > self._limit:
            raise HeadTooLargeError(
                f"The head of the HTTP message is longer than {self._limit} bytes.",
                clause="RFC 9112 3",
                hint="Cookies and tokens are the usual reason; the sender has to shorten them.",
            )
        if match is None:
            return None
        self._whole = True
        self.leftover = bytes(self._buffer[end:])
        return bytes(self._buffer[:end])

    def _can_begin(self) -> bool:
        if self._kind == "response":
            return self._buffer[:5] == b"HTTP/"[: len(self._buffer)]
        return not self._buffer or chr(self._buffer[0]) in "\r\n" or is_token(chr(self._buffer[0]))


def parse_response(raw: bytes) -> ResponseHead:
    """Read the head of a response, as cut out by `HeadReader`.

    Raises:
        HandshakeError: the first line is not that of an HTTP response.
    """
    lines = _lines(raw)
    match = _STATUS_LINE.fullmatch(lines[0])
    if match is None:
        raise _not_http("response", raw)
    version, status, reason = match.groups()
    headers, malformed = _parse_fields(lines[1:])
    return ResponseHead(
        raw, version, headers, malformed, status=int(status), reason=(reason or "").strip()
    )


def parse_request(raw: bytes) -> RequestHead:
    """Read the head of a request, as cut out by `HeadReader`.

    Raises:
        HandshakeError: the first line is not that of an HTTP request; a server answers 400.
    """
    lines = _lines(raw)
    # RFC 9112 section 2.2: an empty line before the request is passed over
    first = 1 if len(lines) > 1 and not lines[0] else 0
    match = _REQUEST_LINE.fullmatch(lines[first])
    if match is None:
        raise _not_http("request", raw)
    method, target, version = match.groups()
    headers, malformed = _parse_fields(lines[first + 1 :])
    return RequestHead(raw, version, headers, malformed, method=method, target=target)


def _not_http(kind: Literal["request", "response"], raw: bytes) -> HandshakeError:
    begins = shown(raw.decode("latin-1").lstrip("\r\n").partition("\n")[0])
    if kind == "response":
        return HandshakeError(
            f"The answer begins with {begins}, which is not an HTTP status line.",
            clause="RFC 9112 4",
            hint="Check that the address and port are those of a WebSocket server.",
        )
    return HandshakeError(
        f"The request begins with {begins}, which is not an HTTP request line.",
        clause="RFC 9112 3",
        # RFC 8446 section 5.1: 22 is the content type of a TLS handshake
        hint="Was a wss: address used for a server without TLS?" if raw[:1] == b"\x16" else "",
    )


def _lines(raw: bytes) -> list[str]:
    # RFC 9112 section 2.2: a line feed alone may be taken for the end of a line
    return [line.removesuffix("\r") for line in raw.decode("latin-1").split("\n")]


def _parse_fields(lines: list[str]) -> tuple[Headers, tuple[str, ...]]:
    fields: list[tuple[str, str]] = []
    malformed: list[str] = []
    for line in lines:
        name, colon, value = line.partition(":")
        if line[:1] in (" ", "\t") and fields:
            # RFC 9112 section 5.2: a folded line goes on with the value, with a blank between
            last_name, last_value = fields[-1]
            fields[-1] = (last_name, (last_value + " " + line.strip(" \t")).strip(" "))
            malformed.append(line)
        elif colon and is_token(name):
            fields.append((name, value.strip(" \t")))
        elif line:
            malformed.append(line)
    return tuple(fields), tuple(malformed)


def is_token(text: str) -> bool:
    """Whether the text is a token of RFC 9110 section 5.6.2."""
    return _TOKEN.fullmatch(text) is not None


def shown(text: str) -> str:
    """Quote text from the wire for a message: ASCII only, cut where it is long."""
    return ascii(text if len(text) <= 40 else text[:40] + "…")


def elements(value: str) -> list[str]:
    """Split a comma-separated value; empty elements are passed over (RFC 9110 section 5.6.1.2)."""
    return [part for each in value.split(",") if (part := each.strip(" \t"))]


# Writing


def build_head(first_line: str, headers: RequestedHeaders) -> bytes:
    """Write a head, the empty line included; text goes out as UTF-8.

    Raises:
        UsageError: a carriage return, line feed or NUL, or a name that is not a token.
    """
    lines = [_clean(first_line, what="first line")]
    for name, value in headers:
        if not is_token(name):
            raise UsageError(
                f"{name!r} cannot be the name of a header field.",
                hint="A name is made of letters, digits and !#$%&'*+-.^_`|~ (RFC 9110, 5.6.2).",
            )
        if value is not None:
            lines.append(_clean(f"{name}: {value}" if value else f"{name}:", what=f"header {name}"))
    return b"\r\n".join([*lines, b"", b""])


def _clean(line: str, *, what: str) -> bytes:
    # RFC 9110 section 5.5: these three would end the field early and begin something else
    if re.search(r"[\r\n\0]", line):
        raise UsageError(
            f"The {what} has a carriage return, line feed or NUL in it.",
            hint="A header field is one line; give each field on its own.",
        )
    try:
        return to_bytes(line)
    except UnicodeEncodeError as error:
        raise UsageError(f"The {what} cannot be written as UTF-8: {error.reason}.") from None


def to_bytes(text: str) -> bytes:
    """Write text as UTF-8; bytes that a command line could not decode become themselves again."""
    return text.encode("utf-8", "surrogateescape")
