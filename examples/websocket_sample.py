"""What the page /samples/websocket does, from Python: open a socket, send, receive, close.

python examples/websocket_sample.py ws://127.0.0.1:8765/echo
"""

import asyncio
import json
import sys

import wirescope


async def main(url: str) -> None:
    async with wirescope.connect(url) as connection:
        print("open")
        await connection.send("Hello")
        await connection.send(json.dumps({"type": "trade", "price": 101.25}))
        await connection.send(bytes([1, 2, 3]))
        for _ in range(3):
            message = await connection.receive()
            print("received", message.text if message.kind == "text" else list(message.payload))
        closed = await connection.close(1000, "thank you")
        print("closed", closed.code, "cleanly" if closed.clean else "not cleanly")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
