"""Retransmissions in a stream of their own: the original number before the payload (RFC 4588 4)."""

from wirescope.errors import PacketError
from wirescope.wire.rtp.packets import RtpPacket
from wirescope.wire.rtp.rewriting import rewrite


def wrap_retransmission(
    packet: RtpPacket, *, payload_type: int, ssrc: int, sequence_number: int
) -> bytes:
    """Build the retransmission of a packet, without its padding.

    `payload_type`, `ssrc` and `sequence_number` are those of the stream of retransmissions.
    """
    original = packet.sequence_number.to_bytes(2, "big")
    return rewrite(
        packet,
        payload_type=payload_type,
        ssrc=ssrc,
        sequence_number=sequence_number,
        payload=original + packet.payload,
    )


def restore_original(packet: RtpPacket, *, payload_type: int, ssrc: int) -> bytes | None:
    """Build the packet that was sent again; `payload_type` and `ssrc` are those it had.

    None for a packet that carries nothing but padding, which senders use to probe the path.

    Raises:
        PacketError: there is no original sequence number in it.
    """
    payload = packet.payload
    if not payload and packet.padding_length:
        return None
    if len(payload) < 2:
        raise PacketError(
            f"A retransmission has {len(payload)} bytes of payload; its number takes 2.",
            clause="RFC 4588 4",
            offset=packet.payload_offset,
        )
    return rewrite(
        packet,
        payload_type=payload_type,
        ssrc=ssrc,
        sequence_number=payload[0] << 8 | payload[1],
        payload=payload[2:],
    )
