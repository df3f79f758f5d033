"""Why no path was found between two sides that both have addresses.

A failed connection has one finding that says why, so the reasons stand in an order here, the surest
first; each rule takes its own.
"""

from enum import Enum
from ipaddress import ip_network

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.asked import udp_is_silent
from wirescope.analysis.findings.failures import failed_by
from wirescope.analysis.paths import CandidateSeen, PathReport, Reach, reach_of


class Pathless(Enum):
    """Why no path was found between the addresses of both sides."""

    BOTH_LITE = "neither side begins checks"
    OTHER_GENERATION = "the candidates belong to another description"
    FAMILIES = "IPv4 on one side, IPv6 on the other"
    RELAY_DENIED = "only relayed paths, and the relay refuses the other side's addresses"
    UDP_SILENT = "no server answers over UDP"
    RELAY_SILENT = "not even through a relay"
    NAMES = "the other side's addresses are hidden"
    NO_STUN_HERE = "this end knows only private addresses of its own"
    PRIVATE_THERE = "the other side has told private addresses only"
    TWO_NATS = "two NATs, and no relay"
    SILENT = "the addresses do not say"
    UNSIGNED = "a description has no user name or password of ICE"


def pathless(conversation: Conversation, reason: Pathless) -> PathReport | None:
    """Give the ways of a connection that found no path for this reason; None of any other."""
    call = conversation.call
    if call is None or not failed_by(conversation, "no-path", phases=("ice",)):
        return None
    report = call.paths.report()
    return report if _why(call, report) is reason else None


def _why(call: Call, report: PathReport) -> Pathless:
    mine, theirs = _telling(report.of("local")), _telling(report.of("remote"))
    both = call.agreement.both
    if both is not None and all(each.said.is_lite for each in both):
        return Pathless.BOTH_LITE
    made = (call.agreement.offer, call.agreement.answer)
    lacking = {name for each in made if each is not None for name in each.said.lacks}
    if lacking & {"a=ice-ufrag", "a=ice-pwd"}:
        return Pathless.UNSIGNED  # which has a finding of its own
    known = call.agreement.fragments["remote"]
    told = {each.ufrag for each in theirs if each.ufrag}
    if known and told and not told & known:
        return Pathless.OTHER_GENERATION
    families = [{each.family for each in side} for side in (mine, theirs)]
    if all(families) and not any(0 in each for each in families) and not families[0] & families[1]:
        return Pathless.FAMILIES
    relays_here = any(each.kind == "relay" for each in mine)
    if report.relay_only and report.denied and not report.of("remote", "relay"):
        return Pathless.RELAY_DENIED
    if udp_is_silent(call) and not relays_here and not report.is_heard:
        return Pathless.UDP_SILENT
    if relays_here or any(each.kind == "relay" for each in theirs):
        return Pathless.RELAY_SILENT
    if report.is_heard:  # so its address is known here, and no NAT keeps it out
        return Pathless.SILENT
    if theirs and all(each.reach is Reach.MDNS for each in theirs):
        return Pathless.NAMES
    return _of_direct_ways(report, mine, theirs)


def _of_direct_ways(
    report: PathReport, mine: list[CandidateSeen], theirs: list[CandidateSeen]
) -> Pathless:
    seen_here, seen_there = (any(each.kind == "srflx" for each in side) for side in (mine, theirs))
    asked = any(each.url for each in report.servers)
    public = [each for each in theirs if each.reach is Reach.PUBLIC]
    # a host with a public address needs no check from outside first: it is reached, or barred
    far = bool(public) and all(each.kind == "srflx" for each in public)
    if mine and far and not asked and all(is_private(each) for each in mine):
        return Pathless.NO_STUN_HERE
    if theirs and all(is_private(each) for each in theirs) and not _share_network(mine, theirs):
        return Pathless.PRIVATE_THERE
    return Pathless.TWO_NATS if seen_here and seen_there else Pathless.SILENT


def _telling(side: list[CandidateSeen]) -> list[CandidateSeen]:
    """Leave out what says nothing of the way to another machine."""
    return [
        each for each in side if each.protocol == "udp" and each.reach is not Reach.LOOPBACK
    ] or [each for each in side if each.reach is not Reach.LOOPBACK]


_PRIVATE = frozenset((Reach.PRIVATE, Reach.CGNAT, Reach.UNIQUE_LOCAL, Reach.LINK_LOCAL))


def is_private(candidate: CandidateSeen) -> bool:
    """Whether a candidate leads nowhere but to its own network."""
    return candidate.reach in _PRIVATE


def is_public_host(candidate: CandidateSeen) -> bool:
    """Whether a candidate is a machine that anybody can reach, as servers are."""
    return candidate.kind == "host" and candidate.reach is Reach.PUBLIC


def _share_network(mine: list[CandidateSeen], theirs: list[CandidateSeen]) -> bool:
    """Whether an address of each side is probably in one network, by the usual length of prefix."""
    here, there = (
        {
            ip_network(f"{each.address.partition('%')[0]}/{24 if each.family == 4 else 64}",
                       strict=False)
            for each in side
            if each.family
        }
        for side in (mine, theirs)
    )  # fmt: skip
    return bool(here & there)


def ports_of_one_base(report: PathReport) -> list[str]:
    """Name the outside addresses of one socket of this end, where its NAT has given it several.

    Two servers that see the same socket at two ports are the sign of a mapping that depends on the
    destination (RFC 4787 section 4.1).
    """
    mapped: dict[str, list[str]] = {}
    for each in report.of("local", "srflx"):
        if each.base and reach_of(each.base.rpartition(":")[0]) is not Reach.RESERVED:
            mapped.setdefault(each.base, []).append(f"{each.address}:{each.port}")
    return next((sorted(set(all_)) for all_ in mapped.values() if len(set(all_)) > 1), [])
