"""When a connection's statistics are looked at: `Peer`'s part of it.

They are sampled every so often, when a pair or a state has moved, and more often while a path is
looked for, since the engine does not tell of checks. What is written down of a sample is
`statistics`' affair.
"""

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

from wirescope.errors import EngineError
from wirescope.transports.webrtc.channel import DataChannel
from wirescope.transports.webrtc.options import PeerOptions
from wirescope.transports.webrtc.statistics import Sampler
from wirescope.transports.webrtc.watching import Watch

if TYPE_CHECKING:
    import webrtc

STATISTICS_TIMEOUT_S = 5.0

SETTLE_S = 0.02
"""Seconds from the move of a pair or a state to the sample about it, which takes time from channels
that open."""

CHECKS_INTERVAL_S = 0.05
"""Seconds between two looks at the checks, as long as they have just begun."""

LATER_CHECKS_INTERVAL_S = 0.5
"""The same, once they have gone on for `CHECKS_CLOSELY_S`."""

CHECKS_CLOSELY_S = 2.0


class Sampling:
    """Samples of a connection's statistics."""

    channels: list[DataChannel]
    options: PeerOptions
    _ended: asyncio.Event
    _is_over: bool
    _native: "webrtc.RTCPeerConnection"
    _sample_now: asyncio.Event
    _checking: asyncio.Event
    _sampler: Sampler
    _watch: Watch

    async def statistics(self) -> dict[str, dict[str, Any]]:
        """Take a sample of `getStats`: objects by id, with their W3C members.

        Raises:
            EngineError: the engine gives none.
        """
        # The engine gets stuck over a report that has a text in it which is not UTF-8.
        if any(each.misnamed and each.closed is None for each in self.channels):
            raise EngineError("A channel has a label or protocol that is not UTF-8.")
        try:
            async with asyncio.timeout(STATISTICS_TIMEOUT_S):
                report = await self._native.get_stats()
        except TimeoutError:
            raise EngineError("The engine gave no statistics in time.") from None
        return {key: value.to_json() for key, value in report.items()}

    async def note_statistics(self) -> None:
        """Write a sample down now, beside those of every so often.

        Raises:
            EngineError: the engine gives none.
        """
        report = await self.statistics()
        if not self._is_over:
            self._sampler.take(report)

    async def look_at_checks(self) -> None:
        """Write down which pairs have checks, whenever a path is looked for."""
        loop = asyncio.get_running_loop()
        while True:
            await self._checking.wait()
            closely_until_s = loop.time() + CHECKS_CLOSELY_S
            while self._checking.is_set():
                closely = loop.time() < closely_until_s
                interval_s = CHECKS_INTERVAL_S if closely else LATER_CHECKS_INTERVAL_S
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(interval_s):
                        await self._ended.wait()
                if self._ended.is_set():
                    return
                if self._checking.is_set():
                    with contextlib.suppress(EngineError):
                        await self._look_at_pairs()

    async def _look_at_pairs(self) -> None:
        report = await self.statistics()
        if not self._is_over:
            self._sampler.take_pairs(report)

    def _note_checking(self, state: str) -> None:
        """Take note of where ICE is: whether checks are worth looking at."""
        if state == "checking":
            self._sampler.forget_checks()
            self._checking.set()
        elif state != "disconnected":
            if state == "failed":
                self._sampler.tell_checks()
            self._checking.clear()

    async def sample(self) -> None:
        """Write statistics down, every so often, until the connection ends."""
        interval_s = self.options.statistics_interval_s
        while not self._ended.is_set():
            try:
                async with asyncio.timeout(interval_s or None):
                    await self._sample_now.wait()
                whole = False
            except TimeoutError:
                whole = True
            with contextlib.suppress(TimeoutError):  # let what is about to open do so first
                async with asyncio.timeout(SETTLE_S):
                    await self._ended.wait()
            self._sample_now.clear()
            if self._ended.is_set():
                return
            self._watch.watch_pairs()  # what has changed before, the sample says
            with contextlib.suppress(EngineError):
                report = await self.statistics()
                if self._is_over:
                    return
                take = self._sampler.take if whole else self._sampler.take_pairs
                take(report)
