"""A session description as a tree: the session's section, then one a medium (RFC 8866 section 5).

Read and written without changing a character, whatever the lines are. What a browser puts into
`RTCSessionDescription.sdp` is one, and so is what signaling sends of it later, a fragment with
candidates (RFC 8840 section 9).
"""

from collections.abc import Iterable, Sequence

import msgspec
from msgspec.structs import replace

from wirescope.errors import DescriptionError
from wirescope.wire.sdp.fields import MediaLine, Origin, parse_media, parse_origin
from wirescope.wire.sdp.lines import CRLF, Line, join_lines, new_attribute, new_line, split_lines
from wirescope.wire.sdp.media_attributes import Direction, Group, parse_group
from wirescope.wire.sdp.media_section import MediaSection
from wirescope.wire.sdp.sections import Section
from wirescope.wire.sdp.transport_attributes import Fingerprint

MAX_SECTIONS = 1024
"""Media sections of a description."""


class SessionDescription(msgspec.Struct, frozen=True):
    """A description; `str` gives its text.

    Attributes:
        session: what stands before the first m= line.
        media: a section for each m= line.
    """

    session: Section
    media: tuple[MediaSection, ...] = ()

    def __str__(self) -> str:
        return join_lines(self.lines)

    def encode(self) -> bytes:
        """Give the text as bytes, the very ones that it was read from.

        Raises:
            DescriptionError: it came as text and has characters that UTF-8 does not know.
        """
        try:
            return str(self).encode("utf-8", "surrogateescape")
        except UnicodeEncodeError:
            raise DescriptionError("The description has characters that are no text.") from None

    @property
    def lines(self) -> tuple[Line, ...]:
        """All lines in order; a line's number is its place, from 1."""
        return tuple([line for section in (self.session, *self.media) for line in section.lines])

    @property
    def origin(self) -> Origin | None:
        """Who made the session (RFC 8866 section 5.2), None where it cannot be read."""
        try:
            return parse_origin(self.session.value_of("o") or "")
        except DescriptionError:
            return None

    @property
    def groups(self) -> list[Group]:
        """Sections that belong together (RFC 5888 section 5)."""
        return self.session.read("group", parse_group)

    @property
    def bundles(self) -> list[tuple[str, ...]]:
        """The mids of sections that share a transport (RFC 9143 section 5)."""
        return [group.mids for group in self.groups if group.semantics == "BUNDLE"]

    @property
    def mids(self) -> list[str | None]:
        """The name of each section in order, None of one without."""
        return [section.mid for section in self.media]

    def find(self, mid: str) -> MediaSection | None:
        """Give the first section of a name, None without one."""
        return next((section for section in self.media if section.mid == mid), None)

    def direction_of(self, section: MediaSection) -> Direction:
        """Give a section's direction: its own, the session's, or `sendrecv` (section 6.7)."""
        return section.direction or self.session.direction or "sendrecv"

    def setup_of(self, section: MediaSection) -> str | None:
        """Give a section's setup, or the session's (RFC 8842 section 5.1)."""
        return section.setup or self.session.setup

    def fingerprints_of(self, section: MediaSection) -> list[Fingerprint]:
        """Give a section's fingerprints, or the session's (RFC 8122 section 5)."""
        return section.fingerprints or self.session.fingerprints

    def ice_credentials_of(self, section: MediaSection) -> tuple[str | None, str | None]:
        """Give a section's user name fragment and password, or the session's (RFC 8839 5.4)."""
        ufrag = section.ice_ufrag or self.session.ice_ufrag
        return ufrag, section.ice_pwd or self.session.ice_pwd

    def ice_options_of(self, section: MediaSection) -> tuple[str, ...]:
        """Give the options of ICE for a section: its own and the session's (RFC 8839 5.6)."""
        return tuple(dict.fromkeys((*self.session.ice_options, *section.ice_options)))

    def with_session(self, section: Section) -> "SessionDescription":
        """Give the description with another session's section."""
        return _numbered(section, self.media)

    def with_media(self, index: int, section: MediaSection) -> "SessionDescription":
        """Give the description with another section at a place, from 0."""
        media = list(self.media)
        media[index] = section
        return _numbered(self.session, media)

    def with_added(self, section: MediaSection) -> "SessionDescription":
        """Give the description with one section more, at its end.

        Raises:
            DescriptionError: there are as many as a description may have.
        """
        return _numbered(self.session, (*self.media, section))


def _numbered(session: Section, media: Iterable[MediaSection]) -> SessionDescription:
    number = 1 + len(session.lines)
    placed: list[MediaSection] = []
    for section in media:
        if len(placed) == MAX_SECTIONS:
            raise DescriptionError(
                f"Line {number}: a description has {MAX_SECTIONS:,} media sections at most."
            )
        placed.append(replace(section, number=number))
        number += len(section.lines)
    return SessionDescription(replace(session, number=1), tuple(placed))


def parse_sdp(text: str | bytes) -> SessionDescription:
    """Read a session description.

    Args:
        text: the text; bytes that are not UTF-8 are kept as lone surrogates (PEP 383).

    Raises:
        DescriptionError: it does not begin with `v=`, or is too long. Whatever else is wrong with
            it is named by `check_description`.
    """
    description = parse_fragment(text)
    first = description.lines[0].text if description.lines else ""
    if not first.startswith("v="):
        raise DescriptionError(
            f"Line 1: a session description begins with 'v=0', this begins with {first[:40]!r}."
            if first
            else "Line 1: a session description begins with 'v=0', this is empty."
        )
    return description


def parse_fragment(text: str | bytes) -> SessionDescription:
    """Read a part of a description, such as WHIP sends with candidates (RFC 8840 section 9).

    Raises:
        DescriptionError: it is too long.
    """
    if isinstance(text, bytes):
        text = text.decode("utf-8", "surrogateescape")
    lines = split_lines(text)
    starts = [place for place, line in enumerate(lines) if line.kind == "m"]
    ends = [*starts[1:], len(lines)]
    session = Section(lines[: starts[0]] if starts else lines)
    return _numbered(
        session,
        (MediaSection(lines[start:end]) for start, end in zip(starts, ends, strict=bool(starts))),
    )


def build_description(
    *,
    session_id: int,
    session_version: int = 1,
    attributes: Sequence[tuple[str, str | None]] = (),
    media: Sequence[MediaSection] = (),
    ending: str = CRLF,
) -> SessionDescription:
    """Build a description with the lines that it has to have (RFC 8866 section 5, RFC 8829 5.2.1).

    Raises:
        ValueError: an attribute would not be one line.
    """
    origin = f"- {session_id} {session_version} IN IP4 127.0.0.1"
    head = (("v", "0"), ("o", origin), ("s", "-"), ("t", "0 0"))
    lines = [new_line(kind, value, ending=ending) for kind, value in head]
    lines += [new_attribute(name, value, ending=ending) for name, value in attributes]
    return _numbered(Section(tuple(lines)), media)


def build_media(
    media: MediaLine,
    *,
    attributes: Sequence[tuple[str, str | None]] = (),
    ending: str = CRLF,
) -> MediaSection:
    """Build a media section, with an address that says that it comes with ICE.

    Raises:
        DescriptionError: the m= line would be none.
        ValueError: an attribute would not be one line.
    """
    parse_media(str(media))
    lines = [new_line("m", str(media), ending=ending), Line("c=IN IP4 0.0.0.0", ending)]
    lines += [new_attribute(name, value, ending=ending) for name, value in attributes]
    return MediaSection(tuple(lines))
