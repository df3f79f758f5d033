"""What a NAT does with UDP, found out as RFC 5780 section 4 has it.

The server needs two addresses and two ports; one that has them says so in OTHER-ADDRESS. Mapping:
whether one socket looks the same from everywhere. Filtering: who may answer to it; that is asked
from a socket of its own, which has sent to one address only. Hairpinning: whether this end can
reach itself by its outer address.

An answer that does not come is waited for as long as the timers say, so that a single lost datagram
is not taken for a filter.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, ip_address

from wirescope.errors import ConnectError, PacketError
from wirescope.events import Emission, EventSink, Timeline
from wirescope.transports.journal import Journal
from wirescope.transports.turn.client import Bound, read_bound
from wirescope.transports.turn.exchanges import Exchange, Exchanges
from wirescope.transports.turn.flow import Address, DatagramFlow
from wirescope.transports.turn.opening import new_transaction_id, open_datagrams, resolve
from wirescope.transports.turn.options import Timers, TurnOptions
from wirescope.transports.turn.pairing import Behaviour, NatBehaviour
from wirescope.transports.turn.url import ServerURL
from wirescope.wire.stun import (
    ChangeRequest,
    MessageClass,
    Method,
    ResponsePort,
    StunMessage,
    Value,
    make_message,
)
from wirescope.wire.turn import ChannelData

ABSENCE = Timers(requests=3, last_wait=3)
"""How long is waited for an answer that may be filtered: three sendings, 3 s in all."""

_BROADCAST = IPv4Address("255.255.255.255")


@dataclass(frozen=True, slots=True)
class NatReport:
    """What was found out.

    Attributes:
        local: this end's own address.
        mapped: the same as the server saw it.
        behaviour: mapping, filtering and hairpinning; None where the server cannot tell.
        problem: why it cannot; empty if it can.
    """

    local: Address
    mapped: Address
    behaviour: NatBehaviour | None
    problem: str = ""

    @property
    def has_nat(self) -> bool:
        """Whether this end's address is another outside than here."""
        return self.local != self.mapped


class _Probe:
    """A socket that asks from one local port and takes answers from everywhere."""

    def __init__(self, flow: DatagramFlow, url: ServerURL, journal: Journal) -> None:
        self.flow = flow
        self._heard: set[tuple[MessageClass, bytes]] = set()
        self._asking = Exchanges(flow, timers=ABSENCE, journal=journal, url=str(url))
        self._asking.on_other = self._hear

    def _hear(self, message: StunMessage | ChannelData, _source: Address) -> None:
        if isinstance(message, StunMessage) and len(self._heard) < 64:
            self._heard.add((message.message_class, message.transaction_id))

    def has_heard(self, message_class: MessageClass, transaction_id: bytes) -> bool:
        """Whether a message came that was no answer here; a late duplicate has another id."""
        return (message_class, transaction_id) in self._heard

    async def ask(self, to: Address, *values: Value, timers: Timers = ABSENCE) -> Bound | None:
        """Ask for the mapped address; None without an answer that has one."""
        exchange = await self.exchange(to, *values, timers=timers)
        if exchange.answer is None or not exchange.is_success:
            return None
        try:
            return read_bound(exchange.answer, exchange)
        except PacketError:
            return None

    async def exchange(
        self,
        to: Address,
        *values: Value,
        timers: Timers = ABSENCE,
        transaction_id: bytes | None = None,
    ) -> Exchange:
        """Ask for the mapped address; whatever came, an error that breaks its form as well."""
        made = transaction_id or new_transaction_id()
        request = make_message(MessageClass.REQUEST, Method.BINDING, made, *values)
        try:
            return await self._asking.ask(request, to=to, timers=timers)
        except PacketError:
            return self._asking.kept[-1]


@dataclass(frozen=True, slots=True)
class _Server:
    url: ServerURL
    options: TurnOptions
    journal: Journal
    first: Address

    @asynccontextmanager
    async def probe(self) -> AsyncIterator[_Probe]:
        """Open a fresh socket."""
        flow = await open_datagrams(self.first, self.url, self.options, connected=False)
        try:
            yield _Probe(flow, self.url, self.journal)
        finally:
            await flow.close()


async def discover(
    url: ServerURL,
    *,
    options: TurnOptions | None = None,
    timeline: Timeline | None = None,
    sink: EventSink | None = None,
) -> NatReport:
    """Find out what the NAT between here and a server does with UDP.

    Raises:
        ConnectError: the server does not resolve or does not answer over UDP.
    """
    server = await _server(url, options, timeline, sink)
    async with server.probe() as probe:
        bound = await probe.ask(server.first, timers=server.options.timers)
        local = probe.flow.local
        if bound is None:
            raise ConnectError(
                f"{url.authority} did not answer over UDP.",
                phase="stun",
                kind="timeout",
                hint="A firewall that drops UDP looks like this.",
            )
        other = bound.other
        problem = _unusable(server.first, other)
        if problem or other is None:
            return NatReport(local, bound.mapped, None, problem)
        mapping = await _mapping(server, probe, bound.mapped, other)
    if mapping is None:
        words = f"The server's other address, {other[0]}, does not answer."
        return NatReport(local, bound.mapped, None, words)
    filtering = await _filtering(server)
    if not isinstance(filtering, Behaviour):
        return NatReport(local, bound.mapped, None, filtering)
    hairpins = await _hairpins(server)
    return NatReport(local, bound.mapped, NatBehaviour(mapping, filtering, hairpins=hairpins))


async def _server(
    url: ServerURL,
    options: TurnOptions | None,
    timeline: Timeline | None,
    sink: EventSink | None,
) -> _Server:
    options, timeline = options or TurnOptions(), timeline or Timeline()
    journal = Journal(timeline, sink or _nowhere, timeline.new_connection())
    addresses = await resolve(url, options)
    return _Server(url, options, journal, (addresses[0], url.port))


def _nowhere(_: Sequence[Emission]) -> None:
    return None


def _unusable(first: Address, other: Address | None) -> str:
    """Say why a server cannot tell; a second address on the same host cannot, either."""
    if other is None:
        return "The server has no second address (RFC 5780), so it cannot tell what the NAT does."
    if not _can_be_asked(other, like=first):
        return "The server's other address is none that could be asked from here."
    if other[0] == first[0] or other[1] == first[1]:
        return "The server's other address differs from its first in host or port alone."
    return ""


def _can_be_asked(address: Address, *, like: Address) -> bool:
    """Whether a socket that reaches one address may send to another, which only a server named."""
    host, named = ip_address(like[0].partition("%")[0]), ip_address(address[0])
    nobody = named.is_unspecified or named.is_multicast or named == _BROADCAST
    return address[1] > 0 and named.version == host.version and not nobody


async def _mapping(
    server: _Server, probe: _Probe, mapped: Address, other: Address
) -> Behaviour | None:
    """Ask the other address, at the first port, then at the other (section 4.3)."""
    if mapped == probe.flow.local:
        return Behaviour.ENDPOINT_INDEPENDENT
    second = await probe.ask((other[0], server.first[1]))
    if second is None:
        return None
    if second.mapped == mapped:
        return Behaviour.ENDPOINT_INDEPENDENT
    third = await probe.ask(other)
    if third is None:
        return None
    same = third.mapped == second.mapped
    return Behaviour.ADDRESS_DEPENDENT if same else Behaviour.ADDRESS_AND_PORT_DEPENDENT


async def _filtering(server: _Server) -> Behaviour | str:
    """Have the server answer from elsewhere, to a socket that has sent to it only (4.4).

    Returns:
        The filter, or why it cannot be told.
    """
    asked = (
        (Behaviour.ENDPOINT_INDEPENDENT, ChangeRequest(change_ip=True, change_port=True)),
        (Behaviour.ADDRESS_DEPENDENT, ChangeRequest(change_ip=False, change_port=True)),
    )
    async with server.probe() as probe:
        if await probe.ask(server.first) is None:
            return "The server stopped answering, so that the filter cannot be told."
        for behaviour, change in asked:
            exchange = await probe.exchange(server.first, change)
            if exchange.answer is None:
                continue
            if exchange.is_success and _is_from_elsewhere(exchange.source, server.first, change):
                return behaviour
            return "The server offers a second address, but does not answer from it."
    return Behaviour.ADDRESS_AND_PORT_DEPENDENT


def _is_from_elsewhere(source: Address | None, first: Address, change: ChangeRequest) -> bool:
    """Whether an answer came from where it was asked to (RFC 5780 section 7.2)."""
    if source is None:
        return False
    return source[0] != first[0] if change.change_ip else source[1] != first[1]


async def _hairpins(server: _Server) -> bool:
    """Send to this end's own outer address from another socket (section 4.5)."""
    async with server.probe() as one, server.probe() as other:
        mine = await one.ask(server.first)
        theirs = await other.ask(server.first)
        if mine is None or theirs is None:
            return False
        if not all(_can_be_asked(each.mapped, like=server.first) for each in (mine, theirs)):
            return False
        # the way in is open for whom this end has sent to, whatever the filter is
        await one.ask(theirs.mapped, timers=replace(ABSENCE, requests=1, last_wait=0.2))
        sent = new_transaction_id()
        timers = replace(ABSENCE, requests=2, last_wait=1)
        await other.exchange(mine.mapped, timers=timers, transaction_id=sent)
        return one.has_heard(MessageClass.REQUEST, sent)


async def binding_lifetime(
    url: ServerURL,
    *,
    at_most_s: float,
    options: TurnOptions | None = None,
    timeline: Timeline | None = None,
    sink: EventSink | None = None,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> float | None:
    """Find out how long the NAT keeps a silent mapping (RFC 5780 section 4.6), to a quarter of it.

    Args:
        url: a server that answers to another port when it is asked to.
        at_most_s: the longest silence that is tried, after a quarter and a half of it.
        options: how it is asked.
        timeline: numbers the events.
        sink: takes them.
        sleep: waits.

    Returns:
        The longest silence after which the mapping was still there; 0 if it was after none, None
        where the server does not answer to another port.

    Raises:
        ConnectError: the server does not resolve or cannot be reached.
    """
    server = await _server(url, options, timeline, sink)
    if not await _answers_elsewhere(server, 0, sleep):
        return None
    kept_s = 0.0
    for silence_s in (at_most_s / 4, at_most_s / 2, at_most_s):
        if not await _answers_elsewhere(server, silence_s, sleep):
            break
        kept_s = silence_s
    return kept_s


async def _answers_elsewhere(
    server: _Server, silence_s: float, sleep: Callable[[float], Awaitable[None]]
) -> bool:
    """Make a mapping, be silent, and have an answer sent to it from a request of another socket."""
    async with server.probe() as kept, server.probe() as other:
        bound = await kept.ask(server.first)
        if bound is None:
            return False
        await sleep(silence_s)
        sent = new_transaction_id()
        await other.exchange(
            server.first,
            ResponsePort(bound.mapped[1]),
            timers=replace(ABSENCE, requests=2, last_wait=1),
            transaction_id=sent,
        )
        return kept.has_heard(MessageClass.SUCCESS, sent)


async def answers_from(
    url: ServerURL,
    *,
    options: TurnOptions | None = None,
    timeline: Timeline | None = None,
    sink: EventSink | None = None,
) -> Address | None:
    """Say from which address a server answers over UDP, where that is not the one that was asked.

    Raises:
        ConnectError: the server does not resolve, or there is no way to it.
    """
    server = await _server(url, options, timeline, sink)
    async with server.probe() as probe:
        bound = await probe.ask(server.first)
    source = None if bound is None else bound.exchange.source
    return None if source == server.first else source
