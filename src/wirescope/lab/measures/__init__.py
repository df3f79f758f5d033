"""Figures: of a run from its messages, of a cell from its runs, and how two cells compare."""

from wirescope.lab.measures.ages import age_percentiles
from wirescope.lab.measures.comparing import SURE, Difference, Estimate, Outcome, compare
from wirescope.lab.measures.distributions import (
    MOST_STEPS,
    SHARES,
    Distribution,
    Quantile,
    Step,
    distribution,
)
from wirescope.lab.measures.figures import (
    LATE_MS,
    PARTS,
    Figures,
    figures,
    goodputs_bps,
    latencies_ms,
    wire_bytes_per_byte,
)
from wirescope.lab.measures.growth import Forecast, Line, fit, forecasts
from wirescope.lab.measures.hearing import Block, Hearing, PlayedTimes, hear, thinned
from wirescope.lab.measures.limits import Limits, Looks, Processors, TcpLimits, Wire, limits
from wirescope.lab.measures.percentiles import (
    LEVEL,
    Interval,
    clustering,
    interval,
    percentile,
)
from wirescope.lab.measures.recovery import IN_A_ROW, recovery_ms
from wirescope.lab.measures.scaling import (
    Bounds,
    Curve,
    Ended,
    Point,
    Spare,
    Topology,
    bound_met,
    copies,
    no_room,
)
from wirescope.lab.measures.spreads import Spread, intervals, spread, spreads
from wirescope.lab.measures.watching import Watching, freezes_ms, watching

__all__ = [
    "IN_A_ROW",
    "LATE_MS",
    "LEVEL",
    "MOST_STEPS",
    "PARTS",
    "SHARES",
    "SURE",
    "Block",
    "Bounds",
    "Curve",
    "Difference",
    "Distribution",
    "Ended",
    "Estimate",
    "Figures",
    "Forecast",
    "Hearing",
    "Interval",
    "Limits",
    "Line",
    "Looks",
    "Outcome",
    "PlayedTimes",
    "Point",
    "Processors",
    "Quantile",
    "Spare",
    "Spread",
    "Step",
    "TcpLimits",
    "Topology",
    "Watching",
    "Wire",
    "age_percentiles",
    "bound_met",
    "clustering",
    "compare",
    "copies",
    "distribution",
    "figures",
    "fit",
    "forecasts",
    "freezes_ms",
    "goodputs_bps",
    "hear",
    "interval",
    "intervals",
    "latencies_ms",
    "limits",
    "no_room",
    "percentile",
    "recovery_ms",
    "spread",
    "spreads",
    "thinned",
    "watching",
    "wire_bytes_per_byte",
]
