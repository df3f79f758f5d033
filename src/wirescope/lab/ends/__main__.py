"""`python -m wirescope.lab.ends`: an end as a process; see `orders` for what it is told.

With `--enter` and the paths of namespaces it moves there first, with `--real-time` it goes before
ordinary processes. Answers have standard output for themselves: whatever else is printed goes to
standard error.
"""

import asyncio
import os
import stat
import sys
from collections.abc import Callable
from itertools import pairwise

import msgspec

from wirescope.lab.ends.driving import ENTER, LINE_LIMIT, REAL_TIME
from wirescope.lab.ends.orders import Ready
from wirescope.lab.ends.serving import serve
from wirescope.transports.link import ask_for_short_slices, enter_all, go_first

_PRIORITY = 1  # of all threads that there will be; the link's is above it


async def _take_orders(ready: Ready, answer: Callable[[bytes], None]) -> None:
    orders = asyncio.StreamReader(limit=LINE_LIMIT)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    answer(msgspec.json.encode(ready) + b"\n")
    await serve(orders, answer)


def main() -> None:
    """Take orders until there are none any more."""
    kind = os.fstat(0).st_mode
    if not (stat.S_ISFIFO(kind) or stat.S_ISSOCK(kind)):
        sys.exit("An end takes its orders from a pipe, and ends with it.")
    asked = sys.argv[1:]
    try:
        enter_all(each for option, each in pairwise(asked) if option == ENTER)
    except OSError as error:
        sys.exit(f"The emulated network cannot be entered; has it ended? ({error})")
    ready = Ready(real_time=REAL_TIME in asked and go_first(_PRIORITY))
    if not ready.real_time:
        ask_for_short_slices()
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
