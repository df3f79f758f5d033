"""How much is answered to those who have shown no credentials.

Anybody can send a datagram in somebody else's name, whom the answer then reaches. So an answer is
hardly longer than what it answers, and each source, and all of them together, have so many answers
a second; a request beyond that stays without one. What is sent on a valid credential is not
counted here. A source is an IPv4 address, or a network of IPv6 in which somebody has any address.
"""

from ipaddress import IPv6Address

from wirescope.ice_server.flows import Moment

MAX_SOURCES = 4096
"""Sources that are remembered; who is forgotten begins with a full bucket, within that of all."""

_S = 1_000_000_000


def answer_room(request_length: int, overhead: int) -> int:
    """Say how many bytes a STUN answer to somebody unknown may have.

    It is 1.5 times the request, both counted as packets, and a STUN message has a multiple of four.

    >>> answer_room(28, 28)
    56

    Args:
        request_length: bytes of the STUN message that came.
        overhead: bytes of the headers of IP and UDP.
    """
    return ((request_length + overhead) * 3 // 2 - overhead) & ~3


def source_of(host: str) -> str:
    """Name the source that an address belongs to: of IPv6 the first 64 bits (RFC 4291 2.5.4).

    >>> source_of("192.0.2.7"), source_of("2001:db8::7")
    ('192.0.2.7', '20010db800000000')
    """
    return IPv6Address(host).packed[:8].hex() if ":" in host else host


class TokenBucket:
    """So many a second, and so many at once after a rest."""

    __slots__ = ("_at_ns", "_burst", "_rate", "_tokens")

    def __init__(self, rate: float, burst: float, now_ns: int) -> None:
        self._rate, self._burst = rate, burst
        self._tokens, self._at_ns = burst, now_ns

    def has_one(self, now_ns: int) -> bool:
        """Whether there is one to take."""
        if now_ns > self._at_ns:
            gained = (now_ns - self._at_ns) * self._rate / _S
            self._tokens, self._at_ns = min(self._burst, self._tokens + gained), now_ns
        return self._tokens >= 1

    def take(self) -> None:
        """Take one; `has_one` says whether there is one."""
        self._tokens -= 1


class AnswerBudget:
    """How many answers each source still has.

    Args:
        moment: says what time it is.
        source: answers a second for a source, and how many at once.
        total: the same for all sources together.
    """

    def __init__(
        self, moment: Moment, *, source: tuple[float, float], total: tuple[float, float]
    ) -> None:
        self._moment = moment
        self._source = source
        self._sources: dict[str, TokenBucket] = {}
        self._total = TokenBucket(*total, moment.now_ns)

    def __len__(self) -> int:
        return len(self._sources)

    def allows(self, host: str) -> bool:
        """Whether an address would get an answer now; takes nothing."""
        now_ns = self._moment.now_ns
        return self._of(host).has_one(now_ns) and self._total.has_one(now_ns)

    def take(self, host: str) -> bool:
        """Take what one answer to an address costs; whether it may be sent."""
        if not self.allows(host):
            return False
        self._of(host).take()
        self._total.take()
        return True

    def _of(self, host: str) -> TokenBucket:
        """Find the bucket of an address, which becomes the one to be forgotten last."""
        sources, source = self._sources, source_of(host)
        bucket = sources.pop(source, None)
        if bucket is None:
            if len(sources) >= MAX_SOURCES:
                del sources[next(iter(sources))]
            bucket = TokenBucket(*self._source, self._moment.now_ns)
        sources[source] = bucket
        return bucket
