"""Where a connection is, as a person would say it: its phase, its step, its sentence.

It follows the events of one attempt after the other. What is said of an end is the verdict's.
"""

from collections.abc import Callable

from wirescope.analysis import Verdict
from wirescope.clock import SystemClock, rfc3339
from wirescope.errors import WirescopeError
from wirescope.events import (
    ConnectionClosed,
    ConnectionFailed,
    ConnectionOpened,
    ConnectionOpening,
    ConnectionPhase,
    Event,
    WebSocketHandshake,
)
from wirescope.workbench.desk.states import Phase
from wirescope.workbench.desk.words import duration

_STEPS = {
    "dns": "Looking up the name",
    "tcp": "Connecting to the host",
    "proxy": "Asking the proxy for a way",
    "tls": "Negotiating TLS",
    "upgrade": "Waiting for the answer to the opening handshake",
}


class Progress:
    """What is known of a connection's life.

    Args:
        verdict: explains how it stands.
        attempts: how often it is tried again.
        by_proxy: whether the way leads through a proxy.

    Attributes:
        phase: where it is.
        step: the step that is being taken.
        since: when it came into this phase.
        sentence: how it stands.
        advice: what to do.
        connection: the latest attempt's id.
        url: where it leads.
        attempt: number of the retry that is waited for or made; 0 before the first.
        code: the close code, once it is closed.
        subprotocol: what was agreed on.
        extensions: what was agreed on.
    """

    def __init__(self, verdict: Callable[[], Verdict], *, attempts: int, by_proxy: bool) -> None:
        self.attempts = attempts
        self.phase: Phase = "connecting"
        self.step = ""
        self.since = rfc3339(SystemClock.wall_ns())
        self.sentence = "The connection is being made."
        self.advice = ""
        self.connection = ""
        self.url = ""
        self.attempt = 0
        self.code: int | None = None
        self.subprotocol = ""
        self.extensions: list[str] = []
        self._verdict = verdict
        self._by_proxy = by_proxy
        self._opening_ns = self._opened_ns = 0

    def note(self, event: Event) -> bool:
        """Follow an event; whether something changed that can be seen."""
        match event:
            case ConnectionOpening():
                self.connection, self.url = event.connection, event.url
                self._opening_ns = event.at_ns
                self.code = None
                self._move("connecting")
                self._take("dns")
            case ConnectionPhase():
                self._take(self._after(event.name))
            case WebSocketHandshake():
                self.subprotocol, self.extensions = event.subprotocol, list(event.extensions)
            case ConnectionOpened():
                self._opened_ns = event.at_ns
            case ConnectionFailed():
                self.step = event.phase
            case ConnectionClosed():
                self.code = event.code
            case _:
                return False
        return True

    def _after(self, step: str) -> str:
        secure = self.url.startswith("wss:")
        order = ["dns", "tcp", *(["proxy"] if self._by_proxy else []), *(["tls"] if secure else [])]
        order.append("upgrade")
        place = order.index(step) + 1 if step in order else len(order) - 1
        return order[min(place, len(order) - 1)]

    def _take(self, step: str) -> None:
        self.step = step
        again = f", retry {self.attempt} of {self.attempts}" if self.attempt else ""
        self._say(f"{_STEPS[step]}{again}.", "")

    def open(self) -> None:
        """Say that it can be spoken through."""
        self._move("open")
        self.step = ""
        took = duration(self._opened_ns - self._opening_ns)
        self._say(f"Open: it took {took} to connect.", "")

    def wait(self, error: WirescopeError, number: int, delay_s: float) -> None:
        """Say that it is tried again after a while."""
        self.attempt = number
        self._move("waiting")
        again = f"Retry {number} of {self.attempts} follows in {delay_s:,.1f} s."
        self._say(error.message, f"{again} {error.hint}".rstrip())

    def fail(self, error: WirescopeError) -> None:
        """Say that no connection came about, for good."""
        self._move("failed")
        verdict = self._verdict()
        known = self.connection != ""
        self._say(
            verdict.sentence if known else error.message,
            error.hint or verdict.advice if not known else verdict.advice or error.hint,
        )

    def give_up(self) -> None:
        """Say that a person did not wait for it any longer."""
        self._move("closed")
        self._say("You stopped it before the connection was open.", "")

    def break_off(self) -> None:
        """Say that this program failed, so that nobody takes the connection for open."""
        self._move("closed" if self._opened_ns else "failed")
        self.step = ""
        self._say(
            "A fault of Wirescope has ended the connection.",
            "What it had recorded until then is in the capture; connect anew.",
        )

    def close(self) -> None:
        """Say that the closing handshake has begun."""
        if self.phase == "open":
            self._move("closing")
            self._say("Closing: waiting for the peer's Close frame.", "")

    def end(self) -> None:
        """Say how it ended."""
        self._move("closed")
        self.step = ""
        verdict = self._verdict()
        self._say(verdict.sentence, verdict.advice)

    def settle(self) -> None:
        """Say that nothing will change any more; what it asked for its words can go."""
        last = Verdict(self.sentence, self.advice)
        self._verdict = lambda: last

    def _move(self, phase: Phase) -> None:
        if phase != self.phase:
            self.phase = phase
            self.since = rfc3339(SystemClock.wall_ns())

    def _say(self, sentence: str, advice: str) -> None:
        self.sentence, self.advice = sentence, advice
