"""Which worker runs what, where tests run side by side: those that need quiet, files, those alone.

A file's tests stay together, as they share what is costly to make. Those that are marked `quiet` or
`alone` are taken out of their files, as each of them makes others wait until nothing else runs,
which on the way would be most of the time. The quiet ones run before everything else, by two
workers, and those alone after it, by one.
"""

import ast
from functools import cache
from pathlib import Path
from zlib import crc32

from xdist.scheduler import LoadFileScheduling

QUIET, ALONE = "quiet", "alone"
"""The markers; see `turns`."""

QUIET_WORKERS = 2

_EVERY = "*"


class QuietThenFiles(LoadFileScheduling):  # type: ignore[misc]  # xdist has no types
    """Hands out files in the order in which they were collected, and groups of those apart."""

    def _split_scope(self, nodeid: str) -> str:
        """Give the group of a test, or its file."""
        file, _, name = nodeid.partition("::")
        marks = marks_in(self.config.rootpath / file)
        own = marks.get(name.partition("[")[0]) or marks.get(_EVERY)
        if own == QUIET:
            return f"{QUIET} {crc32(file.encode()) % QUIET_WORKERS}"
        return own or file


@cache
def marks_in(file: Path) -> dict[str, str]:
    """Tell which tests of a file are quiet or alone, `*` for all: from its text; xdist knows none.

    A mark is seen where it stands before a function or in the file's `pytestmark`.
    """
    text = file.read_text("utf-8")
    found: dict[str, str] = {}
    for mark in (QUIET, ALONE):
        if f"mark.{mark}" not in text:
            continue
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                names = [node.name] if any(_is(mark, each) for each in node.decorator_list) else []
            elif isinstance(node, ast.Assign) and "pytestmark" in map(ast.unparse, node.targets):
                names = [_EVERY] if _is(mark, node.value) else []
            else:
                continue
            found |= dict.fromkeys(names, mark)
    return found


def _is(mark: str, node: ast.expr) -> bool:
    return any(ast.unparse(each) == f"pytest.mark.{mark}" for each in ast.walk(node))
