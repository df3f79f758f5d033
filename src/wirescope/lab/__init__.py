"""The lab: the same workload over each transport, through the same emulated network, measured."""

from wirescope.lab.cells import (
    CONGESTION_CONTROLS,
    Cell,
    PathName,
    Sample,
    TransportName,
)

__all__ = ["CONGESTION_CONTROLS", "Cell", "PathName", "Sample", "TransportName"]
