"""Everything that can be asked of a WebRTC connection, over whatever its signaling goes.

Values are checked here against each other and against the address, before anything is on the
network. How the signaling's server is reached is asked with the options of a WebSocket, since they
are the same: fields, credentials, TLS, proxy, retry.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from wirescope.errors import UsageError
from wirescope.transports import websocket
from wirescope.transports.webrtc import ChannelOptions, IceServer, PeerOptions
from wirescope.transports.webrtc.media import MediaFile, file_type_of
from wirescope.transports.webrtc.signaling import HttpOptions, adapter_of
from wirescope.transports.websocket import ConnectOptions, secrets_of
from wirescope.workbench.calling.address import Address
from wirescope.workbench.calling.asking import http_options

CHAT = ChannelOptions(label="chat")
"""What is made where neither a channel nor media is asked for."""

CODE_TIMEOUT_S = 600.0

_DATA_CHANNELS = "\nm=application"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOptions:
    """What is asked of one connection.

    Attributes:
        ice_servers: STUN and TURN servers to find addresses with; without any, WHIP and WHEP use
            those that their server names.
        relay_only: whether only paths through TURN servers are taken.
        codecs: names such as `VP9` or `opus`, the best first; others are not offered.
        channels: data channels to make.
        audio: what is sent: a tone, or the first sound of a file; a str other than `tone` is the
            file's path.
        video: colour bars with a clock, or the first picture of a file; a str other than `bars` is
            the file's path.
        record: the file that what comes is recorded into, WebM or MP4 by its name; a str is its
            path.
        signaling: how the signaling's server is reached; `open_timeout_s` bounds each exchange.
        max_redirects: redirects that WHIP and WHEP follow; None follows as many as `signaling`
            says, or 5 where that is 0, since clients have to (RFC 9725 section 4.5).
        adapter: what messages over a WebSocket look like: `json`, `nested`, `peerjs`, or one that a
            package brings.
        adapter_parameters: what the adapter is told, as `(("to", "PAGE"),)`.
        open_timeout_s: seconds until the connection stands; where codes are pasted, from the
            answer on.
        code_timeout_s: seconds that people have for handing a code over and one back.
        gather_timeout_s: seconds to look for addresses for a code.
        lost_timeout_s: seconds without a working path before the connection is given up.
        statistics_interval_s: seconds between two samples; 0 for none.
    """

    ice_servers: tuple[IceServer, ...] = ()
    relay_only: bool = False
    codecs: tuple[str, ...] = ()
    channels: tuple[ChannelOptions, ...] = ()
    audio: Literal["tone"] | Path | None = None
    video: Literal["bars"] | Path | None = None
    record: Path | None = None
    signaling: ConnectOptions = field(default_factory=ConnectOptions)
    max_redirects: int | None = None
    adapter: str = "json"
    adapter_parameters: tuple[tuple[str, str], ...] = ()
    open_timeout_s: float = 30
    code_timeout_s: float = CODE_TIMEOUT_S
    gather_timeout_s: float = 5
    lost_timeout_s: float = 45
    statistics_interval_s: float = 1

    def __post_init__(self) -> None:
        """Take a str that is no word of its own as the path that it is."""
        for name, word in (("audio", "tone"), ("video", "bars"), ("record", None)):
            value = getattr(self, name)
            if isinstance(value, str) and value != word:
                object.__setattr__(self, name, Path(value).expanduser())

    @property
    def sends(self) -> bool:
        """Whether audio or video is to be sent."""
        return self.audio is not None or self.video is not None

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not be written anywhere: of the signaling's server, of the ICE servers."""
        return secrets_of(self.signaling.auth, *(each.credential for each in self.ice_servers))

    def peer_options(self, address: Address) -> PeerOptions:
        """Make the peer's options.

        Raises:
            UsageError: they cannot be used.
        """
        by_hand = address.way == "code"
        return PeerOptions(
            ice_servers=self.ice_servers,
            transport_policy="relay" if self.relay_only else "all",
            codecs=self.codecs,
            open_timeout_s=self.code_timeout_s if by_hand else self.open_timeout_s,
            gather_timeout_s=self.gather_timeout_s,
            lost_timeout_s=self.lost_timeout_s,
            statistics_interval_s=self.statistics_interval_s,
        )

    def http_options(self, address: Address) -> HttpOptions:
        """Make the options of the client of WHIP and WHEP.

        Raises:
            UsageError: something is asked for that it cannot do.
        """
        return http_options(address, self.signaling, max_redirects=self.max_redirects)


def has_channel(address: Address, options: CallOptions) -> bool:
    """Tell whether a connection has a data channel even if the other side opens none by itself."""
    if options.channels or address.is_http:
        return bool(options.channels)
    if address.offer is not None:
        return _DATA_CHANNELS in address.offer.sdp
    return not options.sends and options.record is None


def check_call(address: Address, options: CallOptions) -> None:
    """Find the user's mistakes before anything is opened.

    Raises:
        MediaFileError: a file to send cannot be read.
        UsageError: the options do not fit to each other, or to the address.
    """
    options.peer_options(address)
    _check_direction(address, options)
    _check_files(options)
    if address.is_http:
        options.http_options(address)
    elif address.way == "messages":
        websocket.check(address.target, options.signaling)
        adapter_of(options.adapter, **dict(options.adapter_parameters))


def _check_direction(address: Address, options: CallOptions) -> None:
    if address.way == "whep" and options.sends:
        raise UsageError(
            "WHEP watches: nothing is sent there but messages of channels.",
            hint="Publish with whip+https:, or leave audio and video out.",
        )
    if address.way == "whip" and options.record is not None:
        raise UsageError(
            "WHIP publishes: nothing comes back that could be recorded.",
            hint="Watch and record with whep+https:.",
        )
    offer = address.offer
    if offer is not None and options.channels and _DATA_CHANNELS not in offer.sdp:
        raise UsageError(
            "The other side's offer has no data channels, so none can be made in the answer.",
            hint="Have the offer made with a channel.",
        )


def _check_files(options: CallOptions) -> None:
    if options.record is not None:
        file_type_of(options.record)
        if options.record.exists():
            raise UsageError(
                f"{options.record} exists already.",
                hint="Give another name, or delete it if it is not needed.",
            )
    for kind, what in (("audio", options.audio), ("video", options.video)):
        if isinstance(what, Path) and not what.is_file():
            raise UsageError(f"{what} is not a file.", hint="See that it is there.")
        if isinstance(what, Path) and getattr(MediaFile(what), kind) is None:
            raise UsageError(f"{what} has no {kind}.", hint="Give a file that has some.")
