"""Record a connection into a capture, then read the capture.

python examples/record_and_read.py ws://127.0.0.1:8765/echo hello.wirescope
"""

import asyncio
import sys

import wirescope


async def record(url: str, path: str) -> None:
    async with wirescope.connect(url, capture=path) as connection:
        for number in range(3):
            await connection.send(f"message {number}")
            await connection.receive()


def read(path: str) -> None:
    with wirescope.open_capture(path) as capture:
        events = list(capture.events())
    print(len(events), "events")
    print(wirescope.explain(events).sentence)


if __name__ == "__main__":
    asyncio.run(record(*sys.argv[1:3]))
    read(sys.argv[2])
