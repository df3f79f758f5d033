"""Which worker runs what, where tests run side by side: files, then all that has to be alone.

A file's tests stay together, as they share what is costly to make. Those that run alone are taken
out of their files and run by one worker after everything else: each of them makes the others wait
until nothing else runs, which on the way would be most of the time.
"""

import ast
from functools import cache
from pathlib import Path

from xdist.scheduler import LoadFileScheduling

ALONE = "alone"
"""The marker, and the group of those that have it."""

_EVERY = "*"


class FilesThenAlone(LoadFileScheduling):  # type: ignore[misc]  # xdist has no types
    """Hands out files in the order in which they were collected, and the group of those alone."""

    def _split_scope(self, nodeid: str) -> str:
        """Give the group of a test, or its file."""
        file, _, name = nodeid.partition("::")
        marked = names_alone(self.config.rootpath / file)
        return ALONE if marked & {name.partition("[")[0], _EVERY} else file


@cache
def names_alone(file: Path) -> frozenset[str]:
    """Name the tests of a file that are marked, `*` for all: from its text, as xdist knows none.

    A mark is seen where it stands before a function or in the file's `pytestmark`.
    """
    text = file.read_text("utf-8")
    if f"mark.{ALONE}" not in text:
        return frozenset()
    found = set()
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found |= {node.name} if any(map(_marks, node.decorator_list)) else set()
        elif isinstance(node, ast.Assign) and "pytestmark" in map(ast.unparse, node.targets):
            found |= {_EVERY} if _marks(node.value) else set()
    return frozenset(found)


def _marks(node: ast.expr) -> bool:
    return any(ast.unparse(each) == f"pytest.mark.{ALONE}" for each in ast.walk(node))
