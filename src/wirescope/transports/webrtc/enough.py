"""Whether this end's addresses are known as far as they can be of use, before the engine says so.

The engine asks STUN and TURN servers from the loopback interface as well, from where no server
elsewhere is reached, and says that it has gathered all only once it has given up on that: after 10
seconds for STUN and 40 for TURN. Who waits for all addresses waits for each server's answer to
another interface instead.
"""

import asyncio
from collections.abc import Sequence

from wirescope.events import IceCandidate, IceError
from wirescope.transports.webrtc.options import IceServer
from wirescope.wire.turn import read_server

SETTLE_S = 0.2
"""How long nothing further must have come, once each server has answered: there may be several
interfaces."""


class Enough:
    """Follows what is found of one generation of candidates.

    Args:
        servers: those that are asked.
        reached: is set once each of them has answered.
    """

    def __init__(self, servers: Sequence[IceServer], reached: asyncio.Event) -> None:
        self._reached = reached
        self._loop = asyncio.get_running_loop()
        self._settling: asyncio.TimerHandle | None = None
        self.ask(servers)

    def ask(self, servers: Sequence[IceServer]) -> None:
        """Follow what these servers say from now on."""
        self._asked = frozenset(read_server(each.shown) for each in servers)
        self.begin()

    def begin(self) -> None:
        """Begin with a new generation."""
        self.stop()
        self._waiting = set(self._asked)

    def stop(self) -> None:
        """Let nothing be set any more."""
        if self._settling is not None:
            self._settling.cancel()
            self._settling = None

    def note(self, event: IceCandidate | IceError) -> None:
        """Take an address that was found, or that a server did not give."""
        if not self._asked or (isinstance(event, IceCandidate) and event.side == "remote"):
            return
        if event.url and not _is_loopback(event):
            key = read_server(event.url)
            # what a TURN server says of the outside is not yet what it was asked for
            is_relay = key is not None and key.is_relay
            is_other = isinstance(event, IceCandidate) and is_relay != (event.kind == "relay")
            if not is_other:
                self._waiting.discard(key)
        if not self._waiting:
            self.stop()
            self._settling = self._loop.call_later(SETTLE_S, self._reached.set)


def _is_loopback(event: IceCandidate | IceError) -> bool:
    """Whether it is of a loopback address; in an error the engine has blotted out its last part."""
    address = event.address
    if isinstance(event, IceCandidate):
        address = event.address if event.related is None else event.related.address
    return address.startswith(("127.", "::1", "[0:0:0:"))
