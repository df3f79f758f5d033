"""Attributes that say how two sides reach and know each other.

Candidates and credentials of ICE (RFC 8839), fingerprints of DTLS (RFC 8122), the ends of an SCTP
association (RFC 8841). Each function takes the value of an attribute and gives a record, or raises
`DescriptionError`.
"""

import re

import msgspec

from wirescope.wire.sdp.fields import expected, number, words

_ICE_CHARACTERS = re.compile(r"[0-9A-Za-z+/]+")  # RFC 8839 section 5.1, ice-char
_FINGERPRINT = re.compile(r"(\S+) +([0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){0,127}) *")

SETUPS = ("active", "passive", "actpass", "holdconn")
"""RFC 4145 section 4."""


class IceCandidate(msgspec.Struct, frozen=True, gc=False):
    """A candidate (RFC 8839 section 5.1).

    Attributes:
        foundation: the same for candidates of one kind, base and server.
        component: 1 for RTP and for everything that is multiplexed, 2 for RTCP.
        transport: `udp` or `tcp`, in the letters of the wire.
        priority: below 2^32.
        address: an IP address or a name, as of mDNS.
        port: 0 to 65535.
        kind: `host`, `srflx`, `prflx` or `relay`; others may come.
        related_address: the base, of what is not a host candidate; None where it is not said.
        related_port: likewise.
        extensions: names and values that follow, as `tcptype`, `generation`, `ufrag`.
    """

    foundation: str
    component: int
    transport: str
    priority: int
    address: str
    port: int
    kind: str
    related_address: str | None = None
    related_port: int | None = None
    extensions: tuple[tuple[str, str], ...] = ()

    def extension(self, name: str) -> str | None:
        """Give the value of an extension, None without it."""
        return next((value for each, value in self.extensions if each == name), None)

    def __str__(self) -> str:
        parts = [
            f"candidate:{self.foundation} {self.component} {self.transport} {self.priority}",
            f"{self.address} {self.port} typ {self.kind}",
        ]
        if self.related_address is not None:
            parts.append(f"raddr {self.related_address}")
        if self.related_port is not None:
            parts.append(f"rport {self.related_port}")
        return " ".join([*parts, *[f"{name} {value}" for name, value in self.extensions]])


class Fingerprint(msgspec.Struct, frozen=True, gc=False):
    """The digest of a certificate (RFC 8122 section 5), in the letters of the wire."""

    algorithm: str
    value: str

    @property
    def digest(self) -> bytes:
        """The digest as bytes."""
        return bytes.fromhex(self.value.replace(":", ""))


def parse_candidate(text: str) -> IceCandidate:
    """Read a candidate, with or without the `candidate:` or `a=candidate:` before it.

    Raises:
        DescriptionError: it is none.
    """
    what = "a candidate as 1 1 udp 2130706431 192.0.2.1 5000 typ host"
    value = text.removeprefix("a=").removeprefix("candidate:")
    parts = words(value)
    if len(parts) < 8 or parts[6] != "typ" or len(parts[0]) > 32 or len(parts) % 2:
        raise expected(what, text)
    if not _ICE_CHARACTERS.fullmatch(parts[0]):
        raise expected("a candidate whose foundation is of letters, digits, + and /", text)
    rest = list(zip(parts[8::2], parts[9::2], strict=True))
    related: dict[str, str] = {}
    while rest and rest[0][0] in ("raddr", "rport") and rest[0][0] not in related:
        name, said = rest.pop(0)
        related[name] = said
    port = related.get("rport")
    return IceCandidate(
        parts[0],
        number(parts[1], 256, what="a candidate with a component from 1 to 256", value=text),
        parts[2],
        number(parts[3], 0xFFFFFFFF, what="a candidate with a priority below 2^32", value=text),
        parts[4],
        number(parts[5], 0xFFFF, what="a candidate with a port", value=text),
        parts[7],
        related.get("raddr"),
        None if port is None else number(port, 0xFFFF, what=what, value=text),
        tuple(rest),
    )


def parse_fingerprint(value: str) -> Fingerprint:
    """Read the value of `fingerprint`."""
    match = _FINGERPRINT.fullmatch(value)
    if match is None:
        raise expected("a fingerprint as sha-256 4A:AD:B9:…", value)
    return Fingerprint(match[1], match[2])


def parse_setup(value: str) -> str:
    """Read the value of `setup`."""
    if value not in SETUPS:
        raise expected(f"one of {', '.join(SETUPS)}", value)
    return value


def _credential(value: str, least: int) -> str:
    if not _ICE_CHARACTERS.fullmatch(value) or not least <= len(value) <= 256:
        raise expected(f"{least} to 256 letters, digits, + or /", value)
    return value


def parse_ice_ufrag(value: str) -> str:
    """Read the value of `ice-ufrag` (RFC 8839 section 5.4)."""
    return _credential(value, 4)


def parse_ice_pwd(value: str) -> str:
    """Read the value of `ice-pwd` (RFC 8839 section 5.4)."""
    return _credential(value, 22)


def parse_ice_options(value: str) -> tuple[str, ...]:
    """Read the value of `ice-options` (RFC 8839 section 5.6)."""
    options = words(value)
    if not options:
        raise expected("a list of options as trickle", value)
    return tuple(options)


def parse_sctp_port(value: str) -> int:
    """Read the value of `sctp-port` (RFC 8841 section 5.1)."""
    return number(value, 0xFFFF, what="a port", value=value)


def parse_max_message_size(value: str) -> int:
    """Read the value of `max-message-size` (RFC 8841 section 6.1); 0 is any size."""
    return number(value, (1 << 64) - 1, what="a number of bytes", value=value)
