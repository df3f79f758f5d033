"""The report of an examination as a person reads it: verdict, ladder of steps, findings, facts.

The first three lines say all that is needed to go on. Marks are words, colour is on top. A terminal
gets lines folded to its width; a pipe gets each sentence in one line.
"""

import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import groupby
from typing import Any

from wirescope.cli.escape import escape, text_width
from wirescope.cli.talk import colour_wanted
from wirescope.cli.width import folded, terminal_width
from wirescope.events import Finding
from wirescope.workbench.doctor import Diagnosis, Step

_RED, _YELLOW, _GREEN, _BOLD, _DIM, _RESET = (
    *("\x1b[31m", "\x1b[33m", "\x1b[32m", "\x1b[1m", "\x1b[2m", "\x1b[0m"),
)
_MARKS = {"ok": _GREEN, "warn": _YELLOW, "FAIL": _RED, "note": "", "skip": _DIM}
_SEVERITIES = {"error": _RED, "warning": _YELLOW, "info": _DIM}
_ENDLESS = 1_000_000
_LABEL = 12
_MARKUP = re.compile(r"<(style|script|title)\b.*?</\1>|<[^>]*>", re.IGNORECASE | re.DOTALL)


class Progress:
    """Says on stderr which step is under way, if that is a terminal."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty()

    def begin(self, name: str) -> None:
        """Name a step in place of the one before it."""
        self._write(f"\r* looking at: {name} …\x1b[K")

    def end(self) -> None:
        """Take the line away."""
        self._write("\r\x1b[K")

    def _write(self, text: str) -> None:
        if self._shown:
            with suppress(OSError, ValueError):
                sys.stderr.write(text)
                sys.stderr.flush()


def text_report(diagnosis: Diagnosis, *, no_colour: bool = False) -> str:
    """Write the report for stdout as it is: its width if it is a terminal, its colour."""
    fixed = sys.stdout.isatty() or os.environ.get("COLUMNS", "").isdecimal()
    width = terminal_width(sys.stdout) if fixed else _ENDLESS
    colour = colour_wanted(sys.stdout, no_colour=no_colour)
    return "\n".join(_Writer(width, colour=colour).lines(diagnosis)) + "\n"


class _Writer:
    """Lays lines out for a width."""

    def __init__(self, width: int, *, colour: bool) -> None:
        self._width = width
        self._colour = colour

    def lines(self, diagnosis: Diagnosis) -> Iterator[str]:
        yield from self._verdict(diagnosis)
        yield ""
        yield self._painted(f"Steps for {escape(diagnosis.url)}", _BOLD)
        yield from self._ladder(diagnosis.steps)
        if diagnosis.findings:
            yield ""
            yield self._painted("Findings", _BOLD)
            for number, finding in enumerate(diagnosis.findings):
                if number:
                    yield ""
                yield from self._finding(finding)
        facts = list(_facts(diagnosis))
        if facts:
            yield ""
            yield self._painted("Facts", _BOLD)
            for label, value in facts:
                yield from self._hanging(f"  {label:<{_LABEL}}  ", escape(value))

    def _painted(self, text: str, colour: str) -> str:
        return f"{colour}{text}{_RESET}" if self._colour and colour else text

    def _hanging(self, begin: str, text: str, *, colour: str = "") -> Iterator[str]:
        """Fold a text beside what it begins with."""
        indent = text_width(begin)
        room = max(20, self._width - indent)
        for number, line in enumerate(_lines(text, room)):
            before = begin if not number else " " * indent
            yield self._painted(f"{before}{line}".rstrip(), colour)

    def _verdict(self, diagnosis: Diagnosis) -> Iterator[str]:
        healthy = diagnosis.failure is None and not diagnosis.found("warning")
        bad = diagnosis.failure is not None or bool(diagnosis.found("error"))
        colour = _GREEN if healthy else _RED if bad else _YELLOW
        yield from self._hanging("Verdict  ", escape(diagnosis.verdict), colour=colour + _BOLD)
        fix = diagnosis.advice or "See where it ended."
        yield from self._hanging("Fix      ", escape(fix), colour="" if healthy else _BOLD)
        yield from self._hanging("Next     ", escape(diagnosis.where_next))

    def _ladder(self, steps: tuple[Step, ...]) -> Iterator[str]:
        for unreached, group in groupby(steps, key=lambda each: each.message == "not reached"):
            if unreached:
                names = ", ".join(step.name for step in group)
                yield from self._hanging("  skip  ", f"not reached: {names}", colour=_DIM)
                continue
            for step in group:
                yield from self._step(step)

    def _step(self, step: Step) -> Iterator[str]:
        mark = _mark(step)
        begin = f"  {mark:<4}  {step.name:<11} {_time(step.duration_ms):>9}  "
        lines = list(self._hanging(begin, escape(step.message)))
        if self._colour and _MARKS[mark]:
            lines[0] = lines[0].replace(mark, f"{_MARKS[mark]}{mark}{_RESET}", 1)
        yield from lines

    def _finding(self, finding: Finding) -> Iterator[str]:
        head = f"  {finding.severity.upper():<8} {finding.code}  {finding.title}"
        yield self._painted(head, _SEVERITIES[finding.severity] + _BOLD)
        yield from self._hanging("    Cause     ", escape(finding.cause))
        yield from self._hanging("    Fix       ", escape(finding.fix))
        events = ", ".join(map(str, finding.evidence[:6]))
        where = f" of connection {finding.connection}" if finding.connection else ""
        word = "event" if len(finding.evidence) == 1 else "events"
        words = f"{word} {events}{where}; wirescope explain {finding.code}"
        yield from self._hanging("    Evidence  ", words, colour=_DIM)


def _lines(text: str, room: int) -> Iterator[str]:
    """Fold a text; what has no blanks is cut, unless it is an address that somebody may copy."""
    for line in folded(text, room).split("\n"):
        if "://" in line or text_width(line) <= room:
            yield line
        else:
            yield from (line[at : at + room] for at in range(0, len(line), room))


def _mark(step: Step) -> str:
    """Mark a step with a word."""
    if step.name == "what if":
        return "note"
    if step.ok is None:
        return "skip"
    if step.ok:
        return "note" if step.severity is not None else "ok"
    return "warn" if step.severity == "warning" else "FAIL"


def _time(duration_ms: float) -> str:
    """Write a duration in at most nine columns.

    >>> _time(0.32), _time(5012.0)
    ('0.3 ms', '5.0 s')
    """
    return f"{duration_ms:.1f} ms" if duration_ms < 1000 else f"{duration_ms / 1000:.1f} s"


def _facts(diagnosis: Diagnosis) -> Iterator[tuple[str, str]]:
    by_name = {step.name: step.facts for step in diagnosis.steps}
    yield from _tls_facts(by_name.get("tls", {}))
    yield from _handshake_facts(by_name.get("handshake", {}))
    yield from _server_facts(by_name)
    answer = by_name.get("message", {}).get("text")
    if answer:
        yield "answer", answer
    origin = by_name.get("origin", {})
    if origin:
        answers = [
            f"{name} {status or 'no answer'}"
            for name, status in origin.items()
            if name != "checked" and status is not None
        ]
        yield "Origin", ", ".join(answers)
    pings = by_name.get("ping", {}).get("pings_from_server", 0)
    idle = by_name.get("idle", {}).get("pings_from_server", 0)
    if pings or idle:
        count = pings + idle
        yield "heartbeat", f"the server sent {count} {'ping' if count == 1 else 'pings'} of its own"


def _server_facts(by_name: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Tell of a STUN or TURN server."""
    ways = [by_name[name] for name in ("udp", "tcp", "tls") if by_name.get(name, {}).get("mapped")]
    if ways:
        yield "mapped", f"{ways[0]['mapped']}, from {ways[0]['local']}"
    if ways and ways[0]["software"]:
        yield "software", ways[0]["software"]
    allocate = by_name.get("allocate", {})
    if allocate.get("realm"):
        yield "realm", allocate["realm"]
    elif allocate.get("relayed"):
        yield "realm", "none, and no credentials asked for"
    if allocate.get("relayed"):
        yield "relayed", f"{allocate['relayed']}, {allocate['scope']}"
    nat = by_name.get("nat", {})
    if nat.get("supported") and nat["translated"]:
        yield "NAT", f"{nat['mapping']} mapping, {nat['filtering']} filtering"


def _tls_facts(facts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if not facts.get("version"):
        return
    alpn = f", ALPN {facts['alpn']}" if facts["alpn"] else ", no ALPN"
    http2 = "; HTTP/2 as well" if facts.get("http2") else ""
    version = facts["version"].removeprefix("TLSv")
    yield "TLS", f"{version}, {facts['cipher']}{alpn}{http2}"
    for number, each in enumerate(facts["chain"]):
        label = "certificate" if not number else "issued by"
        names = f" for {', '.join(each['names'][:4])}" if each["names"] else ""
        until = each["not_after"].partition("T")[0]
        yield label, f'"{each["subject"]}"{names}, until {until}, issuer "{each["issuer"]}"'


def _handshake_facts(facts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if not facts.get("status"):
        return
    yield "status", f"{facts['status']}, HTTP/{facts['http_version']}"
    for label, name in (("Server", "server"), ("Via", "via")):
        if facts[name]:
            yield label, facts[name]
    if facts["proxy"] and facts["proxy"] != facts["server"]:
        yield "in between", facts["proxy"]
    offered = ", ".join(facts["subprotocols_offered"])
    if offered or facts["subprotocol"]:
        agreed = facts["subprotocol"] or "none"
        yield "subprotocol", f"offered {offered or 'none'}; agreed {agreed}"
    extensions = "; ".join(facts["extensions_offered"]) or "none"
    yield "extensions", f"offered {extensions}; agreed {', '.join(facts['extensions']) or 'none'}"
    if facts.get("body"):
        yield "body", " ".join(_MARKUP.sub(" ", facts["body"]).split())[:300]
