"""A WebRTC connection as a user of Python holds it: the call, its capture, its verdict.

`wirescope.call` is `call`. Everything that the connection can do is that of `Call`; here it is
joined with a recording of its events and with the analysis.
"""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any

from wirescope.analysis import LIVE_RATE, Analyzer, Verdict
from wirescope.capture import CaptureWriter
from wirescope.events import EventSink, Timeline
from wirescope.transports.webrtc import DataChannel, Peer
from wirescope.transports.webrtc.media import Media
from wirescope.workbench.calling.address import parse_address
from wirescope.workbench.calling.call import Call
from wirescope.workbench.calling.opening import open_call
from wirescope.workbench.calling.options import CallOptions, check_call
from wirescope.workbench.recorder import recording


class LiveCall:
    """A WebRTC connection that stands, or that waits for a code.

    Attributes:
        transport: the connection with all that it can do.
        capture: the writer of the capture file; None when nothing is recorded.
    """

    def __init__(
        self, transport: Call, *, analyzer: Analyzer, capture: CaptureWriter | None
    ) -> None:
        self.transport = transport
        self.capture = capture
        self._analyzer = analyzer

    @property
    def peer(self) -> Peer:
        """This end, with its states and statistics."""
        return self.transport.peer

    @property
    def code(self) -> str:
        """What to hand to the other side, where codes are pasted; else empty."""
        return self.transport.code

    @property
    def channels(self) -> list[DataChannel]:
        """The data channels; iterate over one for its messages."""
        return self.transport.channels

    @property
    def media(self) -> Media:
        """The audio and video that is sent and received."""
        return self.transport.media

    @property
    def verdict(self) -> Verdict:
        """How it stands or ended, in a sentence, and what to do."""
        return self._analyzer.verdict(self.transport.id)

    async def accept(self, code: str) -> None:
        """Take the code that the other side has handed back, and wait until the connection stands.

        Raises:
            ConnectError: no connection came about.
            DescriptionError: it is no such code; another one can be tried.
        """
        await self.transport.accept(code)
        await self.transport.wait_open()

    async def wait_open(self) -> None:
        """Wait until the connection stands, as it does already unless codes are pasted."""
        await self.transport.wait_open()

    async def send(self, data: str | bytes, channel: str | int | None = None) -> None:
        """Send one message, text for a str and binary for bytes; on the first channel, or by name.

        Raises:
            ConnectionClosedError: the channel is closed.
            MessageTooLongError: the peer takes no message of this length.
            UsageError: there is no such channel.
        """
        await self.transport.send(data, channel)

    async def close(self) -> None:
        """End the connection; what was sent arrives first.

        Raises:
            ConnectError: not all of it did, or that is not known; it is raised once.
        """
        await self.transport.close()
        self.transport.check_sent()


@asynccontextmanager
async def call(
    address: str,
    *,
    capture: str | PathLike[str] | None = None,
    options: CallOptions | None = None,
    watchers: Iterable[EventSink] = (),
    secrets: Iterable[str] = (),
    **shorthand: Any,
) -> AsyncIterator[LiveCall]:
    """Connect to a WebRTC peer; the connection is closed when the context ends.

    Args:
        address: `whep+https:`, `whip+https:`, `webrtc+wss:`, or `webrtc:` for codes.
        capture: a file to record events into; it must not exist.
        options: everything that can be asked of a connection.
        watchers: further sinks for its events.
        secrets: texts that must not be written into the capture, beside those known by their names.
        shorthand: fields of `CallOptions` by name, as `relay_only=True`; they go before those of
            `options`.

    Raises:
        ConnectError: no connection came about; at the end, not all that was sent arrived, or that
            is not known.
        SignalingError: the server refused.
        InvalidURLError: the address leads to no WebRTC peer.
        UsageError: the options do not fit.
        CaptureExistsError: the file to record into exists.
    """
    where, chosen = parse_address(address), replace(options or CallOptions(), **shorthand)
    check_call(where, chosen)  # before there is a capture for it
    timeline = Timeline()
    analyzer = Analyzer(next_seq=timeline.next_seq, content_rate=LIVE_RATE)
    async with (
        recording(
            None if capture is None else Path(capture),
            watchers=list(watchers),
            secrets=(*secrets, *chosen.secrets),
            analyzer=analyzer,
            timeline=timeline,
        ) as kept,
        open_call(where, options=chosen, timeline=timeline, sink=kept.sink) as opened,
    ):
        if where.way != "code":
            await opened.wait_open()
        yield LiveCall(opened, analyzer=analyzer, capture=kept.writer)
