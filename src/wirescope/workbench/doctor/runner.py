"""One examination from the name to the verdict.

First the path is gone step by step; where it ends, the rest is not reached. What a user would have
got there, he is told. Then the open connection is looked at, and at last what needs connections of
its own.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from os import PathLike
from pathlib import Path

from msgspec.structs import replace

from wirescope.analysis import DOCTOR_RULES
from wirescope.capture import redact_text
from wirescope.errors import ConnectError, WirescopeError
from wirescope.events import EventSink, Finding, Timeline
from wirescope.transports.websocket import ConnectOptions, check
from wirescope.workbench.doctor.answering import answering
from wirescope.workbench.doctor.bench import Bench
from wirescope.workbench.doctor.brake import Brake
from wirescope.workbench.doctor.closing import closing
from wirescope.workbench.doctor.compressing import compressing
from wirescope.workbench.doctor.exposure import exposure
from wirescope.workbench.doctor.hosts import hosts
from wirescope.workbench.doctor.idling import idling
from wirescope.workbench.doctor.illegal import illegal
from wirescope.workbench.doctor.model import SEVERITIES, Diagnosis, DoctorOptions, Outcome, Step
from wirescope.workbench.doctor.origins import origins
from wirescope.workbench.doctor.pinging import pinging
from wirescope.workbench.doctor.reaching import reaching
from wirescope.workbench.doctor.resolving import resolving
from wirescope.workbench.doctor.securing import securing
from wirescope.workbench.doctor.sizes import sizes
from wirescope.workbench.doctor.upgrading import refused, upgrading
from wirescope.workbench.doctor.variants import variants, worth_trying
from wirescope.workbench.doctor.verdict import (
    advice,
    sentence,
    where_next,
    with_cure,
    worst_first,
)
from wirescope.workbench.recorder import recording

Check = Callable[[Bench], Awaitable[Outcome]]
OnBegin = Callable[[str], None]
OnStep = Callable[[Step], None]


async def diagnose(
    url: str,
    *,
    options: ConnectOptions | None = None,
    orders: DoctorOptions | None = None,
    capture: str | PathLike[str] | None = None,
    secrets: Iterable[str] = (),
    on_begin: OnBegin | None = None,
    on_step: OnStep | None = None,
    brake: Brake | None = None,
) -> Diagnosis:
    """Examine a WebSocket server and say how it stands.

    Args:
        url: `ws://` or `wss://`.
        options: how to connect.
        orders: how far to go; by default, no message is sent.
        capture: a file to record every connection into; it must not exist.
        secrets: texts that must not be written into it.
        on_begin: told each step's name when it begins.
        on_step: told each step when it is done.
        brake: ends it early when it is pulled.

    Raises:
        InvalidURLError: the address is none of a WebSocket.
        UsageError: a file of the TLS options cannot be used.
        CaptureExistsError: the file to record into exists.
    """
    options, orders = options or ConnectOptions(), orders or DoctorOptions()
    check(url, options)
    timeline = Timeline()
    path = None if capture is None else Path(capture)
    async with recording(path, secrets=secrets, timeline=timeline) as kept:
        runner = _Runner(url, options, orders, timeline, kept.sink)
        runner.on_begin, runner.on_step = on_begin, on_step
        runner.brake = brake or Brake()
        return await runner.run()


class _Runner:
    """Takes the steps of one examination."""

    def __init__(
        self,
        url: str,
        options: ConnectOptions,
        orders: DoctorOptions,
        timeline: Timeline,
        sink: EventSink,
    ) -> None:
        self.on_begin: OnBegin | None = None
        self.on_step: OnStep | None = None
        self.brake = Brake()
        self._bench = Bench(url, options=options, orders=orders, timeline=timeline, sink=sink)
        self._orders = orders
        self._timeline = timeline
        self._steps: list[Step] = []
        self._failure: WirescopeError | None = None
        self._ended_early: ConnectError | None = None
        self._current = "resolve"

    async def run(self) -> Diagnosis:
        deadline = asyncio.timeout(self._orders.max_time_s)
        try:
            async with deadline:
                self.brake.hold(deadline)
                await self._examine()
        except TimeoutError:
            if not deadline.expired():
                raise
            self._failure = self._ended_early = self._early_end()
        finally:
            self.brake.release()
            if self._bench.main is not None:
                self._bench.main.abort()
                await self._bench.main.wait_closed()
        self._bench.finish()
        self._note_the_rest()
        return self._diagnosis()

    def _early_end(self) -> ConnectError:
        """Say that the time was over, or that somebody had enough, and in which step."""
        step = self._current
        if self.brake.pulled:
            kind, what, hint = "aborted", "You ended it", "The steps before it are below."
        else:
            kind, what = "timeout", f"The time of {self._orders.max_time_s:g} s was over"
            hint = "Give it more time, or look at that step."
        words = f"{what[0].lower()}{what[1:]}"
        self._end(step, Outcome(words, ok=None if self.brake.pulled else False), self._began_ns)
        return ConnectError(f"{what} in the step {step}.", phase="upgrade", kind=kind, hint=hint)

    async def _examine(self) -> None:
        if await self._go_there():
            for name, look in self._beyond():
                await self._try(name, look)
        elif self._failure is not None and worth_trying(self._failure):
            await self._try("what if", self._look_at_variants)

    async def _look_at_variants(self, bench: Bench) -> Outcome:
        assert self._failure is not None
        return await variants(bench, self._failure)

    def _beyond(self) -> list[tuple[str, Check]]:
        """List what is looked at once there is a connection: it first, then what needs others."""
        orders = self._orders
        steps: list[tuple[bool, str, Check]] = [
            (True, "ping", pinging),
            (orders.data is not None, "message", answering),
            (True, "compression", compressing),
            (True, "close", closing),
            (True, "origin", origins),
            (True, "host", hosts),
            (True, "exposure", exposure),
            (orders.probe_limits, "limits", sizes),
            (orders.probe_protocol, "protocol", illegal),
            (orders.idle_s > 0, "idle", idling),
        ]
        return [(name, look) for wanted, name, look in steps if wanted]

    async def _go_there(self) -> bool:
        """Go the path to an open connection; say whether there is one."""
        bench = self._bench
        if not await self._must("resolve", resolving):
            return False
        facts = self._steps[-1].facts
        addresses = [*facts["ipv4"], *facts["ipv6"]]
        if not await self._must("tcp", lambda bench: reaching(bench, addresses)):
            return False
        if bench.goal.secure and not await self._must("tls", securing):
            return False
        return await self._must("handshake", upgrading)

    async def _must(self, name: str, look: Check) -> bool:
        """Take a step without which there is no next one."""
        began_ns = self._begin(name)
        try:
            outcome = await look(self._bench)
        except WirescopeError as error:
            self._failure = error
            if name == "handshake":
                outcome = refused(self._bench, error)
            else:
                outcome = Outcome(
                    error.message.rstrip("."), {**self._bench.noted, "kind": _kind(error)}, ok=False
                )
            self._end(name, outcome, began_ns)
            return False
        self._end(name, outcome, began_ns)
        return True

    async def _try(self, name: str, look: Check) -> None:
        """Take a step that others do not depend on."""
        began_ns = self._begin(name)
        try:
            outcome = await look(self._bench)
        except WirescopeError as error:
            outcome = Outcome(f"could not be looked at: {error.message.rstrip('.')}", ok=None)
        self._end(name, outcome, began_ns)

    def _begin(self, name: str) -> int:
        self._current = name
        self._bench.noted = {}
        self._known = len(self._bench.findings) if self._steps else 0
        if self.on_begin is not None:
            self.on_begin(name)
        self._began_ns = self._timeline.now_ns()
        return self._began_ns

    def _end(self, name: str, outcome: Outcome, began_ns: int) -> None:
        took_ms = (self._timeline.now_ns() - began_ns) / 1e6
        bench = self._bench
        for rule in DOCTOR_RULES:
            bench.add(rule, rule.judge(bench.seen))
        worst = next(
            (each.severity for each in worst_first(bench.findings[self._known :])),
            outcome.severity,
        )
        step = Step(
            name=name,
            ok=False if worst in SEVERITIES[:2] else outcome.ok,
            duration_ms=took_ms if outcome.took_ms is None else outcome.took_ms,
            message=redact_text(outcome.message),
            facts=outcome.facts,
            severity=worst,
        )
        self._steps.append(step)
        if self.on_step is not None:
            self.on_step(step)

    def _note_the_rest(self) -> None:
        """Say which steps were not reached."""
        path = ["resolve", "tcp", *(["tls"] if self._bench.goal.secure else []), "handshake"]
        taken = {step.name for step in self._steps}
        for name in [*path, *(name for name, _ in self._beyond())]:
            if name not in taken:
                rest = Step(name=name, ok=None, duration_ms=0, message="not reached")
                self._steps.append(rest)

    def _corrected(self, findings: list[Finding]) -> list[Finding]:
        """Put what is known to help in place of what is usual."""
        cure, attempt = self._bench.seen.cure, self._bench.main_attempt
        if cure is None or attempt is None:
            return findings
        connection = attempt.conversation.id
        return [
            replace(each, fix=cure.advice) if each.connection == connection else each
            for each in findings
        ]

    def _diagnosis(self) -> Diagnosis:
        bench, failure = self._bench, self._failure
        findings = worst_first(self._corrected(bench.findings))
        if failure is None:
            verdict, fix = sentence(self._steps, findings), advice(findings)
        elif self._ended_early is not None:
            verdict, fix = failure.message, failure.hint
        else:
            verdict, fix = bench.verdict.sentence, bench.verdict.advice or failure.hint
            verdict, fix = with_cure(verdict, fix, bench.seen.cure, bench.seen.origins)
        return Diagnosis(
            url=redact_text(bench.seen.url),
            verdict=redact_text(verdict),
            advice=redact_text(fix),
            where_next=redact_text(where_next(bench, self._steps, findings, failure)),
            steps=tuple(self._steps),
            findings=findings,
            failure=failure,
        )


def _kind(error: WirescopeError) -> str:
    return error.kind if isinstance(error, ConnectError) else "usage"
