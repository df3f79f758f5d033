"""A viewer: the streams that it gets, and what it says of them."""

import secrets
from collections.abc import Callable

from wirescope.errors import DescriptionError, SignalingError
from wirescope.events import MediaKind, MediaTrack
from wirescope.transports.webrtc.journal import Journal
from wirescope.transports.webrtc.packets import control
from wirescope.transports.webrtc.packets.answer import Agreed, agree_with_viewer
from wirescope.transports.webrtc.packets.key_frames import finder
from wirescope.transports.webrtc.packets.media import Layer
from wirescope.transports.webrtc.packets.offer import Offer
from wirescope.transports.webrtc.packets.outbound import Arrival, Outbound
from wirescope.transports.webrtc.packets.record import OutboundRecord, ViewerRecord
from wirescope.transports.webrtc.packets.session import Begin, ForwardedSession, MakeLeg
from wirescope.wire.rtp import RtpPacket


class Viewer(ForwardedSession):
    """One connection that receives.

    Attributes:
        streams: what it gets, by kind.
        wanted_layer: the layer of simulcast that it shall get; the best one where that is not sent.
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
        on_open: Callable[["Viewer"], None],
        on_key_frame_wanted: Callable[[Outbound], None],
    ) -> None:
        self.streams: dict[MediaKind, Outbound] = {}
        self.wanted_layer = ""
        self.fraction_lost: dict[MediaKind, float] = {}
        self.round_trip_ms: float | None = None
        self._published = published
        self._opened, self._on_key_frame_wanted = on_open, on_key_frame_wanted
        self._by_ssrc: dict[int, Outbound] = {}
        super().__init__(journal, make_leg, begin)

    def _agree(self, offer: Offer) -> list[Agreed]:
        published = self._published()
        if not published:
            raise SignalingError(
                "Nobody publishes yet.", status=409, hint="Begin to publish, then try again."
            )
        agreed = agree_with_viewer(offer, published, [secrets.randbits(32) for _ in range(4)])
        if not agreed:
            names = ", ".join(each.codec.name for each in published.values())
            raise DescriptionError(
                f"The viewer takes none of what is published ({names}).",
                hint="Media is forwarded as it comes; publish in a codec that the viewer has.",
            )
        for each in agreed:
            waits = finder(each.codec.name) is not None
            stream = Outbound(each, send=self._leg.datagrams.send_rtp, waits_for_key_frame=waits)
            self.streams[each.kind] = self._by_ssrc[each.ssrc] = stream
            self._journal.write(MediaTrack, "sent", each.kind, each.section.mid, each.kind, [])
        return agreed

    def _on_open(self) -> None:
        self._opened(self)

    def pass_on(
        self, layer: Layer, arrival: Arrival, made: dict[int, RtpPacket], now_ns: int
    ) -> None:
        """Send a publisher's packet on; `made` has what other viewers have had made of it."""
        stream = self.streams.get(layer.stream.kind)
        if stream is not None:
            first = stream.packets == 0
            packet = layer.media.named(arrival.packet, stream.agreed.extensions, made)
            stream.forward(layer.stream, arrival, packet, now_ns)
            if first and stream.packets:
                self.report(now_ns)  # sound and picture find together from the first report on

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
            if asked.key_frame:
                self._on_key_frame_wanted(stream)
        for each in heard.blocks:
            stream = self._by_ssrc.get(each.ssrc)
            if stream is not None:
                self.fraction_lost[stream.agreed.kind] = each.fraction_lost / 256
                self._note_round_trip(stream, each.last_sr, each.delay_since_last_sr, now_ns)

    def _note_round_trip(self, stream: Outbound, last_sr: int, delay: int, now_ns: int) -> None:
        """RFC 3550 section 6.4.1: from our report to the one that names it, without the delay."""
        report = stream.report(now_ns)
        if last_sr and report is not None:
            passed = (report.middle_ntp_timestamp - last_sr - delay) & 0xFFFFFFFF
            if passed < 1 << 31:
                self.round_trip_ms = passed * 1000 / 65536

    def report(self, now_ns: int) -> None:
        """Tell the viewer how the clocks of its streams run."""
        for stream in self.streams.values():
            sent = stream.report(now_ns)
            if sent is not None:
                self._leg.datagrams.send_rtcp(control.sender_report(sent))

    def record(self) -> ViewerRecord:
        """Say how it is."""
        return ViewerRecord(
            self.id,
            self.is_open,
            self.round_trip_ms,
            self._leg.datagrams.lost,
            [
                OutboundRecord(
                    kind,
                    each.agreed.codec.name,
                    "" if each.source is None else each.source.rid,
                    each.packets,
                    each.octets,
                    each.lost,
                    each.again,
                    each.missed,
                    each.switches,
                    self.fraction_lost.get(kind, 0.0),
                )
                for kind, each in self.streams.items()
            ],
        )
