"""TLS between a TCP transport and a protocol, the same on every event loop.

The event loops' own TLS cannot be used where a peer is held back: while it is paused, it goes on
reading beneath, and when the peer ends the connection meanwhile, uvloop's drops what was read and
not taken yet (https://github.com/MagicStack/uvloop/pull/661). Here the TCP transport is what is
paused, and everything that was read is given to the protocol at once, so that nothing can be left.

Records, alerts and certificates are OpenSSL's, by `ssl.SSLObject` (RFC 8446, RFC 5246).
"""

import asyncio
import contextlib
import ssl
from collections import deque
from typing import Any, cast

_AT_ONCE = 256 << 10  # bytes that are decrypted or encrypted in one go


class SecuredTransport(asyncio.Transport, asyncio.Protocol):
    """A transport that speaks TLS, and the protocol of the TCP transport beneath it.

    Args:
        protocol: gets `connection_made` when the TLS handshake is done.
        context: certificates and what they are checked against.
        server_side: whether this end is the server.
        server_name: the name to ask for and to find in the certificate.
        handshake_timeout_s: the connection is dropped when the handshake takes longer.
        shutdown_timeout_s: how long `close` waits for the peer's end.

    Attributes:
        established: done when the TLS handshake is; an `OSError` if it failed.
    """

    def __init__(
        self,
        protocol: asyncio.Protocol,
        context: ssl.SSLContext,
        *,
        server_side: bool = False,
        server_name: str | None = None,
        handshake_timeout_s: float,
        shutdown_timeout_s: float,
    ) -> None:
        super().__init__()
        self._loop = asyncio.get_running_loop()
        self.established: asyncio.Future[None] = self._loop.create_future()
        self._protocol: asyncio.BaseProtocol = protocol
        self._received, self._to_send = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(
            self._received, self._to_send, server_side=server_side, server_hostname=server_name
        )
        self._handshake_timeout_s = handshake_timeout_s
        self._shutdown_timeout_s = shutdown_timeout_s
        self._beneath: asyncio.Transport | None = None
        self._unsent: deque[memoryview] = deque()
        self._deadline: asyncio.TimerHandle | None = None
        self._closing = False
        self._eof_sent = False
        self._error: Exception | None = None

    # What the TCP transport calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin the handshake."""
        # uvloop's transports are no subclass of asyncio's
        self._beneath = cast("asyncio.Transport", transport)
        if self._closing:
            self._beneath.abort()
            return
        self._deadline = self._loop.call_later(self._handshake_timeout_s, self.abort)
        self._shake_hands()
        self._flush()

    def data_received(self, data: bytes) -> None:
        """Take bytes of the wire."""
        self._received.write(data)
        if not self.established.done():
            self._shake_hands()
        if self._is_established:
            self._read()
            self._write_unsent()
        self._flush()

    def eof_received(self) -> None:
        """Take the end of the TCP stream, in place of the peer's close_notify if that is missing.

        The TCP transport closes itself then. That the stream could have been cut by somebody in
        between (RFC 8446 section 6.1) is no concern here: WebSocket has its own Close frame, and
        TURN its lengths.
        """
        self._fail_handshake(ConnectionResetError("The connection ended in the TLS handshake."))

    def connection_lost(self, exc: Exception | None) -> None:
        """Pass the end of the connection on."""
        self._closing = True
        self._beneath = None
        self._unsent.clear()
        if self._deadline is not None:
            self._deadline.cancel()
        if self._is_established:
            self._protocol.connection_lost(self._error or exc)
        else:
            what = ConnectionAbortedError("The TLS handshake was given up.")
            self._fail_handshake(exc or what)

    def pause_writing(self) -> None:
        """Pass on that the peer does not keep up."""
        if self._is_established:
            self._protocol.pause_writing()

    def resume_writing(self) -> None:
        """Pass on that there is room again."""
        if self._is_established:
            self._protocol.resume_writing()

    # TLS

    @property
    def _is_established(self) -> bool:
        done = self.established
        return done.done() and not done.cancelled() and done.exception() is None

    def _shake_hands(self) -> None:
        try:
            self._tls.do_handshake()
        except ssl.SSLWantReadError:
            return
        except ssl.SSLError as error:
            self._fail_handshake(error)
            self._end(error)
            return
        if self.established.done():  # given up by who waited for it
            self.abort()
            return
        assert self._deadline is not None
        self._deadline.cancel()
        self.established.set_result(None)
        self._protocol.connection_made(self)

    def _fail_handshake(self, error: Exception) -> None:
        if not self.established.done():
            self.established.set_exception(error)
            self.established.exception()  # who does not wait for it need not know

    def _read(self) -> None:
        """Decrypt what has come and give it to the protocol, then look at how it ended."""
        pieces: list[bytes] = []
        ended, error = False, None
        try:
            while piece := self._tls.read(_AT_ONCE):
                pieces.append(piece)
            ended = True  # the peer's close_notify
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLError as wrong:
            ended, error = True, wrong
        if pieces and not self._closing:
            cast("asyncio.Protocol", self._protocol).data_received(b"".join(pieces))
        if ended:
            self._end(error)

    def _end(self, error: Exception | None) -> None:
        """Hang up after what is left, an alert perhaps, is sent."""
        self._error = self._error or error
        if error is None:
            self.write_eof()
        self._flush()
        self._closing = True
        if self._beneath is not None:
            self._give_up_later()
            self._beneath.close()

    def _give_up_later(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = self._loop.call_later(self._shutdown_timeout_s, self._abort_beneath)

    def _write_unsent(self) -> None:
        """Encrypt what waits to be sent; only a handshake that is repeated makes it wait."""
        while self._unsent and not self._eof_sent:
            try:
                written = self._tls.write(self._unsent[0][:_AT_ONCE])
            except ssl.SSLWantReadError:
                return
            except ssl.SSLError as error:
                self._end(error)
                return
            rest = self._unsent.popleft()[written:]
            if rest:
                self._unsent.appendleft(rest)
            self._flush()

    def _flush(self) -> None:
        if self._to_send.pending and self._beneath is not None:
            self._beneath.write(self._to_send.read())

    # The transport

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Tell of the TLS connection (`ssl_object`), or of what is beneath."""
        if name == "ssl_object":
            return self._tls
        return default if self._beneath is None else self._beneath.get_extra_info(name, default)

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Give what is received to another protocol from now on."""
        self._protocol = protocol

    def pause_reading(self) -> None:
        """Read nothing more from the peer."""
        if self._beneath is not None:
            self._beneath.pause_reading()

    def resume_reading(self) -> None:
        """Read on."""
        if self._beneath is not None and not self._beneath.is_closing():
            self._beneath.resume_reading()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send bytes."""
        if data and not self._closing and not self._eof_sent:
            self._unsent.append(memoryview(data))
            self._write_unsent()

    def get_write_buffer_size(self) -> int:
        """Count the bytes that the peer has not taken yet."""
        beneath = 0 if self._beneath is None else self._beneath.get_write_buffer_size()
        return beneath + sum(len(data) for data in self._unsent)

    def can_write_eof(self) -> bool:
        """Say yes: who has sent a close_notify can still read (RFC 8446 section 6.1)."""
        return True

    def write_eof(self) -> None:
        """Send a close_notify: nothing will follow."""
        if self._eof_sent or not self._is_established:
            return
        self._eof_sent = True
        with contextlib.suppress(ssl.SSLError):  # the answer is not there yet, or will never be
            self._tls.unwrap()
        self._flush()

    def is_closing(self) -> bool:
        """Whether it is closed or being closed."""
        return self._closing

    def close(self) -> None:
        """Send what is left and a close_notify, wait for the peer's end, hang up."""
        if self._closing:
            return
        self.write_eof()
        self._closing = True
        if self._beneath is not None:
            self._give_up_later()
            self.resume_reading()  # the peer's end has to be seen

    def abort(self) -> None:
        """Hang up at once."""
        self._closing = True
        self._abort_beneath()

    def _abort_beneath(self) -> None:
        if self._beneath is not None:
            self._beneath.abort()
