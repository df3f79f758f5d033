"""One WebRTC connection: its descriptions, its channels, its end.

A `Peer` is one end of one `RTCPeerConnection`. Descriptions and candidates go in and come out as
values; how they travel is `signaling`'s. Everything that happens is an event, the last one is
`connection.failed` or `connection.closed`, exactly once.

Not here: what becomes of media (`media`), packets (`packets`).
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from wirescope.errors import (
    ConnectError,
    ConnectionClosedError,
    DescriptionError,
    MediaFileError,
    SignalingError,
    UsageError,
)
from wirescope.events import (
    CloseCause,
    ConnectionClosed,
    ConnectionFailed,
    ConnectionOpened,
    ConnectionOpening,
    ConnectionPhase,
    EventSink,
    Full,
    IceCandidate,
    IceError,
    Initiator,
    Machine,
    Side,
    Timeline,
)
from wirescope.transports.webrtc.alongside import alongside
from wirescope.transports.webrtc.channel import DataChannel
from wirescope.transports.webrtc.describing import Describing
from wirescope.transports.webrtc.ending import GIVEN_UP, LEFT_EARLY, Seen, closed_words
from wirescope.transports.webrtc.engine import ice_servers, load, make_ready
from wirescope.transports.webrtc.enough import Enough
from wirescope.transports.webrtc.given import Given
from wirescope.transports.webrtc.journal import Journal
from wirescope.transports.webrtc.media import Media
from wirescope.transports.webrtc.options import ChannelOptions, PeerOptions
from wirescope.transports.webrtc.sampling import STATISTICS_TIMEOUT_S, Sampling
from wirescope.transports.webrtc.statistics import Sampler
from wirescope.transports.webrtc.telling import Telling
from wirescope.transports.webrtc.watching import Watch

if TYPE_CHECKING:
    import webrtc

DEFAULT_MESSAGE_SIZE = 65_536
"""RFC 8841 section 6.1: what a peer takes that does not say."""


class Peer(Telling, Describing, Sampling):
    """One end of a WebRTC connection; `open_peer` makes it.

    Attributes:
        id: the connection's id in the capture, as `c1`.
        url: where it leads, as it was asked for.
        options: what was asked of it.
        channels: the data channels, in the order in which they were made. One that is closed and
            has nothing left to receive is gone once a further one is made.
        media: the audio and video that is sent and received.
        closed: how it ended; None while it has not.
        failed: why it did not come about; None while it may.
        leaving: whether this end has begun to take leave and will close it: that the other side
            does so meanwhile is its answer.
        on_path_lost: is told that no path works any more, so that a restart of ICE may help.
        on_channel: is told each data channel that the other side has opened.
        on_description: is told each description of this end when it is set, and each of the other
            side before it is.
    """

    def __init__(self, journal: Journal, *, options: PeerOptions, url: str) -> None:
        super().__init__()
        self.id = journal.connection
        self.url = url
        self.options = options
        self.channels: list[DataChannel] = []
        self._made = 0  # channels
        self.closed: ConnectionClosed | None = None
        self.failed: ConnectionFailed | None = None
        self.leaving = False
        self._journal = journal
        self._loop = asyncio.get_running_loop()
        self._started_ns = journal.now_ns()
        self._phases: set[str] = set()
        relay_only = options.transport_policy == "relay"
        self._seen = Seen(Given(options.ice_servers, relay_only))
        self._sampler = Sampler(journal)
        self._opened = self._is_over = False
        self._open_deadline: asyncio.TimerHandle | None = None
        self._decided = asyncio.Event()  # it stands, or never will
        self._ended = asyncio.Event()
        self._gathered = asyncio.Event()  # this end's addresses are known, as far as of use
        self._enough = Enough(options.ice_servers, self._gathered)
        self._sample_now = asyncio.Event()
        self._checking = asyncio.Event()  # a path is looked for
        self._lost_since: asyncio.TimerHandle | None = None
        journal.on_full = self._on_full
        self._native = self._make_native()
        self._watch = Watch(
            self._native,
            journal,
            on_move=self._on_move,
            on_candidate=self._tell_candidate,
            on_seen=self._note_seen,
            on_pair_change=self._sample_now.set,
        )
        try:
            self.media = Media(
                self._native,
                journal,
                codecs=options.codecs,
                wait_open=self.wait_open,
                check_alive=self._check_alive,
                guarded=self._guarded,
                statistics=self.statistics,
                on_media=self._note_media,
            )
        except UsageError:
            self._native.close()
            raise
        # Not before: what cannot be made at all has no beginning that would want an end.
        journal.write(ConnectionOpening, url, "webrtc", at_ns=self._started_ns)
        if options.ice_servers:
            self._watch.watch_servers(options.ice_servers, options.transport_policy)
        self._native.on("negotiationneeded", lambda _: self._tell(self.on_negotiation_needed))
        self._native.on("datachannel", lambda event: self._on_remote_channel(event.channel))
        self.allow(options.open_timeout_s)

    def _make_native(self) -> "webrtc.RTCPeerConnection":
        engine = load()
        options = self.options
        try:
            native: webrtc.RTCPeerConnection = engine.RTCPeerConnection(
                engine.RTCConfiguration(
                    ice_servers=ice_servers(options.ice_servers),
                    ice_transport_policy=options.transport_policy,
                    bundle_policy="max-bundle",
                    port_range=options.port_range,
                )
            )
        except (engine.RTCException, TypeError, ValueError) as error:
            named = ", ".join(each.shown for each in options.ice_servers)
            raise UsageError(
                f"The engine makes no connection with these options: {str(error).rstrip('.')}.",
                hint=f"See the addresses of the ICE servers: {named}." if named else "",
            ) from None
        return native

    # How it stands

    def state(self, machine: Machine) -> str:
        """Where one of the connection's machines is, in the specification's word."""
        return self._watch.states[machine]

    @property
    def is_open(self) -> bool:
        """Whether the connection stands."""
        return self._opened and self.closed is None

    def allow(self, timeout_s: float) -> None:
        """Give the connection so many seconds from now on to stand."""
        self._stop_deadline()
        if not self._opened and not self._is_over:
            self._open_deadline = self._loop.call_later(
                timeout_s, self._on_open_deadline, timeout_s
            )

    def _stop_deadline(self) -> None:
        if self._open_deadline is not None:
            self._open_deadline.cancel()
            self._open_deadline = None

    async def wait_open(self) -> None:
        """Wait until the connection stands.

        Raises:
            ConnectError: it did not come about; the error says at which step and why.
            ConnectionClosedError: it was closed before.
        """
        await self._decided.wait()
        self._check_alive()

    async def wait_ended(self) -> None:
        """Wait until the connection has failed or is closed."""
        await self._ended.wait()

    def _check_alive(self) -> None:
        failed, closed = self.failed, self.closed
        if failed is not None:
            raise ConnectError(
                failed.message, phase=failed.phase, kind=failed.kind, hint=failed.hint
            )
        if closed is not None:
            raise ConnectionClosedError(
                closed_words(closed),
                code=closed.code,
                reason=closed.reason,
                initiator=closed.initiator,
                clean=closed.clean,
            )

    # Channels

    def create_channel(self, options: ChannelOptions) -> DataChannel:
        """Make a data channel; it opens once the connection stands.

        Raises:
            ConnectError: the connection has failed.
            ConnectionClosedError: it is closed.
            UsageError: the channel's id is taken.
        """
        engine = load()
        self._check_alive()
        init = engine.RTCDataChannelInit(
            ordered=options.ordered,
            max_retransmits=options.max_retransmits,
            max_packet_life_time=options.max_packet_life_time_ms,
            protocol=options.protocol,
            negotiated=options.id is not None,
            id=options.id,
        )
        try:
            native = self._native.create_data_channel(options.label, init)
        except (engine.RTCException, TypeError, ValueError) as error:
            raise UsageError(f"The channel {options.label!r} cannot be made: {error}.") from None
        return self._add_channel(native, "local", options.pace_bytes_per_s)

    def _on_remote_channel(self, native: "webrtc.RTCDataChannel") -> None:
        channel = self._add_channel(native, "remote")
        self._guarded(self.on_channel, channel)

    def _add_channel(
        self,
        native: "webrtc.RTCDataChannel",
        initiator: Side,
        pace_bytes_per_s: float | None = None,
    ) -> DataChannel:
        self.channels[:] = [each for each in self.channels if each.closed is None or each.waiting]
        self._made += 1
        channel = DataChannel(
            native,
            self._journal,
            number=self._made,
            initiator=initiator,
            all_channels=self.channels,
            connected=self._decided,
            max_message_size=self._max_message_size,
            open_timeout_s=self.options.open_timeout_s,
            close_timeout_s=self.options.close_timeout_s,
            pace_bytes_per_s=pace_bytes_per_s,
        )
        self.channels.append(channel)
        return channel

    def _max_message_size(self) -> int:
        if self._message_limit is None:
            sctp = self._native.sctp
            size = None if sctp is None else sctp.max_message_size
            if size is None:
                return DEFAULT_MESSAGE_SIZE
            self._message_limit = int(min(size, 1 << 62))
        return self._message_limit

    def _on_full(self, full: Full) -> None:
        for channel in self.channels:
            channel.hold(full)

    # What the engine tells

    def _note_seen(self, event: IceCandidate | IceError) -> None:
        self._seen.note(event)
        self._enough.note(event)

    def _on_move(self, machine: Machine, to: str) -> None:
        if self._is_over:
            return
        if machine == "ice":
            self._note_checking(to)
        match machine, to:
            case "gathering", "complete":
                self._phase("gathering")
                self._gathered.set()
                self._end_without_relay()
            case "gathering", _:
                self._gathered.clear()
                self._enough.begin()
            case "ice", "checking":
                self._seen.checked = True
            case "ice", "connected" | "completed":
                self._seen.path_found = True
                self._phase("ice")
                self._sample_now.set()
            case "dtls", "connected":
                self._phase("dtls")
            case "dtls", "closed" if not self.leaving:
                self._finish("remote", "close", clean=True)
            case "dtls", "failed":
                self._on_dtls_failed()
            case "sctp", "connected":
                self._phase("sctp")
            case "connection", _:
                self._on_connection(to)
            case _:
                pass

    def _on_connection(self, to: str) -> None:
        if to != "connecting":  # which has no pair to tell of
            self._sample_now.set()
        if to == "connected":
            self._stop_lost()
            if not self._opened:
                self._opened = True
                self._stop_deadline()
                self._journal.write(ConnectionOpened)
                self._decided.set()
        elif to in ("disconnected", "failed") and self._opened and self._lost_since is None:
            self._lost_since = self._loop.call_later(self.options.lost_timeout_s, self._on_lost)
        if to == "failed" and self._opened:
            self._tell(self.on_path_lost)

    def _stop_lost(self) -> None:
        if self._lost_since is not None:
            self._lost_since.cancel()
            self._lost_since = None

    def _on_lost(self) -> None:
        waited_s = self.options.lost_timeout_s
        self._finish("network", "ice", clean=False, reason=f"no working path for {waited_s:g} s")

    def _on_dtls_failed(self) -> None:
        if self._opened:
            self._finish("network", "dtls", clean=False, reason="the DTLS transport failed")
            return
        self._fail(
            "dtls",
            "dtls",
            "The DTLS handshake failed: the other side has not shown the certificate whose"
            " fingerprint its description has, or has no version or curve in common with this.",
            "Somebody on the way of the signaling may have changed the description; see"
            " `a=fingerprint` in both.",
        )

    def _on_open_deadline(self, waited_s: float) -> None:
        reason = self._seen.why(waited_s=waited_s)
        self._fail(reason.phase, reason.kind, reason.message, reason.hint)

    def _end_without_relay(self) -> None:
        # Without an address of this end no check is sent, whatever the other side tells (RFC 8445
        # section 6.1.2.2): there is nothing to wait for, and the reason is known.
        is_left_alone = self._seen.is_without_address and self.state("gathering") == "complete"
        if self.options.transport_policy == "relay" and is_left_alone and not self._opened:
            self._on_open_deadline(0)

    def _note_media(self) -> None:
        if not self._is_over:
            self._phase("first-media")

    def _phase(self, name: str) -> None:
        if name in self._phases:
            return
        self._phases.add(name)
        now_ns = self._journal.now_ns()
        self._journal.write(ConnectionPhase, name, now_ns - self._started_ns, at_ns=now_ns)

    # Its end

    async def close(self) -> ConnectionClosed | None:
        """End the connection; how it ended, None if it never came about. Again, it does nothing."""
        if self._opened:
            self._finish("local", "close", clean=True)
        elif self.failed is None:
            self.abort(GIVEN_UP)
        return self.closed

    def give_up(
        self, error: ConnectError | DescriptionError | MediaFileError | SignalingError
    ) -> None:
        """End a connection: its signaling failed, or it or a source brought what is of no use."""
        if isinstance(error, ConnectError):
            self._fail(error.phase, error.kind, error.message, error.hint)
        elif isinstance(error, MediaFileError):
            self._fail("source", "media", error.message, error.hint)
        elif isinstance(error, DescriptionError):
            self._fail("signaling", "description", error.message, error.hint)
        else:
            answer = (error.status, error.body.encode()) if error.status else ()
            self._fail("signaling", "status", error.message, error.hint, *answer)

    def abort(self, why: str) -> None:
        """End a connection, because this end cannot go on with it; `why` is a sentence."""
        self._fail(self._seen.why(waited_s=0).phase, "aborted", why, "")

    def note_signaling_ended(self, why: str) -> None:
        """Take note that nothing more comes from the other side, or goes there.

        A connection that stands goes on. One of which a description is still to come fails.
        """
        seen = self._seen
        seen.signaling_ended = why
        seen.agreed = seen.described == {"local", "remote"} and self.is_stable
        if not self._opened and not seen.agreed:
            self._on_open_deadline(0)

    def _fail(self, phase: str, kind: str, message: str, hint: str, *answer: int | bytes) -> None:
        if self._opened:  # it came about, so that it can but end
            self._finish("local", "aborted", clean=False, reason=message.rstrip("."))
            return
        if self.failed is not None or self.closed is not None:
            return
        self._shut("local")
        self.failed = self._journal.write(ConnectionFailed, phase, kind, message, hint, *answer)
        self._over()

    def _finish(
        self, initiator: Initiator, cause: CloseCause, *, clean: bool, reason: str = ""
    ) -> None:
        if self.failed is not None or self.closed is not None:
            return
        if not self._opened:
            self._fail("dtls", "left", LEFT_EARLY, "")
            return
        self._shut(initiator)
        self.closed = self._journal.write(ConnectionClosed, 0, reason, initiator, clean, cause)
        self._over()

    def _shut(self, initiator: Initiator) -> None:
        self._stop_deadline()
        self._stop_lost()
        if self._checking.is_set():
            self._sampler.tell_checks()
        self._is_over = True
        self._enough.stop()
        for channel in self.channels:
            channel.note_unsent()
        self._native.close()
        for channel in self.channels:
            channel.end(initiator)
        self.media.end()
        self._watch.stop()

    def _over(self) -> None:
        self._decided.set()
        self._ended.set()
        self._gathered.set()
        self._sample_now.set()
        self._checking.set()  # whoever waits for it sees that there is no more


@asynccontextmanager
async def open_peer(
    *,
    timeline: Timeline,
    sink: EventSink,
    options: PeerOptions | None = None,
    url: str = "webrtc:",
) -> AsyncIterator[Peer]:
    """Make one end of a connection; it is closed when the context ends.

    Args:
        timeline: numbers the events.
        sink: takes them.
        options: everything that can be asked of a connection.
        url: where it leads, for the record.

    Raises:
        EngineMissingError: there is no engine for this machine.
        UsageError: the options cannot be used.
    """
    await make_ready()
    journal = Journal(timeline, sink, timeline.new_connection())
    peer = Peer(journal, options=options or PeerOptions(), url=url)
    # The engine finishes a sample that is under way, whoever waits for it.
    samples = (peer.sample(), peer.look_at_checks())
    sampling = alongside(*samples, grace_s=STATISTICS_TIMEOUT_S)
    async with sampling, alongside(peer.media.run()):
        try:
            yield peer
        finally:
            await peer.close()
