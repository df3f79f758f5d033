"""permessage-deflate (RFC 7692): its negotiation, compressing a message, inflating one safely.

Both directions of a connection have a context of their own. Inflating hands its output out in
bounded pieces, so that a message of one megabyte that expands to one gigabyte never stands in
memory; who takes the pieces decides when it has been enough.
"""

import zlib
from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from wirescope.errors import UsageError

EXTENSION_NAME = "permessage-deflate"

_TAIL = b"\x00\x00\xff\xff"
_LAST_BLOCK = b"\x01\x00\x00\xff\xff"  # stored, empty, BFINAL set
_WINDOW = 1 << 15
_PIECE = 1 << 18

Parameters = Sequence[tuple[str, str | None]]
"""An extension's parameters in order: name and value, None for one without a value."""


class DeflateError(Exception):
    """Extension parameters or compressed data that break RFC 7692.

    Attributes:
        clause: the section that was broken.
    """

    def __init__(self, message: str, *, clause: str) -> None:
        super().__init__(message)
        self.clause = clause


class DeflateParameters(msgspec.Struct, frozen=True, kw_only=True):
    """What was agreed on.

    Attributes:
        server_no_context_takeover: the server begins each message with an empty window.
        client_no_context_takeover: the client does.
        server_max_window_bits: base-2 logarithm of the server's window, 8 to 15.
        client_max_window_bits: the same of the client's.
    """

    server_no_context_takeover: bool = False
    client_no_context_takeover: bool = False
    server_max_window_bits: int = 15
    client_max_window_bits: int = 15

    def header(self, *, offer: Parameters = ()) -> str:
        """Write the parameters as the value of `Sec-WebSocket-Extensions`.

        `offer` is what they answer: a limit for the server's window that was asked for is named
        even if it is the largest (section 7.1.2.1).
        """
        parts = [EXTENSION_NAME, *_takeover_flags(self)]
        asked = any(name == "server_max_window_bits" for name, _ in offer)
        if asked or self.server_max_window_bits < 15:
            parts.append(f"server_max_window_bits={self.server_max_window_bits}")
        if self.client_max_window_bits < 15:
            parts.append(f"client_max_window_bits={self.client_max_window_bits}")
        return "; ".join(parts)


def _takeover_flags(parameters: "DeflateParameters | DeflateOffer") -> list[str]:
    names = ("server_no_context_takeover", "client_no_context_takeover")
    return [name for name in names if getattr(parameters, name)]


class DeflateOffer(msgspec.Struct, frozen=True, kw_only=True):
    """What a client offers (RFC 7692 section 7.1).

    Attributes:
        server_no_context_takeover: ask the server to begin each message with an empty window.
        client_no_context_takeover: announce that this client will.
        server_max_window_bits: ask for a server's window of this size at most, 8 to 15.
        client_max_window_bits: this client's largest window, 8 to 15; "any" lets the server choose,
            None says that the client cannot be told to use a smaller one.
    """

    server_no_context_takeover: bool = False
    client_no_context_takeover: bool = False
    server_max_window_bits: int | None = None
    client_max_window_bits: int | Literal["any"] | None = "any"

    def __post_init__(self) -> None:
        for name in ("server_max_window_bits", "client_max_window_bits"):
            bits = getattr(self, name)
            if isinstance(bits, int) and not 8 <= bits <= 15:
                raise UsageError(
                    f"{name} is {bits}, but a window has 8 to 15 bits (RFC 7692 section 7.1.2).",
                    hint=f"Give {name}=15 for the largest window, or leave it out.",
                )

    def header(self) -> str:
        """Write the offer as the value of `Sec-WebSocket-Extensions`."""
        parts = [EXTENSION_NAME, *_takeover_flags(self)]
        if self.server_max_window_bits is not None:
            parts.append(f"server_max_window_bits={self.server_max_window_bits}")
        if self.client_max_window_bits == "any":
            parts.append("client_max_window_bits")
        elif self.client_max_window_bits is not None:
            parts.append(f"client_max_window_bits={self.client_max_window_bits}")
        return "; ".join(parts)

    @classmethod
    def parse(cls, text: str) -> "DeflateOffer":
        """Read the parameters that a person typed: `server_max_window_bits=10,client_...`.

        `client_max_window_bits` is "any" unless a number or `none` is given for it.

        Raises:
            UsageError: a parameter is unknown or has a wrong value.
        """
        values: dict[str, bool | int | str | None] = {}
        for part in filter(None, (part.strip() for part in text.replace(";", ",").split(","))):
            name, _, value = part.partition("=")
            if name not in cls.__struct_fields__:
                known = ", ".join(cls.__struct_fields__)
                raise UsageError(
                    f"{name!r} is not a parameter of permessage-deflate.",
                    hint=f"The parameters are {known}.",
                )
            if name.endswith("_takeover") and not value:
                values[name] = True
            elif name == "client_max_window_bits" and value in ("", "any", "none"):
                values[name] = None if value == "none" else "any"
            elif name.endswith("_bits") and value.isascii() and value.isdigit():
                values[name] = int(value)
            else:
                raise UsageError(
                    f"The parameter {part!r} of permessage-deflate has a wrong value.",
                    hint="Window bits take a number from 8 to 15, client_max_window_bits also any"
                    " or none, the others no value.",
                )
        return msgspec.convert(values, cls)

    def accept(self, parameters: Parameters) -> DeflateParameters:
        """Check what the server answered against this offer (section 7.1).

        Raises:
            DeflateError: the answer has an unknown or illegal parameter, or one not asked for.
        """
        agreed = _parse_parameters(parameters, answer=True)
        server_bits = agreed["server_max_window_bits"]
        client_bits = agreed["client_max_window_bits"]
        if self.server_no_context_takeover and not agreed["server_no_context_takeover"]:
            raise DeflateError(
                "The server ignored server_no_context_takeover.", clause="RFC 7692 7.1.1.1"
            )
        if self.server_max_window_bits and (server_bits or 15) > self.server_max_window_bits:
            raise DeflateError(
                f"The server's window has {server_bits or 15} bits; "
                f"{self.server_max_window_bits} were asked for.",
                clause="RFC 7692 7.1.2.1",
            )
        if client_bits is not None and self.client_max_window_bits is None:
            raise DeflateError(
                "The server set client_max_window_bits, which was not offered.",
                clause="RFC 7692 7.1.2.2",
            )
        own_bits = self.client_max_window_bits if self.client_max_window_bits != "any" else 15
        if client_bits is not None and client_bits > (own_bits or 15):
            raise DeflateError(
                f"The server set client_max_window_bits to {client_bits}; {own_bits} is the "
                "largest that was offered.",
                clause="RFC 7692 7.1.2.2",
            )
        return DeflateParameters(
            server_no_context_takeover=bool(agreed["server_no_context_takeover"]),
            client_no_context_takeover=bool(agreed["client_no_context_takeover"])
            or self.client_no_context_takeover,
            server_max_window_bits=server_bits or 15,
            client_max_window_bits=min(client_bits or 15, own_bits or 15),
        )


def negotiate(parameters: Parameters, *, own: DeflateParameters) -> DeflateParameters:
    """Answer an offer as a server that prefers the parameters `own`.

    A client that does not offer `client_max_window_bits` cannot be given a smaller window (section
    7.1.2.2); the server then inflates with the large one.

    Raises:
        DeflateError: the offer breaks the grammar; it is to be declined.
    """
    offer = _parse_parameters(parameters, answer=False)
    server_bits = min(own.server_max_window_bits, offer["server_max_window_bits"] or 15)
    client_bits = 15
    if any(name == "client_max_window_bits" for name, _ in parameters):
        client_bits = min(own.client_max_window_bits, offer["client_max_window_bits"] or 15)
    return DeflateParameters(
        server_no_context_takeover=own.server_no_context_takeover
        or bool(offer["server_no_context_takeover"]),
        client_no_context_takeover=own.client_no_context_takeover
        or bool(offer["client_no_context_takeover"]),
        server_max_window_bits=server_bits,
        client_max_window_bits=client_bits,
    )


def _parse_parameters(parameters: Parameters, *, answer: bool) -> dict[str, int | None]:
    parsed: dict[str, int | None] = dict.fromkeys(DeflateParameters.__struct_fields__)
    for index, (name, value) in enumerate(parameters):
        if name not in parsed:
            raise DeflateError(f"{name!r} is no parameter.", clause="RFC 7692 7.1")
        if any(name == earlier for earlier, _ in parameters[:index]):
            raise DeflateError(f"{name} appears twice.", clause="RFC 7692 7.1")
        if name.endswith("_takeover"):
            if value is not None:
                raise DeflateError(f"{name} takes no value.", clause="RFC 7692 7.1.1")
            parsed[name] = 1
        elif value is None:
            if answer or name == "server_max_window_bits":
                raise DeflateError(f"{name} needs a value.", clause="RFC 7692 7.1.2")
        elif value in _WINDOW_BITS:
            parsed[name] = int(value)
        else:
            raise DeflateError(f"{name}={value} is not 8 to 15.", clause="RFC 7692 7.1.2")
    return parsed


_WINDOW_BITS = {str(bits) for bits in range(8, 16)}


class Deflater:
    """Compresses the messages of one direction (section 7.2.1), at zlib's default level of 6."""

    def __init__(
        self, *, window_bits: int = 15, context_takeover: bool = True, level: int = 6
    ) -> None:
        self._level = level
        self._window_bits = window_bits
        self._context_takeover = context_takeover
        self._compressor = self._new()

    def _new(self) -> "zlib._Compress":
        if self._window_bits == 8:
            # zlib cannot make a raw stream with a window of 256 bytes. Without matches there is
            # nothing that could reach further back.
            return zlib.compressobj(self._level, zlib.DEFLATED, -9, 8, zlib.Z_HUFFMAN_ONLY)
        return zlib.compressobj(self._level, zlib.DEFLATED, -self._window_bits)

    def compress(self, data: bytes, *, final: bool = True) -> bytes:
        """Compress a message's next part; `final` with its last one, or its only one."""
        output = self._compressor.compress(data) + self._compressor.flush(zlib.Z_SYNC_FLUSH)
        if not final:
            return output
        if not self._context_takeover:
            self._compressor = self._new()
        return output[: -len(_TAIL)]


class Inflater:
    """Inflates the messages of one direction in bounded pieces (section 7.2.2)."""

    def __init__(self, *, window_bits: int = 15, context_takeover: bool = True) -> None:
        self._window_bits = window_bits
        self._context_takeover = context_takeover
        self._window = bytearray()
        self._inflater = self._new()
        self._stream_ended = False
        self._broken = False

    def _new(self) -> "zlib._Decompress":
        return zlib.decompressobj(-self._window_bits, zdict=bytes(self._window[-_WINDOW:]))

    def inflate(self, data: bytes, *, final: bool) -> Iterator[bytes]:
        """Inflate the next part of a message's payload.

        Args:
            data: what came, in order; any chunking.
            final: whether the message ends with it.

        Yields:
            Pieces of at most 256 KiB. All of them must be taken, or the inflater given up.

        Raises:
            DeflateError: the data is not a DEFLATE stream, or refers beyond its window.
        """
        self._begin_part()
        if final and (data or not self._stream_ended):
            data += _TAIL
        more = bool(data)
        while more:
            piece = self._next_piece(data)
            if piece:
                self._remember(piece)
                yield piece
            data = self._inflater.unconsumed_tail
            self._stream_ended = self._inflater.eof
            if self._stream_ended:
                # A block with BFINAL set ended the stream (section 7.2.3.4); the window lives on.
                data = self._inflater.unused_data
                if final and data == _TAIL:  # of a sender that left the block after it out
                    data = b""
                self._inflater = self._new()
            # A piece of full size may have left output behind even where all input is consumed.
            more = bool(data) or len(piece) == _PIECE
        if final:
            self._end_message()
        self._broken = False

    def _begin_part(self) -> None:
        """Refuse to go on with a window that an earlier message left in an unknown state."""
        if self._broken:
            if self._context_takeover:
                raise DeflateError(
                    "The payload cannot be inflated, because an earlier one was not.",
                    clause="RFC 7692 7.2.2",
                )
            self._inflater = self._new()
            self._stream_ended = False
        self._broken = True  # until all pieces are taken

    def _remember(self, piece: bytes) -> None:
        if self._context_takeover:
            self._window += piece
            if len(self._window) > 4 * _WINDOW:
                del self._window[:-_WINDOW]

    def _end_message(self) -> None:
        """See that the message ended where a block does; one that was cut off would go unseen."""
        if not self._stream_ended:
            probe = self._inflater.copy() if self._context_takeover else self._inflater
            if not _is_between_blocks(probe):
                raise DeflateError(
                    "The payload ends inside a DEFLATE block.", clause="RFC 7692 7.2.2"
                )
        if not self._context_takeover:
            self._inflater = self._new()
            self._stream_ended = False

    def _next_piece(self, data: bytes) -> bytes:
        try:
            return self._inflater.decompress(data, _PIECE)
        except zlib.error as error:
            raise DeflateError(
                f"The payload does not inflate: {error}.", clause="RFC 7692 7.2.2"
            ) from None


def _is_between_blocks(inflater: "zlib._Decompress") -> bool:
    try:
        inflater.decompress(_LAST_BLOCK, 1)
    except zlib.error:
        return False
    return inflater.eof
