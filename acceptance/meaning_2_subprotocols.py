"""Ten subprotocols, spoken by their own clients and servers, read as their own parsers read them.

Each client talks to its server through a relay. Every field that the project's own parser finds in
a recorded message has to be found by Wirescope's decoder, with the same value; every answer has to
find its request, by the keys that were decoded. Then messages are composed and sent to the servers,
which have to answer them.
"""

import asyncio
import sys
from dataclasses import dataclass, field
from typing import Any

from acceptance.composed import STEPS, Step, accepted
from tests.interop.conversations import (
    PROJECTS,
    Project,
    Recording,
    converse,
    install,
    parsed_by_theirs,
    serving,
    unwrapped,
)
from tests.interop.fields import as_theirs, compare, messages_of
from tests.interop.harness import found
from wirescope.analysis.metrics.content import Content
from wirescope.decoders import Decoded, Payload
from wirescope.events import WebSocketMessage

COLUMNS = ("subprotocol", "decoder", "messages", "fields alike", "answered", "composed")


@dataclass
class Result:
    """What a project's row shows."""

    chosen: str = ""
    messages: int = 0
    fields: int = 0
    requests: int = 0
    answered: int = 0
    composed: int = 0
    steps: int = 0
    faults: list[str] = field(default_factory=list)


def judge(recording: Recording, theirs: list[list[Any]], project: Project, into: Result) -> None:
    """Compare one connection with what the project's parser made of it."""
    _, decoded = recording.decoded()
    into.messages += len(decoded)
    for payload, one, other in zip(recording.payloads, decoded, theirs, strict=True):
        place = f"{payload.direction} {payload.data[:60]!r}"
        if one.problem or one.format != project.decoder:
            into.faults.append(f"{place}: {one.format}: {one.problem}")
            continue
        into.chosen = one.format
        ours = as_theirs(project.decoder, one)
        if len(ours) != len(other):
            into.faults.append(f"{place}: {len(ours)} messages, {len(other)} to them")
            continue
        for mine, their in zip(ours, other, strict=True):
            if their is not None:  # their parser does not read what their client writes
                count, faults = compare(project.decoder, mine, unwrapped(their))
                into.fields += count
                into.faults += [f"{place}: {fault}" for fault in faults]
    count_answers(recording, decoded, into)


def count_answers(recording: Recording, decoded: list[Decoded], into: Result) -> None:
    """Let the analysis match requests and answers; its keys have to be what was decoded."""
    content = Content()
    content.url = recording.url
    content.set_subprotocol(recording.subprotocol)
    for seq, (payload, one) in enumerate(zip(recording.payloads, decoded, strict=True), 1):
        content.add([message_of(seq, payload)])
        matched = content.protocol.name if content.protocol is not None else "nothing"
        if matched != one.format:
            into.faults.append(f"the analysis takes {payload.data[:60]!r} for {matched}")
            return
    assert content.protocol is not None
    assert content.matcher is not None
    mark = content.protocol.marker()
    for payload, one in zip(recording.payloads, decoded, strict=True):
        marks = mark(payload.data, payload.kind, payload.direction) or ()
        keys = [key for _, key in marks if key is not None]
        said = [each.correlation for each in messages_of(one) if each.correlation is not None]
        if keys != said:
            into.faults.append(f"{payload.data[:60]!r}: the keys {keys} were decoded as {said}")
    for exchange in (content.matcher.sent, content.matcher.received):
        into.requests += exchange.requests
        into.answered += exchange.answered
        if exchange.unmatched or exchange.duplicates:
            into.faults.append(
                f"{exchange.unmatched} answers to nothing, {exchange.duplicates} came twice"
            )


def message_of(seq: int, payload: Payload) -> WebSocketMessage:
    """Make the event that a payload came with."""
    length = len(payload.data)
    return WebSocketMessage(
        seq, seq, "c1", payload.direction, payload.kind, length, length,
        compressed=False, frames=(), payload=payload.data,
    )  # fmt: skip


def show(project: Project, folder: Any) -> Result:
    """Watch one project."""
    result = Result()
    with serving(project, folder, found) as server:
        try:
            recordings, _ = asyncio.run(converse(project, server, folder, found))
            for recording in recordings:
                theirs = parsed_by_theirs(project, recording, folder, found)
                judge(recording, theirs, project, result)
        except RuntimeError as error:
            result.faults.append(str(error))
        steps: tuple[Step, ...] = STEPS.get(project.name, ())
        result.steps = len(steps)
        result.composed, faults = asyncio.run(accepted(project, server, steps))
        result.faults += faults
    return result


def main() -> int:
    """Watch all, or those whose names begin as the arguments do, and print the table."""
    wanted = tuple(sys.argv[1:])
    projects = [each for each in PROJECTS if each.name.startswith(wanted or "")]
    folder = install(found)
    rows, short = [COLUMNS], False
    for project in projects:
        result = show(project, folder)
        good = result.fields and result.answered and result.composed == result.steps > 0
        short = short or bool(result.faults) or not good
        rows.append((
            project.name, result.chosen or "MISSING", str(result.messages), str(result.fields),
            f"{result.answered} of {result.requests}", f"{result.composed} of {result.steps}",
        ))  # fmt: skip
        for fault in result.faults[:10]:
            print(f"{project.name}: {fault}", flush=True)
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    for cells in rows:
        line = "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        print(line.rstrip())
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
