"""RTP packets (RFC 3550 section 5.1): read once, kept as bytes with what their header says.

A packet's record holds the whole datagram and offsets into it; CSRCs, header extensions and payload
are cut out when they are asked for, since whoever forwards a packet looks at few of them. The
header of an SRTP packet is read in the same way (RFC 3711 section 3.1), its padding is not.
"""

from collections.abc import Sequence
from struct import Struct
from typing import NoReturn

import msgspec

from wirescope.errors import PacketError
from wirescope.wire.rtp.extensions import HeaderExtension, announced, read_extensions

FIXED_HEADER = Struct("!BBHII")
_unpack = FIXED_HEADER.unpack_from
_CLAUSE = "RFC 3550 5.1"


class RtpPacket(msgspec.Struct, frozen=True, gc=False):
    """A packet.

    Attributes:
        data: the datagram.
        marker: the marker bit; of video, that a frame ends here.
        payload_type: 0 to 127.
        sequence_number: 16 bits, wraps.
        timestamp: 32 bits, wraps; the unit is the payload format's clock.
        ssrc: the synchronization source.
        extension_profile: what kind of header extension there is, None without one.
        extension_offset: where the data of the header extension begins; without one, the payload.
        payload_offset: where the payload begins: the header's length.
        payload_end: where it ends; padding follows.
    """

    data: bytes
    marker: bool
    payload_type: int
    sequence_number: int
    timestamp: int
    ssrc: int
    extension_profile: int | None
    extension_offset: int
    payload_offset: int
    payload_end: int

    @property
    def csrcs(self) -> tuple[int, ...]:
        """The contributing sources, at most 15."""
        data = self.data
        ends = range(16, 16 + 4 * (data[0] & 0x0F), 4)
        return tuple([int.from_bytes(data[end - 4 : end], "big") for end in ends])

    @property
    def extension_data(self) -> bytes:
        """The data of the header extension, padding included; empty without one."""
        return self.data[self.extension_offset : self.payload_offset]

    @property
    def extensions(self) -> list[HeaderExtension]:
        """The elements of the header extension, in wire order (RFC 8285)."""
        profile = self.extension_profile
        return [] if profile is None else read_extensions(profile, self.extension_data)

    @property
    def payload(self) -> bytes:
        """What it carries, without padding."""
        return self.data[self.payload_offset : self.payload_end]

    @property
    def padding_length(self) -> int:
        """Bytes of padding, the one that counts them included."""
        return len(self.data) - self.payload_end


def parse_rtp(data: bytes, *, protected: bool = False) -> RtpPacket:
    """Read a packet's header.

    Args:
        data: the datagram.
        protected: it is SRTP, so that padding is encrypted and counts as payload.

    Raises:
        PacketError: it is not RTP version 2, or is shorter than its header says.
    """
    length = len(data)
    if length < 12:
        _too_short(data, 12)
    first, second, sequence_number, timestamp, ssrc = _unpack(data)
    profile = None
    position = end = 12
    if first != 0x80:
        if first >> 6 != 2:
            message = f"The packet is of RTP version {first >> 6}; only version 2 is in use."
            raise PacketError(message, clause=_CLAUSE, offset=0)
        position = end = 12 + ((first & 0x0F) << 2)
        if first & 0x10:
            position = end + 4
            if position > length:
                _too_short(data, position)
            profile = data[end] << 8 | data[end + 1]
            end = position + ((data[end + 2] << 8 | data[end + 3]) << 2)
        if end > length:
            _too_short(data, end)
        if first & 0x20 and not protected:
            return RtpPacket(
                data,
                second > 127,
                second & 0x7F,
                sequence_number,
                timestamp,
                ssrc,
                profile,
                position,
                end,
                _before_padding(data, end),
            )
    return RtpPacket(
        data,
        second > 127,
        second & 0x7F,
        sequence_number,
        timestamp,
        ssrc,
        profile,
        position,
        end,
        length,
    )


def _too_short(data: bytes, needed: int) -> NoReturn:
    raise PacketError(
        f"The packet has {len(data)} bytes; its RTP header takes {needed}.",
        clause=_CLAUSE if needed <= 72 else "RFC 3550 5.3.1",
        offset=len(data),
    )


def _before_padding(data: bytes, payload_offset: int) -> int:
    length = len(data)
    padding = data[-1] if length > payload_offset else 0
    if not 0 < padding <= length - payload_offset:
        raise PacketError(
            f"The packet ends in {padding} bytes of padding; "
            f"{length - payload_offset} bytes follow its header.",
            clause=_CLAUSE,
            offset=length - 1,
        )
    return length - padding


def build_rtp(
    payload: bytes,
    *,
    payload_type: int,
    sequence_number: int,
    timestamp: int,
    ssrc: int,
    marker: bool = False,
    csrcs: Sequence[int] = (),
    extension: bytes | tuple[int, bytes] = b"",
    padding_length: int = 0,
) -> bytes:
    """Build a packet.

    Args:
        payload: what it carries.
        payload_type: 0 to 127.
        sequence_number: 16 bits.
        timestamp: 32 bits.
        ssrc: 32 bits.
        marker: the marker bit.
        csrcs: at most 15 contributing sources.
        extension: what `build_extensions` makes, or the profile and data of another extension.
        padding_length: bytes of padding, the one that counts them included; 0 to 255.

    Raises:
        ValueError: something does not fit into its field.
    """
    block = announced(*extension) if isinstance(extension, tuple) else extension
    fits = (
        0 <= payload_type < 128
        and 0 <= sequence_number < 1 << 16
        and 0 <= timestamp < 1 << 32
        and 0 <= ssrc < 1 << 32
        and len(csrcs) < 16
        and all(0 <= source < 1 << 32 for source in csrcs)
        and 0 <= padding_length < 256
    )
    if not fits:
        raise ValueError("a field of the RTP header does not fit")
    first = 0x80 | bool(padding_length) << 5 | bool(block) << 4 | len(csrcs)
    head = FIXED_HEADER.pack(first, marker << 7 | payload_type, sequence_number, timestamp, ssrc)
    sources = b"".join([source.to_bytes(4, "big") for source in csrcs])
    padding = bytes(padding_length - 1) + bytes((padding_length,)) if padding_length else b""
    return head + sources + block + payload + padding
