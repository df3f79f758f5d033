"""What a publisher sends: its media, and of each the layers.

A medium has one layer, or several where the publisher sends the same picture in several sizes
(simulcast, RFC 8853). Each layer is a stream of its own.
"""

from collections import deque
from typing import NamedTuple

from wirescope.transports.webrtc.packets.answer import (
    REPAIRED_RID,
    RID,
    TRANSPORT_SEQUENCE,
    Agreed,
)
from wirescope.transports.webrtc.packets.history import Named
from wirescope.transports.webrtc.packets.inbound import MAX_MISSING, Inbound
from wirescope.transports.webrtc.packets.key_frames import KeyFrameRequests, reader
from wirescope.transports.webrtc.packets.outbound import Arrival
from wirescope.wire.rtp import ONE_BYTE_PROFILE, ExtensionIds, RtpPacket, parse_rtp, rewrite

ALIVE_NS = 400_000_000
ALIVE_INTERVALS = 4
"""A layer that has sent nothing for this long, and for so many pictures, is not sent any more."""

BETTER = 1.5
"""How much higher another layer's rate is that is worth a change by itself."""

ROOM = 1.15
"""How much more than a layer's rate the path has to carry before that layer is taken."""

MAX_TABLES = 128
"""Ways in which viewers number their header extensions; nearly all have the same."""


class Layer:
    """A stream of a publisher, and what is asked of it.

    Attributes:
        media: the medium that it is one of.
        stream: what came of it.
        requests: the key frames that it is asked for.
        bps: bits a second that come lately, smoothed; 0 before that was measured.
    """

    def __init__(self, media: "Media", stream: Inbound) -> None:
        self.media = media
        self.stream = stream
        self.requests = KeyFrameRequests()
        self.bps = 0.0
        self._measured: tuple[int, int] | None = None  # bytes, and when
        self._recent: deque[Arrival] = deque()
        self._gone = -1  # the highest number that is not among them any more

    def is_alive(self, now_ns: int) -> bool:
        """Whether it is being sent."""
        stream = self.stream
        return now_ns - stream.last_ns < max(ALIVE_NS, ALIVE_INTERVALS * stream.interval_ns)

    def note(self, arrival: Arrival) -> None:
        """Note a packet of it, for those who begin with one before it that comes late."""
        self._recent.append(arrival)
        if len(self._recent) > MAX_MISSING:
            self._gone = max(self._gone, self._recent.popleft().number)

    def after(self, number: int) -> list[Arrival] | None:
        """Give what has come already of what follows a packet; None if that is not all there."""
        if number < self._gone:
            return None
        later = [each for each in self._recent if each.number > number]
        return sorted(later, key=lambda each: each.number)

    def measure(self, now_ns: int) -> None:
        """Measure its rate since the last time."""
        octets = self.stream.octets
        if self._measured is not None:
            before, since_ns = self._measured
            bps = (octets - before) * 8e9 / max(1, now_ns - since_ns)
            self.bps = (self.bps + bps) / 2 if self.bps else bps
        self._measured = (octets, now_ns)


class Room(NamedTuple):
    """What the path to a viewer has room for.

    Attributes:
        bps: bits a second; None while nothing is known.
        is_congested: it has shown lately that what is sent is too much.
    """

    bps: float | None
    is_congested: bool

    def holds(self, layer: Layer, current: Inbound | None) -> bool:
        """Whether a layer can be sent over it."""
        if self.bps is None:
            return True
        if layer.stream is current:
            return not self.is_congested or layer.bps <= self.bps
        return layer.bps * ROOM <= self.bps


class Media:
    """One medium of a publisher.

    Attributes:
        agreed: what was agreed on for it.
        layers: its streams by name; without simulcast one, whose name is empty.
        read: looks for key frames in payloads; None where there are none.
    """

    def __init__(self, agreed: Agreed) -> None:
        self.agreed = agreed
        self.layers: dict[str, Layer] = {}
        self.read = reader(agreed.codec.name)
        ids = agreed.extensions
        self.rid_ids = {ids[uri] for uri in (RID, REPAIRED_RID) if uri in ids}
        self.sequence_id = ids.get(TRANSPORT_SEQUENCE, 0)
        self._tables: dict[tuple[tuple[int, int], ...], tuple[int, ExtensionIds]] = {}
        self._made = 0

    def named(self, packet: RtpPacket, there: dict[str, int], made: dict[int, Named]) -> Named:
        """Give a packet with its header extensions under a viewer's identifiers.

        `made` keeps it for the next viewer that calls them alike, as nearly all do.
        """
        if packet.extension_profile is None:
            return Named(packet)
        here = self.agreed.extensions
        pairs = tuple(
            [
                (here[uri], number)
                for uri, number in there.items()
                # among layers is chosen by how the numbered packets arrive; else that costs only
                if uri in here and (uri != TRANSPORT_SEQUENCE or self.agreed.section.rids)
            ]
        )
        key, table = self._tables.get(pairs) or self._new_table(pairs)
        found = made.get(key)
        if found is None:
            renamed = parse_rtp(rewrite(packet, extension_ids=table))
            number = there.get(TRANSPORT_SEQUENCE, 0) if self.agreed.section.rids else 0
            found = made[key] = Named(renamed, _place_of(number, renamed))
        return found

    def _new_table(self, pairs: tuple[tuple[int, int], ...]) -> tuple[int, ExtensionIds]:
        if len(self._tables) >= MAX_TABLES:
            del self._tables[next(iter(self._tables))]
        self._made += 1
        made = self._tables[pairs] = (self._made, ExtensionIds(dict(pairs)))
        return made

    def alive(self, now_ns: int) -> list[Layer]:
        """Give the layers that are being sent, the smallest rate first."""
        alive = [each for each in self.layers.values() if each.is_alive(now_ns)]
        measured = [each for each in alive if each.bps] or alive
        return sorted(measured, key=lambda each: each.bps)

    def layer(self, wanted: str, current: Inbound | None, path: Room, now_ns: int) -> Layer | None:
        """Give the layer of that name, or else the best one that the path carries.

        The best one is that with the highest bit rate. `current` is kept unless another is clearly
        better, as each change costs a key frame, or the path has shown that it is too much.
        """
        for name, each in self.layers.items():
            if wanted and name == wanted and each.is_alive(now_ns):
                return each
        alive = self.alive(now_ns)
        if not alive:
            return next((e for e in self.layers.values() if e.stream is current), None)
        fitting = [each for each in alive if path.holds(each, current)]
        best = (fitting or alive[:1])[-1]
        for each in fitting:
            if each.stream is current and best.bps < BETTER * each.bps:
                return each
        return best

    def measure(self, now_ns: int) -> None:
        """Measure the rates of all layers; called every so often."""
        for each in self.layers.values():
            each.measure(now_ns)


def _place_of(number: int, packet: RtpPacket) -> int:
    """Give where a header extension's two bytes stand in a packet; 0 where it has none."""
    if number:
        head = 1 if packet.extension_profile == ONE_BYTE_PROFILE else 2
        for each in packet.extensions:
            if each.id == number and len(each.data) == 2:
                return packet.extension_offset + each.offset + head
    return 0
