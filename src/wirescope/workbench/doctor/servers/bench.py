"""The bench on which a server is examined: it opens clients and remembers what they showed."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from wirescope.analysis import SERVER_RULES, ServerExamination
from wirescope.errors import ConnectError, StunRefusedError, WirescopeError
from wirescope.events import ConnectionSecured, Emission, Event, EventSink, Full, Timeline
from wirescope.transports import turn
from wirescope.transports.turn import (
    Allocation,
    Exchange,
    ServerURL,
    Transport,
    Trust,
    TurnClient,
    TurnOptions,
)
from wirescope.wire.stun import error_meaning
from wirescope.workbench.doctor.notebook import Notebook
from wirescope.workbench.doctor.servers.far_end import FarEnd


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerOrders:
    """How far an examination of a server goes.

    Attributes:
        probe_peers: the server is the user's own, so it is asked whether it relays to private and
            loopback addresses; nothing is sent to them.
        idle_s: how long the NAT's mapping is left silent, to see whether it is kept; 0 does not.
        datagrams: how many are sent through the server and back.
        throughput_s: how long as much as possible is sent through it; 0 does not.
        throughput_bytes: bytes that are sent for that at most.
        max_time_s: seconds for everything; None sets no limit.
    """

    probe_peers: bool = False
    idle_s: float = 0
    datagrams: int = 50
    throughput_s: float = 1
    throughput_bytes: int = 8 << 20
    max_time_s: float | None = None


class ServerBench(Notebook):
    """Opens the clients of one examination.

    Args:
        url: what is examined.
        options: how it is asked.
        orders: how far to go.
        timeline: numbers the events.
        sink: keeps them.

    Attributes:
        seen: the facts, for the rules.
        ways: the transports over which the server answers, the best first.
        main: the client that holds the allocation.
        allocation: what it holds.
        family: 6 of a server that relays over IPv6 alone; None leaves it to the server.
        far: who answers at the other end of what is relayed.
        stack: holds clients open until the end.
        secured: what the last TLS handshake agreed on.
        asked_again: what came of asking a silent server again, to be added to what is said of it.
        last_seq: the number of the last event.
    """

    def __init__(
        self,
        url: ServerURL,
        *,
        options: TurnOptions,
        orders: ServerOrders,
        timeline: Timeline,
        sink: EventSink,
    ) -> None:
        super().__init__(timeline, sink)
        self.url = url
        self.options = options
        self.orders = orders
        self.seen = ServerExamination(url=str(url))
        self.ways: list[Transport] = []
        self.main: TurnClient | None = None
        self.allocation: Allocation | None = None
        self.family: Literal[6] | None = None
        self.far: FarEnd | None = None
        self.stack = AsyncExitStack()
        self.secured: ConnectionSecured | None = None
        self.asked_again = ""
        self.last_seq = 0

    def sink(self, emissions: Sequence[Emission]) -> Full | None:
        """Take what a client emits."""
        for each in emissions:
            if isinstance(each, Event):
                self.last_seq = each.seq
            if isinstance(each, ConnectionSecured):
                self.secured = each
        return self.pass_on(emissions)

    def client(
        self, transport: Transport | None = None, *, trust: Trust | None = None
    ) -> AbstractAsyncContextManager[TurnClient]:
        """Open a client; by itself over the best way that works, and as the options trust."""
        options = self.options if trust is None else replace(self.options, trust=trust)
        way = transport or self.ways[0]
        return turn.open_client(
            self.url, way, options=options, timeline=self.timeline, sink=self.sink
        )

    def judge_seen(self) -> None:
        """Show the rules for servers what was seen until now."""
        for rule in SERVER_RULES:
            self.add(rule, rule.judge(self.seen))

    @property
    def now(self) -> datetime:
        """The wall clock."""
        wall_ns = self.timeline.started_wall_ns + self.timeline.now_ns()
        return datetime.fromtimestamp(wall_ns / 1e9, UTC)


def exchange_facts(exchanges: Sequence[Exchange]) -> list[dict[str, object]]:
    """Write exchanges down for programs; the first 401 is marked as what it is."""
    return [_facts(each) for each in exchanges]


def _facts(exchange: Exchange) -> dict[str, object]:
    error = exchange.error
    facts: dict[str, object] = {
        "request": exchange.name,
        "signed": exchange.signed,
        "answered": exchange.answer is not None,
        "code": None if error is None else error.code,
        "duration_ms": round(exchange.duration_ms, 3),
        "sends": exchange.sends,
    }
    if error is not None:
        facts["meaning"] = error_meaning(error.code).meaning
    if exchange.is_challenge:
        facts["meaning"] = "The first 401 is how every TURN server begins; it is no failure."
    return facts


def kind_of(error: WirescopeError) -> str:
    """Name an error in one word."""
    if isinstance(error, ConnectError):
        return error.kind
    return "refused" if isinstance(error, StunRefusedError) else "not-stun"
