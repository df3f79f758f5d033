"""Bridges to `turns:` servers whose certificate the engine would not accept.

The engine checks it against the machine's authorities and cannot be told otherwise. Where the
call's TLS options name an authority, or check nothing, such a server is reached through a bridge on
this machine (`wirescope.transports.turn.tls_bridge`), by the same policy, but for one thing: the
machine's authorities are trusted as well, since the named one may be the signalling's alone.
Without such options there is no bridge. Servers that WHIP and WHEP name in their answers are not
bridged: what they are is known only once the peer exists.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace

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


@dataclass(frozen=True, slots=True)
class Bridges:
    """The bridges of one call.

    Attributes:
        options: the call's, with the bridges in place of the servers that they lead to.
        running: the bridges.
    """

    options: CallOptions
    running: tuple[Bridge, ...] = ()

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
        notes = []
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
    tls = options.signaling.tls
    trust = BridgeOptions(
        trust=Trust(ca=tls.ca, also_machine=True, insecure=tls.insecure),
        open_timeout_s=options.open_timeout_s,
    )
    running: list[Bridge] = []
    servers: list[IceServer] = []
    async with AsyncExitStack() as stack:
        for server in options.ice_servers:
            if not is_bridged(options, server):
                servers.append(server)
                continue
            upstream, _ = parse_server_url(server.url)
            bridge = await stack.enter_async_context(tls_bridge(upstream, trust))
            running.append(bridge)
            servers.append(IceServer(str(bridge.url), server.username, server.credential))
        yield Bridges(replace(options, ice_servers=tuple(servers)), tuple(running))
