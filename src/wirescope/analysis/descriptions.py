"""What a session description says, as far as a path, media and the ladder depend on it.

Several look at each description; it is read once, and what is kept of it is small: texts of ten
thousand connections would fill the memory. Lines that cannot be read count as not being there.
"""

from functools import lru_cache

import msgspec

from wirescope.errors import DescriptionError
from wirescope.wire.sdp import MediaSection, SessionDescription, parse_fragment

MOST_SECTIONS = 64
_MOST_CODECS = 32
_REMEMBERED = 4

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

    @property
    def is_media(self) -> bool:
        """Whether it is of sound or of a picture."""
        return self.kind in ("audio", "video")


class Described(msgspec.Struct, frozen=True):
    """What one description says.

    Attributes:
        is_lite: whether its side has ICE-lite (RFC 8445 section 2.5).
        count: how many media sections it has.
        sections: the first `MOST_SECTIONS` of them, in their order.
        channels: whether data channels are offered or taken.
        sends: whether its side sends sound or a picture.
        receives: whether its side takes any.
    """

    is_lite: bool
    count: int
    sections: tuple[SectionSeen, ...]
    channels: bool
    sends: bool
    receives: bool

    @property
    def fragments(self) -> frozenset[str]:
        """The user name fragments of ICE (RFC 8839 section 5.4)."""
        return frozenset(each.ufrag for each in self.sections if each.ufrag)

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


@lru_cache(_REMEMBERED)
def read_description(text: str) -> Described | None:
    """Read a description's text; None if it is none.

    The last few are remembered, since each is asked for by the ladder and by the findings, and
    stands once more in the capture where both sides are in it.
    """
    try:
        parsed = parse_fragment(text)
    except DescriptionError:
        return None
    sections = tuple(_section(parsed, each) for each in parsed.media)
    media = [each for each in sections if each.is_media]
    return Described(
        parsed.session.has("ice-lite"),
        len(sections),
        sections[:MOST_SECTIONS],
        any(each.kind == "application" and not each.is_rejected for each in sections),
        any(each.sends for each in media),
        any(each.receives for each in media),
    )


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
