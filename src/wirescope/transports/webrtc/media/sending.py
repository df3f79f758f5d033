"""One track that is sent: its frames are paced here, and counted.

A frame whose successor is due already is left out, since a picture that comes too late only makes
the next ones late as well. Whatever the source raises ends its track and nothing else.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, Any, cast

from wirescope.errors import EngineError, UsageError, WirescopeError
from wirescope.events import MediaKind
from wirescope.transports.webrtc.engine import load
from wirescope.transports.webrtc.media.codecs import find_codec
from wirescope.transports.webrtc.media.frames import to_engine
from wirescope.transports.webrtc.media.sources import Due, Frame, Source

if TYPE_CHECKING:
    import webrtc


class Beginning:
    """When a source began; sources that belong together share one."""

    def __init__(self) -> None:
        self.at_s: float | None = None


class SentTrack:
    """A track of audio or video that is sent.

    Attributes:
        kind: audio or video.
        sent: frames of video or blocks of audio that were handed to the engine.
        skipped: those that were left out because they were late.
        failed: what the source raised; None while it has not.
        exhausted: whether the source came to its end, and all of it was sent.
    """

    def __init__(
        self, kind: MediaKind, source: Source[Frame], beginning: Beginning | None = None
    ) -> None:
        engine = load()
        self.kind = kind
        self.sent = self.skipped = 0
        self.failed: Exception | None = None
        self.exhausted = False
        self._source = source
        self._beginning = beginning or Beginning()
        self._stopping = False
        self._pump: asyncio.Task[None] | None = None
        self._ended = asyncio.Event()
        self._sender: webrtc.RTCRtpSender | None = None
        self._track: webrtc.MediaStreamTrack
        if kind == "video":
            generator = engine.VideoTrackGenerator()
            self._track = generator.track
        else:
            generator = self._track = engine.MediaStreamTrackGenerator("audio")
        self._writable: webrtc.WritableStream = generator.writable

    @property
    def id(self) -> str:
        """The track's id."""
        return self._track.id

    @property
    def native(self) -> "webrtc.MediaStreamTrack":
        """The engine's track."""
        return self._track

    def bind(self, sender: "webrtc.RTCRtpSender") -> None:
        """Take note of what sends the track."""
        self._sender = sender

    async def run(
        self, wait_open: Callable[[], Awaitable[None]], since_s: Callable[[], float]
    ) -> None:
        """Send until the source ends, `stop` is called, or the connection never stands.

        Args:
            wait_open: waits until the connection stands.
            since_s: tells the time since then, in seconds.
        """
        if self._stopping:
            self._ended.set()
            return
        self._pump = asyncio.current_task()
        writer = self._writable.get_writer()
        try:
            await wait_open()
            if self._beginning.at_s is None:
                self._beginning.at_s = since_s()
            begun = cast("AsyncGenerator[Due[Frame]]", self._source.begin(self._beginning.at_s))
            async with aclosing(begun) as dues:
                async for due in dues:
                    wait_s = 0.0 if due.at_s is None else due.at_s - since_s()
                    # A source that is behind must not keep the loop for itself.
                    await asyncio.sleep(max(0.0, wait_s))
                    if -wait_s > due.late_s:
                        self.skipped += 1
                        continue
                    # What is given is stamped here: its own clock may stand, jump or run away.
                    at_s = since_s() if due.at_s is None else due.at_s
                    await writer.write(to_engine(due.make(), round(at_s * 1_000_000)))
                    self.sent += 1
            self.exhausted = True
        except WirescopeError as error:
            self.failed = error
        except Exception as error:  # noqa: BLE001
            self.failed = error
            asyncio.get_running_loop().call_exception_handler(
                {"message": f"The source of a track of {self.kind} has failed.", "exception": error}
            )
        finally:
            with suppress(Exception):  # a connection that is closed has ended the track already
                await writer.abort()
            self._ended.set()

    async def stop(self) -> None:
        """Send no more of it; the track ends. Again, it does nothing."""
        self._stopping = True
        if self._pump is not None:
            self._pump.cancel()
        await self._ended.wait()

    def end(self) -> None:
        """Take note that the connection is over."""
        self._stopping = True
        self._ended.set()

    async def wait_ended(self) -> None:
        """Wait until nothing more is sent.

        The source is at its end (`exhausted`), has failed (`failed`), or the connection is over.
        """
        await self._ended.wait()

    # What it is sent with

    async def use_codec(self, name: str) -> None:
        """Send with another of the codecs that were negotiated, from the next frame on.

        Nothing is negotiated anew (W3C webrtc section 5.2, `codec` of an encoding).

        Raises:
            UsageError: the two sides have not agreed on that codec.
            EngineError: the engine refused to, as where the connection is closed.
        """
        assert self._sender is not None
        await use_codec(self._sender, self.kind, name)


def agreed_codecs(sender: "webrtc.RTCRtpSender") -> list[Any]:
    """List the codecs that the two sides have agreed on, the default first."""
    return list(sender.get_parameters().codecs)


async def use_codec(sender: "webrtc.RTCRtpSender", kind: MediaKind, name: str) -> None:
    """Have a sender use another of the codecs that were negotiated; see `SentTrack.use_codec`."""
    engine = load()
    parameters = sender.get_parameters()
    codec = find_codec(parameters.codecs, name)
    if codec is None or not parameters.encodings:
        agreed = ", ".join(dict.fromkeys(_name(each) for each in parameters.codecs)) or "none"
        raise UsageError(
            f"The two sides have not agreed on {name} for {kind}.",
            hint=f"They have agreed on {agreed}.",
        )
    for encoding in parameters.encodings:
        encoding.codec = engine.RTCRtpCodec(
            codec.mime_type, codec.clock_rate, codec.channels, codec.sdp_fmtp_line
        )
    try:
        await sender.set_parameters(parameters)
    except (engine.RTCException, TypeError, ValueError) as error:
        raise EngineError(f"The engine does not send {name} now: {error}.") from None


def _name(codec: Any) -> str:
    return str(codec.mime_type.partition("/")[2])
