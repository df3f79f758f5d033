"""Say why a connection does not come about, and what to do.

python examples/why_refused.py ws://127.0.0.1:8765/reject?status=401
"""

import asyncio
import sys

import wirescope


async def main(url: str) -> None:
    try:
        async with wirescope.connect(url, open_timeout_s=5):
            print("open")
    except wirescope.UpgradeRefusedError as error:
        print(f"refused with {error.status}: {error.body.decode(errors='replace').strip()}")
    except wirescope.WirescopeError as error:
        print(error.message)
        print(error.hint)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
