"""The WebRTC engine: found here, prepared here, missed here.

It is Google's libwebrtc by way of `wrtc`, which has wheels for Linux, macOS and Windows on the
usual processors. Where there is none, everything else of Wirescope works. The rest of this room
imports the engine's types; no other room does.
"""

import asyncio
import contextlib
from collections.abc import Iterable
from functools import cache
from threading import Lock
from types import ModuleType
from typing import TYPE_CHECKING

from wirescope.errors import EngineMissingError
from wirescope.transports.webrtc.options import IceServer

if TYPE_CHECKING:
    import webrtc

_LOADING = Lock()
"""Held while it is loaded, since loopback cannot be allowed any more once there is a connection."""


def load() -> ModuleType:
    """Return the engine, ready for a first connection.

    Candidates of the loopback interface are gathered as well, so that two peers on a machine that
    has no network find each other; but where this process had a connection of the engine before,
    made by somebody else, since it cannot be allowed any more then.

    Raises:
        EngineMissingError: there is no engine for this machine.
    """
    with _LOADING:
        return _loaded()


@cache
def _loaded() -> ModuleType:
    try:
        import webrtc
    except ImportError as error:
        raise EngineMissingError(
            "There is no WebRTC engine for this machine.",
            hint="Use CPython 3.11 or newer on Linux (glibc, x86-64 or ARM64), macOS or Windows"
            f" (x64). Everything but WebRTC works here all the same. ({error})",
        ) from None
    with contextlib.suppress(webrtc.InvalidStateError):  # somebody else was first: as he has it
        webrtc.allow_loopback()
    return webrtc


async def make_ready() -> None:
    """Load the engine, in a thread: it takes up to a second or two, and the loop goes on.

    To be awaited before anything of a connection is under way, which would seem slow otherwise.

    Raises:
        EngineMissingError: there is no engine for this machine.
    """
    if not _loaded.cache_info().currsize:
        await asyncio.to_thread(load)


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
