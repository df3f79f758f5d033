"""The ways between two peers: gathering, candidates, pairs, the path that data took, its losses."""

from wirescope.analysis.paths.addresses import REACH_WORDS, Reach, family_of, reach_of
from wirescope.analysis.paths.candidates import CandidateSeen, candidate_seen
from wirescope.analysis.paths.figures import Ways, path_figures
from wirescope.analysis.paths.following import PathReport, Paths, paths_of
from wirescope.analysis.paths.gathering import Round, ServerError, ServerSeen
from wirescope.analysis.paths.pairs import REASON_WORDS, PairSeen, Reason, Untried
from wirescope.analysis.paths.selected import Loss, PathSelected

__all__ = [
    "REACH_WORDS",
    "REASON_WORDS",
    "CandidateSeen",
    "Loss",
    "PairSeen",
    "PathReport",
    "PathSelected",
    "Paths",
    "Reach",
    "Reason",
    "Round",
    "ServerError",
    "ServerSeen",
    "Untried",
    "Ways",
    "candidate_seen",
    "family_of",
    "path_figures",
    "paths_of",
    "reach_of",
]
