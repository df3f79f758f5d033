"""A few answers take far longer than the others.

## What it sees

A hundred requests or more were matched with their answers, and the slowest hundredth took ten times
as long as the median or longer, and a quarter of a second or more. Answers that were matched by an
inferred field are information only.

## Why it matters

People notice the slow ones. An average hides them, and with ten requests a page one page in ten has
such an answer.

## How to fix

Look at the slowest pairs, which are given as evidence: what they ask for, and what else passed at
the time. The same request fast and slow points to a queue, a lock or a pause at the peer; a gap in
all that arrives, to the network.

## References

Jeffrey Dean and Luiz Barroso, The Tail at Scale, 2013.
"""

from collections.abc import Iterator

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.latency.exchanges import exchanges
from wirescope.analysis.findings.measures import milliseconds
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event

LEAST_ANSWERS = 100
"""Below this, one in a hundred is none."""

TAIL = 10
NOTICED_NS = 250_000_000
"""What a person notices as a wait."""

_SHOWN = 5


@rule("WS601", "A long tail of latency", "warning", Moment.CLOSED, Moment.END, page=__doc__)
def latency_tail(conversation: Conversation, _: Event) -> Iterator[Found]:
    """Compare the slow answers with the usual ones."""
    for who, exchange, sure, _subscribes in exchanges(conversation):
        if exchange.answered < LEAST_ANSWERS:
            continue
        usual_ns, slow_ns = exchange.latencies_ns.percentiles([0.5, 0.99])
        if slow_ns >= NOTICED_NS and slow_ns >= TAIL * usual_ns:
            slowest = exchange.slowest[:_SHOWN]
            yield Found(
                f"{who.capitalize()} had {exchange.answered:,} requests answered, half within"
                f" {milliseconds(usual_ns)}, one in a hundred after {milliseconds(slow_ns)} or"
                f" more; the slowest took {milliseconds(slowest[0].latency_ns)}.",
                "Look at the slowest pairs: what they ask for, and what passed at the time.",
                tuple(sorted({seq for pair in slowest for seq in (pair.request, pair.response)})),
                "warning" if sure else "info",
                about=who,
            )
