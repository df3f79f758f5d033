"""STUN and TURN servers that gave no address, as rules see them.

One that gave an address by another interface, or by another of its addresses, has done its work,
and nothing is said of it.
"""

from collections.abc import Iterator, Sequence

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.failures import failed_by
from wirescope.analysis.findings.measures import milliseconds
from wirescope.analysis.findings.rule import Found
from wirescope.analysis.paths import (
    PathReport,
    Reach,
    ServerError,
    ServerSeen,
    reach_of,
)
from wirescope.analysis.paths.addresses import read_address
from wirescope.events import Severity
from wirescope.wire.turn import read_server

_NS = 1_000_000_000

ENOUGH_NS = 9_500_000_000
"""After so long a client has sent its last request (RFC 8489 section 6.2.1, RTO of 250 ms)."""

_LOWEST_PORT = 1024
_PORTS_BELOW = frozenset((53, 80, 443))
"""Ports below 1024 at which libwebrtc asks a TURN server (its `IsAllowedTurnPort`)."""


def refused_with(call: Call, *codes: int) -> Iterator[tuple[ServerSeen, list[ServerError]]]:
    """Give the servers that answered with one of these codes and gave no address."""
    servers = call.paths.report().servers
    for server in servers:
        said = [each for each in server.refusals if each.code in codes]
        if said and not server.candidates and not _is_shadow(server, servers):
            yield server, said


def _is_shadow(server: ServerSeen, servers: Sequence[ServerSeen]) -> bool:
    """Whether it is a TURN server that was asked as a STUN server as well, which nobody named."""
    read = read_server(server.url)
    if server.named_seq or read is None or read.is_relay:
        return False
    named = (read_server(each.url) for each in servers if each.named_seq)
    return any(
        each is not None and each.is_relay and (each.host, each.port) == (read.host, read.port)
        for each in named
    )


def server_found(
    conversation: Conversation,
    server: ServerSeen,
    said: list[ServerError],
    cause: str,
    fix: str,
) -> Found:
    """Say what is the matter with a server; an error where the connection failed for want of it."""
    evidence = {each.seq for each in said} | {server.named_seq, server.asked_seq} - {0}
    return Found(cause, fix, tuple(sorted(evidence)), severity_here(conversation), about=server.url)


def severity_here(conversation: Conversation) -> Severity | None:
    """A server is missed where no path was found, and only then."""
    return "error" if failed_for_want_of_path(conversation) else None


def failed_for_want_of_path(conversation: Conversation) -> bool:
    """Whether no connection came about for want of an address or a path."""
    failed = conversation.failed
    return failed is not None and failed.phase in ("gathering", "ice")


def quoted(said: list[ServerError]) -> str:
    """Quote the words that came with a code, each once, if there were any."""
    texts = dict.fromkeys(each.message.strip().rstrip(".") for each in said)
    words = " and ".join(f'"{text}"' for text in texts if text)
    return f" ({words})" if words else ""


def is_lookup(error: ServerError) -> bool:
    """Whether it is the server's name that was not found, as the engine words it."""
    return error.code == 701 and "lookup" in error.message.lower()


def unreached(call: Call, *transports: str) -> Iterator[tuple[ServerSeen, list[ServerError]]]:
    """Give the servers with a known address that could not be reached over these transports."""
    for server, said in refused_with(call, 701):
        others = [each for each in said if not is_lookup(each)]
        near = read_server(server.url)
        if near is not None and reach_of(near.host) is not Reach.LOOPBACK:
            others = [each for each in others if not is_of_loopback(each)]
        if others and server.transport in transports:
            yield server, others


def ran_out_s(server: ServerSeen, error: ServerError) -> float | None:
    """Say for how many seconds the credentials had run out when a server refused.

    None of those that held, or that say no time.
    """
    if server.valid_s is None:
        return None
    since_s = 0.0 if server.asked_ns is None else (error.at_ns - server.asked_ns) / _NS
    late_s = since_s - server.valid_s
    return late_s if late_s > 0 else None


def passed_over(report: PathReport) -> Iterator[tuple[ServerSeen, int]]:
    """Give the TURN servers that the engine does not ask for their port, with that port."""
    if not report.gathering or report.gathering[-1].ended_ns is None:
        return
    for server in report.servers:
        read = read_server(server.url)
        if read is None or not read.is_relay or server.errors or server.candidates:
            continue
        if read.port < _LOWEST_PORT and read.port not in _PORTS_BELOW:
            yield server, read.port


def waited_for(report: PathReport, *transports: str) -> list[ServerSeen]:
    """Give the servers over these transports that gathering still waits for."""
    if not report.gathering or report.gathering[-1].ended_ns is not None:
        return []
    return [
        each
        for each in report.servers
        if each.transport in transports and each.asked_ns is not None
        if not each.errors and not each.candidates and would_be_heard(report, each)
    ]


def would_be_heard(report: PathReport, server: ServerSeen) -> bool:
    """Whether an answer of a server would have given a candidate.

    A STUN server gives none where it sees the very address that this end knows, as without a NAT.
    """
    read = read_server(server.url)
    if read is None or read.is_relay:
        return True
    hosts = [each for each in report.of("local", "host") if each.reach is not Reach.LOOPBACK]
    is_near = reach_of(read.host) not in (Reach.PUBLIC, Reach.UNKNOWN)
    return not is_near and all(each.reach is not Reach.PUBLIC for each in hosts)


def silent_found(
    conversation: Conversation, call: Call, *transports: str, fix: str
) -> Iterator[Found]:
    """Say of servers that they have not answered by the end, after time enough."""
    end = conversation.failed or conversation.closed
    if end is None or failed_by(conversation, "no-relay"):
        return  # that there is no relay has a finding of its own, which names the servers
    for server in waited_for(call.paths.report(), *transports):
        waited_ns = end.at_ns - (server.asked_ns or 0)
        if waited_ns >= ENOUGH_NS:
            over = server.transport.upper()
            waited = milliseconds(waited_ns)
            cause = f"{server.url} was asked over {over} and said nothing for {waited}."
            evidence = sorted({server.named_seq, server.asked_seq, end.seq} - {0})
            severity = severity_here(conversation)
            yield Found(cause, fix, tuple(evidence), severity, about=server.url)


def udp_is_silent(call: Call) -> bool:
    """Whether servers were asked over UDP and no answer came of any of them."""
    report = call.paths.report()
    asked = [each for each in report.servers if each.named_seq and each.transport == "udp"]
    if any(each.candidates or _has_answered(each) for each in asked):
        return False
    if not all(would_be_heard(report, each) for each in asked):
        return False
    return any(unreached(call, "udp")) or bool(waited_for(report, "udp"))


def _has_answered(server: ServerSeen) -> bool:
    return any(each.code != 701 or is_lookup(each) for each in server.errors)


def is_aside(report: PathReport, error: ServerError) -> bool:
    """Whether it was asked from an address that no data takes: a bridge's, or not the path's.

    An engine asks from each address of the machine, also from those that lead nowhere.
    """
    if error.code != 701 or not _known(error):
        return False
    own = [each for each in report.of("local", "host") if _is_from(error, each.address)]
    if own and all(each.over == "bridge" for each in own):
        return True
    local = report.path.local if report.path is not None else ""
    used = [each for each in report.of("local", "host", "srflx") if each.words == local]
    starts = [each.base.rpartition(":")[0] or each.address for each in used]
    return bool(starts) and not any(_is_from(error, each.strip("[]")) for each in starts)


def _is_from(error: ServerError, address: str) -> bool:
    """Whether an error may be about this address, of which the engine masks the end."""
    known = _known(error)
    read = read_address(address)
    if ":" not in known or read is None:
        return address.startswith(known)
    pairs = zip(known.rstrip(":").split(":"), read.exploded.split(":"), strict=False)
    return all(one.lstrip("0").lower() == other.lstrip("0") for one, other in pairs)


def _known(error: ServerError) -> str:
    return error.address.strip("[]").partition("x")[0]


def is_of_loopback(error: ServerError) -> bool:
    """Whether it was asked from this machine's own address, of which the engine masks the end."""
    return error.address.startswith(("127.", "[0:0:0:"))
