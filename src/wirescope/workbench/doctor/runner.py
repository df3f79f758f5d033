"""One examination from the name to the verdict.

First the path is gone step by step; where it ends, the rest is not reached. What a user would have
got there, he is told. Then the open connection is looked at, and at last what needs connections of
its own.
"""

from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from os import PathLike

from msgspec.structs import replace

from wirescope.capture import redact_text
from wirescope.errors import ConnectError, WirescopeError
from wirescope.events import EventSink, Finding, Timeline
from wirescope.transports.websocket import ConnectOptions, check
from wirescope.workbench.doctor.answering import answering
from wirescope.workbench.doctor.bench import Bench
from wirescope.workbench.doctor.brake import Brake
from wirescope.workbench.doctor.closing import closing
from wirescope.workbench.doctor.compressing import compressing
from wirescope.workbench.doctor.examiner import Examiner, OnBegin, OnStep, Watching, examine
from wirescope.workbench.doctor.exposure import exposure
from wirescope.workbench.doctor.hosts import hosts
from wirescope.workbench.doctor.idling import idling
from wirescope.workbench.doctor.illegal import illegal
from wirescope.workbench.doctor.model import Diagnosis, DoctorOptions, Outcome
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

Check = Callable[[Bench], Awaitable[Outcome]]


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
    watching = Watching(on_begin=on_begin, on_step=on_step, brake=brake)

    def make(timeline: Timeline, sink: EventSink) -> Examiner[Bench]:
        bench = Bench(url, options=options, orders=orders, timeline=timeline, sink=sink)
        return _Runner(bench, watching)

    return await examine(make, capture=capture, secrets=secrets)


class _Runner(Examiner[Bench]):
    """Takes the steps of one examination."""

    def __init__(self, bench: Bench, watching: Watching) -> None:
        limit_s = bench.orders.max_time_s
        super().__init__(bench, phase="upgrade", max_time_s=limit_s, watching=watching)

    async def _clear(self) -> None:
        if self._bench.main is not None:
            self._bench.main.abort()
            await self._bench.main.wait_closed()

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
        orders = self._bench.orders
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
        return await self._must("handshake", upgrading, told=partial(refused, bench))

    def _kind_of(self, error: WirescopeError) -> str:
        return error.kind if isinstance(error, ConnectError) else "usage"

    def _expected(self) -> Iterable[str]:
        path = ["resolve", "tcp", *(["tls"] if self._bench.goal.secure else []), "handshake"]
        return [*path, *(name for name, _ in self._beyond())]

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
        bench.finish()
        findings = worst_first(self._corrected(bench.findings))
        if failure is None:
            verdict, fix = sentence(self._steps, findings), advice(findings)
        elif self._ended_early:
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
