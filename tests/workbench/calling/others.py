"""Other sides of a call: engine peers behind WHIP, WHEP and a WebSocket, on real ports."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from ssl import SSLContext

from tests.support.peers import Capture, until
from tests.transports.webrtc.signaling.serving import on_a_port
from wirescope.events import ConnectionFailed, SignalingDescription
from wirescope.transports.webrtc import Peer, PeerOptions, negotiate, open_peer
from wirescope.transports.webrtc.media import ColourBars, Tone
from wirescope.transports.webrtc.signaling import (
    MessageSignaling,
    Mount,
    MountOptions,
    adapter_of,
    peer_sessions,
)
from wirescope.transports.webrtc.signaling.answers import Kind
from wirescope.transports.websocket import Acceptance, WebSocketConnection, serve
from wirescope.workbench.calling import Call, CallOptions, open_call

PICTURE = ColourBars(width=160, height=128, frame_rate=15)


async def echo(peer: Peer) -> None:
    """Send back what comes on the first channel."""
    await until(lambda: peer.channels or peer.failed or peer.closed)
    for channel in peer.channels[:1]:
        async for message in channel:
            await channel.send(message.text if message.kind == "text" else message.payload)


async def picture(peer: Peer) -> None:
    """Send a picture and a tone, where they are asked for."""
    peer.media.send_video(PICTURE)
    peer.media.send_audio(Tone())


@dataclass
class Other:
    """The other side.

    Attributes:
        url: where it is, as a call's address has it.
        mount: takes the requests.
        capture: what happened there.
    """

    url: str
    mount: Mount
    capture: Capture


@asynccontextmanager
async def over_http(
    kind: Kind = "whep",
    *,
    options: PeerOptions | None = None,
    media: bool = False,
    ssl: SSLContext | None = None,
    **mount: object,
) -> AsyncIterator[Other]:
    """Serve WHIP or WHEP by engine peers that echo, or send a picture."""
    capture = Capture()
    async with peer_sessions(
        echo,
        timeline=capture.timeline,
        sink=capture.sink,
        prepare=picture if media else _nothing,
        options=options,
    ) as open_session:
        made = Mount("/live", kind, open_session, options=MountOptions(**mount))  # type: ignore[arg-type]
        async with on_a_port(made, ssl=ssl) as address:
            yield Other(f"{kind}+{address}/live", made, capture)
            await made.close()


async def _nothing(_: Peer) -> None:
    pass


@asynccontextmanager
async def over_a_websocket(*, media: bool = False) -> AsyncIterator[str]:
    """Serve a peer behind signaling in JSON over a WebSocket; gives the call's address."""
    capture = Capture()

    async def answer(connection: WebSocketConnection) -> None:
        signaling = MessageSignaling(connection, adapter_of("json"))
        async with (
            open_peer(timeline=capture.timeline, sink=capture.sink) as peer,
            negotiate(peer, signaling, polite=False),
        ):
            if media:
                await picture(peer)
            await echo(peer)
            await peer.wait_ended()

    async with serve(lambda _: Acceptance(handler=answer)) as server:
        yield f"webrtc+{server.url}/signal"


@dataclass
class Log:
    """A capture, and the calls that are opened for it."""

    capture: Capture = field(default_factory=Capture)

    @asynccontextmanager
    async def call(self, address: str, **options: object) -> AsyncIterator[Call]:
        """Open a call."""
        chosen = CallOptions(**options)  # type: ignore[arg-type]
        async with AsyncExitStack() as stack:
            yield await stack.enter_async_context(
                open_call(
                    address,
                    options=chosen,
                    timeline=self.capture.timeline,
                    sink=self.capture.sink,
                )
            )

    @property
    def failed(self) -> ConnectionFailed:
        """Why the connection failed that was begun last."""
        return self.capture.of(ConnectionFailed)[-1]

    def sdp(self, side: str = "local") -> str:
        """Give the first description of a side."""
        found = self.capture.of(SignalingDescription)
        return next(each.sdp for each in found if each.side == side)

    @property
    def fragments(self) -> set[str]:
        """Give the user name fragments of this end's generations of candidates."""
        local = [each.sdp for each in self.capture.of(SignalingDescription) if each.side == "local"]
        return {sdp.partition("a=ice-ufrag:")[2].partition("\r")[0] for sdp in local}
