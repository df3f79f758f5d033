"""Where a WebRTC connection is, as a person would say it, and what is known of its parts.

It follows the events of the connection, and passes over those of the WebSocket that may carry its
signaling. What is said of an end is the verdict's.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import msgspec

from wirescope.analysis import Verdict
from wirescope.events import (
    ConnectionClosed,
    ConnectionFailed,
    ConnectionOpened,
    ConnectionOpening,
    DataChannelClosed,
    DataChannelOpened,
    Direction,
    Event,
    Machine,
    MediaTrack,
    PeerState,
    SignalingDescription,
    Statistics,
)
from wirescope.workbench.calling import Way
from wirescope.workbench.desk.peer_states import SessionMedia
from wirescope.workbench.desk.phases import Progress
from wirescope.workbench.desk.words import duration

MOST_TRACKS = 64
"""Tracks that are told of, the newest."""

_MOST_OBJECTS = 1000
"""Streams and codecs of `getStats` that are known at a time, those that moved last."""

_SIGNALING: dict[Way, str] = {
    "whep": "Exchanging descriptions with the WHEP server",
    "whip": "Exchanging descriptions with the WHIP server",
    "messages": "Exchanging descriptions with the other side",
    "code": "Making the code",
}
_STEPS = {
    ("ice", "checking"): ("ice", "Looking for a path between the two sides"),
    ("dtls", "connecting"): ("dtls", "Agreeing on the encryption"),
}
_STREAMS: dict[str, Direction] = {"inbound-rtp": "received", "outbound-rtp": "sent"}


T = TypeVar("T")


class _Stream(NamedTuple):
    """What samples say of a stream of RTP: its section, and the id of its codec."""

    direction: Direction
    mid: str
    codec: str

    def after(self, changed: dict[str, Any]) -> "_Stream":
        """Give it as it is after a sample, which names what has changed alone."""
        mid, codec = changed.get("mid", self.mid), changed.get("codecId", self.codec)
        return _Stream(self.direction, str(mid), str(codec))


class PeerProgress(Progress):
    """What is known of a WebRTC connection's life.

    Args:
        verdict: explains how a connection stands.
        way: how its signaling goes.
        attempts: how often it is tried again.

    Attributes:
        states: where each machine is.
    """

    def __init__(
        self, verdict: Callable[[str | None], Verdict], *, way: Way, attempts: int
    ) -> None:
        super().__init__(
            lambda: verdict(self.connection or None), attempts=attempts, by_proxy=False
        )
        self.states: dict[Machine, str] = {}
        self._way = way
        self._tracks: dict[tuple[Direction, str, str], SessionMedia] = {}
        self._codecs: dict[str, str] = {}  # of `getStats`: id -> name
        self._streams: dict[str, _Stream] = {}  # likewise; the one that moved last is the last

    @property
    def media(self) -> list[SessionMedia]:
        """The tracks, with the codecs that are in use."""
        return list(self._tracks.values())

    def note(self, event: Event) -> bool:
        """Follow an event; whether something changed that can be seen."""
        if isinstance(event, ConnectionOpening):
            self._begin(event)
            return True
        if event.connection != self.connection:
            return False
        match event:
            case PeerState():
                self._follow(event)
            case ConnectionOpened():
                self._opened_ns = event.at_ns
            case ConnectionFailed():
                self.step = event.phase
            case MediaTrack():
                self._take_track(event)
            case Statistics():
                return self._take_statistics(event)
            case (
                ConnectionClosed()
                | DataChannelOpened()
                | DataChannelClosed()
                | SignalingDescription()
            ):
                pass
            case _:
                return False
        return True

    def _begin(self, event: ConnectionOpening) -> None:
        self.step = "signaling"
        if event.transport == "webrtc":
            self.connection, self.url = event.connection, event.url
            self._opening_ns = event.at_ns
            self.states = {}
            self._tracks, self._codecs, self._streams = {}, {}, {}
        self._move("connecting")
        again = f", retry {self.attempt} of {self.attempts}" if self.attempt else ""
        self._say(f"{_SIGNALING[self._way]}{again}.", "")

    def _follow(self, event: PeerState) -> None:
        self.states[event.machine] = event.to
        if self.phase == "connecting" and (event.machine, event.to) in _STEPS:
            self.step, words = _STEPS[event.machine, event.to]
            self._say(f"{words}.", "")
        elif self.phase == "open" and event.machine == "connection":
            if event.to in ("disconnected", "failed"):
                self._say("No path works at the moment; another one is looked for.", "")
            elif event.to == "connected":
                self._say("A path works again.", "")

    # Tracks

    def _take_track(self, event: MediaTrack) -> None:
        key = event.direction, event.mid, event.kind
        self._tracks[key] = SessionMedia(
            direction=event.direction,
            kind=event.kind,
            mid=event.mid,
            codec=self._codec_name(event.direction, event.mid),
        )
        if len(self._tracks) > MOST_TRACKS:
            del self._tracks[next(iter(self._tracks))]

    def _take_statistics(self, event: Statistics) -> bool:
        """Learn which codec each stream is in; whether that changed what can be seen."""
        if event.object == "codec":
            if "mimeType" in event.values:
                name = str(event.values["mimeType"]).partition("/")[2]
                _keep(self._codecs, event.id, name)
        elif event.object in _STREAMS:
            before = self._streams.pop(event.id, _Stream(_STREAMS[event.object], "", ""))
            _keep(self._streams, event.id, before.after(event.values))
        else:
            return False
        changed = False
        for key, track in list(self._tracks.items()):
            codec = self._codec_name(track.direction, track.mid)
            if codec != track.codec:
                self._tracks[key] = msgspec.structs.replace(track, codec=codec)
                changed = True
        return changed

    def _codec_name(self, direction: Direction, mid: str) -> str:
        """Give what the stream of a section is in that moved last.

        After a new offer a section may have another stream, and the one before moves no more.
        """
        for stream in reversed(self._streams.values()):
            if (stream.direction, stream.mid) == (direction, mid) and stream.codec:
                return self._codecs.get(stream.codec, "")
        return ""

    # What is said

    def hand_over(self, *, awaited: bool) -> None:
        """Say that the code is made, and what a person has to do with it."""
        self.step = "signaling"
        if awaited:
            self._say("Give the code to the other side, and paste the one that it gives back.", "")
        else:
            self._say("Give the code to the other side, which connects with it.", "")

    def open(self) -> None:
        """Say that it stands."""
        self._move("open")
        self.step = ""
        took = duration(self._opened_ns - self._opening_ns)
        by_hand = self._way == "code"  # which takes as long as people take
        self._say("Connected." if by_hand else f"Connected: it took {took}.", "")

    def close(self) -> None:
        """Say that it is being ended."""
        if self.phase == "open":
            self._move("closing")
            self._say("Closing: what was sent arrives first.", "")


def _keep(known: dict[str, T], key: str, value: T) -> None:
    """Keep an entry as the latest one; the oldest of too many goes."""
    known.pop(key, None)
    known[key] = value
    if len(known) > _MOST_OBJECTS:
        del known[next(iter(known))]
