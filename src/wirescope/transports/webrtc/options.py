"""Everything that can be asked of a WebRTC connection, with its default and its check.

Values are checked when a record is made, so that nothing is on the network yet when a mistake is
reported. Not here: what the options do.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from wirescope.errors import UsageError
from wirescope.wire.turn import split_credentials

MAX_USHORT = 65_535
"""W3C webrtc: labels, protocols and limits of retransmission are bounded by an unsigned short."""

# RFC 7064 section 3.1, which knows no transport, and RFC 7065 section 3.1
_SERVER_URL = re.compile(
    r"(?:stuns?|(?P<relay>turns?)):(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9\-._~!$&'()*+,;=%]+)"
    r"(?::(?P<port>[0-9]{1,5}))?(?(relay)(?:\?transport=(?:udp|tcp))?)"
)


@dataclass(frozen=True, slots=True)
class IceServer:
    """A STUN or TURN server.

    Attributes:
        url: `stun:HOST[:PORT]`, `stuns:`, `turn:HOST[:PORT][?transport=udp|tcp]` or `turns:`.
        username: of a TURN server.
        credential: its password.
        stands_for: where `url` is a bridge's on this machine, the address of the server that it
            leads to; empty of any other.
    """

    url: str
    username: str = ""
    credential: str = field(default="", repr=False)
    stands_for: str = ""

    def __post_init__(self) -> None:
        match = _SERVER_URL.fullmatch(self.url)
        port = match["port"] if match else None
        if match is None or (port is not None and not 0 < int(port) <= MAX_USHORT):
            raise UsageError(
                f"{self.url!r} is not the address of an ICE server.",
                hint="Write it as stun:stun.example.test:3478 or"
                " turn:user:password@turn.example.test:3478?transport=tcp.",
            )
        if self.is_relay and not (self.username and self.credential):
            raise UsageError(
                f"The TURN server {self.url} needs a user name and a password.",
                hint="Write them before the host, as turn:user:password@host.",
            )

    @property
    def is_relay(self) -> bool:
        """Whether it is a TURN server."""
        return self.url.startswith("turn")

    @property
    def shown(self) -> str:
        """Its address as people know it."""
        return self.stands_for or self.url

    @classmethod
    def parse(cls, text: str) -> "IceServer":
        """Read `turn:user:password@host`, where the credentials may be left out of a STUN server's.

        A name that says until when it holds has a colon of its own. Another colon is written `%3A`
        and an at sign `%40`, as in any URL.

        Raises:
            UsageError: it is not the address of an ICE server.
        """
        scheme, _, rest = text.strip().partition(":")
        credentials, at, host = rest.rpartition("@")
        if not at:
            return cls(text.strip())
        given = split_credentials(credentials, is_quoted=True)
        return cls(f"{scheme}:{host}", given.username, given.password)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelOptions:
    """A data channel: its name and how reliable it is (RFC 8831 section 6.4).

    Attributes:
        label: its name; several channels may have the same.
        protocol: the subprotocol that is spoken on it, a name of IANA's WebSocket registry perhaps.
        ordered: messages arrive in the order in which they were sent.
        max_retransmits: how often a message is sent again at most; None for ever.
        max_packet_life_time_ms: how long a message is sent again at most; None for ever.
        id: of a channel that both sides open with this number by agreement; None announces it.
        pace_bytes_per_s: bytes a second that this end sends at most, for bulk over a link that is
            narrow and drops what its queue does not hold; None for what the path takes. The other
            side does not learn of it.
    """

    label: str = ""
    protocol: str = ""
    ordered: bool = True
    max_retransmits: int | None = None
    max_packet_life_time_ms: int | None = None
    id: int | None = None
    pace_bytes_per_s: float | None = None

    def __post_init__(self) -> None:
        for name, text in (("label", self.label), ("protocol", self.protocol)):
            if len(text.encode()) > MAX_USHORT:
                raise UsageError(f"The {name} of the channel has more than {MAX_USHORT:,} bytes.")
        limits = (self.max_retransmits, self.max_packet_life_time_ms)
        for limit in limits:
            if limit is not None and not 0 <= limit <= MAX_USHORT:
                raise UsageError(f"{limit} is not between 0 and {MAX_USHORT}.")
        if None not in limits:
            raise UsageError(
                "A channel has a limit of retransmissions or one of time, not both (RFC 8832"
                " section 5.1).",
                hint="Leave one of max-retransmits and max-packet-life-time out.",
            )
        if self.id is not None and not 0 <= self.id < MAX_USHORT:
            raise UsageError(f"The id {self.id} is not between 0 and {MAX_USHORT - 1}.")
        if self.pace_bytes_per_s is not None and not self.pace_bytes_per_s > 0:
            raise UsageError(f"The pace is {self.pace_bytes_per_s}; it must be above 0.")

    @classmethod
    def parse(cls, text: str) -> "ChannelOptions":
        """Read `LABEL[,ordered=false][,max-retransmits=N][,max-packet-life-time=MS][,…]`.

        Raises:
            UsageError: a part is unknown or has a value that it cannot have.
        """
        label, *parts = text.split(",")
        values: dict[str, bool | float | str] = {"label": label}
        for part in parts:
            name, _, value = part.partition("=")
            field_name, read = _PARTS.get(name.strip(), ("", str))
            if not field_name:
                raise UsageError(
                    f"A data channel has no {name.strip()!r}.",
                    hint=f"After the label there may be {', '.join(_PARTS)}.",
                )
            try:
                values[field_name] = read(value.strip())
            except (ValueError, KeyError):
                raise UsageError(f"{name.strip()} cannot be {value.strip()!r}.") from None
        return cls(**values)  # type: ignore[arg-type]


def _truth(text: str) -> bool:
    return {"true": True, "false": False}[text]


_PARTS: dict[str, tuple[str, Callable[[str], bool | float | str]]] = {
    "ordered": ("ordered", _truth),
    "max-retransmits": ("max_retransmits", int),
    "max-packet-life-time": ("max_packet_life_time_ms", int),
    "protocol": ("protocol", str),
    "id": ("id", int),
    "pace": ("pace_bytes_per_s", float),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerOptions:
    """What is asked of one connection.

    Attributes:
        ice_servers: STUN and TURN servers to find addresses with.
        transport_policy: `all`, or `relay` for paths through TURN servers only.
        codecs: names such as `VP9` or `opus`, the best first; those not named are not offered.
            Empty leaves the engine's own order.
        port_range: the lowest and the highest local port; None for any.
        open_timeout_s: seconds from the beginning until the connection stands; a channel may take
            as many to open, once it does.
        gather_timeout_s: seconds to look for addresses before those that were found must do, where
            the signaling cannot carry later ones.
        close_timeout_s: seconds that closing a data channel may take; a connection ends at once.
        lost_timeout_s: seconds that a connection may stay without a working path before it is
            given up.
        statistics_interval_s: seconds between two samples; 0 for none.
    """

    ice_servers: tuple[IceServer, ...] = ()
    transport_policy: Literal["all", "relay"] = "all"
    codecs: tuple[str, ...] = ()
    port_range: tuple[int, int] | None = None
    open_timeout_s: float = 30
    gather_timeout_s: float = 5
    close_timeout_s: float = 5
    lost_timeout_s: float = 45
    statistics_interval_s: float = 1

    def __post_init__(self) -> None:
        for name in ("open_timeout_s", "gather_timeout_s", "close_timeout_s", "lost_timeout_s"):
            if not getattr(self, name) > 0:
                what = name.removesuffix("_s").replace("_", " ")
                raise UsageError(f"The {what} is {getattr(self, name)}; it must be above 0.")
        if not self.statistics_interval_s >= 0:
            raise UsageError("The interval of statistics is below 0.")
        if self.transport_policy == "relay" and not any(s.is_relay for s in self.ice_servers):
            raise UsageError(
                "Only relayed paths are wanted, and there is no TURN server to relay.",
                hint="Give one, as --ice-server turn:user:password@turn.example.test.",
            )
        if self.port_range is not None:
            low, high = self.port_range
            if not 0 < low <= high <= MAX_USHORT:
                raise UsageError(f"{low} to {high} is not a range of ports.")
