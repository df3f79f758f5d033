"""What shows the parts of an item about the TURN server: one after the other, or one alone."""

import argparse
import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path

Row = tuple[str, str, bool]
"""What was looked at, the figures, and whether they are as they have to be."""

Parts = Mapping[str, Callable[[Path], AsyncIterator[Row]]]
"""Parts by their names; each is given a folder of its item's own."""


async def _run(parts: Parts, names: list[str]) -> bool:
    good = True
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            async for about, words, holds in parts[name](Path(folder)):
                good &= holds
                print(f"{'ok ' if holds else 'BAD'} {about:<42} {words}", flush=True)
    return good


def show(parts: Parts, about: str) -> int:
    """Print the figures of all parts, or of `--only` one; 1 when one of them falls short.

    Args:
        parts: what there is.
        about: what is shown, for `--help`.
    """
    parser = argparse.ArgumentParser(description=about.partition("\n")[0])
    parser.add_argument("--only", choices=parts, help="run one part")
    asked = parser.parse_args()
    return 0 if asyncio.run(_run(parts, [asked.only] if asked.only else list(parts))) else 1
