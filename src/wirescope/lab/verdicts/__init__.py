"""What the results mean: per use case and link the better transport, and why, in sentences."""

from wirescope.lab.verdicts.deciding import (
    INVALID,
    NO_DIFFERENCE,
    NOT_SURE,
    Criterion,
    criterion,
)
from wirescope.lab.verdicts.differences import measured_rows
from wirescope.lab.verdicts.engine import verdicts
from wirescope.lab.verdicts.limiting import (
    FULL,
    NOT_KNOWN,
    goodput_bps,
    reasons,
    share,
    stands_still,
)
from wirescope.lab.verdicts.window import (
    SEGMENT_BYTES,
    LinkFacts,
    loss_that_allows,
    window_bps,
)
from wirescope.lab.verdicts.wording import (
    TRANSPORTS,
    brief_name,
    cell_name,
    control_name,
    listing,
    milliseconds,
    percent,
    rate,
    winner_name,
)

__all__ = [
    "FULL",
    "INVALID",
    "NOT_KNOWN",
    "NOT_SURE",
    "NO_DIFFERENCE",
    "SEGMENT_BYTES",
    "TRANSPORTS",
    "Criterion",
    "LinkFacts",
    "brief_name",
    "cell_name",
    "control_name",
    "criterion",
    "goodput_bps",
    "listing",
    "loss_that_allows",
    "measured_rows",
    "milliseconds",
    "percent",
    "rate",
    "reasons",
    "share",
    "stands_still",
    "verdicts",
    "window_bps",
    "winner_name",
]
