"""Events with what must not be shared taken out of them; each length on the wire stays as it was.

A message is looked at as a whole, since a secret may lie across its frames, and its frames come
before it. So events are held back from a message's first fragment until the message is there;
fragments whose message never comes, or comes too late, are blotted out entirely. The payload of a
compressed frame cannot be changed without changing its length, so that of a message in which
something had to go is blotted out, and the message itself shows what is left.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from wirescope.capture.formats.blotting import FILLER, Blotter
from wirescope.capture.formats.calls import Calls
from wirescope.capture.formats.selection import Selection
from wirescope.capture.redaction import REDACTED, redact
from wirescope.errors import CaptureError
from wirescope.events import (
    BINARY,
    CLOSE,
    AnyEvent,
    CaptureGap,
    ClockJumped,
    ConnectionClosed,
    ConnectionFailed,
    ConnectionOpened,
    ConnectionOpening,
    ConnectionPhase,
    ConnectionReached,
    ConnectionSecured,
    DataChannelMessage,
    Finding,
    WebSocketFrame,
    WebSocketHandshake,
    WebSocketMessage,
    WebSocketViolation,
)

HELD_EVENTS = 4096
HELD_BYTES = 16 << 20
"""A message that is longer is not searched but blotted out."""

_Key = tuple[str, str]

E = TypeVar("E", bound=AnyEvent)


@dataclass(slots=True)
class Retouched:
    """An event on its way out.

    Attributes:
        event: as it may be shared.
        payload: the whole payload of a frame whose record has a preview; None where it has it all,
            or where it goes out as it is in the capture.
        done: whether it may go out.
    """

    event: AnyEvent
    payload: bytes | None = None
    done: bool = True


class Retoucher:
    """Retouches events in the order of their numbers.

    Args:
        selection: has the whole payloads.
        blotter: says what has to go.

    Attributes:
        lost: messages whose frames had to be blotted out.
        missed: messages in which fields could not be looked for.
        left_out: events of a type about which nothing is known, and which therefore stay here.
    """

    def __init__(self, selection: Selection, blotter: Blotter) -> None:
        self.lost = 0
        self.missed = 0
        self.left_out = 0
        self._selection = selection
        self._blotter = blotter
        self._calls = Calls(blotter)
        self._queue: deque[Retouched] = deque()
        self._waiting: dict[_Key, list[Retouched]] = {}
        self._held_bytes = 0

    def learn(self, event: AnyEvent) -> None:
        """Take note of what an event names; all have to be learnt before the first is fed."""
        self._calls.learn(event)

    def feed(self, event: AnyEvent) -> Iterator[Retouched]:
        """Take the next event; yield those that may go out."""
        slot = Retouched(event)
        if isinstance(event, WebSocketFrame):
            self._queue.append(slot)
            self._frame(slot, event)
        elif isinstance(event, WebSocketMessage):
            self._queue.append(slot)
            slot.event = self._message(event)
        else:
            self._other(slot, event)
        if len(self._queue) > HELD_EVENTS or self._held_bytes > HELD_BYTES:
            self._give_up()
        yield from self._ready()

    def finish(self) -> Iterator[Retouched]:
        """Yield the rest."""
        self._give_up()
        yield from self._ready()

    def _ready(self) -> Iterator[Retouched]:
        while self._queue and self._queue[0].done:
            yield self._queue.popleft()

    def _other(self, slot: Retouched, event: AnyEvent) -> None:
        after = _plain(event, self._blotter) or self._calls.retouched(redact(event))
        if after is None:
            self.left_out += 1
            return
        if isinstance(event, DataChannelMessage):
            self.missed += not self._blotter.can_search(event.payload)
        slot.event = after
        self._queue.append(slot)

    def _frame(self, slot: Retouched, frame: WebSocketFrame) -> None:
        alone = frame.fin and frame.opcode and not frame.rsv1 and not frame.payload_id
        if frame.opcode <= BINARY and not alone and not self._blotter.whole:
            slot.done = False
            self._held_bytes += len(frame.payload)
            self._waiting.setdefault((frame.connection, frame.direction), []).append(slot)
        elif frame.payload_id:
            _blot_out(slot)
        elif frame.opcode == CLOSE:
            code, reason = frame.payload[:2], frame.payload[2:]
            payload = code + self._blotter.payload(reason)
            slot.event = msgspec.structs.replace(frame, payload=payload)
        else:
            payload = self._blotter.payload(frame.payload)
            slot.event = msgspec.structs.replace(frame, payload=payload)

    def _message(self, message: WebSocketMessage) -> WebSocketMessage:
        slots = self._waiting.pop((message.connection, message.direction), [])
        numbers = set(message.frames)
        own = [slot for slot in slots if slot.event.seq in numbers]
        for slot in slots:
            if slot.event.seq not in numbers:
                _blot_out(slot)
        self._held_bytes -= sum(len(_payload_of(slot)) for slot in slots)
        whole = self._whole(message)
        if whole is None:
            for slot in own:
                _blot_out(slot)
            self.lost += not self._blotter.whole
            return msgspec.structs.replace(message, payload=FILLER * len(message.payload))
        self.missed += not self._blotter.can_search(whole)
        after = self._blotter.payload(whole)
        if after == whole and (message.compressed or _is_made_of(message, own)):
            for slot in own:
                slot.done = True
        elif not message.compressed and _is_made_of(message, own):
            _share_out(after, own)
        else:
            self.lost += message.compressed
            for slot in own:
                _blot_out(slot)
        return msgspec.structs.replace(message, payload=after[: len(message.payload)])

    def _whole(self, message: WebSocketMessage) -> bytes | None:
        """Give a message's whole payload; None when it is too long, or not whole."""
        if not message.truncated:
            return message.payload
        if message.length > HELD_BYTES or self._blotter.whole:
            return None
        try:
            return b"".join(self._selection.payload(message.seq))
        except CaptureError:
            return None

    def _give_up(self) -> None:
        for slots in self._waiting.values():
            for slot in slots:
                _blot_out(slot)
        self._waiting.clear()
        self._held_bytes = 0


def _payload_of(slot: Retouched) -> bytes:
    assert isinstance(slot.event, WebSocketFrame)
    return slot.event.payload


def _is_made_of(message: WebSocketMessage, slots: list[Retouched]) -> bool:
    """Whether these are all frames of the message, each whole."""
    frames = [slot.event for slot in slots]
    lengths = [frame.payload_length for frame in frames if isinstance(frame, WebSocketFrame)]
    return len(lengths) == len(message.frames) and (
        message.compressed or sum(lengths) == message.length
    )


def _share_out(payload: bytes, slots: list[Retouched]) -> None:
    """Give each frame its part of the message."""
    at = 0
    for slot in slots:
        frame = slot.event
        assert isinstance(frame, WebSocketFrame)
        part = payload[at : at + frame.payload_length]
        at += frame.payload_length
        slot.event = msgspec.structs.replace(frame, payload=part[: len(frame.payload)])
        slot.payload = part if frame.payload_id else None
        slot.done = True


def _blot_out(slot: Retouched) -> None:
    """Leave nothing of a frame's payload but its length; of a long one not even the chunks."""
    frame = slot.event
    assert isinstance(frame, WebSocketFrame)
    slot.event = msgspec.structs.replace(frame, payload=FILLER * len(frame.payload))
    slot.payload = b"" if frame.payload_id else None
    slot.done = True


def _plain(event: AnyEvent, blotter: Blotter) -> AnyEvent | None:
    """Retouch an event of a connection or of the capture; None where its type is another."""
    event = redact(event)
    match event:
        case ConnectionOpening():
            return _with_texts(event, blotter.text, "url")
        case ConnectionReached():
            event = _with_texts(event, blotter.text, "address", "local_address")
            return event if event.proxy is None else _with_texts(event, blotter.text, "proxy")
        case ConnectionSecured():
            return _secured(event, blotter)
        case WebSocketHandshake():
            extensions = list(map(blotter.text, event.extensions))
            event = msgspec.structs.replace(event, extensions=extensions)
            return _with_texts(event, blotter.text, "request", "response", "subprotocol")
        case ConnectionFailed():
            event = _with_texts(event, blotter.text, "phase", "kind", "message", "hint")
            body = None if event.body is None else blotter.payload(event.body)
            return msgspec.structs.replace(event, body=body)
        case WebSocketViolation():
            return _with_texts(event, blotter.text, "clause", "message")
        case ConnectionClosed():
            return _with_texts(event, blotter.reason, "reason")
        case CaptureGap():
            return _with_texts(event, blotter.text, "reason")
        case Finding():
            # Its words quote hosts and payloads; analysing the bundle finds the same again.
            event = _with_texts(event, blotter.text, "code", "title")
            return msgspec.structs.replace(event, cause=REDACTED, fix=REDACTED, gain=None)
        case ConnectionPhase():
            return _with_texts(event, blotter.text, "name")
        case ConnectionOpened() | ClockJumped():
            return event
        case _:
            return None


def _secured(event: ConnectionSecured, blotter: Blotter) -> ConnectionSecured:
    """Retouch certificates: public logs know each by its number and by its fingerprint."""
    certificates = [
        msgspec.structs.replace(
            each,
            subject=blotter.holder(each.subject),
            issuer=blotter.holder(each.issuer),
            names=list(map(blotter.holder, each.names)),
            key=blotter.text(each.key),
            serial=REDACTED,
            sha256=REDACTED,
        )
        for each in event.certificates
    ]
    event = msgspec.structs.replace(event, certificates=certificates)
    event = _with_texts(event, blotter.text, "version", "cipher", "alpn")
    return _with_texts(event, blotter.holder, "server_name")


def _with_texts(event: E, clean: Callable[[str], str], *names: str) -> E:
    changes = {name: clean(getattr(event, name)) for name in names}
    return msgspec.structs.replace(event, **changes)
