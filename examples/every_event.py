"""Watch all that crosses the wire: the handshake, each frame, pings, the end.

python examples/every_event.py ws://127.0.0.1:8765/echo
"""

import asyncio
import sys

import wirescope
from wirescope.events import WebSocketMessage


async def main(url: str) -> None:
    async with wirescope.connect(url) as connection:
        round_trip_s = await connection.ping()
        await connection.send("hello")
        async for event in connection.events:
            print(f"{event.seq:>3} {event.at_ns / 1e6:>8.1f} ms  {event.type}")
            if isinstance(event, WebSocketMessage) and event.direction == "received":
                break
        print("the ping took less than a minute:", round_trip_s < 60)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
