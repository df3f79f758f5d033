"""Trying again: which failures pass by themselves, and how long to wait (curl's `--retry`)."""

import random
from email.utils import parsedate_to_datetime

from wirescope.errors import ConnectError, HandshakeError, UpgradeRefusedError
from wirescope.transports.websocket.options import RetryPolicy

_PASSING_KINDS = {"timeout", "refused", "reset", "unreachable", "resolve"}
_PASSING_STATUS = {408, 429, 500, 502, 503, 504}


def is_passing(error: ConnectError | UpgradeRefusedError | HandshakeError) -> bool:
    """Whether the same attempt may succeed a little later."""
    if isinstance(error, UpgradeRefusedError):
        return error.status in _PASSING_STATUS
    return error.kind in _PASSING_KINDS


def delay_before(policy: RetryPolicy, attempt: int, *, chance: random.Random) -> float:
    """Return the seconds to wait before the `attempt`-th retry, counted from 1.

    The delay doubles from retry to retry up to the policy's limit. With jitter it is taken at
    random between nothing and that, so that clients which lost a server at the same moment do not
    come back at the same moment.
    """
    ceiling = min(policy.max_delay_s, policy.delay_s * 2.0 ** min(attempt - 1, 62))
    return chance.uniform(0, ceiling) if policy.jitter else ceiling


def asked_delay(error: Exception, *, wall_ns: int) -> float | None:
    """Return the seconds that a refusal's Retry-After asks for (RFC 9110 section 10.2.3)."""
    if not isinstance(error, UpgradeRefusedError):
        return None
    value = next((value for name, value in error.headers if name.lower() == "retry-after"), "")
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, moment.timestamp() - wall_ns / 1e9)
