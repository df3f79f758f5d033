"""Words for a breach of the specification: what it is, and what to do about it.

The verdict on a connection that was failed for a breach and the findings about breaches take their
words from here, so that they say the same.
"""

from enum import Enum

from wirescope.events import WebSocketViolation


class Breach(Enum):
    """What a violation is about; its value says what whoever sent it has to do."""

    OPENING = "keep to RFC 6455 section 4 in its answer to the opening handshake"
    MASKING = "mask every frame of a client and none of a server"
    RESERVED = "set no reserved bit and use no reserved opcode that was not agreed upon"
    FRAGMENTS = "begin each message with a text or binary frame, and end it before the next one"
    CONTROL = "send control frames whole and with at most 125 bytes"
    AFTER_CLOSE = "send nothing after the Close frame"
    UTF8 = "send as text what is UTF-8 and everything else as binary"
    DEFLATE = "compress as it was agreed upon in the opening handshake"
    CLOSE_CODE = "close with a code that may be sent, such as 1000, or one from 4000 to 4999"
    TOO_BIG = "send smaller messages"
    LENGTH = "write a length below 2^63, in the fewest bits that hold it"
    CUT = "end the connection behind a whole frame"
    OTHER = "keep to the clause that is named"


_OF_OPENING = ("RFC 6455 4", "RFC 6455 11.3", "RFC 9110", "RFC 9112", "RFC 7692 5", "RFC 7692 7.1")

_BY_CLAUSE = {
    "RFC 6455 5.1": Breach.MASKING,
    "RFC 6455 5.4": Breach.FRAGMENTS,
    "RFC 6455 5.5": Breach.CONTROL,
    "RFC 6455 7.1.4": Breach.CUT,
    "RFC 6455 7.4": Breach.CLOSE_CODE,
    "RFC 6455 7.4.1": Breach.TOO_BIG,
    "RFC 6455 8.1": Breach.UTF8,
    "RFC 7692 6.1": Breach.RESERVED,
}


def breach_of(violation: WebSocketViolation) -> Breach:
    """Say what a violation is about, by its clause; one that has several tells by its words."""
    clause, message = violation.clause, violation.message
    if not violation.frame and not violation.offset and clause.startswith(_OF_OPENING):
        return Breach.OPENING
    if clause == "RFC 6455 5.2":
        if "RSV" in message or "reserved" in message:
            return Breach.RESERVED
        return Breach.LENGTH if message.startswith("The length") else Breach.OTHER
    if clause == "RFC 6455 5.5.1":
        if "UTF-8" in message:
            return Breach.UTF8
        return Breach.AFTER_CLOSE if "follows the Close" in message else Breach.CLOSE_CODE
    if clause.startswith("RFC 7692 7"):
        return Breach.DEFLATE
    return _BY_CLAUSE.get(clause, Breach.OTHER)


def explain_violation(violation: WebSocketViolation, peer: str) -> tuple[str, str]:
    """Say what was broken, by whom, and what to do; `peer` is who is at the other end."""
    frame = f" in event {violation.frame}" if violation.frame else ""
    what = f"{violation.message.rstrip('.')} ({violation.clause})"
    duty = breach_of(violation).value
    if violation.direction == "sent":
        who = "client" if peer == "server" else "server"
        advice = f"Unless it was sent on purpose: a {who} has to {duty}."
        return f"This end broke the protocol{frame}: {what}.", advice
    advice = f"Correct the {peer}: it has to {duty}. To look further regardless, connect leniently."
    return f"The {peer} broke the protocol{frame}: {what}.", advice
