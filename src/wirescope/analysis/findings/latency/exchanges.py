"""Requests and their answers, as the rules about them see those of one connection."""

from collections.abc import Iterator
from typing import NamedTuple

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.metrics.matching import Exchange

_SUBSCRIBING = frozenset({"graphql-transport-ws", "graphql-ws", "signalr"})
"""Protocols in which a request may ask for whatever will happen one day."""


class Asked(NamedTuple):
    """What one end asked and the other answered.

    Attributes:
        who: who asked, in words.
        exchange: its figures, settled.
        sure: whether the protocol is known, not inferred from fields that look the part.
        subscribes: whether a request may wait as long as it likes for what it asks for.
    """

    who: str
    exchange: Exchange
    sure: bool
    subscribes: bool


def exchanges(conversation: Conversation) -> Iterator[Asked]:
    """Give what either end asked; nothing where no protocol is known."""
    matcher, protocol = conversation.content.matcher, conversation.content.protocol
    if matcher is None or protocol is None:
        return
    for who, exchange in (("this end", matcher.sent), ("the peer", matcher.received)):
        exchange.settle()
        yield Asked(who, exchange, not protocol.inferred, protocol.name in _SUBSCRIBING)
