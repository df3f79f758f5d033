"""Only relayed paths are wanted, and no server gave a relayed address.

## What it sees

The connection may use relays alone (`iceTransportPolicy: "relay"`), and no TURN server gave an
address in the time there was; none said why.

## Why it matters

With this policy there is no other way, so that nothing can be tried. Engines stay in `new` for ever
and tell of no error.

## How to fix

Ask the server: `wirescope doctor turn:HOST` says within seconds whether its port is closed, or
nothing comes back of it. Name it over TCP or TLS as well. Allow all paths for a moment: if the call
works then, the server is to blame.

## References

W3C webrtc section 4.2.2 (RTCIceTransportPolicy), RFC 8656 section 7.
"""

from collections.abc import Iterator

from msgspec.structs import replace

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.asked import passed_over, waited_for
from wirescope.analysis.findings.calls import call_failure
from wirescope.analysis.findings.failures import failed_by
from wirescope.analysis.findings.measures import milliseconds
from wirescope.analysis.findings.rule import Found, Moment, call_rule
from wirescope.analysis.paths import PathReport, ServerSeen


@call_rule(
    "ICE117",
    "Only relayed paths are wanted, and there is no relay",
    "error",
    Moment.FAILED,
    page=__doc__,
)
def no_relay(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for a failure for want of a relay of which no server told the reason."""
    report = call.paths.report()
    refusals = any(each.refusals for each in report.servers)
    wanted = failed_by(conversation, "no-relay")
    if not wanted and report.relay_only:
        wanted = failed_by(conversation, "ice-server", "no-candidates", phases=("gathering",))
    if wanted and not refusals and not any(passed_over(report)):
        shown = [each.named_seq for each in report.servers]
        shown += [each.seq for each in report.gathering[:1]]
        found = call_failure(conversation, *shown, fix=_fix(report))
        silent = _silence(conversation, waited_for(report, "udp", "tcp", "tls"))
        cause = f"Only relayed paths are wanted, and {silent}." if silent else found.cause
        yield replace(found, cause=cause)


def _silence(conversation: Conversation, silent: list[ServerSeen]) -> str:
    """Say of servers how they were asked and for how long they have said nothing."""
    failed = conversation.failed
    assert failed is not None
    return " and ".join(
        f"{each.url} was asked over {each.transport.upper()} and said nothing for"
        f" {milliseconds(failed.at_ns - (each.asked_ns or 0))}"
        for each in silent
    )


def _fix(report: PathReport) -> str:
    """Name the next step: of servers over UDP alone, another way to them as well."""
    relays = [each for each in report.servers if each.url.startswith(("turn:", "turns:"))]
    if not relays:
        return ""
    commands = " and ".join(f"`wirescope doctor {each.url}`" for each in relays)
    fix = f"{commands} {'say' if len(relays) > 1 else 'says'} whether it answers from here"
    if all(each.transport == "udp" for each in relays):
        fix += "; name it over TCP or TLS as well"
    return f"{fix}."
