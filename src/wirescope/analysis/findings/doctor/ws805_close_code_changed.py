"""The server answers Close with another code than it was sent.

## What it sees

This end closed with 1000, and the server's Close frame carries another code, which says that
something was wrong.

## Why it matters

RFC 6455 section 5.5.1 has the answer usually echo the code. Whoever counts codes to see how many
connections fail counts every orderly end as a failure.

## How to fix

Echo the code, or close with 1000. An application that closes with a code of its own when its read
loop ends often overtakes the library's answer.

## References

RFC 6455 section 5.5.1 and section 7.4.1 (the meaning of the codes).
"""

from collections.abc import Iterator

from wirescope.analysis.closing import code_words
from wirescope.analysis.findings.doctor.examination import Examination, doctor_rule
from wirescope.analysis.findings.rule import Found


@doctor_rule("WS805", "Close is answered with another code", "info", page=__doc__)
def close_code_changed(examination: Examination) -> Iterator[Found]:
    """Compare the codes; a Close frame without one (1005) is an orderly answer, too."""
    seen = examination.closing
    if seen is not None and seen.code not in (None, 1000, 1005):
        yield Found(
            f"The server answered Close with {code_words(seen.code or 0)}; 1000 was sent.",
            "Echo the code that came, so that an orderly end does not count as a failure.",
            seen.evidence,
        )
