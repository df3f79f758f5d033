"""What the NAT between here and the server does, and with which others it connects directly."""

from itertools import product

from wirescope.analysis import NatSeen
from wirescope.transports import turn
from wirescope.transports.turn import Behaviour, NatBehaviour, NatReport, can_connect
from wirescope.workbench.doctor.model import Outcome
from wirescope.workbench.doctor.servers.bench import ServerBench

KINDS = [NatBehaviour(mapping, filtering) for mapping, filtering in product(Behaviour, Behaviour)]
"""Every kind of NAT that another peer may be behind."""


async def telling_nats(bench: ServerBench) -> Outcome:
    """Find out what the NAT does (RFC 5780), and count the kinds that it pairs with.

    Raises:
        ConnectError: the server does not answer over UDP.
    """
    report = await turn.discover(
        bench.url, options=bench.options, timeline=bench.timeline, sink=bench.sink
    )
    behaviour = report.behaviour
    if behaviour is None:
        words = report.problem[0].lower() + report.problem[1:].rstrip(".")
        return Outcome(words, {"supported": False, "problem": report.problem}, ok=None)
    pairs = [each for each in KINDS if can_connect(behaviour, each)]
    mapping, filtering = behaviour.mapping.value, behaviour.filtering.value
    bench.seen.nat = NatSeen(mapping, filtering, len(pairs), len(KINDS), bench.last_seq)
    facts = {
        "supported": True,
        "translated": report.has_nat,
        "mapping": mapping,
        "filtering": filtering,
        "hairpins": behaviour.hairpins,
        "connects_with": [
            {"mapping": each.mapping.value, "filtering": each.filtering.value} for each in pairs
        ],
    }
    return Outcome(_words(report, behaviour, len(pairs)), facts)


def _words(report: NatReport, behaviour: NatBehaviour, pairs: int) -> str:
    direct = f"direct to {pairs} of {len(KINDS)} kinds of NAT with STUN alone"
    if not report.has_nat:
        return f"no NAT; filtering {behaviour.filtering.value}; {direct}"
    hairpin = "hairpins" if behaviour.hairpins else "no hairpinning"
    return (
        f"mapping {behaviour.mapping.value}, filtering {behaviour.filtering.value}, {hairpin};"
        f" {direct}"
    )


async def idling(bench: ServerBench) -> Outcome:
    """Leave a mapping of the NAT silent, and see for how long it is kept.

    Raises:
        ConnectError: the server cannot be reached.
    """
    at_most_s = bench.orders.idle_s
    kept_s = await turn.binding_lifetime(
        bench.url,
        at_most_s=at_most_s,
        options=bench.options,
        timeline=bench.timeline,
        sink=bench.sink,
    )
    facts = {"kept_s": kept_s, "tried_s": at_most_s}
    if kept_s is None:
        words = "the server does not answer to another port (RFC 5780), so it cannot tell"
        return Outcome(words, facts, ok=None)
    if not kept_s:
        return Outcome(f"a mapping is gone after {at_most_s / 4:g} s of silence", facts)
    more = "" if kept_s == at_most_s else ", not for twice as long"
    return Outcome(f"a mapping is kept for {kept_s:g} s of silence{more}", facts)
