"""What the desk tells of a WebRTC connection that it has open: channels, codes, media, recording.

Plain records without behaviour, as in `states`, of whose `SessionState` they are a part.
"""

from typing import Literal

import msgspec

from wirescope.events import Direction, Machine, MediaKind, SdpType, Side


class SessionChannel(msgspec.Struct, frozen=True, kw_only=True):
    """A data channel of a connection, as it is now.

    Attributes:
        key: names it among the channels of this connection, `d1`, `d2` …; orders name it by this.
        id: the number of its SCTP streams, by which events name it; -1 while it has none.
        label: its name.
        protocol: its subprotocol; empty for none.
        ordered: whether messages keep their order.
        max_retransmits: how often a message is sent again at most; null for ever.
        max_packet_life_time: for how many milliseconds at most; null for ever.
        state: where it is in its life.
        initiator: who made it.
        buffered: bytes that were sent and have not gone out yet.
    """

    key: str
    id: int
    label: str
    protocol: str
    ordered: bool
    max_retransmits: int | None
    max_packet_life_time: int | None
    state: Literal["connecting", "open", "closing", "closed"]
    initiator: Side
    buffered: int


class SessionCode(msgspec.Struct, frozen=True, kw_only=True):
    """How two people carry the descriptions themselves, as codes.

    Attributes:
        kind: what `text` is, an offer to be answered or the answer to one.
        text: what to hand over to the other side; empty while it is being made.
        waiting: whether the other side's code is waited for, which `paste_code` takes.
    """

    kind: SdpType
    text: str
    waiting: bool


class SessionMedia(msgspec.Struct, frozen=True, kw_only=True):
    """A track of audio or video, as it is now.

    Attributes:
        direction: whether it is sent or received.
        kind: audio or video.
        mid: its media section; empty while it has none.
        codec: its codec's name; empty while that is not known.
    """

    direction: Direction
    kind: MediaKind
    mid: str
    codec: str


class SessionRecording(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of received media that is recorded.

    Attributes:
        file: the file's name, beside the capture; it is there once the first frames have come.
        begun: whether it is there.
        left_out: what is not in it, and why, in words; empty where all is.
        problem: why nothing more is recorded; empty while it is.
    """

    file: str
    begun: bool
    left_out: list[str]
    problem: str


class SessionPeer(msgspec.Struct, frozen=True, kw_only=True):
    """What a session has because it is one of WebRTC.

    Attributes:
        states: where each machine is; one that has not moved is not among them.
        channels: all that there were, in the order in which they were made.
        code: where the descriptions travel as codes; null where they do not.
        media: the tracks that are sent and received.
        can_watch: whether `session_media` plays what is received.
        watched_by: how many look on through it now.
        recording: null where nothing is recorded.
        can_restart: whether ICE can be restarted from here.
    """

    states: dict[Machine, str]
    channels: list[SessionChannel]
    code: SessionCode | None
    media: list[SessionMedia]
    can_watch: bool
    watched_by: int
    recording: SessionRecording | None
    can_restart: bool
