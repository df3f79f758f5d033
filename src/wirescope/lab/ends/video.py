"""Numbered pictures over a connection: made at one end, shown at the other, by their numbers.

Over RTP they are a track, which the engine codes, sends and shows as it does in a call. Over
messages they are VP8, a coded picture a message: each is decoded as it comes, in order, and shown
at once, so one that comes late is shown late. The numbers count from the warm-up's beginning.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Final

from wirescope.clock import SystemClock
from wirescope.lab.ends.alarm import Alarm
from wirescope.lab.ends.carrier import Carrier, forget
from wirescope.lab.ends.lateness import late_of
from wirescope.lab.ends.media_orders import TAIL_S, WARM_UP_S, Picture, Show, Watch, Watched
from wirescope.lab.ends.orders import Spoken
from wirescope.lab.ends.tracks import change, inbound, track_of, until_sent
from wirescope.transports.webrtc import Peer
from wirescope.transports.webrtc.media import (
    ColourBars,
    VideoFrame,
    Vp8Decoder,
    Vp8Encoder,
    read_number,
)

_WAITING: Final = 30
"""Pictures that wait to be looked at: a second of them."""


class _Camera:
    """Gives the pictures, each at its time."""

    def __init__(self, order: Show, alarm: Alarm) -> None:
        self._order = order
        self._alarm = alarm
        self._late_ns: list[int] = []

    async def pictures(self) -> AsyncIterator[VideoFrame]:
        """Give those that are not due before now."""
        order, now_ns = self._order, SystemClock.monotonic_ns
        bars = ColourBars(width=order.width, height=order.height, frame_rate=order.frame_rate)
        begin_ns = order.start_ns - round(WARM_UP_S * 1e9)
        count = round((WARM_UP_S + order.seconds) * order.frame_rate)
        asked_ns = now_ns()
        async for due in bars.begin(0.0):
            if count == 0:
                return
            count -= 1
            due_ns = begin_ns + round((due.at_s or 0.0) * 1e9)
            if due_ns < asked_ns:
                continue
            await self._alarm.until(due_ns)
            self._late_ns.append(now_ns() - due_ns)
            yield due.make()

    def sent(self) -> Spoken:
        """Say how late it was."""
        return Spoken(late=late_of(self._late_ns))


async def show(carrier: Carrier, order: Show) -> Spoken:
    """Send the pictures.

    Raises:
        LabError: the connection did not take them.
        WirescopeError: the connection has ended.
    """
    with Alarm() as alarm:
        camera = _Camera(order, alarm)
        if carrier.peer is None:
            encoder = Vp8Encoder(
                order.width,
                order.height,
                frame_rate=order.frame_rate,
                bits_per_s=order.bits_per_s,
            )
            async for each in camera.pictures():
                if coded := encoder.encode(each):
                    await carrier.connection.send(coded)
            return camera.sent()
        await until_sent(carrier.peer.media.send_video(camera.pictures()))
        return camera.sent()


class _Screen:
    """Notes what is shown from the start on, and keeps some of it."""

    def __init__(self, order: Watch) -> None:
        self.begin_ns = order.start_ns
        self.end_ns = order.start_ns + round((order.seconds + TAIL_S) * 1e9)
        self._shown: list[tuple[int, int | None]] = []
        self._pictures: list[Picture] = []
        step_ns = round(order.seconds * 1e9 / max(1, order.keeps))
        self._keep_at_ns = [
            self.begin_ns + step_ns // 2 + step_ns * number for number in range(order.keeps)
        ]

    def show(self, picture: VideoFrame, at_ns: int) -> None:
        if not self.begin_ns <= at_ns < self.end_ns:
            return
        self._shown.append((at_ns, read_number(picture)))
        if self._keep_at_ns and at_ns >= self._keep_at_ns[0]:
            del self._keep_at_ns[0]
            kept = Picture(
                at_ns=at_ns, width=picture.width, height=picture.height, i420=picture.data
            )
            self._pictures.append(kept)

    def watched(self, statistics: dict[str, float]) -> Watched:
        return Watched(shown=self._shown, pictures=self._pictures, statistics=statistics)


async def watch(carrier: Carrier, order: Watch) -> Watched:
    """Show the pictures that come.

    Raises:
        WirescopeError: the connection has ended.
    """
    screen = _Screen(order)
    if carrier.peer is not None:
        return await _watch_track(carrier.peer, screen)
    decoder = Vp8Decoder()

    def take(message: bytes, _: int) -> None:
        screen.show(decoder.decode(message), SystemClock.monotonic_ns())

    carrier.take = take
    try:
        await asyncio.sleep((screen.end_ns - SystemClock.monotonic_ns()) / 1e9)
    finally:
        carrier.take = forget
    return screen.watched({})


async def _watch_track(peer: Peer, screen: _Screen) -> Watched:
    async with asyncio.TaskGroup() as group:
        showing = group.create_task(_show_track(peer, screen))
        await asyncio.sleep((screen.begin_ns - SystemClock.monotonic_ns()) / 1e9)
        before = await inbound(peer, "video")
        await asyncio.sleep((screen.end_ns - SystemClock.monotonic_ns()) / 1e9)
        after = await inbound(peer, "video")
        showing.cancel()
    return screen.watched(change(before, after))


async def _show_track(peer: Peer, screen: _Screen) -> None:
    track = await track_of(peer, "video")
    async with aclosing(track.frames(waiting=_WAITING)) as frames:
        async for each in frames:
            screen.show(each, SystemClock.monotonic_ns())
