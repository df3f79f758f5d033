"""Some of the host's addresses do not answer.

## What it sees

The name resolves to several addresses; some take TCP connections and others do not. Addresses of a
family that this machine has no way to are passed over.

## Why it matters

Browsers try the next address after a moment (RFC 8305), so people see a delay; many programs try
one address alone and fail, now and then, for no reason that can be seen.

## How to fix

Let the server listen on all of its addresses, or take the dead ones out of DNS. Often it is the
AAAA record of a server that listens on IPv4 only.

## References

RFC 8305 (happy eyeballs) and RFC 6724 (the order of addresses).
"""

from collections.abc import Iterator

from wirescope.analysis.findings.doctor.examination import AddressSeen, Examination, doctor_rule
from wirescope.analysis.findings.rule import Found


@doctor_rule("WS813", "An address does not answer", "warning", page=__doc__)
def address_dead(examination: Examination) -> Iterator[Found]:
    """Compare the addresses; where none answers there is no connection to speak of."""
    dead = [seen for seen in examination.addresses if seen.problem]
    alive = [seen for seen in examination.addresses if not seen.problem]
    if dead and alive:
        yield Found(
            f"{_listed(dead)} not answer, {_listed(alive)}: {dead[0].problem}",
            "Let the server listen on all its addresses, or take the dead ones out of DNS.",
            tuple(seen.evidence for seen in dead),
        )


def _listed(seen: list[AddressSeen]) -> str:
    names = [each.address for each in seen]
    return f"{', '.join(names)} {'does' if len(names) == 1 else 'do'}"
