"""Measure the differences anew, and write them into README.md and docs/concepts/differences.md.

`python -m scripts.differences` compares for ten minutes or so, keeps what was found beside the page
as JSON, without its single runs, and writes the tables; with `--again` it writes them from what is
kept. Nothing of a table is written by hand: a test sees that the pages have what is kept.
"""

import argparse
import shlex
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec.structs import replace

from wirescope.lab.report import columns, name, sure, winner_name
from wirescope.lab.results import ASPECTS, Comparison, comparison_json, read_comparison

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "docs" / "concepts" / "differences.json"

COMMAND = (
    *("wirescope", "compare", "--yes", "--duration", "8", "--repeats", "3", "--at-once", "3"),
    *("--workload", "ticker", "--workload", "game", "--workload", "request-response"),
    *("--link", "clean", "--link", "loss-5", "--link", "4g", "--congestion-control", "cubic"),
)

BEGIN, END = "<!-- measured: {} -->", "<!-- end of what was measured -->"

OF_A_CELL = ("setup_ms", "p50_ms", "p99_ms", "delivered", "goodput_bps", "wire_bytes_per_byte")


def measure() -> Comparison:
    """Compare, and keep what a page needs."""
    command = [sys.executable, "-m", *COMMAND, "--format", "json"]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    found = read_comparison(done.stdout)
    cells = [replace(each, repeats=(), distribution=None, intervals={}) for each in found.cells]
    around = found.environment | {"command": shlex.join(COMMAND)}
    found = replace(found, cells=tuple(cells), environment=around)
    KEPT.write_bytes(comparison_json(found))
    return found


def kept() -> Comparison:
    """Give what was found last."""
    return read_comparison(KEPT.read_bytes())


def table(rows: Iterator[Sequence[str]], head: Sequence[str]) -> str:
    """Make a table of Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(_escaped, each))} |" for each in lines)


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def differences(found: Comparison) -> str:
    """Make the table of differences, the eleven rows that are known and ours."""
    rows = {row.aspect: row for row in found.rows}
    missing = [each for each in ASPECTS if each not in rows]
    if missing:
        raise SystemExit(f"What was compared says nothing of {', '.join(missing)}.")
    return table(
        ((f"**{each}**", rows[each].websocket, rows[each].webrtc) for each in ASPECTS),
        ("", "WebSocket", "WebRTC"),
    )


def cells(found: Comparison) -> str:
    """Make the table of cells."""
    shown = [each for each in columns(found.cells) if each.field in OF_A_CELL]
    heads = [f"{each.head}, {each.unit}" if each.unit else each.head for each in shown]
    return table(
        (
            (cell.workload, cell.link, name(cell), *(each.shown(cell) for each in shown))
            for cell in found.cells
        ),
        ("workload", "link", "transport", *heads),
    )


def verdicts(found: Comparison) -> str:
    """Make the table of verdicts."""
    return table(
        (
            (each.use_case, each.link, winner_name(each.winner), sure(each.confidence), each.why)
            for each in found.verdicts
        ),
        ("use case", "link", "better", "sure", "why"),
    )


def run_of(found: Comparison) -> str:
    """Say which run the figures are of."""
    around = found.environment
    time = str(around["time"])[:16].replace("T", " ")
    return (
        f"Measured {time} UTC by version {around['wirescope']} on {around['system']}, "
        f"{around['cores']} cores ({around['processor']}), with `{around['command']}`."
    )


PARTS = {
    "run": run_of,
    "differences": differences,
    "cells": cells,
    "verdicts": verdicts,
}
PAGES = (ROOT / "README.md", ROOT / "docs" / "concepts" / "differences.md")


def written(text: str, found: Comparison | None) -> str:
    """Give a page's text with each of its measured parts as it was found; None empties them.

    Raises:
        ValueError: a part has no end, so that what follows it would be lost.
    """
    for part, make in PARTS.items():
        begin = BEGIN.format(part)
        if begin in text:
            before, _, rest = text.partition(begin)
            inside, end, after = rest.partition(END)
            if not end or BEGIN.partition("{")[0] in inside:
                raise ValueError(f"The part {part!r} of the page does not end with {END}.")
            made = "" if found is None else f"\n{make(found)}\n\n"
            text = f"{before}{begin}\n{made}{END}{after}"
    return text


def is_current(text: str) -> bool:
    """Whether a page has what is kept, or where nothing is kept has nothing in its parts."""
    return written(text, kept() if KEPT.exists() else None) == text


def main() -> int:
    """Measure, unless it is to be written again, and write the pages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--again", action="store_true", help="write what is kept")
    found = kept() if parser.parse_args().again else measure()
    for page in PAGES:
        page.write_text(written(page.read_text("utf-8"), found), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
