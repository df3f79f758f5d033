"""One examination of a STUN or TURN server, from the name to the verdict.

First every way to the server is gone, then, over the best of them, an allocation is made and used;
what is on the way, a NAT, comes last. What builds on a step that fails is not reached.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from functools import partial
from os import PathLike

from wirescope.capture import redact_text
from wirescope.errors import WirescopeError
from wirescope.events import EventSink, Severity, Timeline
from wirescope.transports import turn
from wirescope.transports.turn import Timers, TurnOptions
from wirescope.workbench.doctor.brake import Brake
from wirescope.workbench.doctor.examiner import Examiner, OnBegin, OnStep, Watching, examine
from wirescope.workbench.doctor.model import Diagnosis, Outcome
from wirescope.workbench.doctor.servers.allocating import (
    allocating,
    crediting,
    other_ways,
    prolonging,
)
from wirescope.workbench.doctor.servers.bench import ServerBench, ServerOrders, kind_of
from wirescope.workbench.doctor.servers.inside import looking_inside
from wirescope.workbench.doctor.servers.nat import idling, telling_nats
from wirescope.workbench.doctor.servers.reaching import reaching, resolving
from wirescope.workbench.doctor.servers.relaying import channelling, echoing, flooding, permitting
from wirescope.workbench.doctor.servers.verdict import advice, failed_so, sentence, where_next
from wirescope.workbench.doctor.verdict import worst_first

Check = Callable[[ServerBench], Awaitable[Outcome]]

PATIENCE = Timers(deadline_s=5)
"""How long an answer is waited for: five sendings over UDP, about as long as browsers wait."""


async def diagnose_server(
    url: str,
    *,
    options: TurnOptions | None = None,
    orders: ServerOrders | None = None,
    capture: str | PathLike[str] | None = None,
    secrets: Iterable[str] = (),
    on_begin: OnBegin | None = None,
    on_step: OnStep | None = None,
    brake: Brake | None = None,
) -> Diagnosis:
    """Examine a STUN or TURN server and say how it stands.

    Args:
        url: `stun:`, `stuns:`, `turn:` or `turns:`, perhaps with credentials before an @.
        options: how it is asked; by default, each answer is waited for 5 s.
        orders: how far to go.
        capture: a file to record what happens into; it must not exist.
        secrets: texts that must not be written into it.
        on_begin: told each step's name when it begins.
        on_step: told each step when it is done.
        brake: ends it early when it is pulled.

    Raises:
        InvalidURLError: the address is none of such a server.
        UsageError: the file of authorities cannot be used.
        CaptureExistsError: the file to record into exists.
    """
    goal, _ = turn.parse_server_url(url)
    asked = options_for(url, options)
    secret = () if asked.credentials is None else (asked.credentials.password,)
    server_orders = orders or ServerOrders()
    watching = Watching(on_begin=on_begin, on_step=on_step, brake=brake)

    def make(timeline: Timeline, sink: EventSink) -> Examiner[ServerBench]:
        bench = ServerBench(goal, options=asked, orders=server_orders, timeline=timeline, sink=sink)
        return _Runner(bench, watching)

    return await examine(make, capture=capture, secrets=(*secrets, *secret))


def options_for(url: str, options: TurnOptions | None) -> TurnOptions:
    """Have credentials of the address count where no others were given."""
    options = options or TurnOptions(timers=PATIENCE)
    _, credentials = turn.parse_server_url(url)
    if credentials is None or options.credentials is not None:
        return options
    return replace(options, credentials=credentials)


class _Runner(Examiner[ServerBench]):
    """Takes the steps of one examination."""

    def __init__(self, bench: ServerBench, watching: Watching) -> None:
        limit_s = bench.orders.max_time_s
        super().__init__(bench, phase="stun", max_time_s=limit_s, watching=watching)

    async def _examine(self) -> None:
        async with self._bench.stack:
            await self._take_all()

    async def _take_all(self) -> None:
        bench = self._bench
        if not await self._must("resolve", resolving):
            return
        failures = []
        for transport in bench.url.transports:
            look = partial(reaching, transport=transport)
            await self._must(transport, look, told=self._unreached)
            failures.append(self._failure)
        bench.seen.all_tried = True
        bench.judge_seen()
        self._failure = None if bench.ways else next(filter(None, failures), None)
        if not bench.ways:
            return
        if bench.url.relays:
            await self._use()
        if "udp" in bench.ways:
            await self._must("nat", telling_nats)
            if bench.orders.idle_s:
                await self._must("idle", idling)
        self._failure = None

    def _unreached(self, error: WirescopeError) -> Outcome:
        outcome = self._failed(error)
        return replace(outcome, message=f"{outcome.message}{self._bench.asked_again}")

    async def _use(self) -> None:
        """Allocate, and relay; each step builds on the one before it."""
        await self._must("credentials", crediting)
        if not await self._must("allocate", allocating):
            return
        await self._must("lifetime", prolonging)
        ways: list[tuple[str, Check]] = [
            ("permission", permitting),
            ("channel", channelling),
            ("relay", echoing),
        ]
        if self._bench.orders.throughput_s:
            ways.append(("throughput", flooding))
        for name, look in ways:
            if not await self._must(name, look):
                break
        if self._bench.ways[1:]:
            await self._must("other ways", other_ways)
        if self._bench.orders.probe_peers:
            await self._must("peers", looking_inside)

    def _expected(self) -> list[str]:
        """List the steps that an examination of this server has."""
        relays, orders = self._bench.url.relays, self._bench.orders
        names = ["resolve", *self._bench.url.transports]
        if relays:
            names += ["credentials", "allocate", "lifetime", "permission", "channel", "relay"]
        names += ["throughput"] if relays and orders.throughput_s else []
        names += ["peers"] if relays and orders.probe_peers else []
        names += ["nat"] if "udp" in self._bench.url.transports else []
        return [*names, *(["idle"] if orders.idle_s else [])]

    def _kind_of(self, error: WirescopeError) -> str:
        return kind_of(error)

    def _is_well(self, outcome: Outcome, worst: Severity | None) -> bool | None:
        # what a rule takes for a hint is no failure: the 401 without credentials, say
        if outcome.ok is False and worst == "info":
            return None
        return super()._is_well(outcome, worst)

    def _diagnosis(self) -> Diagnosis:
        bench, failure = self._bench, self._failure
        findings = worst_first(bench.findings)
        if failure is None:
            verdict, fix = sentence(bench, self._steps, findings), advice(findings)
        elif self._ended_early:
            verdict, fix = failure.message, failure.hint
        else:
            verdict, fix = failed_so(failure, findings)
        return Diagnosis(
            url=str(bench.url),
            verdict=redact_text(verdict),
            advice=redact_text(fix),
            where_next=redact_text(where_next(bench, self._steps, findings)),
            steps=tuple(self._steps),
            findings=findings,
            failure=failure,
        )
