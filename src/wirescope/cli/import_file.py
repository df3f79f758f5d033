"""`wirescope import`: a capture made of another file; of NDJSON, that is."""

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wirescope.cli.commands import Command, Option
from wirescope.errors import CaptureFormatError, UsageError

if TYPE_CHECKING:
    from wirescope.cli.sources import LinesSource


@click.command(
    cls=Command,
    name="import",
    examples=[
        ("Keep what another run printed", "wirescope import events.ndjson -o night.wirescope"),
        ("From a pipe", "zcat events.ndjson.gz | wirescope import - -o night.wirescope"),
    ],
)
@click.argument("file", metavar="FILE|-")
@click.option("-o", "--output", cls=Option, type=click.Path(dir_okay=False, path_type=Path),
              metavar="CAPTURE", required=True, help="The capture to make.")  # fmt: skip
def command(file: str, output: Path) -> int:
    """Make a capture from NDJSON, as `wirescope connect --format ndjson` writes it."""
    from wirescope.cli.sources import LinesSource, open_source

    with closing(open_source(file)) as source:
        if not isinstance(source, LinesSource):
            raise UsageError(
                f"{file} is a capture already.", hint="`wirescope show` reads it as it is."
            )
        count, previews = _import(source, output)
    click.echo(f"* {count:,} events are in {output}.", err=True)
    if previews:
        what = "payload is" if previews == 1 else "payloads are"
        click.echo(f"* Of {previews:,} the {what} there only in part, as in {file}.", err=True)
    return 0


def _import(source: "LinesSource", output: Path) -> tuple[int, int]:
    from wirescope.capture import CaptureWriter
    from wirescope.cli.progress import Progress
    from wirescope.events import Timeline, WebSocketFrame

    clock = _PastClock(source.started_wall_ns)
    count = previews = last_seq = 0
    progress = Progress("events", 0)
    with CaptureWriter.create(output, timeline=Timeline(clock)) as writer:
        for event in source.events(None):
            if event.seq <= last_seq:
                raise CaptureFormatError(
                    f"Event {event.seq} comes after event {last_seq} in {source.name}.",
                    hint="Events of one capture are in order; import each capture by itself.",
                )
            count, last_seq = count + 1, event.seq
            previews += isinstance(event, WebSocketFrame) and event.payload_id != 0
            clock.at_ns = max(clock.at_ns, event.at_ns)
            writer(event)
            progress.at(count)
        progress.end()
    return count, previews


class _PastClock:
    """The clock of the time when the events happened; it moves with them."""

    def __init__(self, started_wall_ns: int) -> None:
        self._started_wall_ns = started_wall_ns
        self.at_ns = 0

    def monotonic_ns(self) -> int:
        return self.at_ns

    def wall_ns(self) -> int:
        return self._started_wall_ns + self.at_ns
