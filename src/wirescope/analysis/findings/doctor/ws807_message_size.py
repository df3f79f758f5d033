"""The limit on the size of a message: none, or one that is not told.

## What it sees

Messages up to the largest size that was tried were taken: no limit was found. Or a message was too
large and the connection ended without the code 1009, so that nobody learns why.

## Why it matters

Without a limit, a few clients that send very large messages fill a server's memory. With a limit
that is not told, developers look for a fault of the network.

## How to fix

Set the library's maximum message size to what the application needs (`max_size` in `websockets`,
`maxPayload` in `ws`, `max_msg_size` in aiohttp, `ws_max_size` in uvicorn), and let it close with
1009.

## References

RFC 6455 section 7.4.1 (1009) and section 10.4 (implementation-specific limits).
"""

from collections.abc import Iterator

from wirescope.analysis.closing import code_words
from wirescope.analysis.findings.doctor.examination import Examination, SizeSeen, doctor_rule
from wirescope.analysis.findings.rule import Found

TOO_BIG = 1009


@doctor_rule("WS807", "The limit on message size", "info", page=__doc__)
def message_size(examination: Examination) -> Iterator[Found]:
    """Say where the limit is, and how it is told."""
    seen = examination.size
    if seen is None:
        return
    if seen.smallest_refused is None:
        yield Found(
            f"A message of {seen.bound:,} bytes is taken; no limit was found up to there.",
            "Set a maximum message size that fits the application.",
            seen.evidence,
            about="none",
        )
    elif seen.code == TOO_BIG:
        yield Found(
            f"Messages may have {_between(seen)}; larger ones are refused with 1009.",
            "If larger ones are meant to pass, raise the limit of the server or of its gateway;"
            " else cut them into several.",
            seen.evidence,
            about="limit",
        )
    else:
        how = "without a Close frame" if seen.code is None else f"with {code_words(seen.code)}"
        yield Found(
            f"A message of {seen.smallest_refused:,} bytes ended the connection {how}, one of"
            f" {seen.largest_taken:,} did not.",
            "If that is a limit on size, close with 1009, so that clients can tell.",
            seen.evidence,
            severity="warning",
            about="untold",
        )


def _between(seen: SizeSeen) -> str:
    refused = seen.smallest_refused or 0
    if refused == seen.largest_taken + 1:
        return f"up to {seen.largest_taken:,} bytes"
    return f"between {seen.largest_taken:,} and {refused - 1:,} bytes"
