"""The comparison: which cells are run, in what order, over which network, and what came of them."""

from wirescope.lab.compare.comparing import OnProgress, Progress, compare
from wirescope.lab.compare.experiment import Experiment, run_experiment
from wirescope.lab.compare.keeping import Kept
from wirescope.lab.compare.machine import check_machine, environment
from wirescope.lab.compare.plan import ComparisonPlan
from wirescope.lab.compare.presets import full_plan, quick_plan
from wirescope.lab.compare.spreading import check_cluster

__all__ = [
    "ComparisonPlan",
    "Experiment",
    "Kept",
    "OnProgress",
    "Progress",
    "check_cluster",
    "check_machine",
    "compare",
    "environment",
    "full_plan",
    "quick_plan",
    "run_experiment",
]
