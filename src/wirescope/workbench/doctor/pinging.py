"""Pings: whether they are answered, with their own payload, and how fast."""

from statistics import median

from wirescope.analysis import PingsSeen
from wirescope.errors import ConnectionClosedError
from wirescope.workbench.doctor.bench import Bench
from wirescope.workbench.doctor.model import Outcome

_PINGS = 5


async def pinging(bench: Bench) -> Outcome:
    """Send pings one after the other; the first that is not answered is the last."""
    connection, attempt = bench.main, bench.main_attempt
    assert connection is not None
    assert attempt is not None
    times_ms: list[float] = []
    sent, closed = 0, False
    for number in range(_PINGS):
        sent += 1
        try:
            payload = f"wirescope {number + 1}".encode()
            took_s = await connection.ping(payload, timeout_s=bench.orders.answer_s)
        except TimeoutError:
            break
        except ConnectionClosedError:
            closed = True
            break
        times_ms.append(took_s * 1000)
    pings = attempt.conversation.pings
    wrong = pings.pongs_received if sent > len(times_ms) and pings.pongs_received else 0
    evidence = tuple(each.seq for each in pings.unanswered[:3]) or (attempt.last_seq,)
    bench.seen.pings = PingsSeen(
        sent, len(times_ms), bench.orders.answer_s, max(0, wrong - len(times_ms)), closed, evidence
    )
    return Outcome(
        _words(sent, times_ms, bench, closed=closed),
        _facts(sent, times_ms, pings.received),
        median(times_ms) if times_ms else None,
        ok=len(times_ms) == sent,
    )


def _facts(sent: int, times_ms: list[float], received: int) -> dict[str, object]:
    return {
        "sent": sent,
        "answered": len(times_ms),
        "min_ms": round(min(times_ms), 3) if times_ms else None,
        "median_ms": round(median(times_ms), 3) if times_ms else None,
        "max_ms": round(max(times_ms), 3) if times_ms else None,
        "pings_from_server": received,
    }


def _words(sent: int, times_ms: list[float], bench: Bench, *, closed: bool) -> str:
    if closed:
        return f"the connection ended at ping {sent}"
    if len(times_ms) < sent:
        return f"ping {sent} had no pong within {bench.orders.answer_s:g} s"
    low, middle, high = min(times_ms), median(times_ms), max(times_ms)
    return f"{sent} of {sent} answered: min {low:.1f}, median {middle:.1f}, max {high:.1f} ms"
