"""Whom a connection tells of what happens: `Peer`'s part of it.

The engine tells each thing once. What is found before somebody listens is kept for whoever does.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any

from wirescope.events import Side
from wirescope.transports.webrtc.channel import DataChannel
from wirescope.transports.webrtc.description import Candidate, Description

UNTOLD_LIMIT = 256
"""Candidates that are kept for a listener to come; the oldest make way."""


class Telling:
    """Handlers of a connection; what they raise is their own affair and not the connection's."""

    id: str
    _loop: asyncio.AbstractEventLoop

    def __init__(self) -> None:
        self.on_path_lost: Callable[[], None] = lambda: None
        self.on_channel: Callable[[DataChannel], None] = lambda _: None
        self.on_description: Callable[[Side, Description], None] = lambda *_: None
        self._on_candidate: Callable[[Candidate], None] | None = None
        self._on_negotiation_needed: Callable[[], None] | None = None
        self._untold: deque[Candidate] = deque(maxlen=UNTOLD_LIMIT)
        self._is_negotiation_needed = False

    @property
    def on_candidate(self) -> Callable[[Candidate], None]:
        """Is told each local candidate and the end of them, those found before it was set too."""
        return self._on_candidate or self._untold.append

    @on_candidate.setter
    def on_candidate(self, call: Callable[[Candidate], None]) -> None:
        self._on_candidate = call
        while self._untold:
            self._guarded(call, self._untold.popleft())

    @property
    def on_negotiation_needed(self) -> Callable[[], None]:
        """Is told that the two sides have to agree anew, also where that was so before."""
        return self._on_negotiation_needed or self._keep_need

    @on_negotiation_needed.setter
    def on_negotiation_needed(self, call: Callable[[], None]) -> None:
        self._on_negotiation_needed = call
        if self._is_negotiation_needed:
            self._is_negotiation_needed = False
            self._tell(call)

    def _keep_need(self) -> None:
        self._is_negotiation_needed = True

    def _tell(self, call: Callable[[], None]) -> None:
        self._guarded(lambda _: call(), None)

    def _tell_candidate(self, candidate: Candidate) -> None:
        self._guarded(self.on_candidate, candidate)

    def _tell_description(self, side: Side, description: Description) -> None:
        if side == "local":
            self._is_negotiation_needed = False  # the engine says so again if something is left
        self._guarded(lambda said: self.on_description(side, said), description)

    def _guarded(self, call: Callable[[Any], None], value: Any) -> None:
        try:
            call(value)
        except Exception as error:  # noqa: BLE001
            self._loop.call_exception_handler(
                {"message": f"A handler of {self.id} has failed.", "exception": error}
            )
