"""`python -m wirescope.lab.scale ROLE`: a process of a sweep; see `orders` for what it is told.

Answers have standard output for themselves: whatever else is printed goes to standard error.
"""

import asyncio
import os
import sys
from collections.abc import Callable
from typing import get_args

import msgspec

from wirescope.lab.ends.driving import LINE_LIMIT
from wirescope.lab.ends.orders import Ready
from wirescope.lab.scale.orders import Role
from wirescope.lab.scale.serving import serve, take_all_descriptors


async def _take_orders(role: Role, answer: Callable[[bytes], None]) -> None:
    orders = asyncio.StreamReader(limit=LINE_LIMIT)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    answer(msgspec.json.encode(Ready(real_time=False)) + b"\n")
    await serve(role, orders, answer)


def main() -> None:
    """Take orders until there are none any more."""
    roles: tuple[Role, ...] = get_args(Role)
    role = next((each for each in roles if sys.argv[1:] == [each]), None)
    if role is None:
        sys.exit(f"A process of a sweep is one of {', '.join(roles)}.")
    take_all_descriptors()
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)

    def answer(line: bytes) -> None:
        answers.write(line)
        answers.flush()

    factory: Callable[[], asyncio.AbstractEventLoop] | None
    try:
        from uvloop import new_event_loop as factory
    except ImportError:
        factory = None
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(_take_orders(role, answer))


if __name__ == "__main__":
    main()
