"""`wirescope import`: a capture made of another file; of NDJSON, that is."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wirescope.cli.commands import Command, Option
from wirescope.errors import CaptureFormatError, UsageError

if TYPE_CHECKING:
    from wirescope.cli.sources import Source


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
    """Make a capture from NDJSON, as `wirescope connect --format ndjson` writes it.

    NDJSON has only the beginning of a payload above 1 MiB, so the capture has no more of it.
    """
    from wirescope.capture import import_ndjson
    from wirescope.cli.sources import LinesSource
    from wirescope.cli.width import fitted

    with closing(_open(file)) as source:
        if not isinstance(source, LinesSource):
            raise UsageError(
                f"{file} is a capture already.", hint="`wirescope show` reads it as it is."
            )
        count = import_ndjson(_with_progress(source.lines), output)
    click.echo(fitted(f"* {count:,} events are in {output}."), err=True)
    return 0


def _open(file: str) -> "Source":
    from wirescope.cli.sources import open_source

    try:
        return open_source(file)
    except CaptureFormatError:
        raise CaptureFormatError(
            f"{file} is not NDJSON.",
            hint="Make a capture of what `wirescope connect --format ndjson` wrote.",
        ) from None


def _with_progress(lines: Iterator[bytes]) -> Iterator[bytes]:
    from wirescope.cli.progress import Progress

    progress = Progress("lines", 0)
    for number, line in enumerate(lines, 1):
        progress.at(number)
        yield line
    progress.end()
