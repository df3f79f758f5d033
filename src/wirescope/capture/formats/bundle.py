"""A bundle: a capture for sharing, in one zip file that anybody can look into before it is sent.

In it are `manifest.json`, which says what was taken out and what was not looked at, the events as
`events.ndjson`, and for each payload above `INLINE_LIMIT` a file `payloads/NUMBER`. Credentials are
removed, hosts and addresses have pseudonyms, chosen fields or all payloads are blotted out;
lengths, opcodes and times stay. An event whose type is not known here is left out. What it is made
of never leaves this module but retouched.
"""

import io
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import IO, Any, BinaryIO

import msgspec

from wirescope.capture.formats.blotting import FILLER, Blotter
from wirescope.capture.formats.pseudonyms import Pseudonyms
from wirescope.capture.formats.retouching import Retouched, Retoucher
from wirescope.capture.formats.selection import Selection
from wirescope.clock import rfc3339
from wirescope.errors import CaptureError
from wirescope.events import WebSocketFrame, ndjson_line

FORMAT = "wirescope-bundle"
VERSION = 1
MANIFEST, EVENTS, PAYLOADS = "manifest.json", "events.ndjson", "payloads/"

_SPOOL_BYTES = 8 << 20
_NAMING_HOSTS = " or ".join(
    f"type == {name}"
    for name in (
        *("connection.opening", "connection.reached", "connection.secured"),
        *("websocket.handshake", "connection.failed", "stats"),
        *("signaling.description", "signaling.exchange"),
        *("ice.servers", "ice.candidate", "ice.error", "ice.pair"),
        *("relay.allocated", "relay.refused", "relay.ended"),
    )
)
_PIECE = 1 << 18
# The time at which a bundle was made says something about who made it; zip's first is 1980.
_NO_TIME = (1980, 1, 1, 0, 0, 0)


def write_bundle(
    selection: Selection,
    stream: BinaryIO,
    *,
    fields: Sequence[str] = (),
    payloads: bool = False,
) -> None:
    """Write the chosen events, retouched.

    Args:
        selection: the events.
        stream: takes the zip; it need not be one that can be sought in.
        fields: names or paths of fields whose values are blotted out of JSON payloads.
        payloads: whether all payloads are blotted out.

    Raises:
        UsageError: a path that cannot be read.
    """
    pseudonyms = Pseudonyms()
    blotter = Blotter(pseudonyms, fields=fields, whole=payloads)
    retoucher = Retoucher(selection, blotter)
    for event in selection.capture.events(filter=_NAMING_HOSTS):
        pseudonyms.learn(event)
        retoucher.learn(event)
    pseudonyms.ready()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as bundle:
        with tempfile.SpooledTemporaryFile(_SPOOL_BYTES) as spool:
            long = _Spool(selection, spool)
            with (
                bundle.open(_info(EVENTS), "w", force_zip64=True) as member,
                io.BufferedWriter(member, _PIECE) as lines,
            ):
                for event in selection.events():
                    for each in retoucher.feed(event):
                        _write(each, lines, long, selection)
                for each in retoucher.finish():
                    _write(each, lines, long, selection)
            long.copy_into(bundle)
        about = _manifest(selection, pseudonyms, blotter, retoucher)
        about["redacted"]["fields"] = list(fields)
        bundle.writestr(_info(MANIFEST), msgspec.json.format(msgspec.json.encode(about)))


def _write(each: Retouched, lines: IO[bytes], long: "_Spool", selection: Selection) -> None:
    lines.write(ndjson_line(each.event, started_wall_ns=selection.started_wall_ns))
    if isinstance(each.event, WebSocketFrame) and each.event.payload_id:
        long.add(each.event, each.payload)


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _NO_TIME)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


class _Spool:
    """Keeps long payloads until the events are written: a zip is written a file at a time."""

    def __init__(self, selection: Selection, file: IO[bytes]) -> None:
        self._selection = selection
        self._file = file
        self._lengths: dict[int, int] = {}

    def add(self, frame: WebSocketFrame, payload: bytes | None) -> None:
        """Keep a payload: as it is in the capture, retouched, or, where that is empty, filler."""
        length = 0
        for piece in [payload] if payload else self._known(frame):
            self._file.write(piece if payload is None or payload else FILLER * len(piece))
            length += len(piece)
        if length:
            self._lengths[frame.payload_id] = length

    def _known(self, frame: WebSocketFrame) -> Iterator[bytes]:
        """Yield as much of a payload as the capture has."""
        with suppress(CaptureError):
            yield from self._selection.payload(frame.seq)

    def copy_into(self, bundle: zipfile.ZipFile) -> None:
        """Write each payload as a file."""
        self._file.seek(0)
        for payload_id, length in self._lengths.items():
            with bundle.open(_info(f"{PAYLOADS}{payload_id}"), "w", force_zip64=True) as member:
                for at in range(0, length, _PIECE):
                    member.write(self._file.read(min(_PIECE, length - at)))


def _manifest(
    selection: Selection, pseudonyms: Pseudonyms, blotter: Blotter, retoucher: Retoucher
) -> dict[str, Any]:
    notes = selection.notes
    if retoucher.missed:
        notes.append(
            f"{retoucher.missed:,} payloads are no JSON, so fields were not looked for in them by"
            " their paths; look into them before you share this, or redact all payloads."
        )
    if retoucher.lost:
        notes.append(
            f"The frames of {retoucher.lost:,} messages are blotted out, since they were compressed"
            " or too long to be searched; the messages show what is left."
        )
    if retoucher.left_out:
        notes.append(
            f"{retoucher.left_out:,} events are left out, since nothing is known of their types."
        )
    return {
        "format": FORMAT,
        "version": VERSION,
        "events": selection.count - retoucher.left_out,
        "started": rfc3339(selection.started_wall_ns),
        "redacted": {
            "hosts": len(pseudonyms),
            "credentials": True,
            "payloads": blotter.whole,
            "fields": [],
        },
        "notes": list(notes),
    }
