"""What two sides of a WebRTC connection told each other, as far as a path and media depend on it.

A description is read once, when it passes, and what is kept of it is small: texts of ten thousand
connections would fill the memory. Lines that cannot be read count as not being there.
"""

import msgspec

from wirescope.errors import DescriptionError
from wirescope.events import SdpType, Side, SignalingDescription
from wirescope.wire.sdp import MediaSection, SessionDescription, parse_fragment

MOST_SECTIONS = 64
_MOST_CODECS = 32

_SUPPORTING = frozenset(("rtx", "red", "ulpfec", "flexfec-03", "telephone-event", "cn"))
"""Formats that carry nothing by themselves."""


class SectionSeen(msgspec.Struct, frozen=True):
    """A media section of a description.

    Attributes:
        mid: its name; empty without one.
        kind: `audio`, `video` or `application`; empty if its line cannot be read.
        is_rejected: whether it is refused.
        direction: of it, `sendrecv` where nothing is said.
        setup: who begins DTLS; empty where nothing is said.
        codecs: the names of those that carry media.
        has_fingerprint: whether it says which certificate will be shown.
        ufrag: the user name fragment of ICE; empty without one.
        has_password: whether there is ICE's password.
    """

    mid: str
    kind: str
    is_rejected: bool
    direction: str
    setup: str
    codecs: tuple[str, ...]
    has_fingerprint: bool
    ufrag: str
    has_password: bool

    @property
    def sends(self) -> bool:
        """Whether its side would send."""
        return not self.is_rejected and self.direction in ("sendrecv", "sendonly")

    @property
    def receives(self) -> bool:
        """Whether its side would receive."""
        return not self.is_rejected and self.direction in ("sendrecv", "recvonly")


def flows(here: SectionSeen, there: SectionSeen) -> bool:
    """Whether a section of an offer and that of its answer let a medium flow in some direction."""
    return (here.sends and there.receives) or (there.sends and here.receives)


class DescriptionSeen(msgspec.Struct, frozen=True):
    """A description.

    Attributes:
        seq: the number of its event.
        at_ns: when it was set.
        side: whose it is.
        kind: `offer`, `answer` or `pranswer`.
        is_lite: whether its side has ICE-lite (RFC 8445 section 2.5).
        sections: in their order, the first `MOST_SECTIONS`.
    """

    seq: int
    at_ns: int
    side: Side
    kind: SdpType
    is_lite: bool
    sections: tuple[SectionSeen, ...]

    @property
    def lacks(self) -> list[str]:
        """What ICE and DTLS need and no section that is not refused has, by the lines' names."""
        used = [each for each in self.sections if not each.is_rejected]
        if not used:
            return []
        there = {
            "a=ice-ufrag": any(each.ufrag for each in used),
            "a=ice-pwd": any(each.has_password for each in used),
            "a=fingerprint": any(each.has_fingerprint for each in used),
        }
        return [name for name, is_there in there.items() if not is_there]


def read_description(
    text: str, *, seq: int, at_ns: int, side: Side, kind: SdpType
) -> DescriptionSeen | None:
    """Read a description's text; None if it is none."""
    try:
        parsed = parse_fragment(text)
    except DescriptionError:
        return None
    sections = tuple(_section(parsed, each) for each in parsed.media[:MOST_SECTIONS])
    return DescriptionSeen(seq, at_ns, side, kind, parsed.session.has("ice-lite"), sections)


def _section(parsed: SessionDescription, section: MediaSection) -> SectionSeen:
    media = section.media
    ufrag, password = parsed.ice_credentials_of(section)
    names = dict.fromkeys(each.encoding for each in section.rtpmaps)
    return SectionSeen(
        section.mid or "",
        "" if media is None else media.kind,
        section.is_rejected,
        parsed.direction_of(section),
        parsed.setup_of(section) or "",
        tuple(name for name in names if name.lower() not in _SUPPORTING)[:_MOST_CODECS],
        bool(parsed.fingerprints_of(section)),
        ufrag or "",
        bool(password),
    )


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
        seen = read_description(
            event.sdp, seq=event.seq, at_ns=event.at_ns, side=event.side, kind=event.kind
        )
        if seen is None:
            return
        self.first = self.first or seen
        self.described.add(event.side)
        told = self.fragments[event.side]
        if len(told) < MOST_SECTIONS:
            told.update(each.ufrag for each in seen.sections if each.ufrag)
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
        both = self.both
        return [] if both is None else list(zip(both[0].sections, both[1].sections, strict=False))

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
