"""A client of a STUN or TURN server: what it asks, and how it gets past the 401.

::

    async with open_client(url, "udp", options=options) as client:
        bound = await client.binding()
        allocation = await client.allocate()
        await allocation.permit(("192.0.2.7", 50000))

Each request is kept in `client.exchanges` with its times, its answer and its error, the first 401
among them, which is no failure: that is how a server says its realm (RFC 8656 section 5). Answers
with an error raise; `wirescope.wire.stun.error_meaning` has the words for each code.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Literal

from wirescope.errors import ConnectError, PacketError, StunRefusedError
from wirescope.events import Emission, EventSink, IceCandidate, Timeline, TransportAddress
from wirescope.transports.journal import Journal
from wirescope.transports.turn.allocation import Allocation
from wirescope.transports.turn.authentication import LongTerm
from wirescope.transports.turn.exchanges import Exchange, Exchanges
from wirescope.transports.turn.flow import Address, Flow
from wirescope.transports.turn.opening import new_transaction_id, opened_flow
from wirescope.transports.turn.options import Timers, TurnOptions
from wirescope.transports.turn.url import ServerURL, Transport
from wirescope.wire.stun import (
    IPV4,
    IPV6,
    AlternateServer,
    ErrorCode,
    Lifetime,
    MappedAddress,
    MessageClass,
    Method,
    OtherAddress,
    RequestedAddressFamily,
    RequestedTransport,
    ResponseOrigin,
    Software,
    StunMessage,
    Value,
    XorMappedAddress,
    XorRelayedAddress,
    error_meaning,
    make_message,
)
from wirescope.wire.turn import DEFAULT_LIFETIME_S, UDP, ChannelData


@dataclass(frozen=True, slots=True)
class Bound:
    """What a server answered to a Binding request.

    Attributes:
        mapped: this end's address, as the server saw it: the reflexive transport address.
        round_trip_ms: from the request to the answer; with retransmissions, from the first.
        software: what the server says that it is; empty if it does not.
        origin: where the answer came from, as the server says; None if it does not.
        other: the server's other address, of a server that tells NATs apart (RFC 5780 section 7.4).
        exchange: the request and the answer.
    """

    mapped: Address
    round_trip_ms: float
    software: str
    origin: Address | None
    other: Address | None
    exchange: Exchange


@asynccontextmanager
async def open_client(
    url: ServerURL,
    transport: Transport | None = None,
    *,
    options: TurnOptions | None = None,
    timeline: Timeline | None = None,
    sink: EventSink | None = None,
) -> AsyncIterator["TurnClient"]:
    """Open the way to a server; what was allocated is released at the end.

    Args:
        url: the server's address.
        transport: how to reach it; None takes the first of the address's.
        options: credentials, trust, patience.
        timeline: numbers the events.
        sink: takes them: of WebRTC's, since that is what the servers are for.

    Raises:
        ConnectError: it cannot be reached.
        UsageError: a file of the trust cannot be used.
    """
    timeline, options = timeline or Timeline(), options or TurnOptions()
    journal = Journal(timeline, sink or _nowhere, timeline.new_connection())
    async with opened_flow(url, transport or url.transports[0], options, journal) as flow:
        client = TurnClient(flow, url=url, options=options, journal=journal)
        try:
            yield client
        finally:
            await client.release()


def _nowhere(_: Sequence[Emission]) -> None:
    return None


class TurnClient:
    """Asks one server over one flow. `open_client` makes it.

    Attributes:
        url: the server's address.
        flow: the way there.
        exchanges: what was asked and answered.
        allocation: what it holds on the server; None for nothing.
    """

    def __init__(
        self, flow: Flow, *, url: ServerURL, options: TurnOptions, journal: Journal
    ) -> None:
        self.url = url
        self.flow = flow
        self.allocation: Allocation | None = None
        self._options = options
        self._journal = journal
        self._key = LongTerm(options.credentials)
        self._asking = Exchanges(flow, timers=options.timers, journal=journal, url=str(url))
        self._asking.on_other = self._take_other

    @property
    def exchanges(self) -> Sequence[Exchange]:
        """The exchanges, the last ones."""
        return tuple(self._asking.kept)

    @property
    def realm(self) -> str:
        """What the server named as its realm; empty before it did."""
        return self._key.realm

    def now_ns(self) -> int:
        """Read the capture's clock."""
        return self._journal.now_ns()

    async def binding(self, *values: Value, timers: Timers | None = None) -> Bound:
        """Ask for this end's address as the server sees it (RFC 8489 section 3).

        Raises:
            ConnectError: no answer came.
            PacketError: the answer cannot be read.
            StunRefusedError: the server refused.
        """
        request = make_message(MessageClass.REQUEST, Method.BINDING, new_transaction_id(), *values)
        exchange = await self._asking.ask(request, timers=timers)
        bound = read_bound(self._answered(exchange), exchange)
        self._note_candidate("srflx", bound.mapped, self.flow.local)
        return bound

    async def allocate(
        self, *, lifetime_s: int | None = None, family: Literal[4, 6] | None = None
    ) -> Allocation:
        """Ask for a relayed address (RFC 8656 section 7).

        Args:
            lifetime_s: how long it is wanted for; None leaves it to the server.
            family: of the relayed address; None leaves it to the server, which takes IPv4.

        Raises:
            ConnectError: no answer came.
            PacketError: an answer cannot be read.
            StunRefusedError: the server refused; its code says why.
        """
        values: list[Value] = [RequestedTransport(UDP)]
        if lifetime_s is not None:
            values.append(Lifetime(lifetime_s))
        if family is not None:
            values.append(RequestedAddressFamily(IPV4 if family == 4 else IPV6))
        exchange = await self.request(Method.ALLOCATE, *values)
        answer = exchange.answer
        assert answer is not None
        relayed, lifetime = answer.find(XorRelayedAddress), answer.find(Lifetime)
        if relayed is None:
            raise _lacking("Allocate", XorRelayedAddress)
        mapped = answer.find(XorMappedAddress)
        self.allocation = Allocation(
            self,
            relayed=(relayed.host, relayed.port),
            mapped=None if mapped is None else (mapped.host, mapped.port),
            lifetime_s=DEFAULT_LIFETIME_S if lifetime is None else lifetime.seconds,
            exchange=exchange,
        )
        self._note_candidate("relay", self.allocation.relayed, self.allocation.mapped)
        return self.allocation

    async def request(self, method: int, *values: Value) -> Exchange:
        """Ask something with credentials: as it is, after the 401 signed, after a 438 once more.

        Raises:
            ConnectError: no answer came.
            PacketError: an answer cannot be read.
            StunRefusedError: the server refused; its code says why.
        """
        renewed = False
        while True:
            plain = make_message(MessageClass.REQUEST, method, new_transaction_id(), *values)
            signs = self._key.can_sign
            exchange = await self._asking.ask(
                self._key.sign(plain), key=self._key if signs else None
            )
            error = exchange.error
            if exchange.is_challenge and self._options.credentials is not None:
                self._take_challenge(exchange)
                continue
            # RFC 8489 section 9.2.5: once more with the new nonce, but not for ever
            if error is not None and error.code == 438 and signs and not renewed:
                renewed = True
                self._take_challenge(exchange)
                continue
            self._answered(exchange)
            return exchange

    def _take_challenge(self, exchange: Exchange) -> None:
        assert exchange.answer is not None
        if not self._key.take(exchange.answer):
            raise StunRefusedError(
                f"The server asked for credentials to the {exchange.name} without naming its realm"
                " or a nonce, so none can be given.",
                code=401,
                method=exchange.name,
                hint="Set the server's realm; with coturn, --realm and --lt-cred-mech.",
            )

    def _answered(self, exchange: Exchange) -> StunMessage:
        """Give the answer of a request that succeeded."""
        if exchange.answer is None:
            raise self._no_answer(exchange)
        error = exchange.error
        if error is not None:
            raise self._refusal(exchange, error)
        return exchange.answer

    def _no_answer(self, exchange: Exchange) -> ConnectError:
        peer = f"{self.url.authority} over {self.flow.transport.upper()}"
        problem = self.flow.end_error
        waited = f"within {exchange.duration_ms / 1000:.1f} s"
        if isinstance(problem, ConnectionRefusedError):
            kind, message = "refused", f"Nothing listens on {peer}."
            hint = "Check the port, and that the server runs and listens to UDP."
        elif self.flow.garbage:
            kind, message = "not-stun", f"What {peer} answers is not STUN."
            hint = "Check the port: another service listens there."
        elif self.flow.is_over:
            kind, message = "reset", f"{peer} ended the connection instead of an answer."
            hint = "Check the port: another service may listen there, or one that wants TLS."
        elif exchange.discarded:
            kind, message = "not-trusted", f"The answer of {peer} is not signed with the password."
            hint = "The password is another than the server's, or somebody answers in its place."
        else:
            kind, message = "timeout", f"{peer} did not answer the {exchange.name} {waited}."
            hint = "A firewall that drops it looks like this; check address, port and transport."
        return ConnectError(message, phase="stun", kind=kind, hint=hint)

    def _refusal(self, exchange: Exchange, error: ErrorCode) -> StunRefusedError:
        known = error_meaning(error.code)
        alternate = None if exchange.answer is None else exchange.answer.find(AlternateServer)
        reason = error.reason.rstrip("\0 ")  # servers in use pad it
        said = f' ("{reason}")' if reason not in ("", known.name) else ""
        return StunRefusedError(
            f"The server refused the {exchange.name} with {error.code} {known.name}{said}.",
            code=error.code,
            reason=reason,
            method=exchange.name,
            alternate=None if alternate is None else (alternate.host, alternate.port),
            hint=known.advice,
        )

    def _take_other(self, message: StunMessage | ChannelData, _source: Address) -> None:
        if self.allocation is not None:
            self.allocation.take(message)

    def _note_candidate(
        self, kind: Literal["srflx", "relay"], address: Address, related: Address | None
    ) -> None:
        journal = self._journal
        journal.emit(
            IceCandidate(
                journal.next_seq(),
                journal.now_ns(),
                journal.connection,
                "local",
                kind,
                *address,
                "tcp" if self.flow.reliable and kind == "srflx" else "udp",
                0,
                "",
                "",
                None if related is None else TransportAddress(*related),
                str(self.url),
            )
        )

    async def release(self) -> None:
        """Give back what is allocated, if there is something; a server that is gone is no error."""
        allocation, self.allocation = self.allocation, None
        if allocation is not None and not self.flow.is_over:
            await allocation.give_back()


def read_bound(answer: StunMessage, exchange: Exchange) -> Bound:
    """Read the answer to a Binding request.

    Raises:
        PacketError: it has no address, or one that breaks its form.
    """
    mapped = answer.find(XorMappedAddress) or answer.find(MappedAddress)
    if mapped is None:
        raise _lacking("Binding", XorMappedAddress)
    origin, other = answer.find(ResponseOrigin), answer.find(OtherAddress)
    software = answer.find(Software)
    return Bound(
        (mapped.host, mapped.port),
        exchange.duration_ms,
        "" if software is None else software.text,
        None if origin is None else (origin.host, origin.port),
        None if other is None else (other.host, other.port),
        exchange,
    )


def _lacking(method: str, kind: type[Value]) -> PacketError:
    return PacketError(
        f"The server's {method} answer has no {kind.NAME}.", clause=kind.CLAUSE, offset=0
    )
