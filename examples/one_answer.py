"""Send one message, print the answer, close.

python examples/one_answer.py ws://127.0.0.1:8765/echo
"""

import asyncio
import sys

import wirescope


async def main(url: str) -> None:
    async with wirescope.connect(url) as connection:
        await connection.send("hello")
        message = await connection.receive()
        print(message.text)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
