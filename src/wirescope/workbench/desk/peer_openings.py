"""How a WebRTC connection came about, as steps for a waterfall; several go on at the same time.

The capture says when each step was done, and the moves of the machines say when it was begun.
"""

from collections.abc import Sequence

from wirescope.events import (
    AnyEvent,
    ConnectionClosed,
    ConnectionFailed,
    ConnectionOpened,
    ConnectionOpening,
    ConnectionPhase,
    DataChannelMessage,
    PeerState,
)
from wirescope.workbench.desk.model import Opening, Step

STEPS = ("signaling", "gathering", "ice", "dtls", "sctp")
"""The steps in the order in which they usually end."""

_BEGINNINGS = {("gathering", "gathering"), ("ice", "checking"), ("dtls", "connecting")}
"""Moves of machines that begin a step of the same name (W3C webrtc section 4.3)."""


class PeerAttempt:
    """What is known of one attempt to open a WebRTC connection.

    Args:
        opening: its first event.

    Attributes:
        opened: when it stood; None while it does not.
    """

    def __init__(self, opening: ConnectionOpening) -> None:
        self.opened: ConnectionOpened | None = None
        self._opening = opening
        self._begun: dict[str, int] = {"signaling": opening.at_ns}
        self._done: dict[str, int] = {}
        self._failed: ConnectionFailed | None = None
        self._is_over = False

    def take(self, event: AnyEvent) -> None:
        """Take an event of the connection, in its order."""
        match event:
            case ConnectionPhase():
                self._done.setdefault(event.name, event.at_ns)
            case PeerState() if (event.machine, event.to) in _BEGINNINGS:
                self._begun.setdefault(event.machine, event.at_ns)
            case ConnectionOpened():
                self.opened = event
            case ConnectionFailed():
                self._failed = event
            case ConnectionClosed():
                self._is_over = True
            case _:
                pass

    @property
    def has_channels(self) -> bool:
        """Whether data channels can carry messages."""
        return "sctp" in self._done

    def finished(self, first_message: DataChannelMessage | None) -> Opening:
        """Give it, with the time until the first message."""
        failed = self._failed
        return Opening(
            connection=self._opening.connection,
            transport="webrtc",
            url=self._opening.url,
            steps=[*self._steps(), *self._until_message(first_message), *self._until_media()],
            request="",
            response="",
            status=failed.status or 0 if failed is not None else 0,
            subprotocol="",
            extensions=[],
            reached=None,
            tls=None,
            failure=failure_of(failed),
            seq=(failed or self.opened or self._opening).seq,
        )

    def _steps(self) -> Sequence[Step]:
        steps = [step for name in STEPS if (step := self._step(name)) is not None]
        failed = self._failed
        if failed is not None and failed.phase not in STEPS:
            steps.append(_step(failed.phase, self._opening.at_ns, failed.at_ns, failed=True))
        return sorted(steps, key=lambda step: step.start_ns)

    def _step(self, name: str) -> Step | None:
        """Give a step that was begun; of a connection that is over only what has an end."""
        start_ns, failed = self._start_of(name), self._failed
        if failed is not None and failed.phase == name:
            return _step(name, start_ns or self._opening.at_ns, failed.at_ns, failed=True)
        if name in self._done:
            return _step(name, start_ns or self._opening.at_ns, self._done[name])
        if start_ns is None or failed is not None or self._is_over:
            return None
        return Step(name=name, start_ns=start_ns, duration_ns=-1, failed=False)

    def _start_of(self, name: str) -> int | None:
        if name == "sctp" and name in self._done:  # the association begins once there is DTLS
            return self._done.get("dtls", self._opening.at_ns)
        return self._begun.get(name)

    def _until_media(self) -> list[Step]:
        came_ns = self._done.get("first-media")
        if self.opened is None or came_ns is None:
            return []
        return [_step("media", min(self.opened.at_ns, came_ns), came_ns)]

    def _until_message(self, first: DataChannelMessage | None) -> list[Step]:
        if self.opened is None or not self.has_channels:
            return []
        if first is not None:
            return [_step("message", self.opened.at_ns, first.at_ns)]
        if self._is_over:
            return []
        return [Step(name="message", start_ns=self.opened.at_ns, duration_ns=-1, failed=False)]


def _step(name: str, start_ns: int, end_ns: int, *, failed: bool = False) -> Step:
    took_ns = max(0, end_ns - start_ns)
    return Step(name=name, start_ns=min(start_ns, end_ns), duration_ns=took_ns, failed=failed)


def failure_of(failed: ConnectionFailed | None) -> dict[str, str]:
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
