"""Which codecs are offered and answered, in which order, and which one is used.

Names are those of IANA's media types without `audio/` or `video/`, in any case: `VP8`, `opus`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wirescope.errors import UsageError
from wirescope.events import Direction, MediaKind
from wirescope.transports.webrtc.engine import load

if TYPE_CHECKING:
    import webrtc

KINDS: tuple[MediaKind, ...] = ("audio", "video")

# What accompanies a codec and is none itself: retransmission (RFC 4588), redundancy (RFC 2198),
# error correction (RFC 5109, RFC 8627), comfort noise (RFC 3389), key tones (RFC 4733)
_COMPANIONS = {
    "video": ("rtx", "red", "ulpfec", "flexfec-03"),
    "audio": ("cn", "telephone-event"),
}
_NO_CODECS = {"rtx", "red", "ulpfec", "flexfec-03", "cn", "telephone-event"}


@dataclass(frozen=True, slots=True)
class CodecInUse:
    """What one RTP stream is coded with (W3C webrtc-stats section 8.3, `RTCCodecStats`).

    Attributes:
        direction: whether the stream is sent or received.
        kind: audio or video.
        mid: its media section.
        name: of the codec.
        payload_type: its number in RTP.
        clock_rate: ticks of RTP timestamps in a second.
        channels: of audio; 0 of video.
        fmtp: its format parameters, as in `a=fmtp`.
        implementation: what codes it, as far as the engine tells.
        rid: the layer's name where several are sent (simulcast); empty otherwise.
    """

    direction: Direction
    kind: MediaKind
    mid: str
    name: str
    payload_type: int
    clock_rate: int
    channels: int
    fmtp: str
    implementation: str
    rid: str = ""


@dataclass(frozen=True, slots=True)
class NegotiatedCodecs:
    """What the two sides have agreed on for one direction of a media section.

    Attributes:
        direction: whether this end may send or receive with them.
        kind: audio or video.
        mid: the media section.
        names: of the codecs, in the order in which the receiving side prefers them.
    """

    direction: Direction
    kind: MediaKind
    mid: str
    names: tuple[str, ...]


def kind_of(track: "webrtc.MediaStreamTrack") -> MediaKind:
    """Tell a track's kind."""
    return "video" if track.kind.value == "video" else "audio"


def known(kind: MediaKind) -> list[str]:
    """List the names of the codecs of a kind that the engine can receive."""
    codecs = load().RTCRtpReceiver.get_capabilities(kind).codecs
    names = (each.mime_type.partition("/")[2] for each in codecs)
    return [each for each in dict.fromkeys(names) if each.lower() not in _NO_CODECS]


def check_names(names: Sequence[str]) -> None:
    """Check that the engine knows each codec.

    Raises:
        UsageError: it does not.
    """
    if not names:
        return
    there = [name for kind in KINDS for name in known(kind)]
    lower = {each.lower() for each in there}
    for name in names:
        if name.lower() not in lower:
            raise UsageError(
                f"The engine has no codec {name!r}.", hint=f"It has {', '.join(there)}."
            )


def preferences(kind: MediaKind, names: Sequence[str]) -> "list[webrtc.RTCRtpCodec]":
    """Give the codecs of a kind that are named, in their order, with what accompanies them.

    Empty where none of the kind is named: the engine's own order stays.
    """
    there = load().RTCRtpReceiver.get_capabilities(kind).codecs
    chosen = [each for name in names for each in there if _is(each, kind, name)]
    if not chosen:
        return []
    return chosen + [each for word in _COMPANIONS[kind] for each in there if _is(each, kind, word)]


def find_codec(codecs: "Iterable[Any]", name: str) -> Any | None:
    """Find a codec by its name."""
    for codec in codecs:
        if codec.mime_type.partition("/")[2].lower() == name.lower():
            return codec
    return None


def _is(codec: "webrtc.RTCRtpCodec", kind: MediaKind, name: str) -> bool:
    return codec.mime_type.lower() == f"{kind}/{name}".lower()


def negotiated(
    transceivers: "Iterable[webrtc.RTCRtpTransceiver]",
) -> list[NegotiatedCodecs]:
    """Read from the media sections what was agreed on for each direction that is used."""
    found = []
    for each in transceivers:
        used = "" if each.current_direction is None else each.current_direction.value
        ways: tuple[tuple[Direction, str, Any], ...] = (
            ("sent", "send", each.sender),
            ("received", "recv", each.receiver),
        )
        for direction, word, end in ways:
            if word in used:
                names = (_name(codec) for codec in end.get_parameters().codecs)
                real = dict.fromkeys(name for name in names if name.lower() not in _NO_CODECS)
                kind = kind_of(each.receiver.track)
                found.append(NegotiatedCodecs(direction, kind, each.mid or "", tuple(real)))
    return found


def _name(codec: Any) -> str:
    return str(codec.mime_type.partition("/")[2])


def in_use(report: Mapping[str, Mapping[str, Any]]) -> list[CodecInUse]:
    """Read from a sample of statistics what each RTP stream is coded with."""
    found = []
    for values in report.values():
        codec = report.get(str(values.get("codecId")))
        if codec is None or values.get("type") not in ("inbound-rtp", "outbound-rtp"):
            continue
        inbound = values["type"] == "inbound-rtp"
        implementation = values.get("decoderImplementation" if inbound else "encoderImplementation")
        found.append(
            CodecInUse(
                "received" if inbound else "sent",
                values["kind"],
                str(values.get("mid", "")),
                str(codec.get("mimeType", "")).partition("/")[2],
                int(codec.get("payloadType", 0)),
                int(codec.get("clockRate", 0)),
                int(codec.get("channels", 0)),
                str(codec.get("sdpFmtpLine", "")),
                str(implementation or ""),
                str(values.get("rid") or ""),
            )
        )
    return found
