"""Compression was agreed on, but what is large comes uncompressed.

## What it sees

The server accepted permessage-deflate in the opening handshake; messages of a kilobyte and more
came, and none of them was compressed.

## Why it matters

Both ends keep a compressor for the connection, about 300 kB of memory, and nothing is saved on the
wire.

## How to fix

Look for the library's threshold or its per-message switch. If the messages are not worth it
(pictures, video, what is compressed already), do not agree on the extension.

## References

RFC 7692 section 6 (a sender may choose not to compress a message).
"""

from collections.abc import Iterator

from wirescope.analysis.findings.doctor.examination import Examination, doctor_rule
from wirescope.analysis.findings.rule import Found


@doctor_rule("WS806", "Compression is agreed on and not used", "info", page=__doc__)
def compression_unused(examination: Examination) -> Iterator[Found]:
    """Compare what was agreed on with what came."""
    seen = examination.compression
    if seen is not None and seen.agreed and seen.large and not seen.compressed:
        messages = "message" if seen.large == 1 else "messages"
        yield Found(
            f"permessage-deflate was agreed on, but {seen.large:,} {messages} of a kilobyte or more"
            " came uncompressed.",
            "Let the server compress, or do not agree on the extension.",
            seen.evidence,
        )
