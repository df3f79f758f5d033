"""The encoded frames of a received track, for all who take them: recordings and live streams.

They are taken on their way to the decoder (W3C webrtc-encoded-transform) and go on to it, so that
sound and pictures can be used as before. While nobody takes any, they pass by themselves.
"""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from wirescope.events import MediaKind
from wirescope.transports.webrtc.engine import load

if TYPE_CHECKING:
    import webrtc

KEY_FRAME_INTERVAL_S = 1.0
"""Seconds after which a key frame is asked for again."""

Spawn = Callable[[Callable[[], Coroutine[Any, Any, None]]], None]
"""Runs something for as long as the connection lasts."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """One encoded frame.

    Attributes:
        timestamp: of RTP.
        source: its SSRC, as far as it is known.
        at_s: when its first packet came, in seconds on a clock that all tracks share.
        codec: its codec's name.
        data: the frame.
        is_key: whether it can be decoded without another one.
    """

    timestamp: int
    source: int | None
    at_s: float
    codec: str
    data: bytes
    is_key: bool


class Taker(Protocol):
    """One who takes the frames of a track."""

    @property
    def needs_key(self) -> bool:
        """Whether a key frame is to be asked for."""
        ...

    def take(self, frame: Arrived) -> None:
        """Take a frame."""
        ...

    def lose(self, reason: str) -> None:
        """Take note that no more frames come, though the track has not ended."""
        ...


class Tap:
    """The frames of one track.

    Args:
        receiver: the engine's receiver of it.
        kind: audio or video.
        spawn: runs what reads them.
    """

    def __init__(self, receiver: "webrtc.RTCRtpReceiver", kind: MediaKind, *, spawn: Spawn) -> None:
        self._receiver = receiver
        self._kind = kind
        self._spawn = spawn
        self._takers: list[Taker] = []
        self._readings = 0

    def add(self, taker: Taker) -> None:
        """Give somebody the frames from now on."""
        self._takers.append(taker)
        if len(self._takers) == 1:
            self._readings += 1
            number = self._readings
            self._receiver.transform = load().RTCRtpScriptTransform(
                lambda event: self._spawn(lambda: self._read(event.transformer, number))
            )

    def remove(self, taker: Taker) -> None:
        """Give somebody none any more."""
        if taker in self._takers:
            self._takers.remove(taker)
            if not self._takers and self._receiver.transform is not None:
                with suppress(Exception):  # of a connection that is closed nothing is left to undo
                    self._receiver.transform = None

    def agreed_codec(self) -> str:
        """Name the codec that the two sides have agreed on first; empty where there is none."""
        codecs = self._receiver.get_parameters().codecs
        return codecs[0].mime_type.partition("/")[2] if codecs else ""

    async def _read(self, transformer: "webrtc.RTCRtpScriptTransformer", number: int) -> None:
        reason = "the engine has ended them"
        try:
            await self._pass_on(transformer)
        except load().RTCException as error:
            reason = str(error)
        # of a track that has ended, or a connection that is closed, nothing else is expected
        if number == self._readings and self._receiver.track.ready_state.value == "live":
            for each in tuple(self._takers):
                each.lose(reason)

    async def _pass_on(self, transformer: "webrtc.RTCRtpScriptTransformer") -> None:
        loop = asyncio.get_running_loop()
        reader, writer = transformer.readable.get_reader(), transformer.writable.get_writer()
        asked_at_s = float("-inf")
        while True:
            wanted = any(each.needs_key for each in self._takers)
            if wanted and loop.time() - asked_at_s >= KEY_FRAME_INTERVAL_S:
                asked_at_s = loop.time()
                with suppress(load().RTCException):  # it is asked for again soon
                    await transformer.send_key_frame_request()
            result = await reader.read()
            if result.done:
                return
            if self._takers:
                frame = self._arrived(result.value)
                for each in tuple(self._takers):
                    each.take(frame)
            await writer.write(result.value)

    def _arrived(self, frame: Any) -> Arrived:
        known = frame.get_metadata()
        at_ms = known.receive_time
        return Arrived(
            known.rtp_timestamp or 0,
            known.synchronization_source,
            asyncio.get_running_loop().time() if at_ms is None else at_ms / 1000,
            (known.mime_type or "").partition("/")[2],
            bytes(frame.data),
            self._kind == "audio" or frame.type == "key",
        )
