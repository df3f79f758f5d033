"""What is wrong in a file of a workspace, with its line and column."""

from typing import Literal

from msgspec import Struct

Severity = Literal["error", "warning"]


MOST_PROBLEMS = 100
"""Problems of each severity that are told of one file."""


class Problem(Struct, frozen=True, kw_only=True):
    """Something that a person should look at.

    Attributes:
        message: what it is and what was expected.
        line: 1-based line in the file; 0 where it concerns the file as a whole.
        column: 1-based column in characters; 0 where there is no line.
        severity: with an `error` the file cannot be used; a `warning` is advice.
        hint: what to do; empty when there is nothing to advise.
        path: the file, from the workspace's folder on, with `/`; empty where it is known already.
    """

    message: str
    line: int = 0
    column: int = 0
    severity: Severity = "error"
    hint: str = ""
    path: str = ""

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}:{self.column}" if self.line else self.path
        return f"{place}: {self.message}" if place else self.message
