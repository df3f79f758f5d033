"""How connections were opened: steps for a waterfall, both heads, what was agreed on, in words."""

from collections.abc import Callable
from itertools import islice

from wirescope.capture import Capture
from wirescope.events import (
    AnyEvent,
    ConnectionClosed,
    ConnectionFailed,
    ConnectionOpened,
    ConnectionOpening,
    ConnectionPhase,
    ConnectionReached,
    ConnectionSecured,
    Transport,
    WebSocketHandshake,
    WebSocketMessage,
)
from wirescope.workbench.desk.model import ExtensionParameter, Opening, Reached, Secured, Step

MOST = 500
"""Attempts that are given, the newest."""

_LOOKED_AT = 10_000  # messages among which the first one of a connection is looked for

_OPENING = (
    'type in ("connection.opening", "connection.phase", "connection.reached",'
    ' "connection.secured", "websocket.handshake", "connection.opened", "connection.failed",'
    ' "connection.closed")'
)

_MEANINGS: dict[str, Callable[[str], str]] = {
    "permessage-deflate": lambda _: "Messages are compressed, each by itself (RFC 7692).",
    "server_no_context_takeover": lambda _: (
        "The server begins each message with an empty window: less memory, less compression"
        " (section 7.1.1.1)."
    ),
    "client_no_context_takeover": lambda _: (
        "This client begins each message with an empty window: less memory, less compression"
        " (section 7.1.1.2)."
    ),
    "server_max_window_bits": lambda value: (
        f"The server's window has at most {_window(value)} (section 7.1.2.1)."
    ),
    "client_max_window_bits": lambda value: (
        f"This client's window has at most {_window(value)} (section 7.1.2.2)."
        if value
        else "This client can be told to use a smaller window (section 7.1.2.2)."
    ),
}


def _window(bits: str) -> str:
    if not bits.isascii() or not bits.isdigit() or not 8 <= int(bits) <= 15:
        return "the default size"
    return f"{1 << int(bits):,} bytes"


def openings_of(capture: Capture) -> list[Opening]:
    """Return the attempts of a capture, in order, the newest of very many."""
    found: dict[str, _Attempt] = {}
    for event in capture.events(filter=_OPENING):
        attempt = found.get(event.connection)
        if attempt is None or isinstance(event, ConnectionOpening):
            if isinstance(event, ConnectionClosed):
                continue
            if len(found) >= MOST:
                del found[next(iter(found))]
            attempt = found[event.connection] = _Attempt(event)
        attempt.take(event)
    return [attempt.opening(capture) for attempt in found.values()]


class _Attempt:
    """What is known of one attempt."""

    def __init__(self, first: AnyEvent) -> None:
        self.connection = first.connection
        self.first = first
        self.url = ""
        self.transport: Transport = "websocket"
        self.steps: list[Step] = []
        self.reached: ConnectionReached | None = None
        self.secured: ConnectionSecured | None = None
        self.handshake: WebSocketHandshake | None = None
        self.opened: ConnectionOpened | None = None
        self.failed: ConnectionFailed | None = None

    def take(self, event: AnyEvent) -> None:
        match event:
            case ConnectionOpening():
                self.url, self.transport = event.url, event.transport
            case ConnectionPhase():
                start_ns = max(0, event.at_ns - event.duration_ns)
                self.steps.append(
                    Step(
                        name=event.name,
                        start_ns=start_ns,
                        duration_ns=event.duration_ns,
                        failed=False,
                    )
                )
            case ConnectionReached():
                self.reached = event
            case ConnectionSecured():
                self.secured = event
            case WebSocketHandshake():
                self.handshake = event
            case ConnectionOpened():
                self.opened = event
            case ConnectionFailed():
                self.failed = event

    def opening(self, capture: Capture) -> Opening:
        handshake = self.handshake
        telling = self.failed or handshake or self.opened or self.first
        return Opening(
            connection=self.connection,
            transport=self.transport,
            url=self.url,
            steps=self._all_steps(capture),
            request=handshake.request if handshake else "",
            response=handshake.response if handshake else "",
            status=handshake.status if handshake else 0,
            subprotocol=handshake.subprotocol if handshake else "",
            extensions=_in_words(handshake.extensions if handshake else []),
            reached=self._reached(),
            tls=self._tls(),
            failure=_failure_of(self.failed),
            seq=telling.seq,
        )

    def _all_steps(self, capture: Capture) -> list[Step]:
        if self.transport == "webrtc":
            return []  # which are the rungs of its ladder
        last = self._last_step(capture)  # perhaps in the place of one that is known
        return [*self.steps, *last]

    def _last_step(self, capture: Capture) -> list[Step]:
        """Return the step that failed, or is being taken, or the time until the first message."""
        ends = [step.start_ns + step.duration_ns for step in self.steps]
        start_ns = max(ends, default=self.first.at_ns)
        if self.failed is not None:
            known = [step for step in self.steps if step.name == self.failed.phase]
            if known:  # the answer came, and was a refusal
                self.steps.remove(known[-1])
                start_ns, ended_ns = known[-1].start_ns, start_ns
            else:
                ended_ns = self.failed.at_ns
            took_ns = max(0, ended_ns - start_ns)
            return [
                Step(name=self.failed.phase, start_ns=start_ns, duration_ns=took_ns, failed=True)
            ]
        if self.opened is None:
            return [Step(name=self._next(), start_ns=start_ns, duration_ns=-1, failed=False)]
        begun_ns = self.opened.at_ns
        messages = capture.events(filter="type == websocket.message", after=self.opened.seq)
        for event in islice(messages, _LOOKED_AT):
            if type(event) is WebSocketMessage and event.connection == self.connection:
                took_ns = event.at_ns - begun_ns
                return [Step(name="message", start_ns=begun_ns, duration_ns=took_ns, failed=False)]
        return [Step(name="message", start_ns=begun_ns, duration_ns=-1, failed=False)]

    def _next(self) -> str:
        done = [step.name for step in self.steps]
        order = ["dns", "tcp", *(["tls"] if self.url.startswith("wss:") else []), "upgrade"]
        last = max((order.index(name) for name in done if name in order), default=-1)
        return order[min(last + 1, len(order) - 1)]

    def _reached(self) -> Reached | None:
        event = self.reached
        if event is None:
            return None
        return Reached(
            address=event.address,
            port=event.port,
            local_address=event.local_address,
            local_port=event.local_port,
            proxy=event.proxy or "",
            seq=event.seq,
        )

    def _tls(self) -> Secured | None:
        event = self.secured
        if event is None:
            return None
        return Secured(
            version=event.version,
            cipher=event.cipher,
            alpn=event.alpn,
            server_name=event.server_name,
            verified=event.verified,
            certificates=event.certificates,
            refused=self.failed is not None and self.failed.phase == "tls",
            seq=event.seq,
        )


def _failure_of(failed: ConnectionFailed | None) -> dict[str, str]:
    """Say why an attempt came to nothing; empty where it did not."""
    if failed is None:
        return {}
    return {
        "phase": failed.phase,
        "kind": failed.kind,
        "message": failed.message,
        "hint": failed.hint,
        "body": (failed.body or b"").decode("utf-8", "replace"),
    }


def _in_words(extensions: list[str]) -> list[ExtensionParameter]:
    """Say what each extension and each of its parameters means."""
    made = []
    for extension in extensions:
        for part in filter(None, (each.strip() for each in extension.split(";"))):
            name, _, value = part.partition("=")
            say = _MEANINGS.get(name.strip().lower())
            meaning = say(value.strip().strip('"')) if say else "An extension that is not known."
            made.append(ExtensionParameter(text=part, meaning=meaning))
    return made
