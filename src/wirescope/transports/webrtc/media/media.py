"""The media of one connection: what is sent, what is received, with which codecs."""

import asyncio
from collections.abc import AsyncIterable, Awaitable, Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from wirescope.errors import EngineError, UsageError
from wirescope.events import MediaKind, MediaTrack
from wirescope.transports.webrtc.engine import load
from wirescope.transports.webrtc.journal import Journal
from wirescope.transports.webrtc.media.codecs import (
    CodecInUse,
    NegotiatedCodecs,
    check_names,
    find_codec,
    in_use,
    kind_of,
    negotiated,
    preferences,
)
from wirescope.transports.webrtc.media.file import MediaFile
from wirescope.transports.webrtc.media.frames import AudioData, VideoFrame
from wirescope.transports.webrtc.media.layers import Layer, check_layers
from wirescope.transports.webrtc.media.receiving import ReceivedTrack
from wirescope.transports.webrtc.media.sending import (
    Beginning,
    SentTrack,
    agreed_codecs,
    use_codec,
)
from wirescope.transports.webrtc.media.sources import Frame, Given, Source

if TYPE_CHECKING:
    import webrtc

Statistics = Callable[[], Awaitable[dict[str, dict[str, Any]]]]


class Media:
    """What a connection sends and receives of audio and video; `Peer.media` is one.

    Attributes:
        sent: the tracks that are sent, in the order in which they were made.
        received: the tracks that came, in theirs.
        on_track: is told each track that comes.
    """

    def __init__(
        self,
        native: "webrtc.RTCPeerConnection",
        journal: Journal,
        *,
        codecs: Sequence[str],
        wait_open: Callable[[], Awaitable[None]],
        check_alive: Callable[[], None],
        guarded: Callable[[Callable[[Any], None], Any], None],
        statistics: Statistics,
        on_media: Callable[[], None],
    ) -> None:
        check_names(codecs)
        self.sent: list[SentTrack] = []
        self.received: list[ReceivedTrack] = []
        self.on_track: Callable[[ReceivedTrack], None] = lambda _: None
        self._native = native
        self._journal = journal
        self._codecs = codecs
        self._wait_open = wait_open
        self._check_alive = check_alive
        self._guarded = guarded
        self._statistics = statistics
        self._on_media = on_media
        self._loop = asyncio.get_running_loop()
        self._stood_at_s: float | None = None
        self._stream: webrtc.MediaStream | None = None  # one for all: they are in step
        self._to_run: asyncio.Queue[Callable[[], Coroutine[Any, Any, None]]] = asyncio.Queue()
        self._announced: set[str] = set()
        self._senders: list[tuple[MediaKind, webrtc.RTCRtpSender]] = []
        self._watchers: list[Callable[[ReceivedTrack], None]] = []
        native.on("track", self._on_track)

    # Sending

    def send_video(
        self,
        source: Source[VideoFrame] | AsyncIterable[VideoFrame],
        *,
        layers: Sequence[Layer] = (),
    ) -> SentTrack:
        """Send pictures: those of a source when they are due, or those given as they come.

        The two sides have to agree on it, before the connection stands or anew.

        Args:
            source: where they come from.
            layers: sizes that are sent at the same time, the smallest first; empty for one.

        Raises:
            UsageError: the layers cannot be sent together.
            ConnectError: the connection has failed.
            ConnectionClosedError: it is closed.
        """
        made = source if hasattr(source, "begin") else Given(source)
        check_layers(layers)
        return self._send("video", cast("Source[Frame]", made), layers=layers)

    def send_audio(self, source: Source[AudioData] | AsyncIterable[AudioData]) -> SentTrack:
        """Send sound: that of a source when it is due, or what is given as it comes."""
        made = source if hasattr(source, "begin") else Given(source)
        return self._send("audio", cast("Source[Frame]", made))

    def send_file(self, path: Path) -> list[SentTrack]:
        """Send the first picture and the first sound of a media file, in step, once.

        Raises:
            MediaFileError: it cannot be read, or has neither.
        """
        self._check_alive()
        file, beginning = MediaFile(path), Beginning()
        found: list[SentTrack] = []
        for kind, source in (("video", file.video), ("audio", file.audio)):
            if source is not None:
                found.append(
                    self._send(cast("MediaKind", kind), cast("Source[Frame]", source), beginning)
                )
        return found

    def send_back(self, track: ReceivedTrack) -> None:
        """Send what comes of a track back on its media section, decoded and encoded anew.

        The frames stay in the engine. To be called before the offer that brought it is answered,
        as from `on_track`.

        Raises:
            UsageError: it cannot be sent.
        """
        self._check_alive()
        with self._refusals(track.kind):
            self._add(track.native, self._own_stream(), ())

    def _send(
        self,
        kind: MediaKind,
        source: Source[Frame],
        beginning: Beginning | None = None,
        layers: Sequence[Layer] = (),
    ) -> SentTrack:
        self._check_alive()
        track = SentTrack(kind, source, beginning)
        with self._refusals(kind):
            track.bind(self._add(track.native, self._own_stream(), layers))
        self.sent.append(track)
        self._to_run.put_nowait(partial(track.run, self._wait_open, self._since_s))
        return track

    def _own_stream(self) -> "webrtc.MediaStream":
        if self._stream is None:
            self._stream = load().MediaStream()
        return self._stream

    @contextmanager
    def _refusals(self, kind: MediaKind) -> Iterator[None]:
        engine = load()
        try:
            yield
        except (engine.RTCException, TypeError, ValueError) as error:
            raise UsageError(f"The track of {kind} cannot be sent: {error}.") from None

    def _add(
        self,
        track: "webrtc.MediaStreamTrack",
        stream: "webrtc.MediaStream",
        layers: Sequence[Layer],
    ) -> "webrtc.RTCRtpSender":
        sender = self._add_sender(track, stream, layers)
        self._senders.append((kind_of(track), sender))
        return sender

    def _add_sender(
        self,
        track: "webrtc.MediaStreamTrack",
        stream: "webrtc.MediaStream",
        layers: Sequence[Layer],
    ) -> "webrtc.RTCRtpSender":
        if not layers:
            return self._native.add_track(track, stream)
        engine = load()
        encodings = [
            engine.RTCRtpEncodingParameters(
                rid=layer.rid,
                scale_resolution_down_by=layer.scale_down_by,
                max_bitrate=layer.max_bitrate_bps,
            )
            for layer in layers
        ]
        init = engine.RTCRtpTransceiverInit(streams=[stream], send_encodings=encodings)
        return self._native.add_transceiver(track, init).sender

    async def run(self) -> None:
        """Send what there is to send, and read what is taken, until cancelled."""
        async with asyncio.TaskGroup() as group:
            while True:
                work = await self._to_run.get()
                group.create_task(work())

    def _since_s(self) -> float:
        """Tell the seconds since a track was first able to send."""
        now_s = self._loop.time()
        if self._stood_at_s is None:
            self._stood_at_s = now_s
        return now_s - self._stood_at_s

    # Receiving

    def receive(self, kind: MediaKind) -> None:
        """Ask for sound or a picture without sending any; the two sides have to agree on it.

        Raises:
            ConnectError: the connection has failed.
            ConnectionClosedError: it is closed.
        """
        self._check_alive()
        init = load().RTCRtpTransceiverInit(direction="recvonly")
        self._native.add_transceiver(kind, init)

    def one_way(self, direction: Literal["sendonly", "recvonly"]) -> None:
        """Let all media sections go one way only, from the next description on."""
        for transceiver in self._native.get_transceivers():
            if not transceiver.stopped:
                transceiver.direction = load().RTCRtpTransceiverDirection(direction)

    def _on_track(self, event: "webrtc.RTCTrackEvent") -> None:
        track = ReceivedTrack(event, spawn=self._to_run.put_nowait, on_media=self._on_media)
        self.received.append(track)
        self._journal.write(
            MediaTrack, "received", track.kind, track.mid, track.id, list(track.streams)
        )
        for each in (*self._watchers, self.on_track):
            self._guarded(each, track)

    @contextmanager
    def watched(self, watcher: Callable[[ReceivedTrack], None]) -> Iterator[None]:
        """Tell each track that there is, and each that comes, while the context lasts."""
        for track in self.received:
            watcher(track)
        self._watchers.append(watcher)
        try:
            yield
        finally:
            self._watchers.remove(watcher)

    def end(self) -> None:
        """Take note that the connection is over."""
        for received in self.received:
            received.end()
        for sent in self.sent:
            sent.end()

    # Codecs and descriptions

    def prefer_codecs(self) -> None:
        """Order the codecs of each transceiver, before a description is made."""
        for transceiver in self._native.get_transceivers() if self._codecs else ():
            codecs = preferences(kind_of(transceiver.receiver.track), self._codecs)
            if codecs and not transceiver.stopped:
                transceiver.set_codec_preferences(codecs)

    def note_described(self) -> None:
        """Write down the tracks that a description has given a media section."""
        for transceiver in self._native.get_transceivers() if self.sent else ():
            track, mid = transceiver.sender.track, transceiver.mid
            if track is None or mid is None or track.id in self._announced:
                continue
            self._announced.add(track.id)
            streams = [] if self._stream is None else [self._stream.id]
            self._journal.write(MediaTrack, "sent", track.kind.value, mid, track.id, streams)

    async def steer_codecs(self) -> None:
        """Send with the best codec that was agreed on, where the other side would choose another.

        An answerer sends what the offerer likes best (RFC 8829 section 5.10) unless told otherwise.
        """
        for kind, sender in self._senders if self._codecs else ():
            agreed = agreed_codecs(sender)
            best = next((name for name in self._codecs if find_codec(agreed, name)), None)
            if best is not None and find_codec(agreed[:1], best) is None:
                with suppress(UsageError, EngineError):  # what was agreed on works as well
                    await use_codec(sender, kind, best)

    def negotiated(self) -> list[NegotiatedCodecs]:
        """Tell what the two sides have agreed on, for each direction of each media section."""
        return negotiated(self._native.get_transceivers())

    async def codecs(self) -> list[CodecInUse]:
        """Tell what each RTP stream is coded with right now.

        Raises:
            EngineError: the engine gives no statistics.
        """
        return in_use(await self._statistics())
