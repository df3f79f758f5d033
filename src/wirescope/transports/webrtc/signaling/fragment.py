"""Pieces of a session description that tell ICE's affairs only (RFC 8840 section 9).

WHIP and WHEP send later candidates, and the credentials of an ICE restart, as
`application/trickle-ice-sdpfrag`. Here such a piece is read, written, cut out of a description and
put into one. Nothing else of a description changes with an ICE restart (RFC 9725 section 4.3.3).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from wirescope.errors import DescriptionError
from wirescope.transports.webrtc.description import (
    END_OF_CANDIDATES,
    MAX_CANDIDATE,
    Candidate,
)

CONTENT_TYPE = "application/trickle-ice-sdpfrag"

MAX_FRAGMENT = 64 << 10
"""Characters of a fragment; 256 candidates have half of that."""

MAX_CANDIDATES = 256

# RFC 8839 section 5.4: 4 to 256 and 22 to 256 of these
_UFRAG = re.compile(r"[A-Za-z0-9+/]{4,256}")
_PASSWORD = re.compile(r"[A-Za-z0-9+/]{22,256}")
_MEDIA = re.compile(r"m=\S+ [0-9]+(?:/[0-9]+)? \S+ \S.*")
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
        lines = [line for line in text.splitlines() if line]
        for line in lines:
            if not _LINE.fullmatch(line) or (line.startswith("m=") and not _MEDIA.fullmatch(line)):
                raise DescriptionError(
                    f"A line of the SDP fragment cannot be read: {line[:80]!r}.",
                    hint="It has lines such as a=ice-ufrag:EsAw and a=candidate:… (RFC 8840).",
                )
        fragment = cls._read(lines)
        if not (fragment.ufrag or fragment.candidates):
            raise DescriptionError(
                "The SDP fragment has neither candidates nor credentials of ICE.",
                hint="It has lines such as a=ice-ufrag:EsAw and a=candidate:… (RFC 8840).",
            )
        return fragment

    @classmethod
    def of(cls, sdp: str) -> "Fragment":
        """Cut ICE's affairs out of a whole description."""
        return cls._read(sdp.splitlines())

    @classmethod
    def _read(cls, lines: Sequence[str]) -> "Fragment":
        ufrag = _first(lines, "a=ice-ufrag:")
        password = _first(lines, "a=ice-pwd:")
        for value, shape, name in ((ufrag, _UFRAG, "ice-ufrag"), (password, _PASSWORD, "ice-pwd")):
            if value and not shape.fullmatch(value):
                raise DescriptionError(
                    f"{name} has characters or a length that it cannot have: {value[:40]!r}."
                )
        if password and not ufrag:
            raise DescriptionError("There is an ice-pwd without an ice-ufrag.")
        candidates = tuple(_candidates(lines, ufrag))
        if len(candidates) > MAX_CANDIDATES:
            raise DescriptionError(
                f"There are {len(candidates)} candidates; {MAX_CANDIDATES} are taken at most."
            )
        media = next((line for line in lines if line.startswith("m=")), "")
        mid = _first(lines, "a=mid:") if media else ""
        kept = ("a=ice-lite", "a=ice-options:", "a=ice-pacing:", "a=group:BUNDLE")
        rest = tuple(dict.fromkeys(line for line in lines if line.startswith(kept)))
        return cls(ufrag, password, candidates, mid or None, media, rest)

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

        The candidates stand in the first section, which carries all others (`max-bundle`).
        """
        made: list[str] = []
        sections = 0
        for line in sdp.splitlines():
            sections += line.startswith("m=")
            if line.startswith("m=") and sections == 2:
                made += self._candidate_lines()
            if line.startswith("o="):
                made.append(_next_version(line))
            elif line.startswith("a=ice-ufrag:"):
                made.append(f"a=ice-ufrag:{self.ufrag}")
            elif line.startswith("a=ice-pwd:"):
                made.append(f"a=ice-pwd:{self.password}")
            elif not line.startswith(("a=candidate:", "a=end-of-candidates")):
                made.append(line)
        if sections == 1:
            made += self._candidate_lines()
        return "".join(f"{line}\r\n" for line in made)


def _first(lines: Sequence[str], name: str) -> str:
    return next((line[len(name) :].strip() for line in lines if line.startswith(name)), "")


def _candidates(lines: Sequence[str], ufrag: str) -> Iterator[Candidate]:
    index, mid, ended = -1, None, False
    seen: set[str] = set()
    for line in lines:
        if line.startswith("m="):
            index, mid = index + 1, None
        elif line.startswith("a=mid:"):
            mid = line[6:].strip()
        elif line.startswith("a=end-of-candidates"):
            ended = True
        elif line.startswith("a=candidate:"):
            if len(line) > MAX_CANDIDATE:
                raise DescriptionError(f"A candidate has more than {MAX_CANDIDATE} characters.")
            if line not in seen:  # a section that is bundled may say them again
                seen.add(line)
                yield Candidate(
                    line[2:].strip(), mid, None if mid else max(index, 0), ufrag or None
                )
    if ended:
        yield END_OF_CANDIDATES


def _next_version(origin: str) -> str:
    """RFC 8866 section 5.2: the version of the session rises with each change."""
    parts = origin.split(" ")
    if len(parts) > 2 and re.fullmatch(r"[0-9]{1,19}", parts[2]):  # of 64 bits, RFC 9429 5.2.1
        parts[2] = str(int(parts[2]) + 1)
    return " ".join(parts)
