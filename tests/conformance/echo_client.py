"""Our client as the Autobahn testsuite wants it: asks how many cases there are and echoes in each.

Run as `python -m tests.conformance.echo_client URL AGENT`.
"""

import asyncio
import sys
from collections.abc import Sequence

from wirescope.errors import WirescopeError
from wirescope.events import Emission, Timeline
from wirescope.transports.websocket import ConnectOptions, WebSocketConnection, connect

OPTIONS = ConnectOptions(max_message_size=1 << 26, hold_limit=1 << 26, close_timeout_s=3)


def discard(_: Sequence[Emission]) -> None:
    """Take what happened and keep nothing."""


async def echo(connection: WebSocketConnection) -> None:
    """Send each message back as it came, until the connection is over."""
    try:
        async for message in connection:
            await connection.send(message.text if message.kind == "text" else message.payload)
    except WirescopeError:
        pass  # the testsuite ends many a connection on purpose
    await connection.close()


async def open_connection(url: str) -> WebSocketConnection:
    """Connect with what this run has in common."""
    return await connect(url, options=OPTIONS, timeline=Timeline(), sink=discard)


async def run_cases(url: str, agent: str) -> None:
    """Run every case of the testsuite that listens at the address."""
    counting = await open_connection(f"{url}/getCaseCount")
    count = int((await counting.receive()).text)
    await counting.close()
    for case in range(1, count + 1):
        try:
            await echo(await open_connection(f"{url}/runCase?case={case}&agent={agent}"))
        except WirescopeError as error:  # the testsuite counts the case as failed; the rest go on
            print(f"case number {case}: {error}", file=sys.stderr)
    reporting = await open_connection(f"{url}/updateReports?agent={agent}")
    await reporting.wait_closed()


if __name__ == "__main__":
    asyncio.run(run_cases(sys.argv[1], sys.argv[2]))
