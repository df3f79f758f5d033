"""The WebRTC engine: found here, prepared here, missed here.

It is Google's libwebrtc by way of `wrtc`, which has wheels for Linux, macOS and Windows on the
usual processors. Where there is none, everything else of Wirescope works. The rest of this room
imports the engine's types; no other room does.
"""

from collections.abc import Iterable
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING

from wirescope.errors import EngineMissingError
from wirescope.transports.webrtc.options import IceServer

if TYPE_CHECKING:
    import webrtc


@cache
def load() -> ModuleType:
    """Return the engine, ready for a first connection.

    Candidates of the loopback interface are gathered as well, so that two peers on a machine that
    has no network find each other.

    Raises:
        EngineMissingError: there is no engine for this machine.
    """
    try:
        import webrtc
    except ImportError as error:
        raise EngineMissingError(
            "There is no WebRTC engine for this machine.",
            hint="Use CPython 3.11 or newer on Linux (glibc, x86-64 or ARM64), macOS or Windows"
            f" (x64). Everything but WebRTC works here all the same. ({error})",
        ) from None
    webrtc.allow_loopback()
    return webrtc


def is_there() -> bool:
    """Whether this machine has an engine."""
    try:
        load()
    except EngineMissingError:
        return False
    return True


def ice_servers(servers: Iterable[IceServer]) -> "list[webrtc.RTCIceServer]":
    """Give ICE servers as the engine takes them."""
    return [
        load().RTCIceServer(
            urls=each.url, username=each.username or None, credential=each.credential or None
        )
        for each in servers
    ]
