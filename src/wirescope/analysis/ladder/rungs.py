"""The rungs of the connect ladder, as records: what the faces show of it.

Each try to come together is a ladder of its own, the first one and every restart of ICE (RFC 8445
section 9). Times are those of the events that show a rung; what no event tells has no time.
"""

from typing import Literal

import msgspec

RungName = Literal[
    "source",
    "signaling",
    "offer",
    "answer",
    "gathering",
    "first-check",
    "first-answer",
    "nominated",
    "dtls",
    "sctp",
    "channel",
    "media",
]

RungState = Literal["waiting", "running", "done", "failed", "not-needed"]

LadderState = Literal["climbing", "stands", "failed", "ended"]

TITLES: dict[RungName, str] = {
    "source": "Source",
    "signaling": "Signaling",
    "offer": "Offer",
    "answer": "Answer",
    "gathering": "Gathering",
    "first-check": "First check",
    "first-answer": "First answer",
    "nominated": "Nominated",
    "dtls": "DTLS",
    "sctp": "SCTP",
    "channel": "Channel open",
    "media": "First media",
}

RUNGS: tuple[RungName, ...] = tuple(TITLES)
"""In the order in which they are taken; gathering goes on beside the others."""

_SECOND = 1_000_000_000

PATIENCE_NS: dict[RungName, int] = dict.fromkeys(RUNGS, 10 * _SECOND) | {
    "source": 15 * _SECOND,  # somebody may have to allow it
    "answer": 15 * _SECOND,
}
"""How long a rung may stand still before it is said to be stuck. Browsers give up ICE after 15 to
30 s; what has not moved in a third of that rarely does."""


class Rung(msgspec.Struct, frozen=True, kw_only=True):
    """A rung of the ladder.

    Attributes:
        name: which one.
        title: what it is called.
        state: `waiting` for those before it, `running`, `done`, `failed`, or `not-needed`.
        began_ns: when it began; None where that is not known.
        took_ns: how long it took, or until it failed; None where that is not known.
        at_most: whether it took no longer than that, since a sample showed it after it was done.
        evidence: numbers of the events that show it.
        words: what happened, in a sentence.
    """

    name: RungName
    title: str
    state: RungState
    began_ns: int | None
    took_ns: int | None
    at_most: bool
    evidence: list[int]
    words: str


class Ladder(msgspec.Struct, frozen=True, kw_only=True):
    """One try to come together.

    Attributes:
        connection: `c1`, `c2` …
        attempt: 1 for the first one, one more for each restart of ICE.
        state: `climbing`, `stands` once data can pass, `failed`, or `ended` where it stood before.
        began_ns: when it began; None where the capture begins later.
        took_ns: from there until it stood; None where it does not, or that is not known.
        rungs: all of them, in order.
        failing: the rung on which it stuck; None for none.
        happened: what happened there, in a sentence or two; empty for none.
        advice: what to do.
    """

    connection: str
    attempt: int
    state: LadderState
    began_ns: int | None
    took_ns: int | None
    rungs: list[Rung]
    failing: RungName | None
    happened: str
    advice: str

    def rung(self, name: RungName) -> Rung:
        """Give a rung by its name."""
        return self.rungs[RUNGS.index(name)]
