"""What the results mean: per use case and link the better transport, and why, in sentences."""

from wirescope.lab.verdicts.deciding import INVALID, NO_DIFFERENCE, NOT_SURE
from wirescope.lab.verdicts.differences import measured_rows
from wirescope.lab.verdicts.engine import verdicts
from wirescope.lab.verdicts.window import (
    SEGMENT_BYTES,
    LinkFacts,
    loss_that_allows,
    window_bps,
)

__all__ = [
    "INVALID",
    "NOT_SURE",
    "NO_DIFFERENCE",
    "SEGMENT_BYTES",
    "LinkFacts",
    "loss_that_allows",
    "measured_rows",
    "verdicts",
    "window_bps",
]
