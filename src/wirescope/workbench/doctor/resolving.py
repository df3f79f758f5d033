"""The name: all its addresses."""

from ipaddress import ip_address

from wirescope.errors import ConnectError
from wirescope.transports.websocket import first_hop, look_up
from wirescope.workbench.doctor.bench import Bench
from wirescope.workbench.doctor.model import Outcome


async def resolving(bench: Bench) -> Outcome:
    """Look the host up, or the proxy if there is one.

    Raises:
        ConnectError: it has no address.
    """
    attempt = bench.attempt()
    host = first_hop(bench.goal, bench.options).host
    try:
        addresses = await look_up(
            bench.url, options=bench.options, timeline=bench.timeline, sink=attempt.sink
        )
    except ConnectError:
        bench.judge(attempt)
        raise
    bench.seen.local = bench.options.proxy is None and all(map(is_local, addresses))
    facts = {
        "host": host,
        "ipv4": [each for each in addresses if ":" not in each],
        "ipv6": [each for each in addresses if ":" in each],
        "local": bench.seen.local,
    }
    whose = "the proxy " if bench.options.proxy else ""
    if addresses == [host]:
        message = f"{whose}{host} is an address already"
    else:
        message = f"{whose}{host} is {', '.join(addresses)}"
    return Outcome(message, facts, attempt.phase_ms("dns"))


def is_local(address: str) -> bool:
    """Whether an address leads to this machine or into a private network (RFC 1918, RFC 4193)."""
    numeric = ip_address(address.partition("%")[0])
    return numeric.is_private or numeric.is_loopback or numeric.is_link_local
