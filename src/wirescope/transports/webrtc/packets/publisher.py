"""A publisher: what it sends, and what it is told so that it goes on sending well.

Each packet is handed on at once. What can wait a little is done at each tick: asking for what is
missing and for key frames, saying when packets came and how they were received.
"""

import secrets
from collections.abc import Callable

from wirescope.errors import DescriptionError
from wirescope.events import MediaKind, MediaTrack
from wirescope.transports.webrtc.journal import Journal
from wirescope.transports.webrtc.packets import control
from wirescope.transports.webrtc.packets.answer import Agreed, agree_with_publisher
from wirescope.transports.webrtc.packets.arrivals import Arrivals
from wirescope.transports.webrtc.packets.inbound import Inbound
from wirescope.transports.webrtc.packets.media import Layer, Media
from wirescope.transports.webrtc.packets.offer import Offer
from wirescope.transports.webrtc.packets.outbound import Arrival
from wirescope.transports.webrtc.packets.record import InboundRecord, PublisherRecord
from wirescope.transports.webrtc.packets.round_trip import RoundTrip
from wirescope.transports.webrtc.packets.session import Begin, ForwardedSession, MakeLeg
from wirescope.wire.rtp import RtpPacket, parse_rtp, restore_original

FEEDBACK_EVERY = 3
"""Ticks between two rows of arrival times."""

REPORT_EVERY = 50
"""Ticks between two reports."""

MAX_STREAMS = 16

NACKED_AT_ONCE = 256
"""Numbers in one request; each may take four bytes, and the request has to fit into a datagram."""

SILENT_NS = 3_000_000_000
"""A publisher that has sent nothing for this long may be replaced."""

OnArrival = Callable[["Layer", Arrival, int], None]


class Publisher(ForwardedSession):
    """One connection that sends.

    Attributes:
        media: what it sends, by kind.
    """

    sends = False

    def __init__(
        self,
        journal: Journal,
        make_leg: MakeLeg,
        begin: Begin,
        *,
        codecs: tuple[str, ...],
        on_arrival: OnArrival,
        on_skip: Callable[[Layer, int], None],
        on_open: Callable[["Publisher"], None],
    ) -> None:
        self.media: dict[MediaKind, Media] = {}
        self._codecs = codecs
        self._on_arrival, self._on_skip, self._opened = on_arrival, on_skip, on_open
        self._types: dict[int, tuple[Media, bool]] = {}  # by payload type; whether it is RTX
        self._layers: dict[int, Layer] = {}  # by SSRC, that of retransmissions as well
        self._arrivals = Arrivals()
        self._round_trip = RoundTrip()
        self._feedback = self._ticks = 0
        self._open_ns: int | None = None
        self._has_media = False
        self._ssrc = secrets.randbits(32)
        super().__init__(journal, make_leg, begin)

    @property
    def is_silent(self) -> bool:
        """Whether it is open and has sent nothing for some seconds, or nothing at all."""
        if self._open_ns is None:
            return False
        last_ns = max(self._open_ns, *(each.stream.last_ns for each in self.layers()), 0)
        return self._journal.now_ns() - last_ns > SILENT_NS

    def layers(self) -> list[Layer]:
        """Give all its streams."""
        return [each for media in self.media.values() for each in media.layers.values()]

    def _agree(self, offer: Offer) -> list[Agreed]:
        agreed = agree_with_publisher(offer, self._codecs)
        if not agreed:
            raise DescriptionError(
                f"The offer sends nothing in {', '.join(self._codecs)}.",
                hint="It needs a section of audio or video that is sendonly or sendrecv.",
            )
        for each in agreed:
            media = self.media[each.kind] = Media(each)
            self._types[each.codec.payload_type] = (media, False)
            if each.codec.rtx is not None:
                self._types[each.codec.rtx] = (media, True)
            self._journal.write(MediaTrack, "received", each.kind, each.section.mid, each.kind, [])
        return agreed

    def _on_open(self) -> None:
        self._open_ns = self._journal.now_ns()
        self._opened(self)

    # What comes

    def _on_rtp(self, data: bytes) -> None:
        packet = parse_rtp(data)
        media, is_again = self._types.get(packet.payload_type, (None, False))
        if media is None:
            return
        if not self._has_media:
            self._has_media = True
            self._leg.note_media()
        now_ns = self._journal.now_ns()
        waited_ns = self._leg.datagrams.waited_ns
        rid = self._read_extensions(packet, media, now_ns - waited_ns)
        layer = self._layers.get(packet.ssrc) or self._find(packet.ssrc, media, rid, again=is_again)
        if layer is None:
            return
        if is_again:
            original = restore_original(
                packet, payload_type=media.agreed.codec.payload_type, ssrc=layer.stream.ssrc
            )
            if original is None:  # padding, by which the path is probed
                return
            packet = parse_rtp(original)
        number = layer.stream.take(packet, now_ns, waited_ns=waited_ns, again=is_again)
        if number is not None:
            self._pass_on(layer, packet, number, now_ns)

    def _pass_on(self, layer: Layer, packet: RtpPacket, number: int, now_ns: int) -> None:
        if packet.payload_end == packet.payload_offset:
            self._on_skip(layer, number)
            return
        read = layer.media.read
        is_key, picture = (False, None) if read is None else read(packet.payload)
        if is_key:
            layer.requests.note_key_frame()
        arrival = Arrival(packet, number, is_key, picture)
        layer.note(arrival)
        self._on_arrival(layer, arrival, now_ns)

    def _read_extensions(self, packet: RtpPacket, media: Media, came_ns: int) -> str:
        """Note the number of the whole transport; the name of the layer, where it is said."""
        rid = ""
        if packet.extension_profile is not None:
            for each in packet.extensions:
                if each.id == media.sequence_id and len(each.data) == 2:
                    self._arrivals.note(int.from_bytes(each.data, "big"), came_ns)
                elif each.id in media.rid_ids:
                    rid = each.data.decode("ascii", "replace")
        return rid

    def _find(self, ssrc: int, media: Media, rid: str, *, again: bool) -> Layer | None:
        """Find out whose an SSRC is that was not seen before (RFC 9143 section 9.2)."""
        rids = media.agreed.section.rids
        if rids and rid not in rids:
            return None
        if len(self._layers) >= MAX_STREAMS:
            self._forget_replaced()
            if len(self._layers) >= MAX_STREAMS:
                return None
        name = rid if rids else ""
        if again:
            of = media.agreed.section.retransmits.get(ssrc)
            layer = media.layers.get(name) if of is None else self._layers.get(of)
        else:
            stream = Inbound(
                ssrc,
                kind=media.agreed.kind,
                clock_rate=media.agreed.codec.clock_rate,
                rid=name,
                publisher=self.id,
                round_trip=self._round_trip,
                has_rtx=media.agreed.codec.rtx is not None,
            )
            layer = media.layers[name] = Layer(media, stream)
        if layer is not None:
            self._layers[ssrc] = layer
        return layer

    def _forget_replaced(self) -> None:
        """Make room: a source that was followed by another of its layer is not needed any more."""
        current = self.layers()
        self._layers = {ssrc: each for ssrc, each in self._layers.items() if each in current}

    def _on_rtcp(self, data: bytes) -> None:
        now_ns = self._journal.now_ns()
        for each in control.read(data).senders:
            layer = self._layers.get(each.ssrc)
            if layer is not None and layer.stream.ssrc == each.ssrc:
                layer.stream.note_report(each.ntp_timestamp, each.rtp_timestamp, now_ns)

    # What goes back

    def want_key_frame(self, layer: Layer) -> None:
        """Ask for a key frame, if that was not done just now."""
        layer.requests.want()
        self._ask(layer, self._journal.now_ns())

    def _ask(self, layer: Layer, now_ns: int) -> None:
        feedback = layer.media.agreed.codec.feedback
        if not layer.requests.is_due(now_ns):
            return
        if "nack pli" in feedback:
            self._say(control.picture_loss(self._ssrc, layer.stream.ssrc))
        elif "ccm fir" in feedback:
            self._say(
                control.full_intra_request(self._ssrc, layer.stream.ssrc, layer.requests.asked)
            )

    def _say(self, packet: bytes) -> None:
        self._leg.datagrams.send_rtcp(packet)

    def tick(self) -> None:
        """Do what is due."""
        now_ns = self._journal.now_ns()
        self._ticks += 1
        layers = self.layers()
        for layer in layers:
            if "nack" in layer.media.agreed.codec.feedback:
                missing = layer.stream.missing(now_ns)
                for first in range(0, len(missing), NACKED_AT_ONCE):
                    some = missing[first : first + NACKED_AT_ONCE]
                    self._say(control.nack(self._ssrc, layer.stream.ssrc, some))
            self._ask(layer, now_ns)
        if self._ticks % FEEDBACK_EVERY == 0 and layers:
            self._send_arrivals(layers[-1].stream.ssrc)
        if self._ticks % REPORT_EVERY == 0:
            for media in self.media.values():
                media.measure(now_ns)
            heard = [each.stream.reception(now_ns) for each in layers]
            receptions = [each for each in heard if each is not None]
            if receptions:
                self._say(control.receiver_report(self._ssrc, receptions))

    def _send_arrivals(self, ssrc: int) -> None:
        while (row := self._arrivals.take()) is not None:
            packet = control.arrival_times(self._ssrc, ssrc, row, self._feedback)
            self._feedback = (self._feedback + 1) & 0xFF
            self._say(packet)

    def record(self) -> PublisherRecord:
        """Say how it is."""
        return PublisherRecord(
            self.id,
            self.is_open,
            self._leg.datagrams.refused,
            [
                InboundRecord(
                    each.stream.kind,
                    each.media.agreed.codec.name,
                    each.stream.rid,
                    each.stream.packets,
                    each.stream.octets,
                    each.stream.asked,
                    each.stream.recovered,
                    each.stream.given_up,
                    each.requests.asked,
                )
                for each in self.layers()
            ],
        )
