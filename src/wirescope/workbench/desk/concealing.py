"""Secrets that were sent in messages, crossed out in what is recorded; lengths stay true.

What goes out is what was typed; only the record differs. From the first message with a secret on,
its value is looked for in every payload of the connection, in both directions, since a peer may
answer with what it was told. `[redacted]` and stars stand in its place, as many bytes as it had.

A compressed message that holds a secret is recorded as it reads, and its frame without its bytes:
they cannot be altered without losing what comes after (RFC 7692 section 7.2.3.2). Frames of a
compressed message that came in several are recorded without their bytes from then on, since what
they hold is known only with the last. A payload that is too long for one record is not looked at.
"""

import json
import re
from base64 import b64decode
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

import msgspec

from wirescope.capture import REDACTED
from wirescope.events import (
    BINARY,
    CONTINUATION,
    TEXT,
    AnyEvent,
    ConnectionClosed,
    ConnectionFailed,
    DataChannelMessage,
    Direction,
    Emission,
    EventSink,
    Finding,
    Full,
    MessageChunk,
    PayloadChunk,
    WebSocketFrame,
    WebSocketMessage,
    WebSocketViolation,
)

LEAST = 4
"""Characters of a secret, at least: what is shorter stands in many payloads by chance. Who sends
one is told that it is recorded."""

_MOST_HELD = 16
_MARK = REDACTED.encode()


def crossed_out(length: int) -> bytes:
    """Return what stands in the place of so many bytes.

    >>> crossed_out(14)
    b'[redacted]****'
    """
    return _MARK.ljust(length, b"*") if length >= len(_MARK) else b"*" * length


class Concealer:
    """Stands before the sink that keeps a connection's events, and knows its secrets.

    Args:
        sink: keeps them.
        keep_decoded: is called before the first compressed message is altered: this and the
            following have to be kept as they read.
    """

    def __init__(self, sink: EventSink, keep_decoded: Callable[[], None]) -> None:
        self._sink = sink
        self._keep_decoded = keep_decoded
        self._known: set[bytes] = set()
        self._pattern: re.Pattern[bytes] | None = None
        self._begun: dict[Direction, bytes] = {}  # a secret's beginning, at a fragment's end
        self._compressed: set[Direction] = set()  # a compressed message in fragments is under way
        self._held: list[AnyEvent] = []  # a compressed frame, and what came since

    def learn(self, secrets: Iterable[str]) -> bool:
        """Cross these out from now on; whether there is one that was not known."""
        fresh = {
            spelling
            for secret in secrets
            if len(secret) >= LEAST
            for spelling in _spellings(secret)
            if len(spelling) >= LEAST
        } - self._known
        if not fresh:
            return False
        self._known |= fresh
        # The longest first, so that none is left in part because another is its beginning.
        listed = sorted(self._known, key=len, reverse=True)
        self._pattern = re.compile(b"|".join(map(re.escape, listed)))
        return True

    def __call__(self, emissions: Sequence[Emission]) -> Full | None:
        """Take what happens, and hand it on without secrets."""
        if self._pattern is None:
            return self._sink(emissions)
        ready: list[Emission] = []
        for emission in emissions:
            ready += self._pass(emission)
        return self._sink(ready) if ready else None

    def flush(self) -> None:
        """Hand on what is held: nothing follows."""
        if self._held:
            self._sink(self._release())

    def _pass(self, emission: Emission) -> Sequence[Emission]:
        if isinstance(emission, WebSocketFrame):
            return self._pass_frame(emission)
        if isinstance(emission, WebSocketMessage):
            return self._pass_message(emission)
        if isinstance(emission, DataChannelMessage):
            return self._pass_channel_message(emission)
        if not isinstance(emission, PayloadChunk | MessageChunk):
            plain = self._without_secrets(emission)
            if isinstance(emission, ConnectionClosed):
                return [*self._release(), plain]
            return self._behind_what_is_held(plain)
        return [emission]

    def _pass_frame(self, frame: WebSocketFrame) -> Sequence[Emission]:
        direction = frame.direction
        if frame.opcode not in (TEXT, BINARY, CONTINUATION) or frame.payload_id:
            return self._behind_what_is_held(_with_payload(frame, self._cleaned(frame.payload)))
        before = self._release()
        if frame.opcode != CONTINUATION:
            self._begun.pop(direction, None)
            self._compressed.discard(direction)
            if frame.rsv1 and frame.fin:
                self._held.append(frame)
                return before
            if frame.rsv1:
                self._compressed.add(direction)
        if direction in self._compressed:
            if frame.fin:
                self._compressed.discard(direction)
            return [*before, _with_payload(frame, crossed_out(len(frame.payload)))]
        return [*before, _with_payload(frame, self._cleaned_fragment(frame))]

    def _pass_message(self, message: WebSocketMessage) -> Sequence[Emission]:
        payload = self._cleaned(message.payload)
        altered = payload is not message.payload
        if message.compressed and altered:
            self._keep_decoded()
        elif message.compressed and len(message.frames) > 1:
            self._keep_decoded()  # its frames were recorded without their bytes
        is_held = bool(self._held) and self._held[0].seq in message.frames
        before = self._release(wiped=altered and is_held)
        return [*before, msgspec.structs.replace(message, payload=payload) if altered else message]

    def _pass_channel_message(self, message: DataChannelMessage) -> Sequence[Emission]:
        payload = self._cleaned(message.payload)
        if payload is not message.payload:
            message = msgspec.structs.replace(message, payload=payload)
        return self._behind_what_is_held(message)

    def _behind_what_is_held(self, event: AnyEvent) -> Sequence[Emission]:
        if not self._held:
            return (event,)
        self._held.append(event)
        return self._release(wiped=True) if len(self._held) > _MOST_HELD else ()

    def _release(self, *, wiped: bool = False) -> list[AnyEvent]:
        held, self._held = self._held, []
        if held and wiped:
            frame = held[0]
            assert isinstance(frame, WebSocketFrame)
            held[0] = _with_payload(frame, crossed_out(len(frame.payload)))
        return held

    def _cleaned(self, payload: bytes) -> bytes:
        """Return a payload without secrets: the very same object where there is none in it."""
        assert self._pattern is not None
        cleaned = self._pattern.sub(lambda match: crossed_out(len(match[0])), payload)
        return payload if cleaned == payload else cleaned

    def _cleaned_fragment(self, frame: WebSocketFrame) -> bytes:
        """Do the same for a frame that begins or ends within a secret."""
        before = self._begun.pop(frame.direction, b"")
        payload = frame.payload
        rest = self._rest_of(before, payload)
        cleaned = self._cleaned(payload[rest:])
        if rest:
            cleaned = crossed_out(rest) + cleaned
        if frame.fin:
            return cleaned
        begun = self._beginning(before + payload)
        self._begun[frame.direction] = begun
        here = min(len(begun), len(payload))
        return (
            cleaned[: len(cleaned) - here] + crossed_out(here) if len(begun) >= LEAST else cleaned
        )

    def _rest_of(self, begun: bytes, payload: bytes) -> int:
        """Say how many bytes at a payload's beginning end a secret that was begun before."""
        rests = [
            len(secret) - at
            for secret in self._known
            for at in range(1, min(len(secret), len(begun) + 1))
            if begun.endswith(secret[:at]) and payload.startswith(secret[at:])
        ]
        return max(rests, default=0)

    def _beginning(self, tail: bytes) -> bytes:
        """Return the longest beginning of a secret that the payloads so far end with."""
        found = b""
        for secret in self._known:
            for length in range(min(len(secret) - 1, len(tail)), len(found), -1):
                if tail.endswith(secret[:length]):
                    found = secret[:length]
                    break
        return found

    def _without_secrets(self, event: AnyEvent) -> AnyEvent:
        fields: tuple[str, ...] = ()
        if isinstance(event, Finding):
            fields = ("title", "cause", "fix")
        elif isinstance(event, ConnectionClosed):
            fields = ("reason",)
        elif isinstance(event, WebSocketViolation):
            fields = ("message",)
        elif isinstance(event, ConnectionFailed):
            fields = ("message", "hint")
        changes = {}
        for name in fields:
            before = getattr(event, name).encode()
            if (after := self._cleaned(before)) is not before:
                changes[name] = after.decode("utf-8", "replace")
        return msgspec.structs.replace(event, **changes) if changes else event


def _with_payload(frame: WebSocketFrame, payload: bytes) -> WebSocketFrame:
    if payload is frame.payload:
        return frame
    return msgspec.structs.replace(frame, payload=payload)


def _spellings(secret: str) -> Iterable[bytes]:
    """Yield a secret as it stands in text and JSON, and the bytes that it spells."""
    yield secret.encode("utf-8", "surrogatepass")
    yield json.dumps(secret)[1:-1].encode()
    yield json.dumps(secret, ensure_ascii=False)[1:-1].encode("utf-8", "surrogatepass")
    digits = "".join(secret.split())
    with suppress(ValueError):
        yield bytes.fromhex(digits)
    with suppress(ValueError):
        yield b64decode(digits, validate=True)
