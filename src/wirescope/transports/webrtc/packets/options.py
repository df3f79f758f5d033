"""Everything that can be asked of forwarding, with its default and its check."""

from collections.abc import Callable
from dataclasses import dataclass

from wirescope.errors import UsageError
from wirescope.transports.webrtc.options import IceServer


@dataclass(frozen=True, slots=True, kw_only=True)
class ForwarderOptions:
    """What is asked of a forwarder and of each of its connections.

    Attributes:
        codecs: names of the codecs that are taken; of those the publisher's first choice is.
        ice_servers: STUN and TURN servers to find addresses with, one of each at most; a function
            makes them for each connection, since credentials hold for a time.
        max_viewers: viewers at a time.
        open_timeout_s: seconds from an offer until its connection stands.
        gather_timeout_s: seconds to look for addresses before those that were found must do.
        close_timeout_s: seconds that closing a connection may take.
    """

    codecs: tuple[str, ...] = ("opus", "VP8", "VP9", "H264", "AV1")
    ice_servers: tuple[IceServer, ...] | Callable[[], tuple[IceServer, ...]] = ()
    max_viewers: int = 100
    open_timeout_s: float = 30
    gather_timeout_s: float = 5
    close_timeout_s: float = 5

    def __post_init__(self) -> None:
        for name in ("open_timeout_s", "gather_timeout_s", "close_timeout_s"):
            if not getattr(self, name) > 0:
                what = name.removesuffix("_s").replace("_", " ")
                raise UsageError(f"The {what} is {getattr(self, name)}; it must be above 0.")
        if self.max_viewers < 1:
            raise UsageError(f"{self.max_viewers} viewers are less than one.")
