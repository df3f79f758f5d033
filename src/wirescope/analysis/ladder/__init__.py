"""The connect ladder of a WebRTC connection: the rungs that it took, and where it stuck."""

from wirescope.analysis.ladder.following import Ladders
from wirescope.analysis.ladder.rungs import RUNGS, TITLES, Ladder, Rung, RungName, RungState

__all__ = ["RUNGS", "TITLES", "Ladder", "Ladders", "Rung", "RungName", "RungState"]
