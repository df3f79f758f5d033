"""Which protocol the messages of a connection speak, by its subprotocol or by what comes first.

The decoders say which of them it is. Where none of those that know who answers whom is sure, a
correlation key is inferred from many messages, or the connection is left alone.
"""

from collections.abc import Iterable, Sequence

from wirescope.analysis.metrics.inference import infer
from wirescope.analysis.metrics.matching import Recognised
from wirescope.decoders import (
    Correlator,
    Decoder,
    Payload,
    Registry,
    Relation,
    standard_decoders,
)
from wirescope.events import WebSocketMessage


def _correlating(decoders: Iterable[Decoder]) -> Registry:
    registry = Registry()
    for decoder in decoders:
        if isinstance(decoder, Correlator):
            registry.register(decoder)
    return registry


_DECODERS = _correlating(standard_decoders())
_OTHER = {"sent": "received", "received": "sent"}


def by_name(name: str) -> Recognised | None:
    """Return the protocol that the decoder of this name reads; None for a mere format."""
    return _recognised(_DECODERS[name]) if name in _DECODERS else None


def by_subprotocol(name: str) -> Recognised | None:
    """Return what a subprotocol says; None for one that is not known, or none."""
    return _recognised(_DECODERS.by_subprotocol(name))


def by_content(message: WebSocketMessage, url: str = "") -> Recognised | None:
    """Return the protocol that shows in a message; None if none does."""
    payload = Payload(data=message.payload, kind=message.kind, direction=message.direction, url=url)
    return _recognised(_DECODERS.surest(payload))


def by_calls(messages: Sequence[WebSocketMessage]) -> Recognised | None:
    """Return what many messages say together: calls without a version, or an inferred key."""
    calls = by_name("jsonrpc")
    assert calls is not None
    mark = calls.marker()
    asked, answered = set(), 0
    for message in messages:
        for relation, key in mark(message.payload, message.kind, message.direction) or ():
            if relation is Relation.REQUEST:
                asked.add((message.direction, key))
            elif relation is Relation.RESPONSE:
                answered += (_OTHER[message.direction], key) in asked
    if answered >= 2:
        return Recognised(calls.name, calls.marker, inferred=True, field="id")
    return infer(messages)


def _recognised(decoder: Decoder | None) -> Recognised | None:
    return Recognised(decoder.name, decoder.marker) if isinstance(decoder, Correlator) else None
