"""`wirescope analyze`: what happened in a capture, what is wrong, what to do."""

import sys
from collections.abc import Collection, Iterator
from contextlib import closing
from typing import TYPE_CHECKING

import click

from wirescope.cli.commands import Command, Option
from wirescope.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from wirescope.cli.sources import Source
    from wirescope.events import AnyEvent, Finding
    from wirescope.workbench import Report

_SEVERITIES = ("info", "warning", "error")
_WIDEST = 100
_MOST_LADDERS = 4


@click.command(
    "analyze",
    cls=Command,
    examples=[
        ("Say what happened, what is wrong and what to do", "wirescope analyze night.wirescope"),
        ("Fail a build on anything worse than a hint", "wirescope analyze F --fail-on warning"),
        ("For another program", "wirescope analyze F --format json | jq .findings"),
        ("Read more about a finding", "wirescope explain WS201"),
    ],
)
@click.argument("file", metavar="FILE")
@click.option(
    "--format",
    "form",
    cls=Option,
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="For people, or one JSON object.",
)
@click.option(
    "--fail-on",
    cls=Option,
    type=click.Choice(_SEVERITIES),
    help="Exit with 1 if there is a finding of this severity or worse.",
)
@click.option("--no-color", cls=Option, is_flag=True,
              help="No colour; NO_COLOR does the same.")  # fmt: skip
def command(file: str, form: str, fail_on: str | None, no_color: bool) -> int:  # noqa: FBT001
    """Analyse a capture: the verdict, findings with evidence and fix, figures.

    FILE is a capture or NDJSON; - reads NDJSON from stdin. The exit code is 0 whatever is found,
    unless --fail-on says otherwise.
    """
    from wirescope.cli.sources import open_source
    from wirescope.cli.talk import colour_wanted
    from wirescope.workbench import analyze

    with closing(open_source(file)) as source:
        report = analyze(_with_progress(source))
    if form == "json":
        sys.stdout.buffer.write(as_json(report))
    else:
        colour = colour_wanted(sys.stdout, no_colour=no_color)
        for line in as_text(report, colour=colour):
            click.echo(line)
    if fail_on is not None and _worst(report.findings) >= _SEVERITIES.index(fail_on):
        return ExitCode.FAILED
    return ExitCode.FINE


def as_json(report: "Report") -> bytes:
    """Write `{"verdict", "findings", "metrics"}`."""
    import msgspec

    return (
        msgspec.json.encode(
            {
                "verdict": report.verdict.sentence,
                "advice": report.verdict.advice,
                "findings": [_record(finding) for finding in report.findings],
                "metrics": report.metrics,
            }
        )
        + b"\n"
    )


def _record(finding: "Finding") -> dict[str, object]:
    """Write the fields of a finding; a number and a time of its own it has only in a capture."""
    from wirescope.events import record

    own = record(finding, started_wall_ns=0)
    return {name: value for name, value in own.items() if name not in ("seq", "time", "type")}


def as_text(report: "Report", *, colour: bool) -> Iterator[str]:
    """Yield the lines for people: the verdict, the findings, the figures."""
    from wirescope.cli.escape import escape
    from wirescope.cli.findings_text import counted, lines_of
    from wirescope.cli.metrics_text import lines_of as lines_of_metrics
    from wirescope.cli.paths_text import lines_of as lines_of_paths
    from wirescope.cli.width import folded, terminal_width

    width = min(_WIDEST, terminal_width(sys.stdout))
    verdict = report.verdict
    for number, sentence in enumerate(filter(None, (verdict.sentence, verdict.advice))):
        for line in folded(escape(sentence), width).split("\n"):
            yield f"\x1b[1m{line}\x1b[0m" if colour and not number else line
    several = len({finding.connection for finding in report.findings}) > 1
    causes = {finding.cause for finding in report.findings}
    said = {verdict.advice, *(each for each in causes if verdict.sentence.endswith(each))}
    told = () if several else said
    yield from lines_of(report.findings, width=width, colour=colour, several=several, told=told)
    ladders = list(_ladders(report, width=width, colour=colour, told=said))
    yield from ladders
    if report.findings or not ladders:  # a ladder that stuck is something, too
        yield ""
        yield f"{counted(report.findings).capitalize()}."
    yield from lines_of_paths(report.metrics["paths"], width=width)
    yield from lines_of_metrics(report.metrics, width=width)


def _ladders(report: "Report", *, width: int, colour: bool, told: Collection[str]) -> Iterator[str]:
    """Yield the first ladders of the WebRTC connections that did not come about, or not wholly."""
    import msgspec

    from wirescope.analysis import Ladder
    from wirescope.cli.ladder_text import lines_of, summed
    from wirescope.cli.width import folded

    ladders = msgspec.convert(report.metrics["ladder"], dict[str, list[Ladder]])
    stuck = [each for tries in ladders.values() for each in tries if each.failing is not None]
    for ladder in stuck[:_MOST_LADDERS]:
        yield ""
        head, *lines = lines_of(ladder, width=width, colour=colour, told=told)
        yield f"{ladder.connection}: {head}" if len(ladders) > 1 else head
        yield from lines
    if left := stuck[_MOST_LADDERS:]:
        yield ""
        yield from folded(summed(left), width).split("\n")


def _worst(findings: "list[Finding]") -> int:
    return max((_SEVERITIES.index(finding.severity) for finding in findings), default=-1)


def _with_progress(source: "Source") -> "Iterator[AnyEvent]":
    from wirescope.cli.progress import Progress

    progress = Progress("events", source.last_seq)
    for number, event in enumerate(source.events(None)):
        if number % 1024 == 0:
            progress.at(event.seq)
        yield event
    progress.end()
