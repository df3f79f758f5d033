"""Bodies of plain HTTP (RFC 9112 section 6): a request's read within bounds, an answer's written.

The framing is h11's. A request whose end two readers could see in two places is refused (RFC 9112
section 6.3): behind a proxy it could carry a second one that the proxy has not seen.
"""

from typing import Any

import h11

from wirescope.errors import HandshakeError
from wirescope.wire.websocket import RequestedHeaders, RequestHead, build_refusal

BODY_LIMIT = 256 << 10
"""Bytes that a request's body may have."""

_FRAMING = ("content-length", "transfer-encoding")


class BodyError(HandshakeError):
    """A body that is not read; `status` is the answer's."""


class BodyReader:
    """Takes the body of one request out of what follows its head.

    Attributes:
        body: what came of it so far.
        done: it is whole.

    Raises:
        BodyError: the head says of the body what cannot be, or more than the limit.
    """

    def __init__(self, head: RequestHead, *, limit: int = BODY_LIMIT) -> None:
        self.body = bytearray()
        self.done = False
        self._limit = limit
        self._h11 = h11.Connection(h11.SERVER)
        framing = [(name, value) for name, value in head.headers if name.lower() in _FRAMING]
        kinds = {name.lower() for name, _ in framing}
        if len(kinds) > 1 or head.malformed:
            raise _error(400, "It is not clear where the request's body ends.")
        length = head.get("Content-Length") or ""
        if length.isascii() and length.isdigit() and (len(length) > 18 or int(length) > limit):
            raise self._too_long()
        lines = "".join(f"{name}: {value}\r\n" for name, value in framing)
        self.feed(f"POST / HTTP/1.1\r\nHost: -\r\n{lines}\r\n".encode("latin-1"))

    def feed(self, data: bytes) -> None:
        """Take bytes; what follows the body is passed over.

        Raises:
            BodyError: they are no chunks, or there are more than the limit.
        """
        if self.done or not data:
            return
        try:
            self._h11.receive_data(data)
            while not self.done:
                event: Any = self._h11.next_event()
                if event is h11.NEED_DATA:
                    return
                if isinstance(event, h11.Data):
                    self.body += event.data
                    if len(self.body) > self._limit:
                        raise self._too_long()
                self.done = isinstance(event, h11.EndOfMessage)
        except h11.RemoteProtocolError as error:
            raise _error(
                error.error_status_hint, f"The request's body is broken: {error}."
            ) from None

    def _too_long(self) -> BodyError:
        return _error(413, f"The body of a request may have {self._limit:,} bytes.")


def _error(status: int, message: str) -> BodyError:
    return BodyError(message, clause="RFC 9112 6", status=status)


def write_answer(head: RequestHead, status: int, headers: RequestedHeaders, body: bytes) -> bytes:
    """Write the answer to a request.

    Raises:
        UsageError: a field has a character that HTTP cannot carry.
    """
    without_length = [("Content-Length", None)] if status == 204 else []  # RFC 9110 section 8.6
    raw = build_refusal(status, headers=[*headers, *without_length], body=body)
    if head.method == "HEAD":  # RFC 9110 section 9.3.2
        return raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    return raw
