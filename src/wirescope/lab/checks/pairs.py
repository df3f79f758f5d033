"""Two WebRTC peers of this process that agree through memory, for checks that need no network.

Datagrams go over loopback, so that everything below signaling is as between two programs. Nothing
of it is recorded: a check says what it saw itself. Not here: peers behind an emulated network,
which are ends (`ends.channels`).
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from wirescope.errors import LabError
from wirescope.events import Emission, MediaKind, Side, Timeline
from wirescope.transports.messages import MessageConnection, memory_pair
from wirescope.transports.webrtc import (
    DataChannel,
    Description,
    Peer,
    PeerOptions,
    negotiate,
    open_peer,
)
from wirescope.transports.webrtc.signaling import JsonAdapter, MessageSignaling
from wirescope.wire.sdp import SessionDescription, parse_sdp

OPEN_TIMEOUT_S = 10.0
"""Seconds that a connection may take on a busy machine."""

NO_ENGINE = "Not tried: there is no WebRTC engine for this machine."
"""What a check says of WebRTC where it cannot be."""


def forget(_: Sequence[Emission]) -> None:
    """Take events that nobody reads."""


def quiet_options(*, codecs: tuple[str, ...] = ()) -> PeerOptions:
    """Give options of a peer that samples no statistics unasked."""
    return PeerOptions(codecs=codecs, open_timeout_s=OPEN_TIMEOUT_S, statistics_interval_s=0)


async def send_back(connection: MessageConnection) -> None:
    """Send what comes back, until there is no more."""
    async for message in connection:
        await connection.send(message.text if message.kind == "text" else message.payload)


def echoing(tasks: asyncio.TaskGroup) -> Callable[[DataChannel], None]:
    """Give what has each channel that comes echo, in a task of a group."""

    def begin(channel: DataChannel) -> None:
        tasks.create_task(send_back(channel))

    return begin


@dataclass(frozen=True, slots=True)
class Pair:
    """Two peers whose connection stands.

    Attributes:
        one: made the offer.
        other: answered it.
        offers: what `one` has offered, the first one first.
        answers: what `other` has answered.
    """

    one: Peer
    other: Peer
    offers: list[SessionDescription] = field(default_factory=list)
    answers: list[SessionDescription] = field(default_factory=list)


@asynccontextmanager
async def joined(
    prepare: Callable[[Peer, Peer], None], *, codecs: tuple[str, ...] = ()
) -> AsyncIterator[Pair]:
    """Join two peers; both are closed when the context ends.

    Args:
        prepare: makes the channels and tracks of the one, and what the other does with them.
        codecs: the only ones that the other takes, the best first; empty for the engine's own.

    Raises:
        ConnectError: the connection did not come about.
        EngineMissingError: there is no engine for this machine.
    """
    asks, answers = quiet_options(), quiet_options(codecs=codecs)
    here, there = (MessageSignaling(end, JsonAdapter()) for end in memory_pair())
    async with (
        open_peer(timeline=Timeline(), sink=forget, options=asks) as one,
        open_peer(timeline=Timeline(), sink=forget, options=answers) as other,
    ):
        pair = Pair(one, other)

        def note(side: Side, description: Description) -> None:
            kinds = {("local", "offer"): pair.offers, ("remote", "answer"): pair.answers}
            if (kept := kinds.get((side, description.kind))) is not None:
                kept.append(parse_sdp(description.sdp))

        one.on_description = note
        prepare(one, other)
        async with negotiate(one, here, polite=False), negotiate(other, there, polite=True):
            await one.wait_open()
            await other.wait_open()
            yield pair


async def received_codec(peer: Peer, kind: MediaKind) -> str:
    """Name the codec of the stream of a kind that a peer receives right now.

    Raises:
        EngineError: the engine gives no statistics.
        LabError: they know of no such stream.
    """
    for each in await peer.media.codecs():
        if (each.direction, each.kind) == ("received", kind):
            return each.name
    raise LabError(f"No {kind} is received, as far as the engine knows.")
