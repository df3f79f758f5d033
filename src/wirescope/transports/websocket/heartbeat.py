"""Pings of one connection: those asked for, those sent at an interval, and the pongs to them."""

import asyncio
import os
from typing import Protocol

from wirescope.errors import ConnectionClosedError
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

    def send_ping(self, payload: bytes) -> None:
        """Send a ping."""

    @property
    def held_back(self) -> bool:
        """Whether this end does not read, so that no pong can be seen."""

    def abort(self, cause: CloseCause) -> None:
        """Give the connection up."""


class Heartbeat:
    """Matches pongs to pings and keeps the pings at an interval going."""

    def __init__(self, connection: Pinged, settings: PingSettings) -> None:
        self._connection = connection
        self._settings = settings
        self._loop = asyncio.get_running_loop()
        self._sent: dict[bytes, list[asyncio.Future[float]]] = {}
        self._sent_at: dict[bytes, float] = {}
        self._next: asyncio.TimerHandle | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self._awaited: bytes | None = None

    def start(self) -> None:
        """Begin with the pings at an interval, if there is one."""
        if self._settings.ping_interval_s:
            self._next = self._loop.call_later(self._settings.ping_interval_s, self._beat)

    def stop(self) -> None:
        """Send no more pings; whoever waits for a pong is told that none will come."""
        for timer in (self._next, self._deadline):
            if timer is not None:
                timer.cancel()
        waiting = [future for futures in self._sent.values() for future in futures]
        self._sent.clear()
        for future in waiting:
            future.cancel()

    async def ping(self, payload: bytes | None) -> float:
        """Send a ping and wait for its pong; seconds."""
        key = os.urandom(4) if payload is None else payload
        future: asyncio.Future[float] = self._loop.create_future()
        self._sent.setdefault(key, []).append(future)
        sent_at = self._loop.time()
        self._connection.send_ping(key)
        try:
            return await future - sent_at
        except asyncio.CancelledError:
            if future.cancelled() and key not in self._sent:
                raise ConnectionClosedError(
                    "The connection was closed before a pong came.",
                    code=1006,
                    reason="",
                    initiator="network",
                    clean=False,
                ) from None
            raise
        finally:
            waiting = self._sent.get(key, [])
            if future in waiting:
                waiting.remove(future)
            if not waiting:
                self._sent.pop(key, None)

    def on_pong(self, payload: bytes) -> None:
        """Match a pong to the pings that wait for it; one that answers nothing is fine (5.5.3)."""
        now = self._loop.time()
        for future in self._sent.pop(payload, []):
            if not future.done():
                future.set_result(now)
        if payload == self._awaited:
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
        self._connection.send_ping(payload)
        if timeout_s is not None:
            self._awaited = payload
            self._deadline = self._loop.call_later(timeout_s, self._on_deadline, timeout_s)

    def _on_deadline(self, timeout_s: float) -> None:
        if self._connection.held_back:
            self._deadline = self._loop.call_later(timeout_s, self._on_deadline, timeout_s)
        else:
            self._connection.abort("ping-timeout")
