"""What a decoder takes and gives, and what makes something a decoder.

A decoder turns a message's payload into a readable tree. It never sees a socket, a clock or an
event: it gets bytes and what is known about them. Decoders are found by `registry`, chosen for a
connection by `choosing`; what they return is checked by `validation` before anybody sees it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

from wirescope.decoders.tree import Tree
from wirescope.events import Direction, MessageKind

Role = Literal["request", "response", "error", "push", "heartbeat", "handshake", "other"]
"""What a protocol's message is for. A request expects an answer; a response or an error that has a
correlation is one; a push expects none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """The payload of one message and what is known about it.

    Attributes:
        data: the bytes, decoded from compression; text is UTF-8.
        kind: whether it came as a text or a binary message.
        direction: `sent` or `received`, seen from the end that recorded it.
        subprotocol: the one that was agreed on; empty for none.
        url: where the connection leads; empty when that is not known.
    """

    data: bytes
    kind: MessageKind = "text"
    direction: Direction = "received"
    subprotocol: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A payload, readable.

    Attributes:
        format: the name of the decoder.
        summary: one line for a person.
        value: the whole as a tree; composing it gives an equivalent payload again.
        name: the protocol's name of the message, as `subscribe` or `PUBLISH`; empty without one.
        role: what the message is for.
        correlation: the key that a message which asks, be it a request, a handshake or a
            heartbeat, shares with its answer, which comes from the other end; None where nothing
            is to be matched. The keys of the two ends are counted apart. Wirescope's own decoders
            take it from their marks.
        nested: what the message carries, where that is a format of its own.
        parts: the messages of the protocol, where one payload holds several.
        problem: why it could not be read as what it was taken for; empty when it could.
    """

    format: str
    summary: str
    value: Tree
    name: str = ""
    role: Role = "other"
    correlation: str | None = None
    nested: "Decoded | None" = None
    parts: "tuple[Decoded, ...]" = ()
    problem: str = ""


@runtime_checkable
class Conversation(Protocol):
    """The decoder of one connection, which may remember what went before in both directions."""

    def decode(self, payload: Payload) -> Decoded:
        """Read the connection's next payload.

        Raises:
            DecodeError: it is not of this format.
        """


@runtime_checkable
class Decoder(Protocol):
    """A format.

    Attributes:
        name: what it is called; unique in a registry.
        priority: of two that claim a payload alike, the one with the higher priority is taken.
        subprotocols: the subprotocols by which it is chosen.
    """

    name: str
    priority: int
    subprotocols: tuple[str, ...]

    def recognises(self, payload: Payload) -> float:
        """Say at a glance how likely it is of this format: 0 never, 1 certainly.

        From 0.5 on, the decoder is kept for the connection.
        """

    def conversation(self) -> Conversation:
        """Begin with a connection."""


@runtime_checkable
class Composer(Protocol):
    """A decoder that can write as well."""

    def compose(self, value: Tree) -> Sequence[Payload]:
        """Write a tree, shaped as `Decoded.value` is, as payloads to send in order.

        Raises:
            ComposeError: it cannot be written; the error says what is missing.
        """
