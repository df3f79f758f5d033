"""Action Cable, `actioncable-v1-json`.

The client sends commands, the server types; what belongs to a subscription has its identifier,
which is JSON in a text, as is what a client sends as data.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from wirescope.decoders.json import looks_like_json
from wirescope.decoders.marks import PUSH, Mark, Marker, Relation, bounded, glance, only
from wirescope.decoders.nested import nested
from wirescope.decoders.payload import Conversation, Decoded, Payload, Role
from wirescope.decoders.tree import Tree, brief, read_json, readable, tree_to_json
from wirescope.errors import ComposeError, DecodeError
from wirescope.events import Direction, MessageKind

_COMMANDS: dict[str, Role] = {"subscribe": "request", "unsubscribe": "other", "message": "push"}
_TYPES: dict[str, Role] = {
    "welcome": "handshake",
    "ping": "heartbeat",
    "confirm_subscription": "response",
    "reject_subscription": "error",
    "disconnect": "other",
}
_RELATIONS = {
    "subscribe": Relation.REQUEST,
    "confirm_subscription": Relation.RESPONSE,
    "reject_subscription": Relation.RESPONSE,
}


class _Message(msgspec.Struct, gc=False):
    """What tells commands, types and broadcasts apart."""

    command: Any = None
    type: Any = None
    identifier: Any = None
    message: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


_MESSAGE = msgspec.json.Decoder(_Message)


def mark_message(data: bytes, _kind: MessageKind, _direction: Direction) -> list[Mark] | None:
    """Say whether a message asks for a subscription or answers that, by its identifier."""
    message = glance(_MESSAGE, data)
    if message is None:
        return None
    name = message.command if isinstance(message.command, str) else message.type
    if not isinstance(name, str):
        return None if message.message is msgspec.UNSET else [PUSH]
    relation, identifier = _RELATIONS.get(name), message.identifier
    if relation is None or not isinstance(identifier, str):
        return [PUSH]
    return [(relation, bounded(identifier))]


class ActionCableDecoder:
    """Messages of Action Cable."""

    name = "actioncable"
    priority = 40
    subprotocols: tuple[str, ...] = ("actioncable-v1-json", "actioncable-unsupported")

    def recognises(self, payload: Payload) -> float:
        """Look for the server's welcome or a command with an identifier."""
        data = payload.data[:512]
        if payload.kind != "text" or not looks_like_json(payload.data):
            return 0.0
        if b'"type":"welcome"' in data:
            return 0.8
        return 0.9 if b'"command"' in data and b'"identifier"' in data else 0.0

    def conversation(self) -> Conversation:
        """Nothing has to be remembered."""
        return self

    def marker(self) -> Marker:
        """Nothing has to be remembered."""
        return mark_message

    def decode(self, payload: Payload) -> Decoded:
        """Read a command, a type, or what was broadcast."""
        value = readable(read_json(payload.data))
        if not isinstance(value, dict):
            raise DecodeError("It is no object.")
        name, role = _name_and_role(value)
        _, key = only(mark_message(payload.data, payload.kind, payload.direction))
        channel = _channel(value.get("identifier"))
        inside = _inside(value) if name == "message" else None
        rest = inside.summary if inside else _rest(value)
        return Decoded(
            format=self.name,
            summary=" ".join(filter(None, [name, channel, rest])),
            value=value,
            name=name,
            role=role,
            correlation=key,
            nested=inside,
        )

    def compose(self, value: Tree) -> Sequence[Payload]:
        """Write a message; an identifier and data that are no texts are written as JSON in one."""
        if not isinstance(value, dict) or not {"command", "type", "message"} & value.keys():
            raise ComposeError("A message of Action Cable has a command, a type or a message.")
        if "command" in value and value["command"] not in list(_COMMANDS):
            listed = ", ".join(_COMMANDS)
            raise ComposeError(
                f"There is no command {brief(value['command'], 40)}.", where="command",
                hint=f"There are {listed}.",
            )  # fmt: skip
        written = dict(value)
        for name in ("identifier", "data"):
            if name in written and not isinstance(written[name], str):
                written[name] = tree_to_json(written[name]).decode()
        return [Payload(data=tree_to_json(written), kind="text", direction="sent")]


def _name_and_role(value: dict[str, Tree]) -> tuple[str, Role]:
    command, kind = value.get("command"), value.get("type")
    if isinstance(command, str):
        return command, _COMMANDS.get(command, "other")
    if isinstance(kind, str):
        return kind, _TYPES.get(kind, "other")
    if "message" in value:
        return "message", "push"
    raise DecodeError("It has neither a command nor a type nor a message.")


def _channel(identifier: Tree) -> str:
    """Name the channel in an identifier, with its parameters."""
    if not isinstance(identifier, str):
        return ""
    try:
        found = readable(read_json(identifier))
    except DecodeError:
        return brief(identifier, 60)
    if not isinstance(found, dict) or not isinstance(found.get("channel"), str):
        return brief(found, 60)
    rest = {key: each for key, each in found.items() if key != "channel"}
    return f"{found['channel']!s} {brief(rest, 60)}" if rest else str(found["channel"])


def _inside(value: dict[str, Tree]) -> Decoded | None:
    content = value.get("data", value.get("message"))
    data = content.encode("utf-8", "replace") if isinstance(content, str) else None
    return nested(tree_to_json(content) if data is None else data)


def _rest(value: dict[str, Tree]) -> str:
    rest = {
        key: each for key, each in value.items() if key not in ("type", "command", "identifier")
    }
    return brief(rest, 100) if rest else ""
