"""A message that should have been answered was not.

## What it sees

The message that was given was sent, and nothing came back in time.

## Why it matters

The connection works and the application behind it does not answer: it may expect another format, a
login first, or it hangs.

## How to fix

Compare the message with what the server's documentation asks for, and look into its log. Wait
longer if it is slow by nature.

## References

RFC 6455 leaves to the application what is answered and how.
"""

from collections.abc import Iterator

from wirescope.analysis.findings.doctor.examination import Examination, doctor_rule
from wirescope.analysis.findings.rule import Found


@doctor_rule("WS814", "The message was not answered", "warning", page=__doc__)
def message_unanswered(examination: Examination) -> Iterator[Found]:
    """Look for the answer."""
    seen = examination.answer
    if seen is not None and seen.after_s is None:
        yield Found(
            f"The message was sent and nothing came back within {seen.waited_s:g} s.",
            "Check that the application expects this message; its log may say what it made of it.",
            seen.evidence,
        )
