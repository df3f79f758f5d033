"""WAMP 2, as JSON and as MessagePack.

A message is an array that begins with its type; what follows has its place by type (WAMP protocol
section "Messages"). A request has an id that its answer repeats; ERROR names the type of the
request as well.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from wirescope.decoders.messagepack import read_messagepack, write_messagepack
from wirescope.decoders.payload import Conversation, Decoded, Payload, Role
from wirescope.decoders.tree import Tree, brief, read_json, readable, tree_to_json
from wirescope.errors import ComposeError, DecodeError


@dataclass(frozen=True, slots=True)
class _Kind:
    name: str
    fields: tuple[str, ...]
    role: Role = "other"
    optional: int = 0  # fields at the end that may be missing


_CONTENT = ("arguments", "keyword_arguments")


def _kind(name: str, fields: str, role: Role = "other", *, content: bool = False) -> _Kind:
    names = (*fields.split(), *(_CONTENT if content else ()))
    return _Kind(name, names, role, 2 if content else 0)


KINDS = {
    1: _kind("HELLO", "realm details", "handshake"),
    2: _kind("WELCOME", "session details", "handshake"),
    3: _kind("ABORT", "details reason", "error"),
    4: _kind("CHALLENGE", "method extra", "handshake"),
    5: _kind("AUTHENTICATE", "signature extra", "handshake"),
    6: _kind("GOODBYE", "details reason"),
    8: _kind("ERROR", "request_type request details error", "error", content=True),
    16: _kind("PUBLISH", "request options topic", "push", content=True),
    17: _kind("PUBLISHED", "request publication", "response"),
    32: _kind("SUBSCRIBE", "request options topic", "request"),
    33: _kind("SUBSCRIBED", "request subscription", "response"),
    34: _kind("UNSUBSCRIBE", "request subscription", "request"),
    35: _Kind("UNSUBSCRIBED", ("request", "details"), "response", 1),
    36: _kind("EVENT", "subscription publication details", "push", content=True),
    48: _kind("CALL", "request options procedure", "request", content=True),
    49: _kind("CANCEL", "request options"),
    50: _kind("RESULT", "request details", "response", content=True),
    64: _kind("REGISTER", "request options procedure", "request"),
    65: _kind("REGISTERED", "request registration", "response"),
    66: _kind("UNREGISTER", "request registration", "request"),
    67: _Kind("UNREGISTERED", ("request", "details"), "response", 1),
    68: _kind("INVOCATION", "request registration details", "request", content=True),
    69: _kind("INTERRUPT", "request options"),
    70: _kind("YIELD", "request options", "response", content=True),
}
_NUMBERS = {kind.name: number for number, kind in KINDS.items()}
_HELLO = re.compile(rb'\s*\[\s*(?:1\s*,\s*"[^"]+"|2\s*,\s*\d+)\s*,\s*\{')
_SHOWN = ("realm", "topic", "procedure", "error", "reason", "session", *_CONTENT)


class WampDecoder:
    """Messages of WAMP."""

    name = "wamp"
    priority = 40
    subprotocols: tuple[str, ...] = ("wamp.2.json", "wamp.2.msgpack")

    def recognises(self, payload: Payload) -> float:
        """Look for the first messages of a session."""
        return 0.8 if payload.kind == "text" and _HELLO.match(payload.data) else 0.0

    def conversation(self) -> Conversation:
        """Nothing has to be remembered."""
        return self

    def decode(self, payload: Payload) -> Decoded:
        """Read a message and name its fields."""
        packed = payload.kind == "binary"
        read = read_messagepack if packed else read_json
        value = readable(read(payload.data))
        number = value[0] if isinstance(value, list) and value else None
        if not isinstance(value, list) or not isinstance(number, int) or number not in KINDS:
            raise DecodeError("A WAMP message is an array that begins with its type.")
        kind, given = KINDS[number], value[1:]
        if not len(kind.fields) - kind.optional <= len(given) <= len(kind.fields):
            raise DecodeError(f"{kind.name} has {len(kind.fields)} fields, not {len(given)}.")
        fields = dict(zip(kind.fields, given, strict=False))
        role = _role(kind, fields)
        named: dict[str, Tree] = {"message": kind.name, **fields}
        if packed:
            named["serializer"] = "msgpack"
        correlated = "request" in fields and role in ("request", "response", "error")
        return Decoded(
            format=self.name,
            summary=_summary(kind, fields),
            value=named,
            name=kind.name,
            role=role,
            correlation=brief(fields["request"], 40) if correlated else None,
        )

    def compose(self, value: Tree) -> Sequence[Payload]:
        """Write a message given by its fields; `"serializer": "msgpack"` writes MessagePack."""
        name = value.get("message") if isinstance(value, dict) else None
        if not isinstance(value, dict) or not isinstance(name, str) or name not in _NUMBERS:
            listed = ", ".join(_NUMBERS)
            raise ComposeError(
                f"There is no message {brief(name, 40)}.", where="message",
                hint=f"There are {listed}.",
            )  # fmt: skip
        array = [_NUMBERS[name], *_places(KINDS[_NUMBERS[name]], value)]
        if value.get("serializer") == "msgpack":
            return [Payload(data=write_messagepack(array), kind="binary", direction="sent")]
        return [Payload(data=tree_to_json(array), kind="text", direction="sent")]


def _places(kind: _Kind, value: dict[str, Tree]) -> list[Tree]:
    """Put fields at their places; those at the end that are not given are left out."""
    names = list(kind.fields)
    for _ in range(kind.optional):
        if names[-1] in value:
            break
        names.pop()
    made: list[Tree] = []
    for name in names:
        if name in value:
            made.append(value[name])
        elif name in ("options", "details", "extra", "keyword_arguments"):
            made.append({})
        elif name == "arguments":
            made.append([])
        else:
            raise ComposeError(f"{kind.name} needs {name}.", where=name)
    return made


def _role(kind: _Kind, fields: dict[str, Tree]) -> Role:
    options = fields.get("options")
    if kind.name == "PUBLISH" and isinstance(options, dict) and options.get("acknowledge") is True:
        return "request"
    return kind.role


def _summary(kind: _Kind, fields: dict[str, Tree]) -> str:
    words = [kind.name]
    if "request" in fields:
        words.append(f"#{brief(fields['request'], 40)}")
    for name in _SHOWN:
        if name in fields:
            shown = fields[name]
            words.append(shown[:200] if isinstance(shown, str) else brief(shown, 100))
    return " ".join(words)
