"""A section of a session description: what its lines say, and how they are changed.

A section is its lines. Accessors read them each time; what cannot be read is passed over here and
named by `check_description`. A change gives a new section in which every other line stands as it
did, those that nobody here understands as well.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeVar

import msgspec
from msgspec.structs import replace

from wirescope.errors import DescriptionError
from wirescope.wire.sdp.fields import ConnectionData, parse_connection
from wirescope.wire.sdp.lines import CRLF, Line, new_attribute
from wirescope.wire.sdp.media_attributes import Direction, ExtMap, parse_extmap
from wirescope.wire.sdp.transport_attributes import (
    Fingerprint,
    parse_fingerprint,
    parse_ice_options,
    parse_ice_pwd,
    parse_ice_ufrag,
    parse_setup,
)

if TYPE_CHECKING:
    from typing import Self

_T = TypeVar("_T")

DIRECTIONS: tuple[Direction, ...] = ("sendrecv", "sendonly", "recvonly", "inactive")


class Section(msgspec.Struct, frozen=True):
    """The part of a description before the first m= line, or from one m= line to the next.

    Attributes:
        lines: in wire order.
        number: of its first line in the description, from 1.
    """

    lines: tuple[Line, ...]
    number: int = 1

    def value_of(self, kind: str) -> str | None:
        """Give the value of the first line of a kind, None without one."""
        return next((line.value for line in self.lines if line.kind == kind), None)

    def has(self, name: str) -> bool:
        """Tell whether there is an attribute, with a value or without."""
        return any(line.name == name for line in self.lines)

    def values(self, name: str) -> list[str]:
        """Give the value of each attribute of a name, in wire order; without one it is empty."""
        return [line.attribute_value or "" for line in self.lines if line.name == name]

    def read(self, name: str, parse: Callable[[str], _T]) -> list[_T]:
        """Give each attribute of a name as `parse` reads it; what it refuses is passed over."""
        found = []
        for value in self.values(name):
            try:
                found.append(parse(value))
            except DescriptionError:
                continue
        return found

    def first(self, name: str, parse: Callable[[str], _T]) -> _T | None:
        """Give the first attribute of a name that `parse` can read, None without one."""
        return next(iter(self.read(name, parse)), None)

    @property
    def connection(self) -> ConnectionData | None:
        """Where media go to (RFC 8866 section 5.7)."""
        value = self.value_of("c")
        try:
            return None if value is None else parse_connection(value)
        except DescriptionError:
            return None

    @property
    def direction(self) -> Direction | None:
        """Which way media go (RFC 8866 section 6.7), None where it is not said."""
        names = {line.name for line in self.lines}
        return next((each for each in DIRECTIONS if each in names), None)

    @property
    def setup(self) -> str | None:
        """Who begins the DTLS handshake (RFC 4145 section 4)."""
        return self.first("setup", parse_setup)

    @property
    def fingerprints(self) -> list[Fingerprint]:
        """The digests of the certificate (RFC 8122 section 5)."""
        return self.read("fingerprint", parse_fingerprint)

    @property
    def ice_ufrag(self) -> str | None:
        """The user name fragment (RFC 8839 section 5.4)."""
        return self.first("ice-ufrag", parse_ice_ufrag)

    @property
    def ice_pwd(self) -> str | None:
        """The password of ICE (RFC 8839 section 5.4)."""
        return self.first("ice-pwd", parse_ice_pwd)

    @property
    def ice_options(self) -> tuple[str, ...]:
        """What ICE can do beside (RFC 8839 section 5.6), as `trickle`."""
        return self.first("ice-options", parse_ice_options) or ()

    @property
    def has_all_candidates(self) -> bool:
        """Whether no more candidates come (RFC 8840 section 8.1, `end-of-candidates`)."""
        return self.has("end-of-candidates")

    @property
    def extmaps(self) -> list[ExtMap]:
        """The header extensions (RFC 8285 section 8)."""
        return self.read("extmap", parse_extmap)

    @property
    def _ending(self) -> str:
        return (self.lines[0].ending if self.lines else "") or CRLF

    def with_lines(self, lines: Iterable[Line]) -> "Self":
        """Give the section with other lines."""
        return replace(self, lines=tuple(lines))

    def with_attribute(self, name: str, value: str | None = None) -> "Self":
        """Give the section with an attribute that stands once.

        It takes the place of the first of its name and the others go, or it comes last.

        Raises:
            ValueError: it would not be one line.
        """
        line = new_attribute(name, value, ending=self._ending)
        lines: list[Line] = []
        placed = False
        for each in self.lines:
            if each.name != name:
                lines.append(each)
            elif not placed:
                lines.append(replace(line, ending=each.ending))
                placed = True
        return self.with_lines(lines if placed else (*self.lines, line))

    def with_added(self, name: str, value: str | None = None) -> "Self":
        """Give the section with one attribute more: after the last of its name, or last.

        Raises:
            ValueError: it would not be one line.
        """
        line = new_attribute(name, value, ending=self._ending)
        after = max((n for n, each in enumerate(self.lines, 1) if each.name == name), default=None)
        at = len(self.lines) if after is None else after
        return self.with_lines((*self.lines[:at], line, *self.lines[at:]))

    def without(self, *names: str) -> "Self":
        """Give the section without the attributes of these names."""
        return self.with_lines(
            line for line in self.lines if not line.name or line.name not in names
        )

    def with_direction(self, direction: Direction) -> "Self":
        """Give the section with another direction."""
        lines: list[Line] = []
        placed = False
        for line in self.lines:
            if line.name not in DIRECTIONS:
                lines.append(line)
            elif not placed:
                lines.append(new_attribute(direction, ending=line.ending))
                placed = True
        if not placed:
            lines.append(new_attribute(direction, ending=self._ending))
        return self.with_lines(lines)
