"""Trying again: which failures, how often, and after how long."""

from random import Random

import pytest

from wirescope.errors import ConnectError, HandshakeError, UpgradeRefusedError
from wirescope.transports.websocket.options import RetryPolicy
from wirescope.transports.websocket.retry import (
    backoff_s,
    is_transient,
    retry_after_s,
    with_retries,
)

STEADY = RetryPolicy(attempts=3, delay_s=1, max_delay_s=3, jitter=False)


def failed(kind: str) -> ConnectError:
    return ConnectError("x", phase="tcp", kind=kind)


def refused(status: int, *headers: tuple[str, str]) -> UpgradeRefusedError:
    return UpgradeRefusedError("x", status=status, headers=list(headers), body=b"")


class Attempts:
    """Fails as told, one error an attempt, then succeeds; remembers the delays in between."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.delays: list[float] = []

    async def __call__(self) -> str:
        if self.errors:
            raise self.errors.pop(0)
        return "connected"

    async def sleep(self, delay_s: float) -> None:
        self.delays.append(delay_s)


@pytest.mark.parametrize("kind", ["refused", "reset", "timeout"])
def test_failures_that_may_pass_are_tried_again(kind):
    assert is_transient(failed(kind))


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_statuses_that_may_pass_are_tried_again(status):
    assert is_transient(refused(status))


@pytest.mark.parametrize(
    "error",
    [failed("resolve"), failed("certificate"), refused(403), HandshakeError("x", clause="y")],
)
def test_failures_that_stay_are_not_tried_again(error):
    assert not is_transient(error)


async def test_delays_double_up_to_the_longest():
    attempts = Attempts(failed("refused"), failed("reset"), refused(503))
    result = await with_retries(attempts, STEADY, sleep=attempts.sleep)
    assert (result, attempts.delays) == ("connected", [1, 2, 3])


async def test_the_last_failure_is_raised_when_the_attempts_are_used_up():
    attempts = Attempts(*[failed("refused")] * 4, failed("reset"))
    with pytest.raises(ConnectError):
        await with_retries(attempts, STEADY, sleep=attempts.sleep)
    assert len(attempts.errors) == 1


async def test_a_failure_that_stays_is_raised_at_once():
    attempts = Attempts(refused(404))
    with pytest.raises(UpgradeRefusedError):
        await with_retries(attempts, STEADY, sleep=attempts.sleep)
    assert attempts.delays == []


async def test_what_the_server_asks_for_is_waited_for_in_full():
    attempts = Attempts(refused(429, ("retry-after", "120")))
    told = []
    await with_retries(
        attempts, STEADY, sleep=attempts.sleep, on_retry=lambda *told_of: told.append(told_of[1:])
    )
    assert attempts.delays == [120]
    assert told == [(1, 120)]


@pytest.mark.parametrize("value", ["86400", "Wed, 15 Nov 2023 22:13:20 GMT"])
async def test_a_server_that_asks_for_more_than_an_hour_is_not_waited_for(clock, value):
    attempts = Attempts(refused(503, ("Retry-After", value)))
    with pytest.raises(UpgradeRefusedError) as caught:
        await with_retries(attempts, STEADY, sleep=attempts.sleep, clock=clock)
    assert attempts.delays == []
    assert "asks for a wait of 24.0 h" in caught.value.hint


async def test_a_date_to_retry_after_is_compared_with_the_clock(clock):
    attempts = Attempts(refused(503, ("Retry-After", "Tue, 14 Nov 2023 22:13:50 GMT")))
    await with_retries(attempts, STEADY, sleep=attempts.sleep, clock=clock)
    assert attempts.delays == [30]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("5", 5),
        ("x", None),
        ("-1", None),
        ("²", None),
        ("9" * 5000, 999999999),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
    ],
)
def test_retry_after_is_read_or_passed_over(value, expected):
    assert retry_after_s(refused(503, ("Retry-After", value)), wall_ns=10**18) == expected


def test_jitter_spreads_the_delays_from_zero_to_the_whole():
    policy, random = RetryPolicy(attempts=9, delay_s=1, max_delay_s=8), Random(1)
    delays = [backoff_s(policy, 10_000, random) for _ in range(1000)]
    assert 0 <= min(delays) < 0.1
    assert 7.9 < max(delays) <= 8
