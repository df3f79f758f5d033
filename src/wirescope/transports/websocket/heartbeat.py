"""Pings of one connection: those asked for, those sent at an interval, and the pongs to them."""

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from wirescope.events import CloseCause


class PingSettings(Protocol):
    """What a heartbeat needs to know."""

    @property
    def ping_interval_s(self) -> float | None:
        """Seconds between two pings; None for none."""

    @property
    def ping_timeout_s(self) -> float | None:
        """Seconds to wait for a pong; None for ever."""

    @property
    def ping_payload(self) -> bytes:
        """The payload of the pings at an interval; empty for a different one each time."""


class Pinged(Protocol):
    """The connection that a heartbeat keeps alive."""

    def send_ping(self, payload: bytes) -> bool:
        """Send a ping; False if none can be sent now."""

    @property
    def held_back(self) -> bool:
        """Whether this end does not read, so that no pong can be seen."""

    @property
    def times_held_back(self) -> int:
        """How often this end has stopped reading."""

    def abort(self, cause: CloseCause) -> None:
        """Give the connection up."""


@dataclass(slots=True, eq=False)
class _Ping:
    payload: bytes
    sent_ns: int
    answered: "asyncio.Future[float | None] | None"  # seconds; None for one at an interval


class Heartbeat:
    """Matches pongs to pings and keeps the pings at an interval going.

    `now_ns` reads a monotonic clock; a loop's own is too coarse for round trips on uvloop.
    """

    def __init__(
        self, connection: Pinged, settings: PingSettings, *, now_ns: Callable[[], int]
    ) -> None:
        self._connection = connection
        self._settings = settings
        self._now_ns = now_ns
        self._loop = asyncio.get_running_loop()
        self._pending: list[_Ping] = []
        self._next: asyncio.TimerHandle | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self._awaited: _Ping | None = None
        self._times_held_back = 0

    def start(self) -> None:
        """Begin with the pings at an interval, if there is one."""
        if self._settings.ping_interval_s:
            self._next = self._loop.call_later(self._settings.ping_interval_s, self._beat)

    def stop(self) -> None:
        """Send no more pings; whoever waits for a pong is told that none will come."""
        for timer in (self._next, self._deadline):
            if timer is not None:
                timer.cancel()
        for ping in self._pending:
            _answer(ping, None)
        self._pending.clear()

    async def ping(self, payload: bytes | None) -> float | None:
        """Send a ping and wait for its pong; seconds, None if the connection ends before."""
        answered: asyncio.Future[float | None] = self._loop.create_future()
        ping = _Ping(os.urandom(4) if payload is None else payload, self._now_ns(), answered)
        if not self._connection.send_ping(ping.payload):
            return None
        self._pending.append(ping)
        try:
            return await answered
        finally:
            if ping in self._pending:
                self._pending.remove(ping)

    def on_pong(self, payload: bytes) -> None:
        """Match a pong to the oldest ping of its payload; one that answers nothing is fine.

        It answers the pings before that one, too: who has several to answer may answer the last
        one alone (RFC 6455 section 5.5.3).
        """
        matches = (at for at, ping in enumerate(self._pending) if ping.payload == payload)
        match = next(matches, None)
        if match is None:
            return
        now_ns = self._now_ns()
        answered, self._pending = self._pending[: match + 1], self._pending[match + 1 :]
        for ping in answered:
            _answer(ping, (now_ns - ping.sent_ns) / 1e9)
            if ping is self._awaited:
                self._awaited = None
                if self._deadline is not None:
                    self._deadline.cancel()

    def _beat(self) -> None:
        interval_s, timeout_s = self._settings.ping_interval_s, self._settings.ping_timeout_s
        assert interval_s is not None
        self._next = self._loop.call_later(interval_s, self._beat)
        if self._awaited is not None:
            return
        payload = self._settings.ping_payload or os.urandom(4)
        ping = _Ping(payload, self._now_ns(), None)
        if self._connection.send_ping(payload) and timeout_s is not None:
            self._pending.append(ping)
            self._awaited = ping
            self._wait_for_pong(timeout_s)

    def _wait_for_pong(self, timeout_s: float) -> None:
        self._times_held_back = self._connection.times_held_back
        self._deadline = self._loop.call_later(timeout_s, self._on_deadline, timeout_s)

    def _on_deadline(self, timeout_s: float) -> None:
        # While this end did not read, the pong may have come without being seen.
        held_back = self._times_held_back != self._connection.times_held_back
        if held_back or self._connection.held_back:
            self._wait_for_pong(timeout_s)
        else:
            self._connection.abort("ping-timeout")


def _answer(ping: _Ping, seconds: float | None) -> None:
    if ping.answered is not None and not ping.answered.done():
        ping.answered.set_result(seconds)
