"""A WebRTC connection as a user has it: the peer, its channels and media, the code to hand over.

A `Call` is the transport's `Peer` joined with what was asked for and with its signaling, whichever
that is; `open_call` makes one. Faces show it and give it orders, and have no logic of their own.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from wirescope.errors import DescriptionError, SignalingError, UsageError
from wirescope.events import Side
from wirescope.transports.webrtc import ChannelOptions, DataChannel, Description, Peer
from wirescope.transports.webrtc.media import Media, Recording
from wirescope.transports.webrtc.signaling import read_code
from wirescope.workbench.calling.address import Address
from wirescope.workbench.calling.bridging import Bridges
from wirescope.workbench.calling.leaving import close_channels, flush, unanswered, unsent
from wirescope.workbench.calling.options import CallOptions
from wirescope.workbench.calling.rejecting import explain_rejection, rejected_kinds

LINGER_S = 2.0
"""Seconds that the signaling's server has to take note of the end."""


class Call:
    """A WebRTC connection; `open_call` makes it.

    Attributes:
        address: where it leads.
        options: what was asked of it.
        peer: this end, with all that it can do.
        code: what to hand to the other side, where codes are pasted; else empty.
        awaits_code: whether the other side's code is still to be pasted.
        recording: what records what comes; None when nothing does.
        rejected: kinds of media that one side offered and the other did not take.
        rejected_by: the side that did not take them.
        notes: what failed on the way and was lived with, in words.
        bridges: those to TURN servers with a certificate of the user's own trust.
        aborted: whether it was ended at once.
        unsent_bytes: what was sent on its channels and had not gone out when it ended.
        cut: ends at once what carries the signaling, where that is still waited for.
    """

    def __init__(
        self, address: Address, options: CallOptions, peer: Peer, *, deliver: bool = True
    ) -> None:
        self.address = address
        self.options = options
        self.peer = peer
        self.code = ""
        self.awaits_code = False
        self.recording: Recording | None = None
        self.rejected: tuple[str, ...] = ()
        self.rejected_by: Side = "remote"
        self.notes: Callable[[], Sequence[str]] = tuple
        self.bridges = Bridges(options)
        self.restarter: Callable[[], Awaitable[None]] | None = None
        self.take_leave: Callable[[], Awaitable[None]] | None = None
        self.aborted = False
        self.unsent_bytes = 0
        self.cut: Callable[[], None] = lambda: None
        self._is_told = False  # what was not sent
        self._is_unanswered = False  # the end of a channel
        self._leaving: asyncio.Timeout | None = None
        self._offer: tuple[Side, Description] | None = None
        self._deliver = deliver
        self._has_channel = asyncio.Event()
        peer.on_description = self._on_description
        peer.on_channel = self.note_channel

    @property
    def id(self) -> str:
        """The connection's id in the capture, as `c1`."""
        return self.peer.id

    @property
    def channels(self) -> list[DataChannel]:
        """The data channels, those that the other side has opened too, in the order of making."""
        return self.peer.channels

    @property
    def media(self) -> Media:
        """The audio and video that is sent and received."""
        return self.peer.media

    # How it stands

    async def wait_open(self) -> None:
        """Wait until the connection stands.

        Raises:
            ConnectError: it did not come about; the error says at which step and why.
            ConnectionClosedError: it was closed before.
        """
        await self.peer.wait_open()

    async def wait_ended(self) -> None:
        """Wait until the connection has failed or is closed."""
        await self.peer.wait_ended()

    async def accept(self, code: str) -> None:
        """Take the code that the other side has handed back.

        Raises:
            ConnectionClosedError: the connection is closed.
            ConnectError: it has failed.
            DescriptionError: it is no code, was copied in part, or is not one of an answer to this
                offer; another one can be tried.
            UsageError: no code is awaited.
        """
        if not self.awaits_code:
            raise UsageError("No code is awaited.", hint="A code is pasted once, after the offer.")
        answer = read_code(code)
        if answer.kind != "answer":
            own = code.strip() == self.code
            raise DescriptionError(
                "This is this end's own code." if own else "This is the code of another offer.",
                hint="Give this end's code to the other side, and paste what it gives back.",
            )
        await self.peer.take(answer)
        self.awaits_code = False
        self.peer.allow(self.options.open_timeout_s)

    def _on_description(self, side: Side, description: Description) -> None:
        """See what of an offer was not taken; where nothing is left, the connection has failed."""
        if description.kind == "offer":
            self._offer = side, description
        elif description.kind == "answer" and self._offer is not None:
            offered_by, offer = self._offer
            self.rejected, all_of_it = rejected_kinds(offer.sdp, description.sdp)
            self.rejected_by = side
            if all_of_it and not self.peer.is_open:
                error = explain_rejection(self.rejected, self.options.codecs, offered_by)
                if side == "remote":
                    self.peer.give_up(error)
                else:  # what has described this end is not done with it
                    asyncio.get_running_loop().call_soon(self.peer.give_up, error)

    def lose_signaling(self) -> None:
        """Take note that the signaling is over."""
        self.restarter = None

    # Channels

    def channel(self, name: str | int | None = None) -> DataChannel:
        """Find a channel by its label or its id; None is the first that is not closed.

        Raises:
            UsageError: there is none, or none yet.
        """
        alive = [each for each in self.channels if each.closed is None]
        for each in alive:
            if name is None or name in (each.label, each.id):
                return each
        known = ", ".join(dict.fromkeys(each.label or str(each.id) for each in alive))
        raise UsageError(
            "There is no channel to send on." if name is None else f"There is no channel {name!r}.",
            hint=f"There is {known}." if known else "Open one, or wait for the other side to.",
        )

    async def wait_channel(self) -> DataChannel:
        """Wait until there is a channel, made here or by the other side; the first."""
        await self._has_channel.wait()
        return self.channel()

    def note_channel(self, channel: DataChannel) -> None:
        """Take note of a channel that was made."""
        if not self._deliver:
            channel.keep_messages(keep=False)
        self._has_channel.set()

    def open_channel(self, options: ChannelOptions) -> DataChannel:
        """Make a further channel.

        Raises:
            ConnectError: the connection has failed.
            ConnectionClosedError: it is closed.
            UsageError: the channel's id is taken, or the signaling cannot agree on the first one.
        """
        if not self.channels and self.restarter is None:
            raise UsageError(
                "The first channel has to be agreed on, and nothing carries that any more.",
                hint="Ask for a channel before the code is made.",
            )
        channel = self.peer.create_channel(options)
        self.note_channel(channel)
        return channel

    async def send(self, data: str | bytes, channel: str | int | None = None) -> None:
        """Send one message, text for a str and binary for bytes; waits while the peer is slow.

        Args:
            data: the message.
            channel: its label or its id; None is the first.

        Raises:
            ConnectionClosedError: the channel is closed.
            MessageTooLongError: the peer takes no message of this length.
            UsageError: there is no such channel.
        """
        await self.channel(channel).send(data)

    async def close_channel(self, channel: DataChannel) -> None:
        """Close one of its channels; what was sent on it arrives first.

        Raises:
            ConnectError: not all of it went out, or it is not known whether it has arrived.
        """
        left = await flush([channel])
        await channel.close()
        if left:
            raise unsent(left, [channel], self.peer.closed)
        if channel.unanswered:
            raise unanswered()

    # Orders

    async def restart_ice(self) -> None:
        """Look for a path anew.

        Raises:
            ConnectError: the signaling's server did not answer.
            DescriptionError: what it answered cannot be used.
            SignalingError: it refused, or there is nothing that carries the new offer.
        """
        if self.restarter is None:
            raise SignalingError(
                "ICE cannot be restarted: with codes, nothing carries a new offer.",
                hint="Make the connection anew with webrtc: alone.",
            )
        await self.restarter()

    async def close(self) -> None:
        """End the connection; what was sent on its channels arrives first. Again, it does nothing.

        That is waited for as long as some of it goes out; `unsent_bytes` says what did not. Then
        the channels are closed, and the signaling's server is told, which has `LINGER_S`.
        """
        peer = self.peer
        channels = list(self.channels)
        left = await flush(channels)
        self.unsent_bytes = self.unsent_bytes or left
        if peer.is_open and peer.state("connection") == "connected":
            alive = [each for each in channels if each.closed is None]
            await close_channels(alive)
            self._is_unanswered = any(each.unanswered for each in alive)
        peer.leaving = True
        take_leave, self.take_leave = self.take_leave, None
        if take_leave is not None and not self.aborted:
            with suppress(TimeoutError):
                async with asyncio.timeout(LINGER_S) as self._leaving:
                    await take_leave()
            self._leaving = None
        await peer.close()

    def abort(self) -> None:
        """End the connection at once: neither the other side nor a server is waited for."""
        self.aborted = True
        self.peer.abort("This end did not wait.")
        if self._leaving is not None:
            self._leaving.reschedule(asyncio.get_running_loop().time())
        self.cut()

    def check_sent(self) -> None:
        """See that all that was sent has arrived, once the connection has ended.

        Raises:
            ConnectError: it has not, or that is not known. It is said once.
        """
        is_told, self._is_told = self._is_told, True
        if is_told:
            return
        if self.unsent_bytes:
            raise unsent(self.unsent_bytes, self.channels, self.peer.closed)
        if self._is_unanswered:
            raise unanswered()
