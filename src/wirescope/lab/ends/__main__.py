"""`python -m wirescope.lab.ends`: an end as a process; see `orders` for what it is told.

Answers have standard output for themselves: whatever else is printed goes to standard error.
"""

import asyncio
import os
import stat
import sys
from collections.abc import Callable

import msgspec

from wirescope.lab.ends.driving import LINE_LIMIT, REAL_TIME
from wirescope.lab.ends.orders import Ready
from wirescope.lab.ends.serving import serve


async def _take_orders(ready: Ready, answer: Callable[[bytes], None]) -> None:
    orders = asyncio.StreamReader(limit=LINE_LIMIT)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    answer(msgspec.json.encode(ready) + b"\n")
    await serve(orders, answer)


def _go_first() -> bool:
    """Ask for a real-time priority, the lowest one, for all threads that there will be."""
    try:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    except (AttributeError, OSError):
        return False
    return True


def main() -> None:
    """Take orders until there are none any more."""
    kind = os.fstat(0).st_mode
    if not (stat.S_ISFIFO(kind) or stat.S_ISSOCK(kind)):
        sys.exit("An end takes its orders from a pipe, and ends with it.")
    ready = Ready(real_time=REAL_TIME in sys.argv[1:] and _go_first())
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
        runner.run(_take_orders(ready, answer))


if __name__ == "__main__":
    main()
