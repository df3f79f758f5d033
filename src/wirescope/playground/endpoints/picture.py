"""Colour bars with a clock and a test tone, for as many as want to see them.

A picture is made and encoded once and passed on to all who watch it, by the packet path: an
engine peer publishes to a forwarder in this process. It begins with the first who watches it and
ends soon after the last. Whoever asks for another size, rate, codec or tone gets a picture of its
own, so that there are few of them at a time.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

from wirescope.errors import SignalingError
from wirescope.events import Timeline
from wirescope.playground.endpoints.endpoint import Answer, Arguments
from wirescope.playground.endpoints.lending import used_servers
from wirescope.playground.endpoints.mounting import MAX_SESSIONS, mounted
from wirescope.playground.endpoints.serving import Kept, Serving, Users
from wirescope.playground.endpoints.webrtc import WHEP_PICTURE
from wirescope.transports.webrtc import (
    Description,
    Forwarder,
    ForwarderOptions,
    Peer,
    PeerOptions,
    open_forwarder,
    open_peer,
)
from wirescope.transports.webrtc.media import ColourBars, Tone
from wirescope.transports.webrtc.signaling import Session

MAX_PICTURES = 4

BEGIN_S = 5.0
"""Seconds from the publisher's end of the connection to the forwarder's."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What picture is wanted, and with what sound."""

    codec: str
    size: str
    frame_rate: int
    frequency_hz: int
    marks: bool

    @classmethod
    def by(cls, url: str) -> "Wanted":
        """Read it from an address.

        Raises:
            UsageError: a parameter is unknown or out of its bounds.
        """
        arguments = Arguments(WHEP_PICTURE, dict(parse_qsl(urlsplit(url).query)))
        return cls(
            arguments.text("codec"),
            arguments.text("size"),
            arguments.number("fps"),
            arguments.number("tone_hz"),
            bool(arguments.number("marks")),
        )

    def send(self, peer: Peer) -> None:
        """Have a peer send it."""
        width, _, height = self.size.partition("x")
        bars = ColourBars(
            width=int(width), height=int(height), frame_rate=self.frame_rate, flash=self.marks
        )
        peer.media.send_video(bars)
        peer.media.send_audio(Tone(frequency_hz=self.frequency_hz, beep=self.marks))


class Shown(NamedTuple):
    """A picture that is made, and passed on."""

    forwarder: Forwarder
    publisher: Session


class Picture:
    """One picture, and who watches it."""

    def __init__(self, serving: Serving, wanted: Wanted, forget: Callable[[], None]) -> None:
        self._serving = serving
        self._wanted = wanted
        self._forget = forget
        self._watching = Users(serving)
        self._shown = Kept(serving, self._show, self._nobody_watches)

    @property
    def watching(self) -> int:
        """How many watch it."""
        return len(self._watching)

    async def watch(self, url: str) -> Session:
        """Make the session of one more."""
        try:
            shown = await self._shown.get()
        except Exception:
            self._forget()
            raise
        session = await shown.forwarder.watch(url)
        self._watching.add(session)
        return session

    @asynccontextmanager
    async def _show(self) -> AsyncIterator[Shown]:
        serving = self._serving
        options = ForwarderOptions(
            ice_servers=partial(used_servers, serving), max_viewers=MAX_SESSIONS
        )
        # The peer that makes the picture is this program's own affair, and in no capture.
        own = PeerOptions(codecs=(self._wanted.codec,), statistics_interval_s=0)
        async with (
            open_forwarder(
                timeline=serving.timeline, sink=serving.sink, options=options
            ) as forwarder,
            open_peer(timeline=Timeline(), sink=lambda _: None, options=own) as peer,
        ):
            self._wanted.send(peer)
            session = await forwarder.publish("webrtc:")
            answer = await session.answer((await peer.offer(gather=True)).sdp)
            await peer.take(Description("answer", answer))
            await peer.wait_open()
            await _until_published(forwarder)
            yield Shown(forwarder, session)

    async def _nobody_watches(self, shown: Shown) -> None:
        """Wait until nobody has watched for a while, or nothing is published any more."""
        await self._watching.wait_gone(lambda: shown.publisher.is_over)
        self._forget()


async def _until_published(forwarder: Forwarder) -> None:
    """Wait for the forwarder's end of a connection that stands at the other one already."""
    try:
        async with asyncio.timeout(BEGIN_S):
            await forwarder.published.wait()
    except TimeoutError:
        raise SignalingError(
            f"The picture has not begun within {BEGIN_S:g} s.",
            status=503,
            hint="Try again; this machine is busy.",
        ) from None


class Pictures:
    """The pictures that are shown at the moment."""

    def __init__(self, serving: Serving) -> None:
        self._serving = serving
        self._shown: dict[Wanted, Picture] = {}

    def watching(self, path: str) -> Answer:
        """Mount the endpoint where they are watched."""
        return mounted(self._serving, path, self._watch, kind="whep", tell=self._tell)

    async def _watch(self, url: str) -> Session:
        """Make the session of one who watches what the address asks for."""
        wanted = Wanted.by(url)
        picture = self._shown.get(wanted)
        if picture is None:
            if len(self._shown) >= MAX_PICTURES:
                raise SignalingError(
                    f"There are {MAX_PICTURES} different pictures already.",
                    status=503,
                    hint="Watch one of them, or try again when nobody watches one any more.",
                )
            forget = partial(self._forget, wanted)
            picture = self._shown[wanted] = Picture(self._serving, wanted, forget)
        return await picture.watch(url)

    def _forget(self, wanted: Wanted) -> None:
        self._shown.pop(wanted, None)

    def _tell(self) -> str:
        """Say how it stands."""
        shown = [
            f"{wanted.codec} {wanted.size} for {picture.watching}"
            for wanted, picture in self._shown.items()
        ]
        return f"Shown is {', '.join(shown)}." if shown else "Nobody watches."
