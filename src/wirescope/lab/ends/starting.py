"""Ends and emulated networks of many experiments, started quickly.

What they are made of is loaded once, in processes that fork (`wirescope.processes`): one that has
all but a WebRTC engine, whose memory is no part of what a WebSocket takes, and one that has that as
well. Where a system does not fork, each is started from its beginning.
"""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import Any, Self

from wirescope.errors import LabError
from wirescope.lab.cells import TransportName
from wirescope.lab.ends.driving import End
from wirescope.link import LinkSettings
from wirescope.processes import FORKS, ForkServer, Start, spawn
from wirescope.transports.link import Network, open_network

_PLAIN = ("wirescope.lab.ends.__main__", "wirescope.transports.link.__main__")
_WITH_ENGINE = (*_PLAIN[:1], "wirescope.lab.ends.channels", "wirescope.transports.webrtc:is_there")


class Starter:
    """Starts ends and networks while its context lasts.

    Raises:
        LabError: no process can be started, when the context begins.
    """

    def __init__(self) -> None:
        self._stack = AsyncExitStack()
        self._plain: Start = spawn
        self._with_engine: Start = spawn

    async def __aenter__(self) -> Self:
        if FORKS:
            self._plain = await self._forking(_PLAIN)
            self._with_engine = await self._forking(_WITH_ENGINE)
        return self

    async def _forking(self, names: Sequence[str]) -> Start:
        try:
            server = await self._stack.enter_async_context(await ForkServer.open(names))
        except OSError as error:
            await self._stack.aclose()
            raise LabError(f"No process can be started: {error}.") from None
        return server.start

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def end(
        self,
        name: str,
        transport: TransportName = "websocket",
        *,
        network: Network | None = None,
        real_time: bool = False,
    ) -> End:
        """Start an end.

        Args:
            name: what it is called in errors, and the host of the network that it stands on.
            transport: what it will carry; of a server in the middle WebSocket.
            network: that it is in; None for this machine's own.
            real_time: see `End.start`.

        Raises:
            LabError: it could not be started.
        """
        return await End.start(
            name,
            spaces=() if network is None else network.spaces(name),
            start=self._plain if transport == "websocket" else self._with_engine,
            real_time=real_time,
        )

    def network(
        self, *, links: Sequence[LinkSettings], **how: Any
    ) -> AbstractAsyncContextManager[Network]:
        """Have a network; see `open_network`, to which everything else is handed."""
        return open_network(links=links, start=self._plain, **how)
