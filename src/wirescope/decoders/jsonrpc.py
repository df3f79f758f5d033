"""JSON-RPC 2.0, batches included, and 1.0.

2.0: a call has `method`, an answer `result` or `error`, both an `id`; a notification has none
(sections 4 and 5). 1.0 has no `jsonrpc`, and a notification's id is null. Either end may call, so
an answer belongs to the other end's call with its id.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from wirescope.decoders.json import looks_like_json
from wirescope.decoders.payload import Conversation, Decoded, Payload
from wirescope.decoders.tree import Tree, brief, read_json, readable, tree_to_json
from wirescope.errors import ComposeError, DecodeError

_BATCH_SHOWN = 5
_KINDS = {"method", "result", "error", "notification"}


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

    def decode(self, payload: Payload) -> Decoded:
        """Read a call, an answer, or a batch of them."""
        value = readable(read_json(payload.data))
        if isinstance(value, list):
            return self._batch(value)
        return self._one(value)

    def _batch(self, value: list[Tree]) -> Decoded:
        if not value:
            raise DecodeError("It is an empty batch (JSON-RPC 2.0 section 6).")
        parts = tuple(self._one(each) for each in value)
        shown = "; ".join(part.summary for part in parts[:_BATCH_SHOWN])
        more = f"; {len(parts) - _BATCH_SHOWN} more" if len(parts) > _BATCH_SHOWN else ""
        summary = f"batch of {len(parts)}: {shown}{more}"
        return Decoded(format=self.name, summary=summary, value=value, name="batch", parts=parts)

    def _one(self, value: Tree) -> Decoded:
        if not isinstance(value, dict):
            raise DecodeError("It is no object.")
        if isinstance(value.get("method"), str):
            return self._call(value)
        if "result" in value or "error" in value:
            return self._answer(value)
        if isinstance(value.get("notification"), str):  # what rpc-websockets makes of an event
            return self._call({**value, "method": value["notification"]}, value)
        raise DecodeError("It has neither a method nor a result nor an error.")

    def _call(self, value: dict[str, Tree], shown: Tree = None) -> Decoded:
        method = str(value["method"])
        arguments = brief(value["params"], 100) if "params" in value else ""
        # 2.0 section 4.1: without an id it is a notification; 1.0: with an id that is null.
        number = value.get("id")
        if number is None:
            return Decoded(
                format=self.name, summary=f"{method} {arguments}".rstrip(), value=shown or value,
                name=method, role="push",
            )  # fmt: skip
        return Decoded(
            format=self.name, summary=f"{method} #{_id(number)} {arguments}".rstrip(),
            value=shown or value, name=method, role="request", correlation=_id(number),
        )  # fmt: skip

    def _answer(self, value: dict[str, Tree]) -> Decoded:
        number, error = value.get("id"), value.get("error")
        label = f"#{_id(number)} " if number is not None else ""
        if error is None:
            summary = f"result {label}{brief(value.get('result'), 100)}"
        else:
            summary = f"error {label}{_error(error)}"
        return Decoded(
            format=self.name, summary=summary, value=value,
            name="result" if error is None else "error",
            role="response" if error is None else "error",
            correlation=None if number is None else _id(number),
        )  # fmt: skip

    def compose(self, value: Tree) -> Sequence[Payload]:
        """Write a call, an answer or a batch; `jsonrpc` is added where it is missing."""
        if isinstance(value, list):
            written: Tree = [_complete(each, f"[{at}]") for at, each in enumerate(value)]
        else:
            written = _complete(value, "")
        return [Payload(data=tree_to_json(written), kind="text", direction="sent")]


def _id(number: Tree) -> str:
    """Tell the number 1 from the text "1" (section 5: the same value as in the call)."""
    return brief(number, 100)


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
