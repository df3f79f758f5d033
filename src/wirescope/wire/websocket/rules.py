"""What is illegal about a frame, with the clause that says so (RFC 6455 section 5).

`FrameRules` follows one direction of a connection and names each breach; what happens then, to fail
the connection or to note it and go on, is decided by whoever asked. Rules about whole messages
(UTF-8, inflating, size) are in `wirescope.wire.websocket.messages`.
"""

import msgspec

from wirescope.events import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, FrameHeader, opcode_name
from wirescope.wire.websocket.close_codes import INVALID_PAYLOAD, PROTOCOL_ERROR, may_be_sent
from wirescope.wire.websocket.frames import MAX_CONTROL_PAYLOAD, Frame

_PLAIN_FIRST_BYTES = frozenset((0x80 | TEXT, 0x80 | BINARY))
_LEAST_LENGTHS = {2: 0, 4: 126, 10: 0x10000}
_LEAST_LENGTHS_MASKED = {length + 4: least for length, least in _LEAST_LENGTHS.items()}


class Breach(msgspec.Struct, frozen=True):
    """One breach of the specification.

    Attributes:
        clause: the section, as `RFC 6455 5.1`.
        message: one sentence, what was seen and what was expected.
        close_code: the code to fail the connection with (section 7.1.7).
    """

    clause: str
    message: str
    close_code: int = PROTOCOL_ERROR


class FrameRules:
    """The rules for the frames of one direction.

    Args:
        masked: whether this direction has to be masked: True from client to server.
        rsv1_allowed: whether permessage-deflate was negotiated, which gives RSV1 a meaning.
    """

    def __init__(self, *, masked: bool, rsv1_allowed: bool = False) -> None:
        self._mask_bit = 0x80 if masked else 0
        self._rsv1_allowed = rsv1_allowed
        self._fragmented = False
        self._close_seen = False

    @property
    def close_seen(self) -> bool:
        """Whether a Close frame has passed; whatever follows it is to be ignored."""
        return self._close_seen

    @property
    def fragmented(self) -> bool:
        """Whether a fragmented message is under way."""
        return self._fragmented

    @property
    def plain_first_bytes(self) -> frozenset[int]:
        """The first bytes of frames that are a whole uncompressed message and legal just now.

        A frame that begins so, and whose payload is as long as `least_lengths` asks, breaks no rule
        and changes nothing here: it need not be checked.
        """
        return frozenset() if self._fragmented or self._close_seen else _PLAIN_FIRST_BYTES

    @property
    def least_lengths(self) -> dict[int, int]:
        """Length of a header that is masked as it should be -> the least payload it may announce.

        A shorter payload has to be announced in fewer bits (section 5.2).
        """
        return _LEAST_LENGTHS_MASKED if self._mask_bit else _LEAST_LENGTHS

    @staticmethod
    def _length_is_minimal(header: bytes) -> bool:
        if header[1] & 0x7F == 126:
            return int.from_bytes(header[2:4], "big") > 125
        return 0xFFFF < int.from_bytes(header[2:10], "big") < 1 << 63

    def check_header(self, frame: FrameHeader) -> list[Breach]:
        """Name what is wrong with a frame's header, and follow the message it belongs to."""
        if self._close_seen:
            return [
                Breach("RFC 6455 5.5.1", f"A {opcode_name(frame.opcode)} frame follows the Close.")
            ]
        breaches = [*self._check_bits(frame), *self._check_length(frame)]
        if frame.is_control:
            breaches += self._check_control(frame)
        elif frame.opcode <= BINARY:
            breaches += self._check_fragmentation(frame)
        if frame.opcode == CLOSE:
            self._close_seen = True
        return breaches

    def _check_bits(self, frame: FrameHeader) -> list[Breach]:
        breaches = []
        if frame.masked != bool(self._mask_bit):
            clause = "RFC 6455 5.1"
            if self._mask_bit:
                breaches.append(Breach(clause, "The client sent a frame that is not masked."))
            else:
                breaches.append(Breach(clause, "The server sent a masked frame."))
        opens_message = frame.opcode != CONTINUATION and not frame.is_control
        if frame.rsv1 and not self._rsv1_allowed:
            breaches.append(
                Breach("RFC 6455 5.2", "RSV1 is set, but no extension was negotiated that uses it.")
            )
        elif frame.rsv1 and not opens_message:
            breaches.append(
                Breach(
                    "RFC 7692 6.1",
                    f"RSV1 is set on a {opcode_name(frame.opcode)} frame; "
                    "only a message's first frame may have it.",
                )
            )
        breaches += [
            Breach("RFC 6455 5.2", f"{name} is set, but no extension was negotiated that uses it.")
            for name, value in (("RSV2", frame.rsv2), ("RSV3", frame.rsv3))
            if value
        ]
        if frame.opcode not in (CONTINUATION, 1, 2, CLOSE, PING, PONG):
            breaches.append(
                Breach("RFC 6455 5.2", f"The opcode {opcode_name(frame.opcode)} is reserved.")
            )
        return breaches

    def _check_length(self, frame: FrameHeader) -> list[Breach]:
        if frame.length_encoding == 7 or self._length_is_minimal(frame.header):
            return []
        length = frame.payload_length
        if length >= 1 << 63:
            return [Breach("RFC 6455 5.2", f"The length {length} has its highest bit set.")]
        return [
            Breach(
                "RFC 6455 5.2",
                f"The length {length} is written in {frame.length_encoding} bits; "
                "the shortest form is required.",
            )
        ]

    def _check_control(self, frame: FrameHeader) -> list[Breach]:
        breaches = []
        name = opcode_name(frame.opcode)
        if not frame.fin:
            breaches.append(Breach("RFC 6455 5.5", f"A {name} frame is fragmented."))
        if frame.payload_length > MAX_CONTROL_PAYLOAD:
            breaches.append(
                Breach(
                    "RFC 6455 5.5",
                    f"A {name} frame has {frame.payload_length} bytes of payload; "
                    f"{MAX_CONTROL_PAYLOAD} are allowed.",
                )
            )
        return breaches

    def _check_fragmentation(self, frame: FrameHeader) -> list[Breach]:
        breaches = []
        if frame.opcode == CONTINUATION:
            if not self._fragmented:
                return [Breach("RFC 6455 5.4", "A continuation frame continues nothing.")]
        elif self._fragmented:
            breaches.append(
                Breach("RFC 6455 5.4", "A new message begins before the fragmented one has ended.")
            )
        self._fragmented = not frame.fin
        return breaches


def check_close_payload(frame: Frame) -> list[Breach]:
    """Name what is wrong with the payload of a Close frame (sections 5.5.1 and 7.4)."""
    payload = frame.payload
    if not payload:
        return []
    if len(payload) == 1:
        return [Breach("RFC 6455 5.5.1", "The Close frame has one byte; a code takes two.")]
    breaches = []
    code = int.from_bytes(payload[:2], "big")
    if not may_be_sent(code):
        breaches.append(Breach("RFC 6455 7.4", f"The close code {code} must not be sent."))
    try:
        payload[2:].decode()
    except UnicodeDecodeError as error:
        breaches.append(
            Breach(
                "RFC 6455 5.5.1",
                f"The close reason is not UTF-8 at byte {error.start}.",
                INVALID_PAYLOAD,
            )
        )
    return breaches
