"""What a forwarder has done so far, as records."""

import msgspec

from wirescope.events import MediaKind


class InboundRecord(msgspec.Struct, frozen=True):
    """One stream of a publisher.

    Attributes:
        kind: audio or video.
        codec: its name.
        rid: the layer's name where there are several; else empty.
        packets: how many came, each counted once.
        octets: bytes of their payloads.
        asked: how often one was asked for that was missing.
        recovered: how many came thereupon.
        given_up: how many were waited for in vain.
        key_frames_asked: how often a key frame was asked for.
    """

    kind: MediaKind
    codec: str
    rid: str
    packets: int
    octets: int
    asked: int
    recovered: int
    given_up: int
    key_frames_asked: int


class PublisherRecord(msgspec.Struct, frozen=True):
    """The publisher.

    Attributes:
        id: its connection's id.
        is_open: whether packets come.
        refused: packets that could not be decrypted or read.
        streams: what it sends.
    """

    id: str
    is_open: bool
    refused: int
    streams: list[InboundRecord]


class OutboundRecord(msgspec.Struct, frozen=True):
    """One stream to a viewer.

    Attributes:
        kind: audio or video.
        codec: its name.
        rid: the layer that it carries now.
        packets: how many went out, those that went out again not counted.
        octets: bytes of their payloads.
        lost: how many did not, since the viewer's socket was full.
        again: how many went out again, when the viewer asked.
        missed: how many the viewer asked for that were not kept any more.
        probed: how many went out once more to find out what the path carries.
        switches: how often it began to carry another stream.
        fraction_lost: what the viewer says that it has missed lately, 0 to 1.
    """

    kind: MediaKind
    codec: str
    rid: str
    packets: int
    octets: int
    lost: int
    again: int
    missed: int
    probed: int
    switches: int
    fraction_lost: float


class ViewerRecord(msgspec.Struct, frozen=True):
    """A viewer.

    Attributes:
        id: its connection's id.
        is_open: whether packets go.
        round_trip_ms: to it and back; None before it has told.
        path_bps: bits a second that the path to it carries, as far as that was needed and is known;
            None before. Only where there are layers to choose from, or losses, is it found out.
        lost: packets of any kind that its socket or queue had no room for.
        streams: what it gets.
    """

    id: str
    is_open: bool
    round_trip_ms: float | None
    path_bps: float | None
    lost: int
    streams: list[OutboundRecord]


class ForwarderRecord(msgspec.Struct, frozen=True):
    """A forwarder.

    Attributes:
        publisher: who publishes; None while nobody does.
        viewers: those that are there now.
    """

    publisher: PublisherRecord | None
    viewers: list[ViewerRecord]
