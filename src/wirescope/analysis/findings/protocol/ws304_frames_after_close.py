"""Frames follow the Close frame.

## What it sees

An end sent a Close frame and then more frames.

## Why it matters

Nobody has to read what follows a Close frame, so those messages are lost without a word. It happens
where one part of a program closes while another still sends.

## How to fix

Stop sending before closing: let one part of the program own the connection, and wait for the others
before the Close frame. What has to arrive goes before it.

## References

RFC 6455 section 5.5.1 (Close).
"""

from collections.abc import Iterator

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.breaches import breaches_found
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.analysis.violations import Breach
from wirescope.events import Event


@rule("WS304", "Frames after the Close frame", "error", Moment.CLOSED, Moment.END, page=__doc__)
def frames_after_close(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for frames behind the Close."""
    yield from breaches_found(conversation, Breach.AFTER_CLOSE)
