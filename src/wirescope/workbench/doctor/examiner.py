"""How every examination goes: step after step, each told and judged, until the end or the deadline.

Which steps there are, and what the verdict is, each kind of server says for itself.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Generic, TypeVar

from wirescope.capture import redact_text
from wirescope.errors import ConnectError, WirescopeError
from wirescope.events import EventSink, Severity, Timeline
from wirescope.workbench.doctor.brake import Brake
from wirescope.workbench.doctor.model import SEVERITIES, Diagnosis, Outcome, Step
from wirescope.workbench.doctor.notebook import Notebook
from wirescope.workbench.doctor.verdict import worst_first
from wirescope.workbench.recorder import recording

OnBegin = Callable[[str], None]
OnStep = Callable[[Step], None]
B = TypeVar("B", bound=Notebook)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watching:
    """Who is told of an examination, and can end it.

    Attributes:
        on_begin: told each step's name when it begins.
        on_step: told each step when it is done.
        brake: ends it early when it is pulled.
    """

    on_begin: OnBegin | None
    on_step: OnStep | None
    brake: Brake | None


class Examiner(ABC, Generic[B]):
    """Takes the steps of one examination.

    Args:
        bench: makes its connections.
        phase: what the failure of an examination that ended early is said to have happened in.
        max_time_s: seconds for everything; None sets no limit.
        watching: who is told.
    """

    def __init__(
        self, bench: B, *, phase: str, max_time_s: float | None, watching: Watching
    ) -> None:
        self._bench = bench
        self._phase = phase
        self._max_time_s = max_time_s
        self._on_begin, self._on_step = watching.on_begin, watching.on_step
        self._brake = watching.brake or Brake()
        self._steps: list[Step] = []
        self._failure: WirescopeError | None = None
        self._ended_early = False
        self._current = "resolve"
        self._began_ns = 0
        self._known = 0  # findings that were there when the step began

    async def run(self) -> Diagnosis:
        """Examine, and say how the server stands."""
        deadline = asyncio.timeout(self._max_time_s)
        try:
            async with deadline:
                self._brake.hold(deadline)
                await self._examine()
        except TimeoutError:
            if not deadline.expired():
                raise
            self._failure, self._ended_early = self._early_end(), True
        finally:
            self._brake.release()
            await self._clear()
        self._note_the_rest()
        return self._diagnosis()

    @abstractmethod
    async def _examine(self) -> None:
        """Take the steps; what ends it is left in `_failure`."""

    @abstractmethod
    def _expected(self) -> Iterable[str]:
        """Name the steps that the examination of such a server has."""

    @abstractmethod
    def _diagnosis(self) -> Diagnosis:
        """Say how the server stands, from the steps and the findings."""

    @abstractmethod
    def _kind_of(self, error: WirescopeError) -> str:
        """Name an error in one word."""

    async def _clear(self) -> None:
        """Leave nothing open; for examinations that have something open between steps."""

    def _early_end(self) -> ConnectError:
        """Say that the time was over, or that somebody had enough, and in which step."""
        step = self._current
        if self._brake.pulled:
            kind, what, hint = "aborted", "You ended it", "The steps before it are below."
        else:
            kind, what = "timeout", f"The time of {self._max_time_s:g} s was over"
            hint = "Give it more time, or look at that step."
        words = f"{what[0].lower()}{what[1:]}"
        self._end(step, Outcome(words, ok=None if self._brake.pulled else False))
        return ConnectError(f"{what} in the step {step}.", phase=self._phase, kind=kind, hint=hint)

    async def _must(
        self,
        name: str,
        look: Callable[[B], Awaitable[Outcome]],
        *,
        told: Callable[[WirescopeError], Outcome] | None = None,
    ) -> bool:
        """Take a step; say whether what builds on it can follow.

        `told` makes the outcome of its failure, where there is more to say than the error does.
        """
        self._begin(name)
        try:
            outcome = await look(self._bench)
        except WirescopeError as error:
            self._failure = error
            self._end(name, (told or self._failed)(error))
            return False
        self._end(name, outcome)
        return True

    def _failed(self, error: WirescopeError) -> Outcome:
        facts = {**self._bench.noted, "kind": self._kind_of(error)}
        return Outcome(error.message.rstrip("."), facts, ok=False)

    async def _try(self, name: str, look: Callable[[B], Awaitable[Outcome]]) -> None:
        """Take a step that others do not depend on."""
        self._begin(name)
        try:
            outcome = await look(self._bench)
        except WirescopeError as error:
            outcome = Outcome(f"could not be looked at: {error.message.rstrip('.')}", ok=None)
        self._end(name, outcome)

    def _begin(self, name: str) -> None:
        self._current = name
        self._bench.noted = {}
        self._known = len(self._bench.findings)
        if self._on_begin is not None:
            self._on_begin(name)
        self._began_ns = self._bench.timeline.now_ns()

    def _end(self, name: str, outcome: Outcome) -> None:
        bench = self._bench
        took_ms = (bench.timeline.now_ns() - self._began_ns) / 1e6
        bench.judge_seen()
        worst = next(
            (each.severity for each in worst_first(bench.findings[self._known :])),
            outcome.severity,
        )
        step = Step(
            name=name,
            ok=self._is_well(outcome, worst),
            duration_ms=took_ms if outcome.took_ms is None else outcome.took_ms,
            message=redact_text(outcome.message),
            facts=outcome.facts,
            severity=worst,
        )
        self._steps.append(step)
        if self._on_step is not None:
            self._on_step(step)

    def _is_well(self, outcome: Outcome, worst: Severity | None) -> bool | None:
        """Say how a step went, with what the rules found worst in it."""
        return False if worst in SEVERITIES[:2] else outcome.ok

    def _note_the_rest(self) -> None:
        """Say which steps were not reached."""
        taken = {step.name for step in self._steps}
        self._steps += [
            Step(name=name, ok=None, duration_ms=0, message="not reached")
            for name in self._expected()
            if name not in taken
        ]


async def examine(
    make: Callable[[Timeline, EventSink], Examiner[B]],
    *,
    capture: str | PathLike[str] | None,
    secrets: Iterable[str],
) -> Diagnosis:
    """Run an examination, recorded where that is wanted.

    Raises:
        CaptureExistsError: the file to record into exists.
    """
    timeline = Timeline()
    path = None if capture is None else Path(capture)
    async with recording(path, secrets=secrets, timeline=timeline) as kept:
        return await make(timeline, kept.sink).run()
