"""Samples of `getStats`, as what has changed since the one before.

A browser gives some thirty objects a sample, most of whose values stand still; a capture keeps the
first of each whole and of the later ones the values that differ. Candidate pairs are told as events
of their own when they move, when the first check went over them, came or was answered, and, of a
try that found no path, once at its end.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from wirescope.events import IcePair, Statistics
from wirescope.transports.webrtc.journal import Journal

_LEFT_OUT = ("id", "type", "timestamp")

Report = Mapping[str, Mapping[str, Any]]
"""Objects of one sample by their ids, each with its W3C members."""


MOST_PAIRS = 256
"""Pairs of which the checks are told at the end of a try, those that were seen last."""


class _Pair(NamedTuple):
    """A candidate pair as a sample has it (W3C webrtc-stats section 8.15)."""

    local: str
    remote: str
    state: str
    nominated: bool
    selected: bool
    sent: int | None
    answered: int | None
    received: int | None

    @property
    def standing(self) -> tuple[object, ...]:
        """What is told when it changes."""
        checks = (bool(self.sent), bool(self.answered), bool(self.received))
        return (self.state, self.nominated, self.selected, *checks)


class Sampler:
    """Turns samples into events.

    Attributes:
        latest: the last sample.
    """

    def __init__(self, journal: Journal) -> None:
        self.latest: Report = {}
        self._journal = journal
        self._pairs: dict[str, tuple[object, ...]] = {}
        self._checked: dict[str, _Pair] = {}  # as last seen, until the end of the try is told
        self._counted: dict[str, _Pair] = {}  # as last told

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
            pair = _pair(values, report, is_selected=key in selected)
            self._pairs[key] = pair.standing
            self._remember(key, pair)
            if before.get(key) != pair.standing:
                self._tell(key, pair)

    def _remember(self, key: str, pair: _Pair) -> None:
        self._checked.pop(key, None)
        self._checked[key] = pair
        if len(self._checked) > MOST_PAIRS:
            oldest = next(iter(self._checked))
            del self._checked[oldest]
            self._counted.pop(oldest, None)

    def _tell(self, key: str, pair: _Pair) -> None:
        self._counted[key] = pair
        self._journal.write(IcePair, *pair)

    def forget_checks(self) -> None:
        """Take note that a path is looked for anew, so that earlier checks say nothing of it."""
        self._checked, self._counted = {}, {}

    def tell_checks(self) -> None:
        """Write down how many checks went over each pair, of a try that found no path."""
        for key, pair in self._checked.items():
            if pair.sent is not None and self._counted.get(key) != pair:
                self._tell(key, pair)


def _pair(values: Mapping[str, Any], report: Report, *, is_selected: bool) -> _Pair:
    return _Pair(
        candidate_words(report.get(str(values.get("localCandidateId")), {})),
        candidate_words(report.get(str(values.get("remoteCandidateId")), {})),
        str(values.get("state")),
        bool(values.get("nominated")),
        is_selected,
        values.get("requestsSent"),
        values.get("responsesReceived"),
        values.get("requestsReceived"),
    )


def candidate_words(candidate: Mapping[str, Any]) -> str:
    """Say a candidate of a sample as the event `ice.pair` does, `host udp 192.0.2.1:50000`.

    The address of a peer-reflexive one is not told (W3C webrtc-stats section 8.20).
    """
    address = candidate.get("address") or candidate.get("ip") or "unknown"
    shown = f"[{address}]" if ":" in address else address
    kind = candidate.get("candidateType", "unknown")
    return f"{kind} {candidate.get('protocol', 'udp')} {shown}:{candidate.get('port', 0)}"
