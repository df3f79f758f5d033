"""Lines that are no attributes, and values that several of them have in common (RFC 8866).

Each function takes the value of a line and gives a record, or raises `DescriptionError` with a
sentence that says what was expected; the line's number is added by `check_description`.
"""

import re

import msgspec

from wirescope.errors import DescriptionError

_TOKEN = re.compile(r"[!#$%&'*+\-.^_`{|}~0-9A-Za-z]+")  # section 9, token
_MEDIA = re.compile(
    r"(?P<kind>\S+) +(?P<port>[0-9]{1,5})(?:/(?P<count>[0-9]{1,5}))? +"
    r"(?P<protocol>\S+)(?P<formats>.*)"
)


class Origin(msgspec.Struct, frozen=True, gc=False):
    """Who made the session (section 5.2); both numbers as text, since they may be of any length."""

    username: str
    session_id: str
    session_version: str
    network_type: str
    address_type: str
    address: str


class ConnectionData(msgspec.Struct, frozen=True, gc=False):
    """Where media go to (section 5.7); with ICE, 0.0.0.0 or the default candidate's address."""

    network_type: str
    address_type: str
    address: str


class MediaLine(msgspec.Struct, frozen=True, gc=False):
    """The line that begins a media section (section 5.14).

    Attributes:
        kind: `audio`, `video`, `application` …
        port: 0 for a section that is refused, 9 for one whose address comes with ICE.
        port_count: how many ports, None where it is not said.
        protocol: as `UDP/TLS/RTP/SAVPF`.
        formats: payload types, or `webrtc-datachannel`.
    """

    kind: str
    port: int
    port_count: int | None
    protocol: str
    formats: tuple[str, ...]

    def __str__(self) -> str:
        count = "" if self.port_count is None else f"/{self.port_count}"
        return " ".join((self.kind, f"{self.port}{count}", self.protocol, *self.formats))


def expected(what: str, value: str) -> DescriptionError:
    """Give the error that says what should have been there, and what was."""
    shown = value if len(value) <= 60 else f"{value[:60]}…"
    return DescriptionError(f"{shown!r} is not {what}.")


def words(value: str) -> list[str]:
    """Cut at spaces; several are taken for one."""
    return [word for word in value.split(" ") if word]


def number(text: str, most: int, *, what: str, value: str) -> int:
    """Read a number without sign of at most so much."""
    digits = len(text) <= 20 and text.isascii() and text.isdigit()
    if not digits or int(text) > most:
        raise expected(what, value)
    return int(text)


def parse_token(value: str) -> str:
    """Read a value that is a token, such as a `mid`."""
    if not _TOKEN.fullmatch(value):
        raise expected("a token", value)
    return value


def parse_origin(value: str) -> Origin:
    """Read an o= line."""
    parts = words(value)
    digits = all(part.isascii() and part.isdigit() for part in parts[1:3])
    if len(parts) != 6 or not digits:
        raise expected("an origin: name, id, version, IN, IP4 or IP6, address", value)
    return Origin(*parts)


def parse_connection(value: str) -> ConnectionData:
    """Read a c= line."""
    parts = words(value)
    if len(parts) != 3:
        raise expected("connection data: IN, IP4 or IP6, address", value)
    return ConnectionData(*parts)


def parse_media(value: str) -> MediaLine:
    """Read an m= line."""
    match = _MEDIA.fullmatch(value)
    if match is None or int(match["port"]) > 0xFFFF:
        raise expected("media: kind, port, protocol, formats", value)
    formats = words(match["formats"])
    if not formats:
        raise expected("media with a format", value)
    count = match["count"]
    return MediaLine(
        match["kind"],
        int(match["port"]),
        None if count is None else int(count),
        match["protocol"],
        tuple(formats),
    )
