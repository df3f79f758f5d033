"""Every format that a capture can be written as or made of, by name.

A format is found by its name, by a file's suffix, or by what a file begins with. Its code is loaded
when it is used. Rows for a terminal are no format: the command line makes them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

from wirescope.capture.formats.selection import Selection
from wirescope.errors import CaptureFormatError, UsageError


@dataclass(frozen=True, slots=True)
class Format:
    """A format.

    Attributes:
        name: what it is called, as in `--format`.
        suffix: what its files end in.
        about: what it is for, in half a sentence.
        writer: module and function that write a selection.
        reader: module and function that make a capture; empty when it can only be written.
        binary: whether it is bytes that no terminal can show.
    """

    name: str
    suffix: str
    about: str
    writer: str
    reader: str = ""
    binary: bool = False

    def write(self, selection: Selection, stream: BinaryIO, **options: Any) -> None:
        """Write the chosen events; `options` are the writer's own."""
        _load(self.writer)(selection, stream, **options)

    def read(
        self,
        file: BinaryIO,
        out: Path,
        *,
        on_progress: Callable[[int], None] = lambda _count: None,
    ) -> tuple[int, list[str]]:
        """Make a capture; give the number of its events, and what is to be said about it."""
        if not self.reader:
            raise UsageError(
                f"{self.name} can be written but not read.",
                hint=f"Captures can be made of {', '.join(sorted(readable()))}.",
            )
        count, notes = _load(self.reader)(file, out, on_progress=on_progress)
        return int(count), list(notes)


FORMATS: dict[str, Format] = {
    each.name: each
    for each in (
        Format("ndjson", ".ndjson", "every event as a JSON object a line",
               "ndjson:write_ndjson", "ndjson:read_capture"),
        Format("har", ".har", "connections for browsers and HTTP tools, with all of it in extras",
               "har_writer:write_har", "har_reader:import_har"),
        Format("pcapng", ".pcapng", "frames for Wireshark, in packets made up around them",
               "pcapng:write_pcapng", binary=True),
        Format("csv", ".csv", "events for a spreadsheet, harmless there",
               "csv_rows:write_csv"),
        Format("parquet", ".parquet", "events for DuckDB, pandas and Polars",
               "parquet:write_parquet", binary=True),
        Format("http", ".http", "what was sent, as a request file of JetBrains' editors",
               "http_request:write_http"),
        Format("text", ".txt", "messages with > and <, as wscat shows them",
               "text_lines:write_text"),
        Format("bundle", ".zip", "for sharing: without credentials, hosts, chosen fields",
               "bundle:write_bundle", "bundle_reader:import_bundle", binary=True),
    )
}  # fmt: skip
"""All formats by name."""


def readable() -> dict[str, Format]:
    """Give the formats that a capture can be made of."""
    return {name: each for name, each in FORMATS.items() if each.reader}


def recognise(beginning: bytes) -> Format:
    """Tell a format by how a file begins; CaptureFormatError when it is none that can be read."""
    if beginning.startswith(b"PK\x03\x04"):
        return FORMATS["bundle"]
    text = beginning.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"{"):
        first_line, _, rest = text.partition(b"\n")
        # NDJSON has an object whole on its first line; a HAR is one object, its key `log`.
        is_object = first_line.rstrip().endswith(b"}") and b'"log"' not in first_line[:200]
        events = is_object and (not rest.strip() or rest.lstrip().startswith(b"{"))
        return FORMATS["ndjson" if events or b'"seq"' in first_line else "har"]
    raise CaptureFormatError(_strange(beginning), hint=_HINT)


_HINT = "Captures can be made of NDJSON, of HAR and of bundles."

_STRANGE = {
    b"SQLite format 3\0": "It is a capture already; `wirescope show` reads it as it is.",
    b"\xff\xfe": "It is text in UTF-16, as PowerShell redirects it; save it in UTF-8.",
    b"\xfe\xff": "It is text in UTF-16; save it in UTF-8.",
    b"\x1f\x8b": "It is compressed with gzip; unpack it first.",
    b"\x0a\x0d\x0d\x0a": "It is a pcapng, which can be written but not read.",
    b"PAR1": "It is Parquet, which can be written but not read.",
    b"[": "It is JSON, but neither NDJSON nor HAR.",
}


def _strange(beginning: bytes) -> str:
    for start, sentence in _STRANGE.items():
        if beginning.startswith(start):
            return sentence
    return (
        "It is none of the formats that a capture can be made of."
        if beginning
        else ("It is empty.")
    )


def _load(place: str) -> Callable[..., Any]:
    module, _, name = place.partition(":")
    function: Callable[..., Any] = getattr(
        import_module(f"wirescope.capture.formats.{module}"), name
    )
    return function
