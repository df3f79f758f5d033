"""JSON-RPC 2.0, batches included, and 1.0.

2.0: a call has `method`, an answer `result` or `error`, both an `id`; a notification has none
(sections 4 and 5). 1.0 has no `jsonrpc`, and a notification's id is null. Either end may call, so
an answer belongs to the other end's call with its id.
"""

from collections.abc import Mapping, Sequence
from itertools import chain, repeat
from typing import Any

import msgspec

from wirescope.decoders.json import looks_like_json
from wirescope.decoders.marks import PUSH, Mark, Marker, Relation, glance, key_of, only
from wirescope.decoders.payload import Conversation, Decoded, Payload
from wirescope.decoders.tree import Tree, brief, read_json, readable, tree_to_json
from wirescope.errors import ComposeError, DecodeError
from wirescope.events import Direction, MessageKind

_BATCH_SHOWN = 5
_KINDS = {"method", "result", "error", "notification"}


class _Call(msgspec.Struct, gc=False):
    """What tells calls, notifications and answers apart."""

    id: Any = None
    method: Any = None
    result: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    error: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    notification: Any = None


_CALL = msgspec.json.Decoder(_Call)
_CALLS = msgspec.json.Decoder(list[_Call])


def mark_calls(data: bytes, _kind: MessageKind, _direction: Direction) -> list[Mark] | None:
    """Say of a message, or of each in a batch, whether it calls or answers."""
    if data[:64].lstrip()[:1] == b"[":
        calls = glance(_CALLS, data)
        return [_mark(call) or PUSH for call in calls] if calls else None
    call = glance(_CALL, data)
    mark = None if call is None else _mark(call)
    return None if mark is None else [mark]


def _mark(call: _Call) -> Mark | None:
    """Tell by its members what it is (2.0 sections 4 and 5); without an id it is a notification."""
    if isinstance(call.method, str):
        relation = Relation.REQUEST
    elif call.result is not msgspec.UNSET or call.error is not msgspec.UNSET:
        relation = Relation.RESPONSE
    else:
        return PUSH if isinstance(call.notification, str) else None
    key = key_of(call.id)
    return PUSH if key is None else (relation, key)


class JsonRpcDecoder:
    """JSON-RPC calls and answers."""

    name = "jsonrpc"
    priority = 50
    subprotocols: tuple[str, ...] = ("jsonrpc", "jsonrpc-2.0", "json-rpc")

    def recognises(self, payload: Payload) -> float:
        """Look for the member that 2.0 demands."""
        if payload.kind != "text" or not looks_like_json(payload.data):
            return 0.0
        head = payload.data if len(payload.data) <= 4096 else payload.data[:2048]
        if b'"jsonrpc"' not in head:
            return 0.0
        return 0.9 if b'"2.0"' in head else 0.5

    def conversation(self) -> Conversation:
        """Nothing has to be remembered."""
        return self

    def marker(self) -> Marker:
        """Nothing has to be remembered."""
        return mark_calls

    def decode(self, payload: Payload) -> Decoded:
        """Read a call, an answer, or a batch of them."""
        value = readable(read_json(payload.data))
        marks = mark_calls(payload.data, payload.kind, payload.direction)
        if isinstance(value, list):
            return self._batch(value, marks or [])
        return self._one(value, only(marks))

    def _batch(self, value: list[Tree], marks: list[Mark]) -> Decoded:
        if not value:
            raise DecodeError("It is an empty batch (JSON-RPC 2.0 section 6).")
        each_mark = chain(marks, repeat(PUSH))
        parts = tuple(self._one(each, mark) for each, mark in zip(value, each_mark, strict=False))
        shown = "; ".join(part.summary for part in parts[:_BATCH_SHOWN])
        more = f"; {len(parts) - _BATCH_SHOWN} more" if len(parts) > _BATCH_SHOWN else ""
        summary = f"batch of {len(parts)}: {shown}{more}"
        return Decoded(format=self.name, summary=summary, value=value, name="batch", parts=parts)

    def _one(self, value: Tree, mark: Mark) -> Decoded:
        if not isinstance(value, dict):
            raise DecodeError("It is no object.")
        if isinstance(value.get("method"), str):
            return self._call(value, str(value["method"]), mark)
        if "result" in value or "error" in value:
            return self._answer(value, mark)
        if isinstance(value.get("notification"), str):  # what rpc-websockets makes of an event
            return self._call(value, str(value["notification"]), mark)
        raise DecodeError("It has neither a method nor a result nor an error.")

    def _call(self, value: dict[str, Tree], method: str, mark: Mark) -> Decoded:
        relation, key = mark
        words = [method, *_label(key)]
        if "params" in value:
            words.append(brief(value["params"], 100))
        return Decoded(
            format=self.name, summary=" ".join(words), value=value, name=method,
            role="request" if relation is Relation.REQUEST else "push", correlation=key,
        )  # fmt: skip

    def _answer(self, value: dict[str, Tree], mark: Mark) -> Decoded:
        error = value.get("error")
        failed = error is not None
        words = ["error" if failed else "result", *_label(mark[1])]
        words.append(_error(error) if failed else brief(value.get("result"), 100))
        return Decoded(
            format=self.name, summary=" ".join(words), value=value,
            name="error" if failed else "result", role="error" if failed else "response",
            correlation=mark[1],
        )  # fmt: skip

    def compose(self, value: Tree) -> Sequence[Payload]:
        """Write a call, an answer or a batch; `jsonrpc` is added where it is missing."""
        if isinstance(value, list):
            written: Tree = [_complete(each, f"[{at}]") for at, each in enumerate(value)]
        else:
            written = _complete(value, "")
        return [Payload(data=tree_to_json(written), kind="text", direction="sent")]


def _label(key: str | None) -> list[str]:
    return [] if key is None else [f"#{key}"]


def _error(error: Tree) -> str:
    if isinstance(error, Mapping) and "message" in error:
        return f"{brief(error.get('code'), 20)} {_said(error['message'])}"
    return brief(error, 100)


def _said(message: Tree) -> str:
    return message if isinstance(message, str) else brief(message, 100)


def _complete(value: Any, where: str) -> dict[str, Tree]:
    if not isinstance(value, dict) or not _KINDS & value.keys():
        raise ComposeError(
            "A JSON-RPC message is an object with a method, a result or an error.", where=where
        )
    return value if {"jsonrpc", "notification"} & value.keys() else {"jsonrpc": "2.0", **value}
