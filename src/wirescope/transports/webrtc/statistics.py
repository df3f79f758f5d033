"""Samples of `getStats`, as what has changed since the one before.

A browser gives some thirty objects a sample, most of whose values stand still; a capture keeps the
first of each whole and of the later ones the values that differ. Candidate pairs are told as events
of their own when they move.
"""

from collections.abc import Mapping
from typing import Any

from wirescope.events import IcePair, Statistics
from wirescope.transports.webrtc.journal import Journal

_LEFT_OUT = ("id", "type", "timestamp")

Report = Mapping[str, Mapping[str, Any]]
"""Objects of one sample by their ids, each with its W3C members."""


class Sampler:
    """Turns samples into events.

    Attributes:
        latest: the last sample.
    """

    def __init__(self, journal: Journal) -> None:
        self.latest: Report = {}
        self._journal = journal
        self._pairs: dict[str, tuple[Any, bool, bool]] = {}

    def take(self, report: Report) -> None:
        """Write down what differs in a sample from the one before."""
        self.take_pairs(report)
        for key, values in report.items():
            before = self.latest.get(key, {})
            changed = {
                name: value
                for name, value in values.items()
                if name not in _LEFT_OUT and before.get(name) != value
            }
            if changed:
                self._journal.write(Statistics, str(values.get("type", "")), key, changed)
        self.latest = report

    def take_pairs(self, report: Report) -> None:
        """Write down which candidate pairs of a sample have moved."""
        selected = {
            values.get("selectedCandidatePairId")
            for values in report.values()
            if values.get("type") == "transport"
        }
        before, self._pairs = self._pairs, {}  # those that are gone are forgotten
        for key, values in report.items():
            if values.get("type") != "candidate-pair":
                continue
            state = (values.get("state"), bool(values.get("nominated")), key in selected)
            self._pairs[key] = state
            if before.get(key) != state:
                local = candidate_words(report.get(str(values.get("localCandidateId")), {}))
                remote = candidate_words(report.get(str(values.get("remoteCandidateId")), {}))
                self._journal.write(IcePair, local, remote, *state)


def candidate_words(candidate: Mapping[str, Any]) -> str:
    """Say a candidate of a sample as the event `ice.pair` does, `host udp 192.0.2.1:50000`.

    The address of a peer-reflexive one is not told (W3C webrtc-stats section 8.20).
    """
    address = candidate.get("address") or candidate.get("ip") or "unknown"
    shown = f"[{address}]" if ":" in address else address
    kind = candidate.get("candidateType", "unknown")
    return f"{kind} {candidate.get('protocol', 'udp')} {shown}:{candidate.get('port', 0)}"
