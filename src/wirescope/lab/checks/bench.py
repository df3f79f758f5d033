"""What checks are, and what they are made with."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from wirescope.lab.ends import Starter
from wirescope.lab.results import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What a check may use.

    Attributes:
        starter: starts ends and networks.
        folder: for what checks record; it exists.
        kept: whether the folder is still there when the comparison has ended.
    """

    starter: Starter
    folder: Path
    kept: bool = True


class Check(NamedTuple):
    """Something that is tried out beside the experiments.

    Attributes:
        aspects: of the rows that it makes.
        make: makes them.
    """

    aspects: tuple[str, ...]
    make: Callable[[Bench], Awaitable[Sequence[Row]]]
