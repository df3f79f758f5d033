"""What is illegal about a connectivity check of ICE (RFC 8445 section 7), by the message alone.

A check is a Binding request that says a priority or a role. Whether names and passwords are the
right ones, and which side controls, only the agents know.
"""

from collections.abc import Iterator

from wirescope.wire.stun.attributes import MessageIntegrity, MessageIntegritySha256, Username
from wirescope.wire.stun.messages import MessageClass, StunMessage
from wirescope.wire.stun.registry import Method
from wirescope.wire.stun.usage_attributes import (
    IceControlled,
    IceControlling,
    Priority,
    UseCandidate,
)

_OF_CHECKS = (Priority, UseCandidate, IceControlled, IceControlling)


def check_ice(message: StunMessage) -> Iterator[tuple[str, str]]:
    """Name clauses and what breaks them; nothing of a message that has nothing of ICE."""
    found = [kind for kind in _OF_CHECKS if message.has(kind)]
    if not found:
        return
    if message.method != Method.BINDING or message.message_class is not MessageClass.REQUEST:
        for kind in found:
            yield (
                kind.CLAUSE,
                f"{kind.NAME} stands in a {message.name}; it is for Binding requests.",
            )
        return
    controlled, controlling = IceControlled in found, IceControlling in found
    if Priority not in found:
        yield Priority.CLAUSE, "The check has no PRIORITY."
    if controlled and controlling:
        yield "RFC 8445 7.1.3", "The check says both ICE-CONTROLLED and ICE-CONTROLLING."
    if not controlled and not controlling:
        yield "RFC 8445 7.1.3", "The check says neither ICE-CONTROLLED nor ICE-CONTROLLING."
    if controlled and UseCandidate in found:
        yield (
            UseCandidate.CLAUSE,
            "A controlled agent says USE-CANDIDATE, which only the other may.",
        )
    signed = message.has(MessageIntegrity) or message.has(MessageIntegritySha256)
    if not signed or not message.has(Username):
        yield "RFC 8445 7.2.2", "The check has no USERNAME, or is not signed."
