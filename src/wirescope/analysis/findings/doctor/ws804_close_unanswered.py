"""The closing handshake is not completed.

## What it sees

The server did not answer a Close frame, ended the connection without answering it, or answered and
then left the TCP connection open.

## Why it matters

A client that closes waits for the answer, so every page that is left and every client that shuts
down hangs until its time-out, and sees 1006 instead of a clean end. Connections that the server
does not end pile up on both sides.

## How to fix

Answer a Close frame with a Close frame at once and then end the TCP connection, which is the
server's part. Libraries do so by themselves; look for a handler that never returns, or that is
killed before it can.

## References

RFC 6455 sections 5.5.1, 7.1.1 and 7.1.2.
"""

from collections.abc import Iterator

from wirescope.analysis.findings.doctor.examination import Examination, doctor_rule
from wirescope.analysis.findings.rule import Found

_FIX = "Answer a Close frame with a Close frame at once, then end the TCP connection."


@doctor_rule("WS804", "Close is not answered", "warning", page=__doc__)
def close_unanswered(examination: Examination) -> Iterator[Found]:
    """Look at how the connection ended after this end's Close frame."""
    seen = examination.closing
    if seen is None:
        return
    if seen.code is None:
        how = (
            f"no Close frame came within {seen.waited_s:g} s"
            if seen.ended_s is None
            else "the TCP connection ended without a Close frame"
        )
        yield Found(f"The server does not answer Close: {how}.", _FIX, seen.evidence)
    elif seen.ended_s is None:
        cause = (
            "The server answers Close, but leaves the TCP connection open; it was given"
            f" {seen.waited_s:g} s."
        )
        yield Found(cause, _FIX, seen.evidence, about="tcp")
