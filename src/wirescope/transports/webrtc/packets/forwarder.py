"""From one publisher to many viewers: media passed on as it comes, without decoding.

Each viewer has its own numbers, its own clock and its own losses; what one of them does not take in
time is lost to that one alone. Publisher and viewers may come and go in any order once there was
somebody to publish.

Not here: how offers and answers travel.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from wirescope.errors import SignalingError, UsageError
from wirescope.events import EventSink, MediaKind, Timeline
from wirescope.transports.webrtc.journal import Journal
from wirescope.transports.webrtc.packets.answer import Agreed
from wirescope.transports.webrtc.packets.faults import report
from wirescope.transports.webrtc.packets.history import Named
from wirescope.transports.webrtc.packets.leg import Leg
from wirescope.transports.webrtc.packets.media import Layer
from wirescope.transports.webrtc.packets.options import ForwarderOptions
from wirescope.transports.webrtc.packets.outbound import Arrival, Outbound
from wirescope.transports.webrtc.packets.publisher import Publisher
from wirescope.transports.webrtc.packets.record import ForwarderRecord
from wirescope.transports.webrtc.packets.stack import load
from wirescope.transports.webrtc.packets.viewer import Viewer

TICK_S = 0.02
"""How often what can wait a little is looked at."""

CHOOSE_EVERY = 5
"""Ticks between two looks at which layer each viewer shall get."""

REPORT_EVERY = 50
"""Ticks between two reports to viewers: 1 s."""


class Forwarder:
    """Passes one publisher's media on; `open_forwarder` makes it.

    Its `publish` and `watch` make sessions, which answer one offer each. They are what handlers of
    WHIP and WHEP ask for.

    Attributes:
        options: what was asked of it.
        published: is set once somebody's media could be watched.
    """

    def __init__(
        self,
        timeline: Timeline,
        sink: EventSink,
        options: ForwarderOptions,
        group: asyncio.TaskGroup,
    ) -> None:
        self.options = options
        self.published = asyncio.Event()
        self._timeline = timeline
        self._sink = sink
        self._group = group
        self._publisher: Publisher | None = None
        self._sessions: list[Publisher | Viewer] = []
        self._viewers: list[Viewer] = []  # those that are open

    # Sessions

    async def publish(self, url: str = "webrtc:") -> Publisher:
        """Make the session of a publisher; the next `answer` of it takes its offer.

        Args:
            url: where it came to, for the record.

        Raises:
            SignalingError: somebody publishes already (status 409). One that has sent nothing for
                some seconds is ended instead.
        """
        self._forget()
        for each in self._sessions:
            if isinstance(each, Publisher) and each.is_silent:
                await each.close()  # it may have vanished without a word
        self._forget()
        if any(isinstance(each, Publisher) for each in self._sessions):
            raise SignalingError(
                "Somebody publishes here already.",
                status=409,
                hint="End that first, or publish elsewhere.",
            )
        journal = Journal(self._timeline, self._sink, self._timeline.new_connection())
        publisher = Publisher(
            journal,
            partial(Leg, journal, self.options, url=url),
            self._begin,
            codecs=self.options.codecs,
            on_arrival=self._on_arrival,
            on_skip=self._on_skip,
            on_open=self._on_publisher,
        )
        self._sessions.append(publisher)
        return publisher

    async def watch(self, url: str = "webrtc:") -> Viewer:
        """Make the session of a viewer.

        Raises:
            SignalingError: there are as many viewers as may be (status 503).
        """
        self._forget()
        if sum(isinstance(each, Viewer) for each in self._sessions) >= self.options.max_viewers:
            raise SignalingError(
                f"There are {self.options.max_viewers} viewers already.",
                status=503,
                hint="Try again when one has left.",
            )
        journal = Journal(self._timeline, self._sink, self._timeline.new_connection())
        viewer = Viewer(
            journal,
            partial(Leg, journal, self.options, url=url),
            self._begin,
            published=self._published,
            codecs=self.options.codecs,
            on_open=self._on_viewer,
            on_key_frame_wanted=self._on_key_frame_wanted,
        )
        self._sessions.append(viewer)
        return viewer

    def _begin(self, life: Coroutine[Any, Any, None]) -> None:
        self._group.create_task(_alone(life))

    def _forget(self) -> None:
        self._sessions = [each for each in self._sessions if not each.is_over]
        self._viewers = [each for each in self._viewers if not each.is_over]

    def _published(self) -> dict[MediaKind, Agreed]:
        publishers = (each for each in self._sessions if isinstance(each, Publisher))
        publisher = next((each for each in publishers if not each.is_over), None)
        if publisher is None:
            return {}
        return {kind: media.agreed for kind, media in publisher.media.items()}

    def choose_layer(self, viewer: Viewer, rid: str) -> None:
        """Have a viewer get a layer of simulcast from its next key frame on.

        Args:
            viewer: who.
            rid: the layer's name. While that layer is not sent, and with an empty name, it is the
                best one that the path to the viewer carries.

        Raises:
            UsageError: the publisher has no such layer.
        """
        names = {name for agreed in self._published().values() for name in agreed.section.rids}
        if rid and rid not in names:
            raise UsageError(
                f"There is no layer {rid!r}.",
                hint=f"There are {', '.join(sorted(names))}." if names else "There is only one.",
            )
        viewer.wanted_layer = rid
        self._choose(viewer)

    def record(self) -> ForwarderRecord:
        """Say what has been done so far, of those that are there."""
        self._forget()
        publisher = self._publisher
        return ForwarderRecord(
            None if publisher is None or publisher.is_over else publisher.record(),
            [each.record() for each in self._viewers],
        )

    @property
    def viewers(self) -> tuple[Viewer, ...]:
        """Those that are open."""
        return tuple(each for each in self._viewers if not each.is_over)

    # Packets

    def _on_publisher(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self.published.set()

    def _on_viewer(self, viewer: Viewer) -> None:
        self._viewers.append(viewer)
        self._choose(viewer)

    def _on_arrival(self, layer: Layer, arrival: Arrival, now_ns: int) -> None:
        made: dict[int, Named] = {}
        for viewer in self._viewers:
            try:
                viewer.pass_on(layer, arrival, made, now_ns)
            except Exception as error:  # noqa: BLE001
                viewer.note_fault(error)  # the others get the packet all the same

    def _on_skip(self, layer: Layer, number: int) -> None:
        for viewer in self._viewers:
            try:
                viewer.skip(layer, number)
            except Exception as error:  # noqa: BLE001
                viewer.note_fault(error)

    def _on_key_frame_wanted(self, stream: Outbound) -> None:
        publisher = self._publisher
        if publisher is not None:
            for layer in publisher.layers():
                if layer.stream in (stream.source, stream.wanted):
                    publisher.want_key_frame(layer)

    def _choose(self, viewer: Viewer) -> None:
        """Find the streams that a viewer shall get, and ask for key frames where it waits."""
        publisher = self._publisher
        if publisher is None or publisher.is_over:
            return
        now_ns = self._timeline.now_ns()
        for kind, stream in viewer.streams.items():
            media = publisher.media.get(kind)
            codec = None if media is None else stream.agreed.codec_like(media.agreed.codec)
            if media is None or codec is None:
                continue
            room = viewer.room(now_ns)
            layer = media.layer(viewer.wanted_layer, stream.wanted, room, now_ns)
            if layer is None:
                continue
            stream.want(layer.stream, codec)
            if stream.needs_key_frame:
                publisher.want_key_frame(layer)
            better = [each for each in media.alive(now_ns) if each.bps > layer.bps]
            if better and not viewer.wanted_layer:
                viewer.try_for(better[0], now_ns)

    async def tick(self) -> None:
        """Do what is due, again and again."""
        ticks = 0
        while True:
            await asyncio.sleep(TICK_S)
            ticks += 1
            self._tick(ticks)

    def _tick(self, ticks: int) -> None:
        publisher, now_ns = self._publisher, self._timeline.now_ns()
        if publisher is not None and not publisher.is_over:
            try:
                publisher.tick()
            except Exception as error:  # noqa: BLE001
                report("Forwarding", error)
        if ticks % REPORT_EVERY == 0:
            self._forget()
        for viewer in self._viewers:
            try:
                self._tick_viewer(viewer, ticks, now_ns)
            except Exception as error:  # noqa: BLE001
                viewer.note_fault(error)

    def _tick_viewer(self, viewer: Viewer, ticks: int, now_ns: int) -> None:
        viewer.tick(now_ns)
        if ticks % CHOOSE_EVERY == 0:
            self._choose(viewer)
        if ticks % REPORT_EVERY == 0:
            viewer.report(now_ns)

    async def close(self) -> None:
        """End all sessions."""
        async with asyncio.TaskGroup() as group:
            for each in self._sessions:
                group.create_task(each.close())


async def _alone(life: Coroutine[Any, Any, None]) -> None:
    """Have what a session does end nothing but itself, as a task group would end them all."""
    try:
        await life
    except Exception as error:  # noqa: BLE001
        report("Forwarding", error)


@asynccontextmanager
async def open_forwarder(
    *,
    timeline: Timeline,
    sink: EventSink,
    options: ForwarderOptions | None = None,
) -> AsyncIterator[Forwarder]:
    """Make a forwarder; its connections are closed when the context ends.

    Args:
        timeline: numbers the events.
        sink: takes them.
        options: everything that can be asked of it.

    Raises:
        EngineMissingError: there is nothing on this machine to end the encryption with.
    """
    await asyncio.to_thread(load)  # it takes about a second
    group = asyncio.TaskGroup()
    await group.__aenter__()
    forwarder = Forwarder(timeline, sink, options or ForwarderOptions(), group)
    ticking = group.create_task(forwarder.tick())
    try:
        yield forwarder
    finally:
        await forwarder.close()
        ticking.cancel()
        await group.__aexit__(None, None, None)
