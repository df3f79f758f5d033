"""A viewer: the streams that it gets, and what it says of them."""

import secrets
from collections.abc import Callable

from wirescope.errors import DescriptionError, SignalingError
from wirescope.events import MediaKind, MediaTrack
from wirescope.transports.webrtc.journal import Journal
from wirescope.transports.webrtc.packets import control
from wirescope.transports.webrtc.packets.answer import Agreed, agree_with_viewer
from wirescope.transports.webrtc.packets.budget import Budget
from wirescope.transports.webrtc.packets.history import Named
from wirescope.transports.webrtc.packets.media import Layer, Room
from wirescope.transports.webrtc.packets.offer import Offer
from wirescope.transports.webrtc.packets.outbound import Arrival, Outbound
from wirescope.transports.webrtc.packets.path import PathEstimate
from wirescope.transports.webrtc.packets.record import OutboundRecord, ViewerRecord
from wirescope.transports.webrtc.packets.session import Begin, ForwardedSession, MakeLeg
from wirescope.wire.rtcp import ReportBlock

TRY_FOR = 1.3
"""How much more than a layer's rate is tried, of which a little may be missing."""

ASK_EVERY_NS = 500_000_000
"""How soon a viewer may ask again for a key frame, which costs all the others as well."""

WISHES, WISHES_PER_S = 6, 0.5
"""Key frames that a viewer may ask for in quick succession, and after that in a second."""

CAUGHT_UP_AT_ONCE = 64
"""Packets that are sent at once behind a key frame that came late; all others wait meanwhile."""

REPORTS = 16
"""Reports to a viewer of which it is known when they were sent."""


class Viewer(ForwardedSession):
    """One connection that receives.

    Attributes:
        streams: what it gets, by kind.
        wanted_layer: the layer of simulcast that it shall get; empty for the best one that its path
            carries, which it gets as well where that layer is not sent.
        path: what is known of the path to it.
        fraction_lost: the share of packets that it has missed lately, by kind, 0 to 1.
        round_trip_ms: to it and back; None before it has told.
    """

    sends = True

    def __init__(
        self,
        journal: Journal,
        make_leg: MakeLeg,
        begin: Begin,
        *,
        published: Callable[[], dict[MediaKind, Agreed]],
        codecs: tuple[str, ...],
        on_open: Callable[["Viewer"], None],
        on_key_frame_wanted: Callable[[Outbound], None],
    ) -> None:
        self.streams: dict[MediaKind, Outbound] = {}
        self.wanted_layer = ""
        self.path = PathEstimate()
        self.fraction_lost: dict[MediaKind, float] = {}
        self.round_trip_ms: float | None = None
        self._published, self._codecs = published, codecs
        self._asked_ns: int | None = None
        self._wishes = Budget(at_once=WISHES, per_s=WISHES_PER_S)
        self._reported_ns: dict[tuple[int, int], int] = {}  # by SSRC and the middle of the NTP time
        self._opened, self._on_key_frame_wanted = on_open, on_key_frame_wanted
        self._by_ssrc: dict[int, Outbound] = {}
        super().__init__(journal, make_leg, begin)

    def _agree(self, offer: Offer) -> list[Agreed]:
        published = self._published()
        if not published:
            raise SignalingError(
                "Nobody publishes yet.", status=409, hint="Begin to publish, then try again."
            )
        ssrcs = [secrets.randbits(32) for _ in range(4)]
        agreed = agree_with_viewer(offer, published, ssrcs, self._codecs)
        if not agreed:
            names = ", ".join(each.codec.name for each in published.values())
            raise DescriptionError(
                f"The viewer takes none of what is published ({names}).",
                hint="Media is forwarded as it comes; publish in a codec that the viewer has.",
            )
        for each in agreed:
            stream = Outbound(each, self.path, send=self._leg.datagrams.send_rtp)
            self.streams[each.kind] = self._by_ssrc[each.ssrc] = stream
            self._journal.write(MediaTrack, "sent", each.kind, each.section.mid, each.kind, [])
        return agreed

    def _on_open(self) -> None:
        self._opened(self)

    def pass_on(self, layer: Layer, arrival: Arrival, made: dict[int, Named], now_ns: int) -> None:
        """Send a publisher's packet on; `made` has what other viewers have had made of it."""
        stream = self.streams.get(layer.stream.kind)
        if stream is None or not stream.takes(layer.stream, arrival):
            return
        begins = stream.source is not layer.stream
        # a key frame whose first packet was lost and came again begins before what came since
        later = layer.after(arrival.number) if begins else []
        if later is None or len(later) > CAUGHT_UP_AT_ONCE:
            return  # another key frame is asked for
        first = stream.packets == 0
        self._forward(stream, layer, arrival, made, now_ns)
        for each in later:
            self._forward(stream, layer, each, {}, now_ns)
        if first and stream.packets:
            self.report(now_ns)  # sound and picture find together from the first report on

    def _forward(
        self,
        stream: Outbound,
        layer: Layer,
        arrival: Arrival,
        made: dict[int, Named],
        now_ns: int,
    ) -> None:
        named = layer.media.named(arrival.packet, stream.agreed.extensions, made)
        stream.forward(layer.stream, arrival, named, now_ns)

    def skip(self, layer: Layer, number: int) -> None:
        """Close up the gap of a publisher's packet that is of no use to viewers."""
        stream = self.streams.get(layer.stream.kind)
        if stream is not None:
            stream.skip(layer.stream, number)

    def note_fault(self, error: Exception) -> None:
        """Note that something could not be done for this viewer, which must end nothing else."""
        self._leg.datagrams.report(error)

    def _on_rtp(self, data: bytes) -> None:
        """Viewers send nothing; probes of the path may come all the same."""

    def _on_rtcp(self, data: bytes) -> None:
        now_ns = self._journal.now_ns()
        heard = control.read(data)
        for asked in heard.asked:
            stream = self._by_ssrc.get(asked.ssrc)
            if stream is None:
                continue
            if asked.missing:
                stream.send_again(asked.missing, now_ns)
            if asked.key_frame and self._may_ask(now_ns):
                self._on_key_frame_wanted(stream)
        for each in heard.blocks:
            stream = self._by_ssrc.get(each.ssrc)
            if stream is not None:
                self._note_block(stream, each, now_ns)
        for feedback in heard.feedback:
            self.path.take(feedback, now_ns)
        if heard.limit_bps is not None:
            self.path.limit(heard.limit_bps, now_ns)

    def _may_ask(self, now_ns: int) -> bool:
        if self._asked_ns is not None and now_ns - self._asked_ns < ASK_EVERY_NS:
            return False
        self._asked_ns = now_ns
        return self._wishes.take(1, now_ns)

    def _note_block(self, stream: Outbound, block: ReportBlock, now_ns: int) -> None:
        kind, fraction = stream.agreed.kind, block.fraction_lost / 256
        self.fraction_lost[kind] = fraction
        if kind == "video":
            self.path.report(fraction, stream.sent_bps(now_ns), now_ns)
        self._note_round_trip(stream, block.last_sr, block.delay_since_last_sr, now_ns)

    def _note_round_trip(self, stream: Outbound, last_sr: int, delay: int, now_ns: int) -> None:
        """RFC 3550 section 6.4.1: from our report to the one that names it, without the delay.

        When ours went out is known by our own clock: the time in it is that of whoever publishes.
        """
        sent_ns = self._reported_ns.get((stream.ssrc, last_sr))
        if sent_ns is not None:
            passed_ns = now_ns - sent_ns - (delay * 1_000_000_000 >> 16)
            if passed_ns >= 0:
                self.round_trip_ms = passed_ns / 1_000_000

    def room(self, now_ns: int) -> Room:
        """Say what the path to it has room for."""
        return Room(self.path.bps(now_ns), self.path.is_congested(now_ns))

    def try_for(self, layer: Layer, now_ns: int) -> None:
        """Find out whether the path carries a layer."""
        stream = self.streams.get(layer.stream.kind)
        if stream is not None and stream.can_probe:
            self.path.want(layer.bps * TRY_FOR, now_ns)

    def tick(self, now_ns: int) -> None:
        """Send what is due to find out what the path carries."""
        octets = self.path.padding(now_ns)
        stream = self.streams.get("video")
        if octets and stream is not None:
            stream.probe(octets, now_ns)

    def report(self, now_ns: int) -> None:
        """Tell the viewer how the clocks of its streams run."""
        for stream in self.streams.values():
            sent = stream.report(now_ns)
            if sent is not None:
                self._reported_ns[sent.ssrc, sent.middle_ntp_timestamp] = now_ns
                if len(self._reported_ns) > REPORTS:
                    del self._reported_ns[next(iter(self._reported_ns))]
                self._leg.datagrams.send_rtcp(control.sender_report(sent))

    def record(self) -> ViewerRecord:
        """Say how it is."""
        return ViewerRecord(
            self.id,
            self.is_open,
            self.round_trip_ms,
            self.path.bps(self._journal.now_ns()),
            self._leg.datagrams.lost,
            [
                OutboundRecord(
                    kind,
                    each.codec.name,
                    "" if each.source is None else each.source.rid,
                    each.packets,
                    each.octets,
                    each.lost,
                    each.again,
                    each.missed,
                    each.probed,
                    each.switches,
                    self.fraction_lost.get(kind, 0.0),
                )
                for kind, each in self.streams.items()
            ],
        )
