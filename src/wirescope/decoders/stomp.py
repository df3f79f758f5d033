"""STOMP 1.0, 1.1 and 1.2 over WebSocket.

A message usually holds one frame, but some clients cut a large one into several messages, so that
what is unfinished is kept for its direction. What asks for a receipt is answered by it. What a
frame is made of is in `stomp_frames`.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from wirescope.decoders.marks import Mark, Marker, Relation
from wirescope.decoders.nested import is_text, nested
from wirescope.decoders.payload import Conversation, Decoded, Payload, Role
from wirescope.decoders.stomp_frames import COMMANDS, Frames, StompFrame, write_frame
from wirescope.decoders.tree import Tree
from wirescope.errors import DecodeError
from wirescope.events import Direction, MessageKind

_ROLES: dict[str, Role] = {
    "CONNECT": "handshake", "STOMP": "handshake", "CONNECTED": "handshake", "SEND": "push",
    "MESSAGE": "push", "RECEIPT": "response", "ERROR": "error", "": "heartbeat",
}  # fmt: skip
_FIRST = re.compile(rb"[\r\n]{0,16}(?:%s)\r?\n" % "|".join(COMMANDS).encode())
_SHOWN = ("destination", "subscription", "id", "receipt", "receipt-id", "message", "version")


class StompDecoder:
    """STOMP frames."""

    name = "stomp"
    priority = 40
    subprotocols: tuple[str, ...] = ("v10.stomp", "v11.stomp", "v12.stomp", "stomp")

    def recognises(self, payload: Payload) -> float:
        """Look for a command on the first line."""
        return 0.9 if _FIRST.match(payload.data) else 0.0

    def conversation(self) -> Conversation:
        """Begin to remember the version and unfinished frames."""
        return _Conversation(self.name)

    def marker(self) -> Marker:
        """Begin to remember unfinished frames."""
        return _Marker()

    def compose(self, value: Tree) -> Sequence[Payload]:
        """Write `{"command": "SEND", "headers": {…}, "body": …}`, or a list of such.

        Headers are escaped, a body gets its `content-length`; `{"command": ""}` is a heart-beat.
        """
        frames = value if isinstance(value, list) else [value]
        written = [write_frame(frame) for frame in frames]
        kind = "text" if all(is_text(data.replace(b"\0", b"")) for data in written) else "binary"
        return [Payload(data=b"".join(written), kind=kind, direction="sent")]  # type: ignore[arg-type]


class _Marker:
    """What the frames of one connection are to each other."""

    def __init__(self) -> None:
        self._frames = Frames()

    def __call__(
        self, data: bytes, _kind: MessageKind, direction: Direction
    ) -> Sequence[Mark] | None:
        try:
            frames, _ = self._frames.cut(data, direction)
        except DecodeError:
            return None
        return [self._frames.mark(frame) for frame in frames if frame.command]


class _Conversation:
    def __init__(self, name: str) -> None:
        self._name = name
        self._frames = Frames()

    def decode(self, payload: Payload) -> Decoded:
        frames, rest = self._frames.cut(payload.data, payload.direction)
        return self._together([self._frame(frame) for frame in frames], rest)

    def _together(self, parts: list[Decoded], rest: int) -> Decoded:
        if len(parts) == 1 and not rest:
            return parts[0]
        frames = [part for part in parts if part.role != "heartbeat"]
        if len(frames) == 1 and not rest:  # brokers like to end a frame with a line end
            return replace(frames[0], parts=tuple(parts))
        more = f"{rest:,} bytes of a frame that goes on" if rest else ""
        words = "; ".join([*(part.summary for part in parts[:5]), *filter(None, [more])])
        return Decoded(
            format=self._name, summary=words or "nothing", value=[part.value for part in parts],
            name="frames" if parts else "part of a frame", parts=tuple(parts),
        )  # fmt: skip

    def _frame(self, frame: StompFrame) -> Decoded:
        if not frame.command:
            value: Tree = {"command": ""}
            return Decoded(
                format=self._name, summary="heart-beat", value=value, name="heart-beat",
                role="heartbeat",
            )  # fmt: skip
        relation, key = self._frames.mark(frame)
        role = _ROLES.get(frame.command, "other")
        if relation is Relation.REQUEST and role != "handshake":
            role = "request"
        inside = nested(frame.body, content_type=frame.header("content-type") or "")
        shown = [f"{key}:{value}" for key, value in frame.headers if key in _SHOWN]
        summary = " ".join([frame.command, *shown, *([inside.summary] if inside else [])])
        return Decoded(
            format=self._name, summary=summary, value=_value(frame), name=frame.command,
            role=role, correlation=key, nested=inside,
        )  # fmt: skip


def _value(frame: StompFrame) -> Tree:
    headers: dict[str, Tree] = {}
    later: list[Tree] = []
    for name, value in frame.headers:
        if name in headers:
            later.append([name, value])
        else:
            headers[name] = value
    body: Tree = frame.body.decode() if is_text(frame.body) else frame.body
    made: dict[str, Tree] = {"command": frame.command, "headers": headers, "body": body}
    return made | {"later_headers": later} if later else made
