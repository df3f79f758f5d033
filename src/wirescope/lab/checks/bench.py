"""What checks are made with."""

from dataclasses import dataclass
from pathlib import Path

from wirescope.lab.ends import Starter


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What a check may use.

    Attributes:
        starter: starts ends and networks.
        folder: for what checks record; it exists.
    """

    starter: Starter
    folder: Path
