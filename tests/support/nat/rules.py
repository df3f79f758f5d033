"""The rules of a router, as `nft` reads them: translation, filtering, what is blocked.

The kernel's own translator is `endpoint-independent` in its mapping and `address and
port-dependent` in its filtering, by itself: it keeps a client's port, or reuses a mapping that
there is, and lets in what answers. The other behaviours come from these:

- A mapping of its own for each conversation is `fully-random`; one for each remote address is a
  range of ports for each remote address, since the kernel reuses a mapping within a range.
- Filtering by less than address and port means that others are let in to a mapping. The router
  learns from what goes out which outer port is whose (`back`) and whom that port has spoken to
  (`sent`), and leads what comes in by the one, if the other allows it.

What is new and comes from outside must not reach the router itself: it would answer that nobody is
there, the kernel would remember this conversation, and then change the port of the client's own
packets to the same place.

Pure: text only. Not here: IPv6, but for its firewall.
"""

from collections.abc import Iterable

from tests.support.nat.sides import Behaviour, Blocked, Nat

KEPT_S = 60
"""Seconds that a mapping is remembered after its last packet; RFC 4787 asks for 120 at least, which
no test waits for."""

FIRST_PORT = 10_000
LAST_PORT = 59_999
BELOW_EPHEMERAL = 29_999
"""Below it are no ports that the system gives to clients."""

STUN_PORT = 3478
"""Where a client learns which outer port it has. The kernel lets two of its sockets share one, as
long as they speak to different others. Strangers come to the one that has asked a server for it.
"""

FIREWALL = """
table ip6 firewall {
  chain forward {
    type filter hook forward priority filter;
    iifname "wan" ct state new drop
  }
  chain input {
    type filter hook input priority filter;
    iifname "wan" meta l4proto { tcp, udp } ct state new drop
  }
}
"""
"""Of a side with IPv6: it lets in what answers (RFC 6092 section 2.2)."""

OUTAGE = """
table inet outage {
  chain forward {
    type filter hook forward priority -10;
    drop
  }
}
"""
"""Everything that should be passed on is swallowed."""


def _port_ranges(remotes: Iterable[str]) -> Iterable[tuple[str, str]]:
    """Give each remote address a range of outer ports."""
    remotes = sorted(remotes)
    size = (LAST_PORT - FIRST_PORT + 1) // max(len(remotes), 1)
    for at, remote in enumerate(remotes):
        first = FIRST_PORT + at * size
        yield remote, f"{first}-{first + size - 1}"


def _mapping(nat: Nat, address: str, remotes: Iterable[str], *, moved: bool) -> list[str]:
    """Give the rules that choose the outer address and port of what goes out."""
    out = 'oifname "wan" meta l4proto udp'
    if nat.mapping is Behaviour.ENDPOINT_INDEPENDENT:
        # By itself the kernel keeps the port, also one that is within a range it is given.
        elsewhere = f":{FIRST_PORT}-{BELOW_EPHEMERAL}" * moved
        rules = [f"{out} snat to {address}{elsewhere}"]
    elif nat.mapping is Behaviour.ADDRESS_DEPENDENT:
        rules = [
            f"{out} ip daddr {remote} snat to {address}:{ports}"
            for remote, ports in _port_ranges(remotes)
        ]
    else:
        rules = [f"{out} snat to {address}:{FIRST_PORT}-{LAST_PORT} fully-random"]
    return [*rules, f'oifname "wan" snat to {address}']


def _early(nat: Nat, address: str) -> list[str]:
    """Give the rules that decide who is let in, before anything is translated."""
    rules = []
    if not nat.hairpin:
        rules.append(f'iifname "lan*" ip daddr {address} drop')
    match nat.filtering:
        case Behaviour.ENDPOINT_INDEPENDENT:
            pass
        case Behaviour.ADDRESS_DEPENDENT:
            rules.append('iifname "wan" ct state new udp dport . ip saddr != @sent drop')
        case Behaviour.ADDRESS_AND_PORT_DEPENDENT:
            rules.append('iifname "wan" ct state new drop')
    return rules


def _blocked(blocked: Blocked) -> list[str]:
    match blocked:
        case Blocked.NOTHING:
            return []
        case Blocked.UDP:
            return ["meta l4proto udp drop"]
        case Blocked.ALL_BUT_TCP_443:
            return ["ct state new meta l4proto != tcp drop", "ct state new tcp dport != 443 drop"]


def _chain(name: str, hook: str, rules: Iterable[str]) -> str:
    lines = "".join(f"    {rule}\n" for rule in rules)
    return f"  chain {name} {{\n    type {hook};\n{lines}  }}\n"


def translating(
    nat: Nat,
    *,
    address: str,
    remotes: Iterable[str],
    blocked: Blocked = Blocked.NOTHING,
    moved: bool = False,
) -> str:
    """Give the rules of a router whose outer device is `wan` and whose inner ones begin with `lan`.

    Args:
        nat: how it behaves.
        address: its outer one.
        remotes: addresses that its clients may speak to; with an address-dependent mapping they
            reach no other.
        blocked: what it swallows.
        moved: its mappings are others than before.
    """
    within = f'oifname "lan*" ip daddr != {address} ct status dnat ct direction original'
    inward = ['iifname "wan"'] + [f'iifname "lan*" ip daddr {address}'] * nat.hairpin
    return f"table ip nat {{\n{_TABLES}" + "".join(
        (
            _chain("early", "filter hook prerouting priority mangle", _early(nat, address)),
            _chain(
                "prerouting",
                "nat hook prerouting priority dstnat",
                [f"{where} dnat ip to udp dport map @back" for where in inward],
            ),
            _chain(
                "postrouting",
                "nat hook postrouting priority srcnat",
                [
                    *[f'iifname "lan*" {within} snat to {address}'] * nat.hairpin,
                    *_mapping(nat, address, remotes, moved=moved),
                ],
            ),
            _chain(
                "learn",
                "filter hook postrouting priority 200",
                (
                    f"{_OUTWARD} udp dport {STUN_PORT} update @back {_WHOSE}",
                    f"{_OUTWARD} udp dport != {STUN_PORT} add @back {_WHOSE}",
                    'oifname "wan" update @sent { udp sport . ip daddr }',
                ),
            ),
            _chain(
                "forward",
                "filter hook forward priority filter",
                (
                    *_blocked(blocked),
                    "ct state new ct status dnat accept",
                    'iifname "wan" ct state new drop',
                    'iifname "lan*" oifname "lan*" ct state new drop',
                ),
            ),
            _chain(
                "input",
                "filter hook input priority filter",
                ('iifname "wan" ct state new drop',),
            ),
            "}\n",
        )
    )


_OUTWARD = 'oifname "wan" ct direction original'
_WHOSE = "{ udp sport : ct original ip saddr . ct original proto-src }"

_TABLES = f"""  map back {{
    type inet_service : ipv4_addr . inet_service
    flags dynamic,timeout
    timeout {KEPT_S}s
  }}
  set sent {{
    type inet_service . ipv4_addr
    flags dynamic,timeout
    timeout {KEPT_S}s
  }}
"""
