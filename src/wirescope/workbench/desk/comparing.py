"""Two messages line by line, two captures figure by figure, and what a change has proven."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any, Literal

import msgspec

from wirescope.events import Finding
from wirescope.workbench.desk.model import (
    ComparedCaptures,
    Comparison,
    Decoding,
    Proven,
    Unproven,
)
from wirescope.workbench.desk.survey import Channels
from wirescope.workbench.desk.words import counted, size

MOST_LINES = 2000
"""Lines of a text that are compared; more would take long."""

_ENOUGH_MESSAGES = 1000
"""With so many messages a capture can be held against a longer one."""

_FEW_MESSAGES = 20
"""Of so few, none may be missing: rules on traffic need ten in a direction."""

Metrics = dict[str, Any]
_Sign = Literal["same", "removed", "added"]


class Analysed(msgspec.Struct, frozen=True):
    """What is known of a capture that is compared.

    Attributes:
        name: for people.
        started: when it began, RFC 3339.
        verdict: in a sentence.
        findings: what was found.
        metrics: the figures of its WebSocket connections.
        channels: what its data channels carried.
    """

    name: str
    started: str
    verdict: str
    findings: list[Finding]
    metrics: Metrics
    channels: Channels

    @property
    def is_of_peers(self) -> bool:
        """Whether it is of WebRTC connections alone."""
        return self.channels.seen and not self.metrics.get("overall", {}).get("connections", 0)


def compare_texts(one_name: str, one: Decoding, other_name: str, other: Decoding) -> Comparison:
    """Compare two messages as their decoders read them."""
    lines = list(_differences(_lines(one), _lines(other)))
    return Comparison(one=one_name, other=other_name, lines=lines)


def _differences(before: list[str], after: list[str]) -> Iterator[tuple[_Sign, str]]:
    """Yield the lines of both; where as many changed as there were, each with its successor.

    Lines are taken as they are: to look for similar ones, as `difflib.ndiff` does, takes minutes
    for some hundred lines.
    """
    for what, first, last, start, end in SequenceMatcher(None, before, after).get_opcodes():
        removed, added = before[first:last], after[start:end]
        if what == "equal":
            yield from (("same", line) for line in removed)
        elif len(removed) == len(added):
            for line, successor in zip(removed, added, strict=True):
                yield "removed", line
                yield "added", successor
        else:
            yield from (("removed", line) for line in removed)
            yield from (("added", line) for line in added)


def _lines(decoding: Decoding) -> list[str]:
    tree = decoding.tree
    if isinstance(tree, str):
        lines = tree.splitlines() or [""]
    else:
        written = msgspec.json.encode(tree, order="sorted")
        lines = msgspec.json.format(written, indent=2).decode().splitlines()
    if len(lines) > MOST_LINES:
        more = counted(len(lines) - MOST_LINES, "further line")
        lines = [*lines[:MOST_LINES], f"… {more} not compared"]
    return lines


def compare_captures(one: Analysed, other: Analysed) -> ComparedCaptures:
    """Put two captures side by side; figures that neither of them can have are left out."""
    before, after = _figures(one), _figures(other)
    asked = ["Verdict"]
    if not (one.is_of_peers and other.is_of_peers):
        asked += _SOCKETS
    if one.channels.seen or other.channels.seen:
        asked += _CHANNELS
    had = {finding.code: finding.title for finding in one.findings}
    has = {finding.code: finding.title for finding in other.findings}
    return ComparedCaptures(
        figures=[(name, before[name], after[name]) for name in [*asked, "Findings"]],
        gone=[f"{code} {title}" for code, title in had.items() if code not in has],
        new=[f"{code} {title}" for code, title in has.items() if code not in had],
        kept=[f"{code} {title}" for code, title in has.items() if code in had],
    )


_SOCKETS = (
    *("Connections", "Longest connection", "Messages sent", "Messages received"),
    *("Sent on the wire", "Received on the wire"),
    *("A message sent, on the wire", "A message received, on the wire"),
    *("Ping round trip, p50", "Ping round trip, p99"),
    *("Answers to what was sent, p50", "Answers to what was sent, p99"),
)
"""Figures of WebSocket connections."""

_CHANNELS = (
    *("Messages sent on data channels", "Messages received on data channels"),
    *("Payload sent on data channels", "Payload received on data channels"),
)


def _figures(of: Analysed) -> dict[str, str]:
    return {
        "Verdict": of.verdict,
        **_socket_figures(of.metrics),
        **_channel_figures(of.channels),
        "Findings": _counts(of.findings),
    }


def _channel_figures(channels: Channels) -> dict[str, str]:
    messages, payload = channels.messages, channels.payload
    values = (
        *(f"{messages['sent']:,}", f"{messages['received']:,}"),
        *(size(payload["sent"]), size(payload["received"])),
    )
    return dict(zip(_CHANNELS, values, strict=True))


def _socket_figures(metrics: Metrics) -> dict[str, str]:
    overall = metrics.get("overall", {})
    sent, received = overall.get("sent", {}), overall.get("received", {})
    durations = [each.get("duration_ms") or 0 for each in metrics.get("connections", {}).values()]
    values = (
        f"{overall.get('connections', 0):,}",
        _ms(max(durations, default=None)),
        f"{sent.get('messages', 0):,}",
        f"{received.get('messages', 0):,}",
        size(sent.get("wire_bytes", 0)),
        size(received.get("wire_bytes", 0)),
        _per_message(sent),
        _per_message(received),
        _ms(overall.get("ping_round_trips_ms", {}).get("p50")),
        _ms(overall.get("ping_round_trips_ms", {}).get("p99")),
        _latency(overall, "p50"),
        _latency(overall, "p99"),
    )
    return dict(zip(_SOCKETS, values, strict=True))


def _ms(value: float | None) -> str:
    if value is None:
        return "not known"
    return f"{value:,.1f} ms" if value < 10_000 else f"{value / 1000:,.1f} s"


def _latency(overall: Metrics, name: str) -> str:
    return _ms(overall.get("latencies_ms", {}).get("sent", {}).get(name))


def _per_message(flow: Metrics) -> str:
    messages = flow.get("messages", 0)
    return f"{flow.get('wire_bytes', 0) / messages:,.1f} B" if messages else "none"


def _counts(findings: Sequence[Finding]) -> str:
    found = dict.fromkeys(("error", "warning", "info"), 0)
    for finding in findings:
        found[finding.severity] += 1
    return f"{found['error']} errors, {found['warning']} warnings, {found['info']} hints"


# What a change has proven


def proven(before: Analysed, now: Analysed) -> list[Proven]:
    """Say which findings of the endpoint's capture before are gone, with the figures measured.

    A finding whose figure cannot be measured now is not said to be gone: a capture without
    messages proves nothing about messages.
    """
    left = {finding.code for finding in now.findings}
    found: dict[str, Proven] = {}
    for finding in before.findings:
        if finding.code in left or finding.code in found:
            continue
        then, since = _figure(finding, before), _figure(finding, now)
        if then is None or since is None or then == since or _lack(finding, before, now):
            continue
        found[finding.code] = Proven(
            code=finding.code,
            title=finding.title,
            before=f"{then} ({before.started[:19].replace('T', ' ')})",
            after=since,
            promised=_promise(finding),
        )
    return list(found.values())


def unproven(before: Analysed, now: Analysed) -> list[Unproven]:
    """Say which findings have not come up again in a capture that is too short to tell by."""
    left = {finding.code for finding in now.findings}
    lacking = {
        finding.code: Unproven(code=finding.code, title=finding.title, lacks=lack)
        for finding in before.findings
        if finding.code not in left and (lack := _lack(finding, before, now))
    }
    return list(lacking.values())


def _lack(finding: Finding, before: Analysed, now: Analysed) -> str:
    """Say what a capture lacks for a finding to have come up again; empty where nothing is."""
    if finding.code.startswith(("WS2", "WS4")):
        needed_ms, ms = _lasted_ms(before), _lasted_ms(now)
        if ms >= needed_ms:
            return ""
        return f"It takes a connection of {_ms(needed_ms)}, as before; this one has {_ms(ms)}."
    if finding.code.startswith("WS5"):
        return _shortage(_messages(before), _messages(now), "message")
    if finding.code.startswith("WS6"):
        return _shortage(_answers(before), _answers(now), "answer")
    return ""


def _shortage(before: int, now: int, what: str) -> str:
    needed = _enough(before)
    return f"It takes {counted(needed, what)}; there {_are(now)}." if now < needed else ""


def _are(number: int) -> str:
    return f"is {number:,}" if number == 1 else f"are {number:,}"


def _enough(before: int) -> int:
    """Say how many messages there must be now; nobody sends exactly as many twice."""
    return min(max(before // 2, min(before, _FEW_MESSAGES)), _ENOUGH_MESSAGES)


def _lasted_ms(of: Analysed) -> float:
    connections = of.metrics.get("connections", {}).values()
    return max((each["duration_ms"] for each in connections), default=0)


def _messages(of: Analysed) -> int:
    overall = of.metrics.get("overall", {})
    return sum(overall.get(way, {}).get("messages", 0) for way in ("sent", "received"))


def _answers(of: Analysed) -> int:
    spread = of.metrics.get("overall", {}).get("latencies_ms", {}).get("sent", {})
    return int(spread.get("count") or 0)


def _promise(finding: Finding) -> str:
    gain = finding.gain
    if gain is None or not gain.before_bytes:
        return ""
    share = 1 - gain.after_bytes / gain.before_bytes
    return f"{share:.1%} less: {size(gain.after_bytes)} instead of {size(gain.before_bytes)}"


def _figure(finding: Finding, of: Analysed) -> str | None:
    """Return the figure that a finding is about, as it is in a capture; None if it has none."""
    code = finding.code
    if code.startswith(("WS1", "NET", "TLS")):
        return _opening_figure(of, failed=finding.severity == "error")
    if code.startswith("WS2"):
        return of.verdict or None
    if code.startswith("WS4"):
        return _silence_figure(of)
    if code.startswith("WS5"):
        return _bytes_figure(of)
    if code.startswith("WS6"):
        return _latency_figure(of)
    return None


def _opening_figure(of: Analysed, *, failed: bool) -> str | None:
    if not failed:
        return None
    messages = _messages(of)
    is_open = any(each["duration_ms"] for each in of.metrics.get("connections", {}).values())
    opened = messages or (is_open and not any(each.severity == "error" for each in of.findings))
    return f"opened, {counted(messages, 'message')}" if opened else of.verdict or None


def _silence_figure(of: Analysed) -> str | None:
    connections = of.metrics.get("connections", {}).values()
    longest = max((each["longest_silence_ms"] for each in connections), default=0)
    lasted = _lasted_ms(of)
    if not lasted:
        return None
    return f"longest silence {_ms(longest)} in {_ms(lasted)}"


def _bytes_figure(of: Analysed) -> str | None:
    overall = of.metrics.get("overall", {})
    flows = [overall.get(way, {}) for way in ("sent", "received")]
    messages = sum(flow.get("messages", 0) for flow in flows)
    wire = sum(flow.get("wire_bytes", 0) for flow in flows)
    if not messages:
        return None
    return f"{wire / messages:,.1f} B a message on the wire, {counted(messages, 'message')}"


def _latency_figure(of: Analysed) -> str | None:
    spread = of.metrics.get("overall", {}).get("latencies_ms", {}).get("sent", {})
    if not spread.get("count"):
        return None
    return f"p50 {_ms(spread['p50'])}, p99 {_ms(spread['p99'])} of {spread['count']:,} answers"
