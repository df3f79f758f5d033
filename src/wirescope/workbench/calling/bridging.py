"""Bridges to `turns:` servers whose certificate the engine would not accept.

The engine checks it against the machine's authorities and cannot be told otherwise. Where the
call's TLS options name an authority, or check nothing, such a server is reached through a bridge on
this machine (`wirescope.transports.turn.tls_bridge`), by the same policy, but for one thing: the
machine's authorities are trusted as well, since the named one may be the signalling's alone.
Without such options there is no bridge. The same holds for servers that WHIP and WHEP name in their
answers, which are led over bridges before the peer is told of them.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

from wirescope.errors import WirescopeError
from wirescope.transports.turn import Bridge, BridgeOptions, Trust, parse_server_url, tls_bridge
from wirescope.transports.webrtc import IceServer
from wirescope.workbench.calling.options import CallOptions


def is_bridged(options: CallOptions, server: IceServer) -> bool:
    """Whether a server is reached through a bridge."""
    tls = options.signaling.tls
    own = tls.insecure or tls.ca is not None
    return own and server.url.startswith("turns:")


def checks_nothing(options: CallOptions) -> bool:
    """Whether there is a bridge that takes any certificate."""
    bridged = any(is_bridged(options, each) for each in options.ice_servers)
    return bridged and options.signaling.tls.insecure


class Bridges:
    """The bridges of one call; `bridged` runs them.

    Attributes:
        options: the call's, with the bridges in place of the servers that they lead to.
        running: the bridges.
    """

    def __init__(self, options: CallOptions, stack: AsyncExitStack | None = None) -> None:
        self.options = options
        self.running: list[Bridge] = []
        self._stack = stack
        self._failures: list[str] = []

    async def lead(self, servers: Sequence[IceServer]) -> tuple[IceServer, ...]:
        """Put bridges in the place of those servers that are reached through one.

        Raises:
            InvalidURLError: an address of TLS asks for UDP.
            OSError: nothing can be listened on.
            UsageError: the file of authorities cannot be used.
        """
        return tuple([await self._led(each) for each in servers])

    async def lead_named(self, servers: Sequence[IceServer]) -> tuple[IceServer, ...]:
        """Do that for servers that the other side names; one without a bridge stays as it is."""
        led = []
        for each in servers:
            try:
                led.append(await self._led(each))
            except (OSError, WirescopeError) as error:
                why = error.message if isinstance(error, WirescopeError) else str(error)
                self._failures.append(f"{each.url} has no bridge: {why}")
                led.append(each)
        return tuple(led)

    async def _led(self, server: IceServer) -> IceServer:
        if self._stack is None or not is_bridged(self.options, server):
            return server
        tls = self.options.signaling.tls
        trust = BridgeOptions(
            trust=Trust(ca=tls.ca, also_machine=True, insecure=tls.insecure),
            open_timeout_s=self.options.open_timeout_s,
        )
        upstream, _ = parse_server_url(server.url)
        bridge = await self._stack.enter_async_context(tls_bridge(upstream, trust))
        self.running.append(bridge)
        return IceServer(str(bridge.url), server.username, server.credential, stands_for=server.url)

    @property
    def check_nothing(self) -> bool:
        """Whether there is one that takes any certificate."""
        return not all(each.verified for each in self.running)

    @property
    def warnings(self) -> list[str]:
        """Say of which servers the certificate is not checked."""
        return [
            f"The certificate of {each.upstream} is not checked (-k): who relays is not known."
            for each in self.running
            if not each.verified
        ]

    @property
    def notes(self) -> list[str]:
        """Say which servers are reached through a bridge, and what failed there."""
        notes = [*self._failures]
        for each in self.running:
            notes.append(f"{each.upstream} is reached through a bridge, {each.url}.")
            notes += [f"The bridge to {each.upstream}: {failure}" for failure in each.failures]
        return notes


@asynccontextmanager
async def bridged(options: CallOptions) -> AsyncIterator[Bridges]:
    """Run the bridges that a call needs while the context lasts.

    Raises:
        UsageError: the file of authorities cannot be used.
    """
    async with AsyncExitStack() as stack:
        bridges = Bridges(options, stack)
        servers = await bridges.lead(options.ice_servers)
        bridges.options = replace(options, ice_servers=servers)
        yield bridges
