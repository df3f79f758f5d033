"""The ends: processes that send and receive a workload over one transport, and who drives them."""

from wirescope.lab.ends.crossing import Carried, Crossing, Ends, Way
from wirescope.lab.ends.driving import End

__all__ = ["Carried", "Crossing", "End", "Ends", "Way"]
