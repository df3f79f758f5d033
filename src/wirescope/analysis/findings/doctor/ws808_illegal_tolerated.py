"""The server takes what the specification forbids, or refuses it with the wrong code.

## What it sees

A frame that breaks RFC 6455 was sent on a connection of its own. The server went on as if nothing
had happened, or failed the connection without saying why, or with another close code than the
specification has for it.

## Why it matters

Rules that are not kept hide faults of clients until they meet a stricter server. That frames must
be masked protects caches and proxies in between from being fooled (RFC 6455 section 10.3); text
that is not UTF-8 breaks whatever stores it.

## How to fix

Switch the library's checks on (`skipUTF8Validation` off in `ws`), update it, or tell its authors.
The Autobahn testsuite has all cases.

## References

RFC 6455 sections 5.1 (masking), 5.2 (reserved bits and opcodes), 5.5 (control frames), 7.1.7 (fail
the connection), 7.4.1 (1002 and 1007) and 8.1 (UTF-8).
"""

from collections.abc import Iterator

from wirescope.analysis.closing import code_words
from wirescope.analysis.findings.doctor.examination import Examination, IllegalSeen, doctor_rule
from wirescope.analysis.findings.rule import Found


@doctor_rule("WS808", "What is illegal is tolerated", "warning", page=__doc__)
def illegal_tolerated(examination: Examination) -> Iterator[Found]:
    """Compare what the server did with what section 7.1.7 asks for."""
    for seen in examination.illegal:
        if seen.outcome in ("tolerated", "silent"):
            what = "took" if seen.outcome == "tolerated" else "did not react to"
            yield Found(
                f"The server {what} {seen.name} ({seen.clause}).",
                f"Fail the connection with {seen.expected[0]}; see the library's checks.",
                seen.evidence,
                about=seen.name,
            )
        elif seen.code not in seen.expected:
            yield _wrong_code(seen)


def _wrong_code(seen: IllegalSeen) -> Found:
    how = "without a Close frame" if seen.code is None else f"with {code_words(seen.code)}"
    return Found(
        f"The server ended the connection {how} after {seen.name} ({seen.clause}).",
        f"Close with {seen.expected[0]}, so that the client's developer learns what was wrong.",
        seen.evidence,
        severity="info",
        about=seen.name,
    )
