"""How a WebRTC connection is doing, in a line: state, path, codecs, picture, rates, loss.

Fed with events, so that the terminal shows what the capture holds. Statistics keep their W3C names
(https://www.w3.org/TR/webrtc-stats/); of each object the latest values are kept.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from wirescope.events import Emission, IcePair, PeerState, Statistics

_TLS_VERSIONS = {"FEFF": "DTLS 1.0", "FEFD": "DTLS 1.2", "FEFC": "DTLS 1.3"}
_BYTES = {"inbound-rtp": "bytesReceived", "outbound-rtp": "bytesSent"}


@dataclass(slots=True)
class _Object:
    """One object of `getStats`: its latest values, and how fast its bytes come or go."""

    kind: str
    values: dict[str, Any] = field(default_factory=dict)
    at_ns: int = 0
    bits_per_s: float = 0.0

    def take(self, event: Statistics) -> None:
        name = _BYTES.get(self.kind, "")
        before = self.values.get(name)
        self.values.update(event.values)
        after, passed_ns = self.values.get(name), event.at_ns - self.at_ns
        if before is not None and after is not None and passed_ns > 0:
            self.bits_per_s = (after - before) * 8e9 / passed_ns
        self.at_ns = event.at_ns


class Monitor:
    """Follows one connection.

    Attributes:
        state: of the connection, in the specification's word.
        pair: the candidate pair in use; None before there is one.
    """

    def __init__(self) -> None:
        self.state = "new"
        self.pair: IcePair | None = None
        self._objects: dict[str, _Object] = {}

    def feed(self, emission: Emission) -> None:
        """Take the next event."""
        if isinstance(emission, Statistics):
            found = self._objects.setdefault(emission.id, _Object(emission.object))
            found.take(emission)
        elif isinstance(emission, IcePair) and emission.selected:
            self.pair = emission
        elif isinstance(emission, PeerState) and emission.machine == "connection":
            self.state = emission.to

    # Words

    @property
    def path(self) -> str:
        """Whether data goes straight to the other side or by a relay; empty while unknown."""
        return "" if self.pair is None else path_words(self.pair)

    @property
    def security(self) -> str:
        """Which version of DTLS, and which ciphers; empty while unknown."""
        for each in self._of("transport"):
            version = each.values.get("tlsVersion")
            if version:
                named = _TLS_VERSIONS.get(str(version), f"DTLS version {version}")
                ciphers = (each.values.get(name) for name in ("dtlsCipher", "srtpCipher"))
                return ", ".join([named, *map(str, filter(None, ciphers))])
        return ""

    def line(self) -> str:
        """Say how it is doing, the most important first."""
        parts = [self.state, self.path, *self._streams("inbound-rtp"), *self._rate("inbound-rtp")]
        if self._any("outbound-rtp"):
            parts += [*self._streams("outbound-rtp"), *self._rate("outbound-rtp")]
        return ", ".join(filter(None, [*parts, self._loss(), self._round_trip()]))

    def _streams(self, kind: str) -> Iterator[str]:
        for each in self._of(kind):
            values, codec = each.values, self._codec(each)
            words = "" if kind == "inbound-rtp" else "sends "
            words += " ".join(filter(None, (str(values.get("kind", "")), codec)))
            if values.get("frameWidth"):
                words += f" {values['frameWidth']}x{values.get('frameHeight')}"
            if "framesPerSecond" in values:
                words += f" {values['framesPerSecond']:.0f} frames/s"
            yield words

    def _codec(self, each: _Object) -> str:
        codec = self._objects.get(str(each.values.get("codecId")))
        return "" if codec is None else str(codec.values.get("mimeType", "")).partition("/")[2]

    def _rate(self, kind: str) -> Iterator[str]:
        streams = list(self._of(kind))
        if streams:
            way = "in" if kind == "inbound-rtp" else "out"
            yield f"{rate_words(sum(each.bits_per_s for each in streams))} {way}"

    def _loss(self) -> str:
        lost, came = self.lost
        return f"loss {100 * lost / (lost + came):.1f} %" if came else ""

    @property
    def lost(self) -> tuple[int, int]:
        """Packets that did not come, and those that did; of what is sent, as the receiver says."""
        received = list(self._of("inbound-rtp"))
        if received:
            lost = sum(max(0, each.values.get("packetsLost", 0)) for each in received)
            return lost, sum(each.values.get("packetsReceived", 0) for each in received)
        lost = sum(max(0, e.values.get("packetsLost", 0)) for e in self._of("remote-inbound-rtp"))
        sent = sum(each.values.get("packetsSent", 0) for each in self._of("outbound-rtp"))
        return lost, max(0, sent - lost) if self._any("remote-inbound-rtp") else 0

    def _round_trip(self) -> str:
        for each in self._of("candidate-pair"):
            if each.values.get("nominated") and "currentRoundTripTime" in each.values:
                return f"round trip {each.values['currentRoundTripTime'] * 1000:,.0f} ms"
        return ""

    def summary(self) -> list[str]:
        """Say in sentences what media came or went; nothing where there was none."""
        received = [
            f"Received {self._account(each, 'framesDecoded', 'packetsReceived')}."
            for each in self._of("inbound-rtp")
        ]
        return received + [
            f"Sent {self._account(each, 'framesEncoded', 'packetsSent')}."
            for each in self._of("outbound-rtp")
        ]

    def _account(self, each: _Object, frames: str, packets: str) -> str:
        values = each.values
        words = " ".join(filter(None, (str(values.get("kind", "media")), self._codec(each))))
        if values.get("frameWidth"):
            words += f" {values['frameWidth']}x{values.get('frameHeight')}"
        counted = [f"{values[packets]:,} packets"] if packets in values else []
        if frames in values:
            counted.insert(0, f"{values[frames]:,} frames")
        if "packetsLost" in values:
            counted.append(f"{max(0, values['packetsLost']):,} lost")
        if values.get("totalSamplesReceived"):
            share = values.get("concealedSamples", 0) / values["totalSamplesReceived"]
            counted.append(f"{100 * share:.1f} % concealed")
        return ", ".join([words, *counted])

    def _of(self, kind: str) -> Iterator[_Object]:
        return (each for each in list(self._objects.values()) if each.kind == kind)

    def _any(self, kind: str) -> bool:
        return next(self._of(kind), None) is not None


def path_words(pair: IcePair) -> str:
    """Say whether a pair is relayed, and over what: its candidates are `host udp HOST:PORT`.

    >>> path_words(IcePair(1, 0, "c1", "relay udp a:1", "host udp b:2", "succeeded", True, True))
    'relayed'
    """
    if any(each.startswith("relay ") for each in (pair.local, pair.remote)):
        return "relayed"
    over_tcp = " tcp " in pair.local or " tcp " in pair.remote
    return "direct over TCP" if over_tcp else "direct"


def rate_words(bits_per_s: float) -> str:
    """Write a rate.

    >>> rate_words(1_234_567), rate_words(64_000)
    ('1.2 Mbit/s', '64 kbit/s')
    """
    if bits_per_s >= 1e6:
        return f"{bits_per_s / 1e6:,.1f} Mbit/s"
    return f"{bits_per_s / 1e3:,.0f} kbit/s"
