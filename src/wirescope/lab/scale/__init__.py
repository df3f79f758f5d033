"""How it grows: participants doubled until this machine ends, by server, mesh and forwarder."""

from wirescope.lab.measures import Bounds, Curve, Ended, Point, Topology
from wirescope.lab.scale.sweeping import sweep
from wirescope.lab.scale.telling import lines

__all__ = ["Bounds", "Curve", "Ended", "Point", "Topology", "lines", "sweep"]
