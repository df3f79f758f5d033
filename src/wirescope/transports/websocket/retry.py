"""Trying again after a failure that may pass: when, and after which delay.

The delays grow exponentially with full jitter, so that many clients that lost the same server do
not come back in step. What is tried, the random generator, the clock and the sleeping come in from
outside.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC
from email.utils import parsedate_to_datetime
from random import Random
from typing import TypeVar

from wirescope.clock import Clock, SystemClock
from wirescope.errors import (
    ConnectError,
    SignalingError,
    UpgradeRefusedError,
    WirescopeError,
)
from wirescope.transports.websocket.options import RetryPolicy

ResultT = TypeVar("ResultT")

OnRetry = Callable[[WirescopeError, int, float], None]
"""Is told the error, the number of the retry and the seconds until it."""

LONGEST_ASKED_S = 3600.0
"""A server that asks for a longer wait than that is not waited for."""

_TRANSIENT_KINDS = frozenset({"refused", "reset", "timeout"})
_TRANSIENT_STATUSES = frozenset({408, 429, 500, 502, 503, 504})


def is_transient(error: WirescopeError) -> bool:
    """Whether a failure may pass by itself: curl's choice, and connections that were refused."""
    if isinstance(error, SignalingError):  # 409: nobody publishes yet what is to be watched
        return error.status in _TRANSIENT_STATUSES or error.status == 409
    if isinstance(error, UpgradeRefusedError):
        return error.status in _TRANSIENT_STATUSES
    return isinstance(error, ConnectError) and error.kind in _TRANSIENT_KINDS


def backoff_s(policy: RetryPolicy, attempt: int, random: Random) -> float:
    """Compute the seconds to wait before the retry of this number, 1 for the first."""
    doublings = min(attempt - 1, 62)  # beyond that a float would gain nothing
    delay_s = min(policy.delay_s * 2**doublings, policy.max_delay_s)
    return random.uniform(0, delay_s) if policy.jitter else delay_s


def retry_after_s(error: WirescopeError, *, wall_ns: int) -> float | None:
    """Read Retry-After (RFC 9110 section 10.2.3), seconds or a date; None without a valid one."""
    if not isinstance(error, UpgradeRefusedError | SignalingError):
        return None
    values = [value for name, value in error.headers if name.lower() == "retry-after"]
    if not values:
        return None
    if values[0].isascii() and values[0].isdigit():
        return float(values[0][:9])
    try:
        moment = parsedate_to_datetime(values[0])
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(moment.timestamp() - wall_ns / 1e9, 0.0)


async def with_retries(
    attempt: Callable[[], Awaitable[ResultT]],
    policy: RetryPolicy,
    *,
    random: Random | None = None,
    clock: Clock | None = None,
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    on_retry: OnRetry | None = None,
) -> ResultT:
    """Call `attempt` until it succeeds, fails for good, or the policy allows no further try.

    Args:
        attempt: makes one attempt.
        policy: how often, and how long in between. A delay that the server asks for with
            Retry-After is waited for in full, even beyond the policy's longest; one of more than
            an hour ends it.
        random: chooses the delays where the policy asks for jitter.
        clock: what a date in Retry-After is compared with.
        sleep: waits for so many seconds.
        on_retry: told of each retry before the wait.

    Raises:
        WirescopeError: that of the last attempt; its hint says so when the server asks for too
            long a wait.
    """
    random, clock = random or Random(), clock or SystemClock()
    number = 0
    while True:
        try:
            return await attempt()
        except WirescopeError as error:
            number += 1
            if number > policy.attempts or not is_transient(error):
                raise
            asked_s = retry_after_s(error, wall_ns=clock.wall_ns())
            if asked_s is not None and asked_s > LONGEST_ASKED_S:
                error.hint = (
                    f"It was not tried again: the server asks for a wait of {asked_s / 3600:,.1f} h"
                    " (Retry-After), and no more than 1 h is waited."
                )
                raise
            delay_s = backoff_s(policy, number, random) if asked_s is None else asked_s
            if on_retry is not None:
                on_retry(error, number, delay_s)
        await sleep(delay_s)
