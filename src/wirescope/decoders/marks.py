"""What messages are to each other: which one asks, and which one answers it.

A marker reads as little of a payload as that takes, many times faster than decoding it. For each
protocol there is one, beside its decoder, and nothing else knows the protocol's ids: the decoder
takes its correlation from the same marks by which the analysis pairs requests with their answers.
"""

from collections.abc import Callable, Sequence
from enum import Enum
from hashlib import blake2b
from typing import Any, Protocol, TypeAlias, TypeVar, runtime_checkable

import msgspec

from wirescope.decoders.payload import Decoder
from wirescope.events import Direction, MessageKind

_T = TypeVar("_T")
Reader: TypeAlias = msgspec.json.Decoder[_T] | msgspec.msgpack.Decoder[_T]

_LONGEST = 200  # characters of a key; whoever counts keys keeps thousands of them


class Relation(Enum):
    """What a message is to those of the other end."""

    REQUEST = "asks"
    RESPONSE = "answers, once"
    STREAM = "answers, and may be followed by more or come unasked"
    END = "ends what was asked for, from either end"
    CANCEL = "takes back what its own end has asked"
    PUSH = "is sent unasked"
    EITHER = "answers if something of that key was asked, else asks"


Mark: TypeAlias = tuple[Relation, str | None]
"""What is said of one message of a protocol: what it is to others, and the key that a request
shares with its answer, which comes from the other end; None for a push. The keys of the two ends
are counted apart."""

PUSH: Mark = (Relation.PUSH, None)

Marker: TypeAlias = Callable[[bytes, MessageKind, Direction], Sequence[Mark] | None]
"""Takes a connection's payloads in order, each with its kind and its direction, and gives a mark
for each message of the protocol that ends in it; None for a payload that is not of the protocol.
It never raises."""


@runtime_checkable
class Correlator(Decoder, Protocol):
    """A decoder that can tell what messages are to each other without decoding them."""

    def marker(self) -> Marker:
        """Begin with a connection."""


def only(marks: Sequence[Mark] | None) -> Mark:
    """Give the mark of a payload that holds one message."""
    return marks[0] if marks else PUSH


def key_of(value: Any) -> str | None:
    """Write an id of JSON as a key; None for what can be none.

    >>> key_of(1), key_of(1.0), key_of("1"), key_of([1])
    ('1', '1', '"1"', None)
    """
    if isinstance(value, str):
        return bounded(f'"{value}"')
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # some peers have no other numbers
    return bounded(repr(value))


def bounded(key: str) -> str:
    """Give a key as it is, one that is too long by its beginning and a hash."""
    if len(key) <= _LONGEST:
        return key
    digest = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    return f"{key[:_LONGEST]}…{digest}"


def glance(reader: Reader[_T], data: bytes) -> _T | None:
    """Read the few fields that a reader names; None where they are not as it says."""
    try:
        return reader.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError, TypeError):
        return None
