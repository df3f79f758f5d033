"""What two sides of a WebRTC connection told each other: whose offer, whose answer to it.

What a description says is read in `descriptions`.
"""

import msgspec

from wirescope.analysis.descriptions import (
    MOST_SECTIONS,
    Described,
    SectionSeen,
    read_description,
)
from wirescope.events import SdpType, Side, SignalingDescription


def flows(here: SectionSeen, there: SectionSeen) -> bool:
    """Whether a section of an offer and that of its answer let a medium flow in some direction."""
    return (here.sends and there.receives) or (there.sends and here.receives)


class DescriptionSeen(msgspec.Struct, frozen=True):
    """A description that was set.

    Attributes:
        seq: the number of its event.
        at_ns: when it was set.
        side: whose it is.
        kind: `offer`, `answer` or `pranswer`.
        said: what it says.
    """

    seq: int
    at_ns: int
    side: Side
    kind: SdpType
    said: Described


class Agreement:
    """Follows the descriptions of one connection.

    Attributes:
        first: the first description, None before there was one.
        offer: the last offer; None without one.
        answer: the answer to it; None while there is none.
        described: whose descriptions are known.
        taken_back: the event of the first offer that was taken back, 0 without one.
        fragments: the user name fragments of each side, all there were, up to a bound.
        flowed: the names of the sections that some agreement let flow, up to a bound.
    """

    def __init__(self) -> None:
        self.first: DescriptionSeen | None = None
        self.offer: DescriptionSeen | None = None
        self.answer: DescriptionSeen | None = None
        self.described: set[Side] = set()
        self.taken_back = 0
        self.fragments: dict[Side, set[str]] = {"local": set(), "remote": set()}
        self.flowed: set[str] = set()

    def note(self, event: SignalingDescription) -> None:
        """Take a description that was set."""
        if event.kind == "rollback":
            self.offer, self.taken_back = None, self.taken_back or event.seq
            return
        said = read_description(event.sdp)
        if said is None:
            return
        seen = DescriptionSeen(event.seq, event.at_ns, event.side, event.kind, said)
        self.first = self.first or seen
        self.described.add(event.side)
        told = self.fragments[event.side]
        if len(told) < MOST_SECTIONS:
            told.update(said.fragments)
        if seen.kind == "offer":
            self.offer, self.answer = seen, None
        else:
            self.answer = seen
            if len(self.flowed) < MOST_SECTIONS:
                named = [pair for pair in self.pairs if pair[0].mid]
                self.flowed.update(here.mid for here, there in named if flows(here, there))

    @property
    def both(self) -> tuple[DescriptionSeen, DescriptionSeen] | None:
        """The offer and its answer; None while there are not both."""
        if self.offer is None or self.answer is None:
            return None
        return self.offer, self.answer

    @property
    def pairs(self) -> list[tuple[SectionSeen, SectionSeen]]:
        """Each section of the offer with that of the answer, which has the same place."""
        if self.both is None:
            return []
        offered, answered = (each.said.sections for each in self.both)
        return list(zip(offered, answered, strict=False))

    @property
    def roles(self) -> tuple[str, str] | None:
        """The roles of DTLS in offer and answer that do not fit together; None if they do.

        An answer says which role it takes of those that the offer leaves it (RFC 8842 section 5.3).
        """
        for here, there in self.pairs:
            same = here.setup == there.setup and here.setup in ("active", "passive")
            if (same or there.setup == "actpass") and not there.is_rejected:
                return here.setup, there.setup
        return None

    def side_of(self, side: Side) -> DescriptionSeen | None:
        """Give the description of one side that is in force, or was made last."""
        made = (each for each in (self.answer, self.offer) if each is not None)
        return next((each for each in made if each.side == side), None)
