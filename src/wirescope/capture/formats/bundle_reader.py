"""A bundle as a capture. A bundle comes from somebody else, so nothing in it is believed.

Its files are read as streams and never unpacked; names, lengths and ways of compressing that
`bundle` does not write are refused, and what does not fit together ends in a CaptureFormatError.
"""

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, BinaryIO

import msgspec

from wirescope.capture.formats.building import OnProgress, build_capture
from wirescope.capture.formats.bundle import EVENTS, FORMAT, MANIFEST, PAYLOADS, VERSION
from wirescope.capture.formats.ndjson import read_ndjson
from wirescope.clock import parse_rfc3339
from wirescope.errors import CaptureFormatError
from wirescope.events import Emission, PayloadChunk, WebSocketFrame

MAX_LINE_BYTES = 32 << 20
"""The longest line that an event can have: 1 MiB of payload, each byte of it written as `\\u0000`,
and room to spare."""

MAX_BYTES = 16 << 30
"""What a bundle may unpack to, so that a small file cannot fill a disk."""

_MAX_MANIFEST_BYTES = 1 << 20
_CHUNK_BYTES = 256 << 10
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError)


class _Manifest(msgspec.Struct):
    format: str
    version: int
    started: str
    notes: list[str] = []


def import_bundle(
    file: BinaryIO, out: Path, *, on_progress: OnProgress = lambda _count: None
) -> tuple[int, list[str]]:
    """Make a capture of a bundle; return how many events it holds, and what is to be said about it.

    CaptureFormatError names what is not as it should be; nothing is left behind then.
    """
    try:
        with zipfile.ZipFile(file) as bundle:
            _check(bundle)
            manifest = _manifest(bundle)
            count = build_capture(
                out,
                _emissions(bundle),
                started_wall_ns=parse_rfc3339(manifest.started),
                on_progress=on_progress,
            )
            return count, manifest.notes
    except (*_BROKEN, ValueError) as error:
        raise CaptureFormatError(f"The bundle is damaged: {error}.") from None


def _check(bundle: zipfile.ZipFile) -> None:
    names = bundle.namelist()
    if MANIFEST not in names or EVENTS not in names:
        raise CaptureFormatError(
            f"The zip file is not a bundle: it has no {MANIFEST} or no {EVENTS}.",
            hint="A bundle is what `wirescope show --format bundle` writes.",
        )
    for info in bundle.infolist():
        known = info.filename in (MANIFEST, EVENTS) or info.filename.startswith(PAYLOADS)
        if not known or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise CaptureFormatError(f"The bundle has a file {info.filename!r} of no known kind.")
    if len(set(names)) != len(names):
        raise CaptureFormatError("The bundle has two files of one name.")
    if sum(info.file_size for info in bundle.infolist()) > MAX_BYTES:
        raise CaptureFormatError(f"The bundle unpacks to more than {MAX_BYTES >> 30} GiB.")


def _manifest(bundle: zipfile.ZipFile) -> _Manifest:
    with bundle.open(MANIFEST) as file:
        data = file.read(_MAX_MANIFEST_BYTES)
    try:
        manifest = msgspec.json.decode(data, type=_Manifest)
        if manifest.format != FORMAT:
            raise ValueError(f"its format is {manifest.format!r}")
        parse_rfc3339(manifest.started)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise CaptureFormatError(f"{MANIFEST} is not a bundle's: {error}.") from None
    if manifest.version > VERSION:
        raise CaptureFormatError(
            f"The bundle has version {manifest.version}; this program knows {VERSION}.",
            hint="Use a newer Wirescope.",
        )
    return manifest


def _emissions(bundle: zipfile.ZipFile) -> Iterator[Emission]:
    seen: set[int] = set()
    with bundle.open(EVENTS) as file:
        for event in read_ndjson(_lines(file)):
            if isinstance(event, WebSocketFrame) and event.payload_id:
                if event.payload_id in seen:
                    raise CaptureFormatError(f"Two frames have the payload {event.payload_id}.")
                seen.add(event.payload_id)
                yield from _chunks(bundle, event)
            yield event


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    left = MAX_BYTES  # the sizes in a zip's directory may lie
    number = 0
    while line := file.readline(MAX_LINE_BYTES):
        number += 1
        left -= len(line)
        if len(line) == MAX_LINE_BYTES:
            raise CaptureFormatError(f"Line {number} of {EVENTS} is too long for an event.")
        if left < 0:
            raise CaptureFormatError(f"The bundle unpacks to more than {MAX_BYTES >> 30} GiB.")
        yield line


def _chunks(bundle: zipfile.ZipFile, frame: WebSocketFrame) -> Iterator[PayloadChunk]:
    name = f"{PAYLOADS}{frame.payload_id}"
    if name not in bundle.NameToInfo:
        return  # then there is the beginning only, as in NDJSON
    left = frame.payload_length
    with bundle.open(name) as file:
        while data := file.read(_CHUNK_BYTES):
            left -= len(data)
            if left < 0:
                break
            yield PayloadChunk(frame.payload_id, frame.connection, frame.direction, data)
    if left < 0:
        raise CaptureFormatError(
            f"{name} has more than the {frame.payload_length:,} bytes that frame {frame.seq} has."
        )
