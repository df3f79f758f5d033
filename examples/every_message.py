"""Print every message until the server closes, then why it did.

python examples/every_message.py ws://127.0.0.1:8765/push?count=3
"""

import asyncio
import sys

import wirescope


async def main(url: str) -> None:
    async with wirescope.connect(url, subprotocols=("chat",)) as connection:
        async for message in connection:
            print(message.kind, message.length, message.text)
        print(connection.verdict.sentence)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
