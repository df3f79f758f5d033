"""Pieces of a session description that tell ICE's affairs only (RFC 8840 section 9).

WHIP and WHEP send later candidates, and the credentials of an ICE restart, as
`application/trickle-ice-sdpfrag`. Here such a piece is read, written, cut out of a description and
put into one. Nothing else of a description changes with an ICE restart (RFC 9725 section 4.3.3).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from msgspec.structs import replace

from wirescope.errors import DescriptionError
from wirescope.transports.webrtc.description import (
    END_OF_CANDIDATES,
    MAX_CANDIDATE,
    Candidate,
)
from wirescope.wire.sdp import (
    Line,
    Section,
    SessionDescription,
    parse_fragment,
    parse_ice_pwd,
    parse_ice_ufrag,
)

_Section = TypeVar("_Section", bound=Section)

CONTENT_TYPE = "application/trickle-ice-sdpfrag"

MAX_FRAGMENT = 64 << 10
"""Characters of a fragment; 256 candidates have half of that."""

MAX_CANDIDATES = 256

_LINE = re.compile(r"[a-z]=.*")
_DEFAULT_MEDIA = "m=audio 9 UDP/TLS/RTP/SAVPF 0"  # RFC 8840 section 4.4: a pseudo line will do


@dataclass(frozen=True, slots=True)
class Fragment:
    """ICE's affairs of one side.

    Attributes:
        ufrag: the user name fragment of its generation of candidates; empty where it is not said.
        password: the password beside it.
        candidates: the candidates; the last one is `END_OF_CANDIDATES` where there are no more.
        mid: the media section that carries the others' (RFC 9143 section 7.2); None without one.
        media: that section's `m=` line.
        lines: other lines of ICE and of bundling, as `a=ice-lite`.
    """

    ufrag: str = ""
    password: str = ""
    candidates: tuple[Candidate, ...] = ()
    mid: str | None = None
    media: str = ""
    lines: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> "Fragment":
        """Read the body of a request or an answer.

        Raises:
            DescriptionError: it is none, or says nothing of ICE.
        """
        if len(text) > MAX_FRAGMENT:
            raise DescriptionError(
                f"The fragment has {len(text):,} characters; {MAX_FRAGMENT:,} are taken at most."
            )
        parsed = parse_fragment(text)
        lines = [line.text for line in parsed.lines if line.text]
        unread = [line for line in lines if not _LINE.fullmatch(line)]
        unread += [each.lines[0].text for each in parsed.media if each.media is None]
        if unread:
            raise DescriptionError(
                f"A line of the SDP fragment cannot be read: {unread[0][:80]!r}.",
                hint="It has lines such as a=ice-ufrag:EsAw and a=candidate:… (RFC 8840).",
            )
        fragment = cls._read(parsed)
        if not (fragment.ufrag or fragment.candidates):
            raise DescriptionError(
                "The SDP fragment has neither candidates nor credentials of ICE.",
                hint="It has lines such as a=ice-ufrag:EsAw and a=candidate:… (RFC 8840).",
            )
        return fragment

    @classmethod
    def of(cls, sdp: str) -> "Fragment":
        """Cut ICE's affairs out of a whole description.

        Raises:
            DescriptionError: its credentials or its candidates cannot be used.
        """
        return cls._read(parse_fragment(sdp))

    @classmethod
    def _read(cls, parsed: SessionDescription) -> "Fragment":
        sections = (parsed.session, *parsed.media)
        ufrags, passwords = (
            [value.strip() for each in sections for value in each.values(name)]
            for name in ("ice-ufrag", "ice-pwd")
        )
        ufrag = parse_ice_ufrag(ufrags[0]) if ufrags else ""
        password = parse_ice_pwd(passwords[0]) if passwords else ""
        if password and not ufrag:
            raise DescriptionError("There is an ice-pwd without an ice-ufrag.")
        candidates = tuple(_candidates(parsed, ufrag))
        if len(candidates) > MAX_CANDIDATES:
            raise DescriptionError(
                f"There are {len(candidates)} candidates; {MAX_CANDIDATES} are taken at most."
            )
        kept = dict.fromkeys(line.text for line in parsed.lines if _is_kept(line))
        if not parsed.media:
            return cls(ufrag, password, candidates, None, "", tuple(kept))
        first = parsed.media[0]
        return cls(ufrag, password, candidates, first.mid, first.lines[0].text, tuple(kept))

    def text(self) -> str:
        """Write it as the body of a request or an answer."""
        lines = [*self.lines, self.media or _DEFAULT_MEDIA]
        if self.mid is not None:
            lines.append(f"a=mid:{self.mid}")
        if self.ufrag:
            lines.append(f"a=ice-ufrag:{self.ufrag}")
        if self.password:
            lines.append(f"a=ice-pwd:{self.password}")
        lines += self._candidate_lines()
        return "".join(f"{line}\r\n" for line in lines)

    def _candidate_lines(self) -> list[str]:
        return [
            f"a={each.text}" if each.text else "a=end-of-candidates" for each in self.candidates
        ]

    def put_into(self, sdp: str) -> str:
        """Give a description with these credentials and candidates in place of its own.

        The candidates stand in the first section, which carries all others (`max-bundle`). Where
        the fragment says no credentials, the description keeps its own.
        """
        parsed = parse_fragment(sdp)
        media = [self._put_into(each) for each in parsed.media]
        if media:
            added = [Line(text) for text in self._candidate_lines()]
            media[0] = media[0].with_lines((*_ended(media[0].lines), *added))
        return str(SessionDescription(self._put_into(parsed.session), tuple(media)))

    def _put_into(self, section: _Section) -> _Section:
        lines = []
        for line in section.without("candidate", "end-of-candidates").lines:
            text = line.text
            if line.kind == "o":
                text = _next_version(text)
            elif line.name == "ice-ufrag" and self.ufrag:
                text = f"a=ice-ufrag:{self.ufrag}"
            elif line.name == "ice-pwd" and self.password:
                text = f"a=ice-pwd:{self.password}"
            lines.append(replace(line, text=text))
        return section.with_lines(lines)


def _is_kept(line: Line) -> bool:
    names = ("ice-lite", "ice-options", "ice-pacing")
    return line.name in names or line.text.startswith("a=group:BUNDLE")


def _ended(lines: Sequence[Line]) -> list[Line]:
    """Give lines each of which ends, so that others can follow."""
    return [line if line.ending else replace(line, ending="\r\n") for line in lines]


def _candidates(parsed: SessionDescription, ufrag: str) -> Iterator[Candidate]:
    seen: set[str] = set()
    sections: list[tuple[Section, int, str | None]] = [(parsed.session, 0, None)]
    sections += [(each, index, each.mid) for index, each in enumerate(parsed.media)]
    for section, index, mid in sections:
        for value in section.values("candidate"):
            text = f"candidate:{value.strip()}"
            if len(text) > MAX_CANDIDATE:
                raise DescriptionError(f"A candidate has more than {MAX_CANDIDATE} characters.")
            if text not in seen:  # a section that is bundled may say them again
                seen.add(text)
                yield Candidate(text, mid, None if mid else index, ufrag or None)
    if any(section.has_all_candidates for section, _, _ in sections):
        yield END_OF_CANDIDATES


def _next_version(origin: str) -> str:
    """RFC 8866 section 5.2: the version of the session rises with each change."""
    parts = origin.split(" ")
    if len(parts) > 2 and re.fullmatch(r"[0-9]{1,19}", parts[2]):  # of 64 bits, RFC 9429 5.2.1
        parts[2] = str(int(parts[2]) + 1)
    return " ".join(parts)
