"""Our server as the Autobahn testsuite wants it: every message comes back.

Run as `python -m tests.conformance.echo_server`; prints its address and serves until it is ended.
"""

import asyncio

from wirescope.errors import WirescopeError
from wirescope.transports.websocket import Acceptance, ServerOptions, serve
from wirescope.transports.websocket.connection import WebSocketConnection
from wirescope.transports.websocket.settings import Settings

OPTIONS = ServerOptions(
    settings=Settings(max_message_size=1 << 26, hold_limit=1 << 26, close_timeout_s=3)
)


async def echo(connection: WebSocketConnection) -> None:
    """Send each message back as it came, until the connection is over."""
    try:
        async for message in connection:
            await connection.send(message.text if message.kind == "text" else message.payload)
    except WirescopeError:
        pass  # the testsuite ends many a connection on purpose


async def main() -> None:
    """Serve on a free port of this machine."""
    async with serve(lambda _: Acceptance(handler=echo), options=OPTIONS) as server:
        print(server.url, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
