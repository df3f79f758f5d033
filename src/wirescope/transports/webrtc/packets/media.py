"""What a publisher sends: its media, and of each the layers.

A medium has one layer, or several where the publisher sends the same picture in several sizes
(simulcast, RFC 8853). Each layer is a stream of its own.
"""

from wirescope.transports.webrtc.packets.answer import (
    REPAIRED_RID,
    RID,
    TRANSPORT_SEQUENCE,
    Agreed,
)
from wirescope.transports.webrtc.packets.inbound import Inbound
from wirescope.transports.webrtc.packets.key_frames import KeyFrameRequests, finder
from wirescope.wire.rtp import ExtensionIds, RtpPacket, parse_rtp, rewrite

ALIVE_NS = 1_000_000_000
"""A layer that has sent nothing for this long is not sent any more."""

BETTER = 1.5
"""How much higher another layer's rate is that is worth a change by itself."""


class Layer:
    """A stream of a publisher, and what is asked of it.

    Attributes:
        media: the medium that it is one of.
        stream: what came of it.
        requests: the key frames that it is asked for.
        rate: bytes that came between the last two measurements.
    """

    def __init__(self, media: "Media", stream: Inbound) -> None:
        self.media = media
        self.stream = stream
        self.requests = KeyFrameRequests()
        self.rate = 0
        self._octets = 0

    def measure(self) -> None:
        """Measure its rate since the last time."""
        self.rate, self._octets = self.stream.octets - self._octets, self.stream.octets


class Media:
    """One medium of a publisher.

    Attributes:
        agreed: what was agreed on for it.
        layers: its streams by name; without simulcast one, whose name is empty.
        starts_key_frame: tells whether a key frame begins in a payload; None where there are none.
    """

    def __init__(self, agreed: Agreed) -> None:
        self.agreed = agreed
        self.layers: dict[str, Layer] = {}
        self.starts_key_frame = finder(agreed.codec.name)
        ids = agreed.extensions
        self.rid_ids = {ids[uri] for uri in (RID, REPAIRED_RID) if uri in ids}
        self.sequence_id = ids.get(TRANSPORT_SEQUENCE, 0)
        self._tables: dict[tuple[tuple[int, int], ...], ExtensionIds] = {}

    def named(
        self, packet: RtpPacket, there: dict[str, int], made: dict[int, RtpPacket]
    ) -> RtpPacket:
        """Give a packet with its header extensions under a viewer's identifiers.

        `made` keeps it for the next viewer that calls them alike, as nearly all do.
        """
        if packet.extension_profile is None:
            return packet
        here = self.agreed.extensions
        pairs = tuple([(here[uri], number) for uri, number in there.items() if uri in here])
        table = self._tables.get(pairs)
        if table is None:
            table = self._tables[pairs] = ExtensionIds(dict(pairs))
        found = made.get(id(table))
        if found is None:
            found = made[id(table)] = parse_rtp(rewrite(packet, extension_ids=table))
        return found

    def layer(self, wanted: str, current: Inbound | None, now_ns: int) -> Layer | None:
        """Give the layer of that name, or else the best one that is being sent.

        The best one is that with the highest bit rate. `current` is kept unless another is clearly
        better, as each change costs a key frame.
        """
        alive = [
            each for each in self.layers.values() if now_ns - each.stream.last_ns < ALIVE_NS
        ] or list(self.layers.values())
        if not alive:
            return None
        best = max(alive, key=lambda each: each.rate)
        for each in alive:
            if each.stream.rid == wanted:
                return each
            if each.stream is current and best.rate < BETTER * each.rate:
                best = each
        return best

    def measure(self) -> None:
        """Measure the rates of all layers; called every so often."""
        for each in self.layers.values():
            each.measure()
