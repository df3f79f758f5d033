"""One server holds up gathering.

## What it sees

Gathering took more than two seconds, and a single server had the last word, long after all others.

## Why it matters

Signaling that sends all addresses at once, as WHIP often does and codes that people copy always do,
waits for the end of gathering; so does a page that waits for `icegatheringstate`. The slowest
server sets the time, and one that is dead takes up to 40 s.

## How to fix

Take a server that does not answer out of the list. Name few: one STUN server and one TURN server
over UDP and TLS are enough; each further one is one more to wait for. Send candidates as they come
(trickle ICE) instead of waiting for all.

## References

RFC 8838 (trickle ICE), RFC 8445 section 5.1.1.
"""

from collections.abc import Iterator

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.asked import is_aside, is_of_loopback, would_be_heard
from wirescope.analysis.findings.measures import milliseconds
from wirescope.analysis.findings.rule import AFTERWARDS, Found, call_rule
from wirescope.analysis.paths import PathReport, ServerSeen

SLOW_NS = 2_000_000_000
"""From here on somebody notices that a call begins late."""


@call_rule("ICE114", "Gathering waits for one server", "warning", *AFTERWARDS, page=__doc__)
def gathering_slow(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for a server that was waited for alone."""
    report = call.paths.report()
    if not report.gathering:
        return
    first = report.gathering[0]
    took_ns = (first.ended_ns or 0) - first.began_ns
    words = {each.url: _last_word_ns(report, each) for each in report.servers}
    slowest = max(report.servers, key=lambda each: words[each.url], default=None)
    if took_ns < SLOW_NS or slowest is None or not slowest.url:
        return
    last_ns = words.pop(slowest.url)
    if last_ns > 2 * max(words.values(), default=0) and last_ns > took_ns / 2:
        cause = (
            f"Gathering took {milliseconds(took_ns)}, since {slowest.url} had its last word after"
            f" {milliseconds(last_ns)}."
        )
        fix = "Leave that server out, or send candidates as they come instead of waiting for all."
        evidence = {first.seq, first.ended_seq, *(each.seq for each in slowest.errors)}
        evidence |= set(slowest.candidates)
        late = conversation.opened is None or conversation.opened.at_ns >= (first.ended_ns or 0)
        yield Found(cause, fix, tuple(sorted(evidence - {0})), None if late else "info")


def _last_word_ns(report: PathReport, server: ServerSeen) -> int:
    """Give the time to the last that was heard of a server.

    That it was waited for at loopback, at a bridge or at an address that data does not take is not
    its fault: an engine asks from each address of the machine.
    """
    is_told = would_be_heard(report, server)
    heard = [
        each.at_ns
        for each in server.errors
        if not is_of_loopback(each) and not is_aside(report, each)
        if is_told or each.code != 701
    ]
    heard += [] if server.last_ns is None else [server.last_ns]
    return 0 if server.asked_ns is None else max(heard, default=server.asked_ns) - server.asked_ns
