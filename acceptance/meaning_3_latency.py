"""100,000 interleaved requests: every right pair is found, and the percentiles are the right ones.

The requests are JSON-RPC calls from either end. One in twenty gets no answer; the answers overtake
each other, some come twice, some calls are sent again. What the analysis pairs is compared with
what was made, and its percentiles with numpy's on the same latencies.
"""

import random
import sys
from collections import Counter
from collections.abc import Iterator

import numpy as np

from wirescope.analysis import Analyzer, connection_metrics
from wirescope.analysis.metrics.matching import Matcher, Pair
from wirescope.analysis.metrics.recognition import by_name
from wirescope.analysis.metrics.spread import ERROR
from wirescope.events import Direction, WebSocketMessage

REQUESTS = 100_000
UNANSWERED = 0.05
AGAIN = 0.02
SHARES = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99, "p999": 0.999}

_PLAIN = False

Pieces = list[tuple[int, Direction, bytes, int]]  # when, which way, what, the request's number


def made(generator: random.Random) -> tuple[Pieces, dict[int, int], set[int]]:
    """Make requests and answers; give them, each answered request's latency, and the repeated."""
    pieces: Pieces = []
    latencies: dict[int, int] = {}
    repeated: set[int] = set()
    for number in range(REQUESTS):
        asker: Direction = "sent" if generator.random() < 0.7 else "received"
        other: Direction = "received" if asker == "sent" else "sent"
        at_ns = number * 200_000 + generator.randrange(100_000)
        call = b'{"jsonrpc":"2.0","id":%d,"method":"m"}' % number
        pieces.append((at_ns, asker, call, number))
        if generator.random() < UNANSWERED:
            continue
        latency_ns = 1_000 + int(generator.lognormvariate(16, 1.2))
        latencies[number] = latency_ns
        answer = b'{"jsonrpc":"2.0","id":%d,"result":null}' % number
        pieces.append((at_ns + latency_ns, other, answer, -number - 1))
        if generator.random() < AGAIN:
            repeated.add(number)
            late_ns = at_ns + latency_ns + generator.randrange(1, 50_000_000)
            pieces.append((late_ns, other, answer, -number - 1))
    pieces.sort(key=lambda piece: piece[0])
    return pieces, latencies, repeated


def messages(pieces: Pieces) -> Iterator[WebSocketMessage]:
    """Make the messages, numbered from 1."""
    for seq, (at_ns, direction, payload, _) in enumerate(pieces, 1):
        length = len(payload)
        fields = (length, length + 2, _PLAIN, (), payload)
        yield WebSocketMessage(seq, at_ns, "c1", direction, "text", *fields)


def main() -> int:
    """Compare what is found with what was made."""
    pieces, latencies, repeated = made(random.Random(33))
    by_seq = {seq: number for seq, (_, _, _, number) in enumerate(pieces, 1)}
    pairs: list[Pair] = []
    protocol = by_name("jsonrpc")
    assert protocol is not None
    matcher = Matcher(protocol.marker(), on_pair=pairs.append)
    for message in messages(pieces):
        matcher.add(message)
    right = sum(
        by_seq[pair.response] == -by_seq[pair.request] - 1
        and pair.latency_ns == latencies[by_seq[pair.request]]
        for pair in pairs
    )
    both = (matcher.sent, matcher.received)
    unanswered = sum(exchange.never_answered for exchange in both)
    duplicates = sum(exchange.duplicates for exchange in both)
    counted = Counter(pair.request for pair in pairs)
    print(f"requests: {REQUESTS:,}, answered {len(latencies):,}, messages {len(pieces):,}")
    print(f"pairs found: {len(pairs):,}, right {right:,}, none twice: {max(counted.values()) == 1}")
    print(f"unanswered: {unanswered:,} (made {REQUESTS - len(latencies):,})")
    print(f"duplicate answers: {duplicates:,} (made {len(repeated):,})")
    good = (
        right == len(pairs) == len(latencies)
        and max(counted.values()) == 1
        and unanswered == REQUESTS - len(latencies)
        and duplicates == len(repeated)
    )
    return 0 if compare(pieces, pairs) and good else 1


def compare(pieces: Pieces, pairs: list[Pair]) -> bool:
    """Compare the analyzer's percentiles, by direction, with numpy's."""
    analyzer = Analyzer()
    analyzer.feed(messages(pieces))
    analyzer.finish()
    (conversation,) = analyzer.conversations
    requests = connection_metrics(conversation)["requests"]
    asked = {seq: direction for seq, (_, direction, _, _) in enumerate(pieces, 1)}
    good = True
    for who in ("sent", "received"):
        exact = np.array([pair.latency_ns for pair in pairs if asked[pair.request] == who])
        shown = requests[who]["latency_ms"]
        for name, share in SHARES.items():
            expected_ms = float(np.percentile(exact, 100 * share)) / 1e6
            off = abs(shown[name] - expected_ms) / expected_ms
            good = good and off <= ERROR
            print(
                f"{who:8} {name:4} {shown[name]:>10.3f} ms, numpy {expected_ms:>10.3f} ms,"
                f" off by {off:.3%} (at most {ERROR:.3%})"
            )
    return good


if __name__ == "__main__":
    sys.exit(main())
