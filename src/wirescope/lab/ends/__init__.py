"""The ends: processes that send and receive a workload over one transport, and who drives them."""

from wirescope.lab.ends.crossing import Carried, Crossing, Ends, Way
from wirescope.lab.ends.driving import End
from wirescope.lab.ends.holding import first_of
from wirescope.lab.ends.orders import Opened
from wirescope.lab.ends.starting import Starter

__all__ = ["Carried", "Crossing", "End", "Ends", "Opened", "Starter", "Way", "first_of"]
