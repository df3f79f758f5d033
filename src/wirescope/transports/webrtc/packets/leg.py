"""One ICE and DTLS-SRTP transport that answers an offer: packets in the clear on this side.

aiortc waits for ever where nobody answers; here each wait has a deadline. The states and the end
are written down in the words of a peer connection.

Not here: packets (`datagrams`), and what they mean.
"""

import asyncio
import contextlib
import random
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from wirescope.errors import WirescopeError
from wirescope.events import (
    ConnectionClosed,
    ConnectionFailed,
    ConnectionOpened,
    ConnectionOpening,
    ConnectionPhase,
    IcePair,
    Initiator,
    SignalingDescription,
)
from wirescope.transports.webrtc.description import Candidate, Description
from wirescope.transports.webrtc.journal import Journal
from wirescope.transports.webrtc.packets.answer import Local
from wirescope.transports.webrtc.packets.datagrams import Datagrams, OnPacket
from wirescope.transports.webrtc.packets.offer import Offer
from wirescope.transports.webrtc.packets.options import ForwarderOptions
from wirescope.transports.webrtc.packets.stack import load, make_transport
from wirescope.transports.webrtc.packets.way import Way, pair_words

if TYPE_CHECKING:
    from aiortc import RTCIceTransport

LOOK_S = 1.0
"""Seconds between two looks at which candidate pair is in use."""


class Leg:
    """One end of a transport.

    Attributes:
        id: the connection's id in the capture.
        datagrams: what goes over it.
    """

    def __init__(
        self,
        journal: Journal,
        options: ForwarderOptions,
        *,
        url: str,
        on_rtp: OnPacket,
        on_rtcp: OnPacket,
        on_open: Callable[[], None],
    ) -> None:
        self.id = journal.connection
        self.datagrams = Datagrams(self.id, on_rtp=on_rtp, on_rtcp=on_rtcp)
        self._journal = journal
        self._options = options
        self._on_open = on_open
        self._started_ns = journal.now_ns()
        self._busy = asyncio.Lock()  # sockets are being opened or closed
        self._stopping = asyncio.Event()
        self._ended = asyncio.Event()
        self._end: tuple[Initiator, str, str] | None = None  # who, cause, reason
        self._outcome: ConnectionClosed | ConnectionFailed | None = None
        self._opened = self._running = False
        self._refusal: WirescopeError | None = None
        self._pair: Any = None
        journal.write(ConnectionOpening, url, "webrtc", at_ns=self._started_ns)
        servers = options.ice_servers
        gatherer, self._dtls = make_transport(
            servers if isinstance(servers, tuple) else servers(),
            self.datagrams.on_datagram,
            self.datagrams.waits,
            options.gather_timeout_s,
        )
        self._gatherer = gatherer
        self._way = Way(journal)
        self._connection: Any = gatherer._connection
        self.datagrams.join(gatherer._connection)
        gatherer.on("statechange", self._on_gathering)
        self._ice.on("statechange", lambda: self._way.move_ice(self._ice.state))
        self._dtls.on("statechange", self._on_dtls)

    @property
    def _ice(self) -> "RTCIceTransport":
        return self._dtls.transport

    @property
    def is_open(self) -> bool:
        """Whether packets can be sent."""
        return self.datagrams.is_open

    @property
    def is_over(self) -> bool:
        """Whether it has ended, or is about to."""
        return self._stopping.is_set()

    @property
    def outcome(self) -> ConnectionClosed | ConnectionFailed | None:
        """The event about its end; None while it has not ended."""
        return self._outcome

    # Descriptions

    async def gather(self, offer: Offer) -> Local:
        """Take an offer's part about the transport and look for this end's addresses."""
        sdp = load().sdp
        async with self._busy:
            if not self.is_over:
                await self._gatherer.gather()
            if self.is_over:
                await self._ice.stop()  # whoever closes it may not have waited for its sockets
        # RFC 8445 section 6.1.1: who answers is controlled, unless the other is a lite agent
        self._connection.ice_controlling = offer.is_lite
        # RFC 5763 section 5: who answers chooses, and `active` saves a round trip
        setup = "passive" if offer.setup == "active" else "active"
        self._dtls._set_role("server" if setup == "passive" else "client")
        prints = self._dtls.getLocalParameters().fingerprints
        parameters = self._gatherer.getLocalParameters()
        candidates = [sdp.candidate_to_sdp(c) for c in self._gatherer.getLocalCandidates()]
        for each in candidates:
            self._way.note_candidate("local", each, offer.sections[0].mid)
        return Local(
            random.getrandbits(62),
            parameters.usernameFragment or "",
            parameters.password or "",
            next(each.value for each in prints if each.algorithm == "sha-256"),
            setup,
            candidates,
        )

    def note_description(self, side: str, description: Description) -> None:
        """Write a description down."""
        self._way.move("signaling", "have-remote-offer" if side == "remote" else "stable")
        self._journal.write(SignalingDescription, side, description.kind, description.sdp)
        if side == "local":
            self._phase("signaling")

    async def add_candidate(self, candidate: Candidate) -> None:
        """Take an address of the other side; one that cannot be used is passed over."""
        # ICE is not told of their end, as it would give up a peer that comes from another address
        text = candidate.text.removeprefix("candidate:")
        if not text or self.is_over:
            return
        native = self._way.read_candidate(text)
        if native is None:
            return
        self._way.note_candidate("remote", text, candidate.mid or "")
        if native.protocol.lower() == "udp" and native.component == 1:
            try:
                await self._ice.addRemoteCandidate(native)
            except OSError:  # a name ending in .local is asked for by multicast
                pass
            except Exception as error:  # noqa: BLE001
                self.datagrams.report(error)

    # Its life

    def run(self, offer: Offer) -> Coroutine[Any, Any, None]:
        """Live from the exchange of descriptions to the end, which has been written down then."""
        self._running = True
        return self._run(offer)

    async def _run(self, offer: Offer) -> None:
        try:
            await self._live(offer)
        except Exception as error:  # noqa: BLE001
            self.datagrams.report(error)
            self._finish("network", "dtls", "the transport failed")
        finally:
            self._finish("local", "aborted", "")
            await self._leave()

    async def _live(self, offer: Offer) -> None:
        stack = load()
        prints = [stack.RTCDtlsFingerprint(*each) for each in offer.fingerprints]
        ice = stack.RTCIceParameters(offer.fragment, offer.password, offer.is_lite)
        async with asyncio.TaskGroup() as group:
            adding = [group.create_task(self.add_candidate(each)) for each in offer.candidates]
            connecting = group.create_task(self._connect(ice, stack.RTCDtlsParameters(prints)))
            stopping = group.create_task(self._wait_for_the_end())
            await asyncio.wait((connecting, stopping), return_when=asyncio.FIRST_COMPLETED)
            if connecting.done() and not self.is_over:
                self._become_open()
            await stopping
            for task in (connecting, *adding):
                task.cancel()

    async def _connect(self, ice: Any, dtls: Any) -> None:
        try:
            async with asyncio.timeout(self._options.open_timeout_s):
                await self._ice.start(ice)
                if self._ice.state == "completed":
                    self._phase("ice")
                    await self._dtls.start(dtls)
        except TimeoutError:
            self._finish("network", "timeout", "")
        if self._dtls.state != "connected":
            self._finish("network", "ice" if self._ice.state != "completed" else "dtls", "")

    def _become_open(self) -> None:
        self._opened = True
        self._phase("dtls")
        self._way.move("connection", "connected")
        self._journal.write(ConnectionOpened)
        self._look_at_the_pair()
        try:
            self._on_open()
        except Exception as error:  # noqa: BLE001
            self.datagrams.report(error)

    async def _wait_for_the_end(self) -> None:
        while not self.is_over:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await self._stopping.wait()
            self._look_at_the_pair()

    def _look_at_the_pair(self) -> None:
        """Write down which candidate pair is used, if it is another one."""
        pair = self._connection._nominated.get(1)
        if pair is None or pair is self._pair:
            return
        self._pair = pair
        local, remote = pair_words(pair.local_candidate), pair_words(pair.remote_candidate)
        nominated = selected = True
        self._journal.write(IcePair, local, remote, "succeeded", nominated, selected)

    def _on_gathering(self) -> None:
        done = self._gatherer.state == "completed"
        self._way.move("gathering", "complete" if done else "gathering")
        if done:
            self._phase("gathering")

    def _on_dtls(self) -> None:
        state = self._dtls.state
        self._way.move("dtls", state)
        if state == "connected":  # packets may follow at once, by which the path is measured
            self.datagrams.open(self._dtls)
        if state == "closed" and not self.is_over:
            # consent to send has run out (RFC 7675), or the other side said that it ends
            if self._connection._closing:
                self._finish("network", "ice", "no working path any more")
            else:
                self._finish("remote", "close", "")

    def note_media(self) -> None:
        """Take note that media has come for the first time."""
        self._phase("first-media")

    def _phase(self, name: str) -> None:
        now_ns = self._journal.now_ns()
        self._journal.write(ConnectionPhase, name, now_ns - self._started_ns, at_ns=now_ns)

    # Its end

    async def close(self, because: WirescopeError | None = None) -> None:
        """End it, within the deadline; again, it does nothing.

        Args:
            because: why it never began.
        """
        if because is not None and self._end is None:
            self._refusal = because
        self._finish("local", "close", "")
        if not self._running:
            await self._leave()
        await self._ended.wait()

    async def _leave(self) -> None:
        """Close the transports and write the end down."""
        self._running = True
        self.datagrams.close()
        half_s = self._options.close_timeout_s / 2
        try:
            try:
                async with asyncio.timeout(half_s), self._busy:
                    await self._dtls.stop()
            finally:
                async with asyncio.timeout(half_s):
                    await self._ice.stop()
        except TimeoutError:
            pass
        except Exception as error:  # noqa: BLE001
            self.datagrams.report(error)  # it is over all the same
        finally:  # whoever waits goes on after this, with the end written down
            self._ended.set()
            self._write_end()

    def _finish(self, initiator: Initiator, cause: str, reason: str) -> None:
        if self._end is None:
            self._end = (initiator, cause, reason)
            self._stopping.set()

    def _write_end(self) -> None:
        if self._outcome is not None:
            return
        initiator, cause, reason = self._end or ("local", "aborted", "")
        self._way.end(failed=not self._opened and initiator == "network")
        if self._opened:
            clean = cause == "close"
            self._outcome = self._journal.write(
                ConnectionClosed, 0, reason, initiator, clean, cause
            )
        else:
            why = self._way.why_not(initiator, cause, waited_s=self._options.open_timeout_s)
            if self._refusal is not None:
                why = ("signaling", "refused", self._refusal.message, self._refusal.hint)
            self._outcome = self._journal.write(ConnectionFailed, *why)
