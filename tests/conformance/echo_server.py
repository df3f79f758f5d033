"""Our server as the Autobahn testsuite wants it: every message comes back.

Run as `python -m tests.conformance.echo_server`; prints its address and serves until it is ended.
"""

import asyncio

from tests.conformance.echo_client import discard, echo
from wirescope.events import Timeline
from wirescope.transports.websocket import ServerOptions, serve

OPTIONS = ServerOptions(max_message_size=1 << 26, hold_limit=1 << 26, close_timeout_s=3)


async def main() -> None:
    """Serve on a free port of this machine."""
    server = await serve(echo, port=0, options=OPTIONS, timeline=Timeline(), sink=discard)
    print(f"ws://127.0.0.1:{server.port}", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
