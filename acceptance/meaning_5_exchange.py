"""Each format opened by a program that we did not write, and what comes back by one of ours.

A capture with everything in it is recorded from the test endpoints, written in every format, and
looked at: by har-validator, mitmproxy, tshark, SQLite, DuckDB, jq and httpYac. HAR and NDJSON go
back and must be the same events; a bundle goes back and must have the same shape, without a host.
"""

import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from acceptance.exchange import har_readers, recording, tables, wireshark
from acceptance.exchange.programs import Finding, missing_packages
from wirescope.capture import FORMATS, Capture, Selection, open_capture
from wirescope.events import WebSocketFrame, WebSocketMessage


def write(capture: Capture, name: str, folder: Path, **choice: str) -> Path:
    """Write a capture in a format."""
    chosen = FORMATS[name]
    path = folder / f"{'-'.join(['capture', *choice])}{chosen.suffix}"
    with path.open("wb") as file:
        chosen.write(Selection(capture, **choice), file)  # type: ignore[arg-type]
    return path


def there_and_back(name: str, path: Path, capture: Capture) -> Finding:
    """Make a capture of a file and compare each event, and each payload that the format has."""
    out = path.with_name(f"{path.name}.again")
    with path.open("rb") as file:
        FORMATS[name].read(file, out)
    with open_capture(out) as again:
        before, after = list(capture.events()), list(again.events())
        equal = sum(a == b for a, b in zip(before, after, strict=False))
        long = [
            e for e in before if isinstance(e, WebSocketFrame | WebSocketMessage) and is_long(e)
        ]
        whole = sum(same_payload(each.seq, capture, again) for each in long) if name == "har" else 0
    told = f", {whole} of {len(long)} long payloads byte for byte" if name == "har" else ""
    shows = f"{equal} of {len(before)} events equal{told}"
    good = before == after and (name != "har" or whole == len(long) > 0)
    return Finding(name, "there and back", shows, good)


def is_long(event: object) -> bool:
    """Whether an event has a payload that its record does not carry whole."""
    if isinstance(event, WebSocketFrame):
        return event.payload_id > 0
    return isinstance(event, WebSocketMessage) and event.truncated


def same_payload(seq: int, one: Capture, other: Capture) -> bool:
    """Whether an event's whole payload is the same in both."""
    return b"".join(one.payload(seq)) == b"".join(other.payload(seq))


def look_into_bundle(path: Path, capture: Capture) -> Iterator[Finding]:
    """Look for the hosts of the capture in a bundle, and read it back."""
    with zipfile.ZipFile(path) as bundle:
        contents = {name: bundle.read(name) for name in bundle.namelist()}
        sound = bundle.testzip() is None
    found = sum(content.count(b"127.0.0.1") for content in contents.values())
    shows = f"{len(contents)} files, sound; the capture's host is in them {found} times"
    yield Finding("bundle", "zipfile of Python", shows, sound and not found)
    out = path.with_name(f"{path.name}.again")
    with path.open("rb") as file:
        FORMATS["bundle"].read(file, out)
    with open_capture(out) as again:
        pairs = list(zip(capture.events(), again.events(), strict=True))
    same = sum(shape(a) == shape(b) for a, b in pairs)
    yield Finding("bundle", "there and back", f"{same} of {len(pairs)} keep their shape",
                  same == len(pairs))  # fmt: skip


def shape(event: object) -> tuple[object, ...]:
    """What a bundle must not change of an event."""
    names = ("seq", "at_ns", "type", "direction", "header", "offset", "length", "frames", "code")
    return tuple(getattr(event, name, None) for name in names)


def look(capture: Capture, folder: Path) -> Iterator[Finding]:
    """Write and look at each format."""
    ndjson, har = write(capture, "ndjson", folder), write(capture, "har", folder)
    yield from tables.check_ndjson(ndjson, capture)
    yield there_and_back("ndjson", ndjson, capture)
    yield from har_readers.check(har, capture)
    yield there_and_back("har", har, capture)
    yield from wireshark.check(write(capture, "pcapng", folder), capture)
    yield from tables.check_csv(write(capture, "csv", folder), capture)
    yield from tables.check_parquet(write(capture, "parquet", folder), capture)
    asked = "connection == c3"
    sent = [
        event.text
        for event in capture.events(filter=f"{asked} and type == websocket.message")
        if isinstance(event, WebSocketMessage) and event.direction == "sent"
    ]
    yield from tables.check_http(write(capture, "http", folder, filter=asked), sent)
    yield from look_into_bundle(write(capture, "bundle", folder), capture)


def main() -> int:
    """Print a line a program; 1 when one of them did not see what is in the capture."""
    if missing := missing_packages():
        print(f"Missing are the Debian packages {' '.join(missing)}; install them first.")
        return 1
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        recording.record(folder / "capture.wirescope")
        with open_capture(folder / "capture.wirescope") as capture:
            figures = capture.statistics()
            payload = sum(group.payload_bytes for group in figures.groups.values())
            print(f"{figures.events} events of {len(figures.connections)} connections,"
                  f" {payload / 2**20:.1f} MiB of payload")  # fmt: skip
            good = True
            for finding in look(capture, folder):
                good = good and finding.good
                verdict = "ok" if finding.good else "SHORT"
                print(f"{verdict:5}  {finding.format:8} {finding.program:28} {finding.shows}",
                      flush=True)  # fmt: skip
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
