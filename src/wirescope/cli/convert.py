"""`wirescope show --format` for the formats that are files: HAR, pcapng, CSV and the others.

What they are is known to the capture; here is where they are written to. Bytes do not go to a
terminal, and text goes there so that it cannot steer it. A file is written whole or not at all.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import click

from wirescope.cli.commands import Option
from wirescope.cli.replacing import replacing
from wirescope.errors import UsageError

if TYPE_CHECKING:
    from wirescope.capture import Capture, Filter, Format
    from wirescope.cli.sources import Source

LIVE_FORMS = ("table", "ndjson")
"""The forms that can be followed, which `show` writes itself."""

FORMS = (*LIVE_FORMS, "har", "pcapng", "csv", "parquet", "http", "text", "bundle")
"""All of them; named here since naming them must not cost importing the capture."""


def redaction_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say what a bundle must not have."""
    fields = click.option(
        "--redact-field",
        "redact_fields",
        cls=Option,
        multiple=True,
        metavar="NAME|PATH",
        help="In a bundle, blot out this field of JSON payloads, as email or $.user.id; repeat.",
    )
    payloads = click.option(
        "--redact-payloads",
        cls=Option,
        is_flag=True,
        help="In a bundle, blot out all payloads; lengths stay.",
    )
    return fields(payloads(command))


@dataclass(frozen=True, slots=True)
class Conversion:
    """What is to be written, and where to.

    Attributes:
        form: one of `FORMS`.
        output: a file; None for stdout.
        wanted: lets events through.
        after: events up to this number are left out.
        limit: so many events at most.
        fields: what is blotted out of a bundle.
        payloads: whether a bundle is without payloads.
    """

    form: str
    output: Path | None
    wanted: "Filter | None"
    after: int
    limit: int | None
    fields: tuple[str, ...]
    payloads: bool

    def check(self, *, alone: bool) -> None:
        """Refuse options that do not go together; `alone` is without those that print."""
        if self.form != "bundle" and (self.fields or self.payloads):
            raise UsageError("Payloads are redacted in a bundle only.", hint="Add --format bundle.")
        if self.form in LIVE_FORMS:
            return
        if not alone:
            raise UsageError(
                f"--format {self.form} is for whole captures, not for --payload, --stats or"
                " --follow.",
                hint="Leave one of the two out.",
            )
        if self._format.binary and self.output is None and sys.stdout.isatty():
            raise UsageError(
                f"{self.form} is binary, so it is not written to the terminal.",
                hint=f"Write it to a file, as -o capture{self._format.suffix}, or into a pipe.",
            )

    def run(self, source: "Source") -> int:
        """Write it."""
        from wirescope.capture import Selection
        from wirescope.cli.progress import Progress
        from wirescope.cli.width import fitted

        with _as_capture(source) as capture, self._stream() as stream:
            progress = Progress("events", capture.last_seq)
            selection = Selection(
                capture,
                filter=self.wanted,
                after=self.after,
                limit=self.limit,
                on_progress=progress.at,
            )
            options = {"fields": self.fields, "payloads": self.payloads}
            try:
                self._format.write(selection, stream, **options if self.form == "bundle" else {})
                stream.flush()
            finally:
                progress.end()
        notes = selection.notes or []
        if not selection.count:
            notes = [f"No event in {source.name} matches.", *notes]
        for note in notes:
            click.echo(fitted(f"* {note}"), err=True)
        return 0

    @property
    def _format(self) -> "Format":
        from wirescope.capture import FORMATS

        return FORMATS[self.form]

    @contextmanager
    def _stream(self) -> Iterator[BinaryIO]:
        if self.output is None:
            on_screen = sys.stdout.isatty()
            yield cast("BinaryIO", _Screen()) if on_screen else sys.stdout.buffer
            return
        with replacing(self.output) as file:
            yield file


class _Screen:
    """Writes text to the terminal, control characters written out."""

    def write(self, data: bytes) -> int:
        from wirescope.cli.escape import escape_lines

        text = data.decode("utf-8", "replace").replace("\r\n", "\n")
        sys.stdout.write(escape_lines(text))
        return len(data)

    def writelines(self, lines: Iterator[bytes]) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        sys.stdout.flush()

    def readable(self) -> bool:
        return False

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    closed = False


@contextmanager
def _as_capture(source: "Source") -> Iterator["Capture"]:
    """Give the capture; of NDJSON one is made, since formats go through it more than once."""
    from wirescope.capture import import_ndjson, open_capture
    from wirescope.cli.sources import CaptureSource, LinesSource

    if isinstance(source, CaptureSource):
        yield source.capture
        return
    assert isinstance(source, LinesSource)
    with tempfile.TemporaryDirectory(prefix="wirescope-") as folder:
        path = Path(folder) / "lines.wirescope"
        import_ndjson(source.lines, path)
        with open_capture(path) as capture:
            yield capture
