"""What the options of `wirescope compare` come to: a plan, its run with its progress, the results.

Not here: how results look (`compare_text`, `wirescope.lab.report`).
"""

import asyncio
import shlex
import signal
import sys
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from msgspec.structs import replace

from wirescope.cli.escape import escape
from wirescope.cli.exit_codes import ExitCode
from wirescope.cli.loop import run_async
from wirescope.cli.replacing import replacing
from wirescope.cli.width import columns, fitted, terminal_width
from wirescope.errors import UsageError
from wirescope.lab.checks import Check, all_checks
from wirescope.lab.compare import (
    ComparisonPlan,
    Kept,
    Progress,
    check_cluster,
    check_machine,
    compare,
    environment,
    full_plan,
    quick_plan,
)
from wirescope.lab.report import report_html
from wirescope.lab.results import Comparison, check_parquet, comparison_json, write_parquet
from wirescope.lab.verdicts import INVALID
from wirescope.lab.workloads import WORKLOADS, Workload, from_capture, workload
from wirescope.link import PROFILES, LinkSettings, profile, read_link

LONG_S = 180.0
"""From so long on it is asked whether to begin."""

_WIDEST = 140
_MOST_TOLD = 3
_LINK_SUFFIXES = (".yaml", ".yml", ".json")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The options, as `compare` has them."""

    quick: bool
    workloads: tuple[str, ...]
    recorded: Path | None
    connection: str | None
    links: tuple[str, ...]
    transports: tuple[str, ...]
    paths: tuple[str, ...]
    controls: tuple[str, ...]
    repeats: int | None
    duration_s: float | None
    at_once: int | None
    seed: int | None
    cluster: str | None
    keep: Path | None
    captures: bool
    no_checks: bool
    yes: bool
    output: Path | None
    parquet: Path | None


def run(asked: Asked, *, form: str, no_colour: bool) -> int:
    """Compare what is asked for, and show what came of it; the exit code.

    Raises:
        WirescopeError: it cannot be done, or not here.
    """
    plan = plan_of(asked)
    check_machine(plan)
    if asked.parquet is not None:
        check_parquet()
    if asked.cluster is not None:
        check_cluster()
    checks = () if asked.no_checks else all_checks(_playground)
    if not _agreed(plan, len(checks), asked):
        return ExitCode.INTERRUPTED
    with ExitStack() as stack:
        outputs = {
            path: stack.enter_context(replacing(path))
            for path in (asked.output, asked.parquet)
            if path is not None
        }
        found = _compare(plan, checks, asked)
        if asked.output is not None:
            report = report_html(found, workloads=_workloads_of(plan), links=_links_of(plan))
            outputs[asked.output].write(report.encode())
        if asked.parquet is not None:
            write_parquet(found.cells, outputs[asked.parquet])
    _show(found, plan, form=form, no_colour=no_colour)
    for path in outputs:
        _say(f"{path} is written.")
    decided = any(each.winner != INVALID for each in found.verdicts)
    return ExitCode.FINE if decided else ExitCode.FAILED


def list_names() -> None:
    """Print the workloads and the links that have names."""
    click.echo("Workloads:")
    for each in WORKLOADS.values():
        click.echo(f"  {each.name:<18}{each.title}")
    click.echo("\nLinks:")
    for link in PROFILES.values():
        click.echo(f"  {link.name:<18}{link.title}")


# What is compared


def plan_of(asked: Asked) -> ComparisonPlan:
    """Make a plan of the options.

    Raises:
        UsageError: they do not go together, or name what is not there.
    """
    if asked.captures and asked.keep is None:
        raise UsageError("--captures needs a place for them.", hint="Give a folder with --keep.")
    if asked.connection is not None and asked.recorded is None:
        raise UsageError("--connection goes with --from.")
    base = quick_plan() if asked.quick else full_plan()
    workloads = _workloads(asked)
    named = {
        "workloads": workloads,
        "links": tuple(_link(each) for each in asked.links),
        "transports": asked.transports,
        "paths": asked.paths,
        "congestion_controls": asked.controls,
        "repeats": asked.repeats,
        "duration_s": asked.duration_s,
        "at_once": asked.at_once,
        "seed": asked.seed,
    }
    given = {name: value for name, value in named.items() if value not in ((), None)}
    if asked.recorded is not None:  # of a short one little is left out
        shortest_s = min(each.duration_s for each in workloads)
        given["warm_up_s"] = min(base.warm_up_s, shortest_s / 10)
    return replace(base, **given)


def _workloads(asked: Asked) -> tuple[Workload, ...]:
    found = [workload(each) for each in asked.workloads]
    if asked.recorded is not None:
        found.append(_recorded(asked.recorded, asked.connection))
    return tuple(found)


def _recorded(path: Path, connection: str | None) -> Workload:
    from wirescope.capture import open_capture
    from wirescope.events import DataChannelMessage, WebSocketMessage

    with open_capture(path) as capture:
        if connection is None:
            spoken = (
                each.connection
                for each in capture.events()
                if isinstance(each, WebSocketMessage | DataChannelMessage)
            )
            connection = next(spoken, "c1")
        return from_capture(capture.events(), connection)


def _link(name: str) -> LinkSettings:
    """Give a link by its name, or by the file that describes it."""
    path = Path(name)
    if path.suffix not in _LINK_SUFFIXES:
        return profile(name)
    from wirescope.workbench.exchange import load_document

    def read(file: Path) -> bytes:
        try:
            return file.read_bytes()
        except OSError as error:
            why = error.strerror or str(error)
            raise UsageError(f"{str(file)!r} cannot be read: {why}.") from None

    told = load_document(read(path))
    if not isinstance(told, dict):
        raise UsageError(
            f"{name!r} describes no link: it has no keys.",
            hint="See docs/reference/links.md for what a link's file holds.",
        )
    return read_link(told, read_file=lambda trace: read(path.parent / trace))


@asynccontextmanager
async def _playground() -> AsyncIterator[str]:
    """Have the playground's endpoints on a free port; gives their address."""
    from wirescope.playground import serve_endpoints

    async with serve_endpoints(host="127.0.0.1", port=0) as server:
        yield server.url.replace("ws", "http", 1).rstrip("/")


# How it is run


def _agreed(plan: ComparisonPlan, checks: int, asked: Asked) -> bool:
    """Say how long it takes, and ask whether to begin where that is long."""
    runs, kept = plan.runs(), _kept(plan, asked)
    left = len(runs) if kept is None else sum(kept.find(each) is None for each in runs)
    takes_s = plan.estimate_s(left) + checks * CHECK_ESTIMATE_S
    there = f", {len(runs) - left} of them there already" if left < len(runs) else ""
    _say(
        f"{len(plan.cells())} cells, {len(runs)} runs{there}: about {_duration(takes_s)}, "
        f"{plan.at_once} at a time."
    )
    if takes_s < LONG_S or asked.yes or not sys.stdin.isatty():
        return True
    return click.confirm("Begin?", default=True, err=True)


CHECK_ESTIMATE_S = 3.0
"""Seconds that a check takes, about."""


def _compare(plan: ComparisonPlan, checks: tuple[Check, ...], asked: Asked) -> Comparison:
    around = environment(command=shlex.join(["wirescope", *sys.argv[1:]]))
    if asked.keep is not None:
        around |= {"runs": str(asked.keep), "captures": asked.captures}
    with _progress(plan) as on_progress:
        return run_async(
            _until_told_to_end(
                compare(
                    plan,
                    environment=around,
                    checks=checks,
                    kept=_kept(plan, asked),
                    with_captures=asked.captures,
                    cluster=asked.cluster,
                    on_progress=on_progress,
                )
            )
        )


async def _until_told_to_end(comparing: Coroutine[Any, Any, Comparison]) -> Comparison:
    """Compare; signals that end a program cancel it first, so that nothing of it is left."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        with suppress(AttributeError, NotImplementedError):
            number = getattr(signal, name)
            if name != "SIGHUP" or signal.getsignal(number) != signal.SIG_IGN:  # as of nohup
                loop.add_signal_handler(number, task.cancel)
    try:
        return await comparing
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None


def _kept(plan: ComparisonPlan, asked: Asked) -> Kept | None:
    if asked.keep is None:
        return None
    try:
        return Kept(asked.keep, plan)
    except OSError as error:
        why = error.strerror or str(error)
        raise UsageError(f"Runs cannot be kept in {str(asked.keep)!r}: {why}.") from None


@contextmanager
def _progress(plan: ComparisonPlan) -> Iterator[Any]:
    """Say on stderr how far it is: a line that is written over on a terminal, failures anywhere."""
    bar = _Bar(plan)
    try:
        yield bar.tell
    finally:
        bar.end()
        bar.sum_up()


class _Bar:
    """How far it is, and how long it may still take."""

    def __init__(self, plan: ComparisonPlan) -> None:
        from wirescope.clock import SystemClock

        self._now_ns = SystemClock.monotonic_ns
        self._began_ns = self._now_ns()
        self._is_terminal = sys.stderr.isatty()
        self._shown = False
        self._uncounted = self._run = 0
        self._write(f"* 0 of {len(plan.runs())} runs")

    def tell(self, progress: Progress) -> None:
        """Take note of what has ended."""
        if progress.failure:
            self.end()
            _say(f"{progress.name} failed: {progress.failure}")
        problems = () if progress.experiment is None else progress.experiment.repeat.problems
        if problems:
            self._uncounted += 1
            if self._uncounted <= _MOST_TOLD:
                self.end()
                _say(f"{progress.name} does not count. {' '.join(problems)}")
        took_s = (self._now_ns() - self._began_ns) / 1e9
        self._run += not progress.known
        left_s = took_s / max(1, self._run) * (progress.all - progress.done)
        self._write(
            f"* {progress.done} of {progress.all} done, about {_duration(left_s)} left: "
            f"{progress.name}"
        )

    def sum_up(self) -> None:
        """Say how many runs do not count, beyond those that were told, and what helps."""
        if self._uncounted > _MOST_TOLD:
            _say(
                f"{self._uncounted} runs do not count, most likely as other programs keep this "
                "machine busy. Fewer at a time help (--at-once 1), or a quieter machine."
            )

    def _write(self, line: str) -> None:
        if self._is_terminal:
            width = terminal_width(sys.stderr)
            shown = escape(line)[: width - 1]
            click.echo(f"\r{shown}\x1b[K", nl=False, err=True)
            self._shown = True

    def end(self) -> None:
        """Take the line away."""
        if self._shown:
            click.echo("\r\x1b[K", nl=False, err=True)
            self._shown = False


def _say(sentence: str) -> None:
    with suppress(OSError):  # nobody may be there any more to read it
        click.echo(fitted(f"* {escape(sentence)}"), err=True)


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes / 60:.1f} h"


# What came of it


def _workloads_of(plan: ComparisonPlan) -> dict[str, Workload]:
    return {each.name: plan.workload(each.name) for each in plan.workloads}


def _links_of(plan: ComparisonPlan) -> dict[str, LinkSettings]:
    return {each.name: each for each in plan.links}


def _show(found: Comparison, plan: ComparisonPlan, *, form: str, no_colour: bool) -> None:
    from wirescope.cli.compare_text import lines_of
    from wirescope.cli.talk import colour_wanted

    if form == "json":
        sys.stdout.buffer.write(comparison_json(found))
        return
    width = min(_WIDEST, columns(sys.stdout))
    colour = colour_wanted(sys.stdout, no_colour=no_colour)
    for line in lines_of(
        found,
        workloads=_workloads_of(plan),
        links=_links_of(plan),
        width=width,
        colour=colour,
    ):
        click.echo(line)
