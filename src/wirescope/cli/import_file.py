"""`wirescope import`: a capture made of a file of another format, told by what is in it.

Files with endpoints instead of events are the matter of `foreign`.
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import click

from wirescope.cli.commands import Command, Option
from wirescope.cli.foreign import FORMS, Secrets, import_foreign, is_foreign
from wirescope.errors import CaptureFormatError, UsageError

if TYPE_CHECKING:
    from wirescope.capture import Format

_READABLE = ("ndjson", "har", "bundle")
_BEGINNING = 1 << 16
_SPOOL_BYTES = 16 << 20


@click.command(
    cls=Command,
    name="import",
    examples=[
        ("Look into a HAR of a browser", "wirescope import page.har"),
        ("Open what somebody shared", "wirescope import shared.zip -o shared.wirescope"),
        ("Keep what another run printed", "wirescope import events.ndjson -o night.wirescope"),
        ("What a browser copied", "wirescope import copied.sh --workspace chat"),
        ("A collection of another client", "wirescope import collection --dry-run"),
        ("Into a folder of the workspace", "wirescope import copied.sh --folder chat/rooms"),
        ("From a pipe", "zcat events.ndjson.gz | wirescope import - -o night.wirescope"),
    ],
)
@click.argument("file", metavar="FILE|DIR|-")
@click.option("-o", "--output", cls=Option, type=click.Path(dir_okay=False, path_type=Path),
              metavar="CAPTURE",
              help="The capture to make; FILE's name with .wirescope without it.")  # fmt: skip
@click.option("--format", "form", cls=Option, type=click.Choice((*_READABLE, *FORMS)),
              metavar="NAME", help=f"Read it as {', '.join((*_READABLE, *FORMS))}.")  # fmt: skip
@click.option("--workspace", cls=Option, metavar="DIR",
              type=click.Path(file_okay=False, path_type=Path),
              help="Where endpoints go; without it, the current folder.")  # fmt: skip
@click.option("--folder", cls=Option, metavar="NAME", default="",
              help="A folder of the workspace for endpoints and their messages.")  # fmt: skip
@click.option("--secrets", cls=Option, type=click.Choice(("out", "env", "keep")), default="out",
              show_default=True,
              help="Leave values of secrets out, put them into .env, or keep them.")  # fmt: skip
@click.option("--dry-run", is_flag=True, cls=Option,
              help="Say which endpoints would come, and write nothing.")  # fmt: skip
def command(
    file: str,
    output: Path | None,
    form: str | None,
    *,
    workspace: Path | None,
    folder: str,
    secrets: Secrets,
    dry_run: bool,
) -> int:
    """Make a capture from NDJSON, HAR or a bundle, or endpoints from other tools' files.

    What it is, is told by its content. curl commands, .http files, AsyncAPI, and what Postman,
    Insomnia and Bruno export have endpoints, messages and environments, which go to a workspace; of
    a HAR it makes them with --workspace. Nothing is run, and secrets become {{variables}}.

    NDJSON has only the beginning of a payload above 1 MiB. A HAR that Wirescope did not write has
    whole messages only, so their frames are made up.
    """
    if is_foreign(file, form, output=output is not None, workspace=workspace is not None):
        return import_foreign(
            file, form, workspace=workspace, folder=folder, secrets=secrets, dry_run=dry_run
        )
    if workspace is not None or folder or dry_run or secrets != "out":
        raise UsageError("That is a capture, which goes to no workspace.", hint="Use -o alone.")
    from wirescope.capture import FORMATS
    from wirescope.cli.progress import Progress
    from wirescope.cli.width import fitted

    out = output or _beside(file)
    with _opened(file) as stream, tempfile.SpooledTemporaryFile(_SPOOL_BYTES) as spool:
        chosen = FORMATS[form] if form else _recognised(file, stream)
        if chosen.name != "ndjson":
            stream = _seekable(stream, cast("BinaryIO", spool))
        progress = Progress("events", 0)
        try:
            count, notes = chosen.read(stream, out, on_progress=progress.at)
        finally:
            progress.end()
    for line in (f"{count:,} events are in {out}, read as {chosen.name}.", *notes):
        click.echo(fitted(f"* {_safe(line)}"), err=True)
    return 0


def _safe(line: str) -> str:
    from wirescope.cli.escape import escape

    return escape(line)  # a bundle's notes come from whoever made it


def _beside(file: str) -> Path:
    if file == "-":
        raise UsageError("What comes from stdin has no name.", hint="Name the capture with -o.")
    return Path(Path(file).with_suffix(".wirescope").name)


@contextmanager
def _opened(file: str) -> Iterator[BinaryIO]:
    if file == "-":
        yield cast("BinaryIO", sys.stdin.buffer)
        return
    with ExitStack() as stack:
        try:
            stream = stack.enter_context(Path(file).open("rb"))
        except OSError as error:
            reason = error.strerror or str(error)
            raise UsageError(f"{file} cannot be read: {reason}.") from None
        yield stream


def _recognised(file: str, stream: BinaryIO) -> "Format":
    from wirescope.capture import recognise

    beginning: bytes = stream.peek(_BEGINNING)  # type: ignore[attr-defined]
    try:
        return recognise(beginning)
    except CaptureFormatError as error:
        raise CaptureFormatError(
            f"{file} is not NDJSON, HAR or a bundle. {error.message}", hint=error.hint
        ) from None


def _seekable(stream: BinaryIO, spool: BinaryIO) -> BinaryIO:
    """Bring what comes through a pipe to the disk, since it has to be read out of order."""
    if stream.seekable():
        return stream
    while piece := stream.read(1 << 20):
        spool.write(piece)
    spool.seek(0)
    return spool
