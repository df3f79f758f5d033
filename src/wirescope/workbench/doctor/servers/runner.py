"""One examination of a STUN or TURN server, from the name to the verdict.

First every way to the server is gone, then, over the best of them, an allocation is made and used;
what is on the way, a NAT, comes last. What builds on a step that fails is not reached.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from functools import partial
from os import PathLike
from pathlib import Path

from wirescope.capture import redact_text
from wirescope.errors import ConnectError, WirescopeError
from wirescope.events import EventSink, Timeline
from wirescope.transports import turn
from wirescope.transports.turn import ServerURL, Timers, TurnOptions
from wirescope.workbench.doctor.brake import Brake
from wirescope.workbench.doctor.model import SEVERITIES, Diagnosis, Outcome, Step
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
from wirescope.workbench.recorder import recording

Check = Callable[[ServerBench], Awaitable[Outcome]]
OnBegin = Callable[[str], None]
OnStep = Callable[[Step], None]

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
    options = options_for(url, options)
    secret = () if options.credentials is None else (options.credentials.password,)
    timeline = Timeline()
    path = None if capture is None else Path(capture)
    async with recording(path, secrets=(*secrets, *secret), timeline=timeline) as kept:
        runner = _Runner(goal, options, orders or ServerOrders(), timeline, kept.sink)
        runner.on_begin, runner.on_step = on_begin, on_step
        runner.brake = brake or Brake()
        return await runner.run()


def options_for(url: str, options: TurnOptions | None) -> TurnOptions:
    """Have credentials of the address count where no others were given."""
    options = options or TurnOptions(timers=PATIENCE)
    _, credentials = turn.parse_server_url(url)
    if credentials is None or options.credentials is not None:
        return options
    return replace(options, credentials=credentials)


class _Runner:
    """Takes the steps of one examination."""

    def __init__(
        self,
        url: ServerURL,
        options: TurnOptions,
        orders: ServerOrders,
        timeline: Timeline,
        sink: EventSink,
    ) -> None:
        self.on_begin: OnBegin | None = None
        self.on_step: OnStep | None = None
        self.brake = Brake()
        self._bench = ServerBench(url, options=options, orders=orders, timeline=timeline, sink=sink)
        self._orders = orders
        self._timeline = timeline
        self._steps: list[Step] = []
        self._failure: WirescopeError | None = None
        self._ended_early = False
        self._current = "resolve"
        self._began_ns = 0
        self._known = 0

    async def run(self) -> Diagnosis:
        deadline = asyncio.timeout(self._orders.max_time_s)
        try:
            async with deadline, self._bench.stack:
                self.brake.hold(deadline)
                await self._examine()
        except TimeoutError:
            if not deadline.expired():
                raise
            self._failure, self._ended_early = self._early_end(), True
        finally:
            self.brake.release()
        self._note_the_rest()
        return self._diagnosis()

    def _early_end(self) -> ConnectError:
        step = self._current
        if self.brake.pulled:
            kind, what, hint = "aborted", "You ended it", "The steps before it are below."
        else:
            kind, what = "timeout", f"The time of {self._orders.max_time_s:g} s was over"
            hint = "Give it more time, or look at that step."
        words = f"{what[0].lower()}{what[1:]}"
        self._end(step, Outcome(words, ok=None if self.brake.pulled else False))
        return ConnectError(f"{what} in the step {step}.", phase="stun", kind=kind, hint=hint)

    async def _examine(self) -> None:
        bench = self._bench
        if not await self._take("resolve", resolving):
            return
        failures = []
        for transport in bench.url.transports:
            await self._take(transport, partial(reaching, transport=transport))
            failures.append(self._failure)
        bench.seen.all_tried = True
        bench.judge()
        self._failure = None if bench.ways else next(filter(None, failures), None)
        if not bench.ways:
            return
        if bench.url.relays:
            await self._use()
        if "udp" in bench.ways:
            await self._take("nat", telling_nats)
            if self._orders.idle_s:
                await self._take("idle", idling)
        self._failure = None

    async def _use(self) -> None:
        """Allocate, and relay; each step builds on the one before it."""
        await self._take("credentials", crediting)
        if not await self._take("allocate", allocating):
            return
        await self._take("lifetime", prolonging)
        ways: list[tuple[str, Check]] = [
            ("permission", permitting),
            ("channel", channelling),
            ("relay", echoing),
        ]
        if self._orders.throughput_s:
            ways.append(("throughput", flooding))
        for name, look in ways:
            if not await self._take(name, look):
                break
        if self._bench.ways[1:]:
            await self._take("other ways", other_ways)
        if self._orders.probe_peers:
            await self._take("peers", looking_inside)

    def _expected(self) -> list[str]:
        """List the steps that an examination of this server has."""
        relays, orders = self._bench.url.relays, self._orders
        names = ["resolve", *self._bench.url.transports]
        if relays:
            names += ["credentials", "allocate", "lifetime", "permission", "channel", "relay"]
        names += ["throughput"] if relays and orders.throughput_s else []
        names += ["peers"] if relays and orders.probe_peers else []
        names += ["nat"] if "udp" in self._bench.url.transports else []
        return [*names, *(["idle"] if orders.idle_s else [])]

    async def _take(self, name: str, look: Check) -> bool:
        """Take a step; say whether what builds on it can follow."""
        self._begin(name)
        try:
            outcome = await look(self._bench)
        except WirescopeError as error:
            self._failure = error
            facts = {**self._bench.noted, "kind": kind_of(error)}
            self._end(name, Outcome(error.message.rstrip("."), facts, ok=False))
            return False
        self._end(name, outcome)
        return True

    def _begin(self, name: str) -> None:
        self._current = name
        self._bench.noted = {}
        self._known = len(self._bench.findings)
        if self.on_begin is not None:
            self.on_begin(name)
        self._began_ns = self._timeline.now_ns()

    def _end(self, name: str, outcome: Outcome) -> None:
        took_ms = (self._timeline.now_ns() - self._began_ns) / 1e6
        bench = self._bench
        bench.judge()
        worst = next(
            (each.severity for each in worst_first(bench.findings[self._known :])),
            outcome.severity,
        )
        # what a rule takes for a hint is no failure: the 401 without credentials, say
        hinted = outcome.ok is False and worst == "info"
        step = Step(
            name=name,
            ok=False if worst in SEVERITIES[:2] else None if hinted else outcome.ok,
            duration_ms=took_ms if outcome.took_ms is None else outcome.took_ms,
            message=redact_text(outcome.message),
            facts=outcome.facts,
            severity=worst,
        )
        self._steps.append(step)
        if self.on_step is not None:
            self.on_step(step)

    def _note_the_rest(self) -> None:
        taken = {step.name for step in self._steps}
        self._steps += [
            Step(name=name, ok=None, duration_ms=0, message="not reached")
            for name in self._expected()
            if name not in taken
        ]

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
