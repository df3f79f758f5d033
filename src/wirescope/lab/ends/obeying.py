"""A process that takes orders from its standard input, one after the other, and answers each.

Answers have standard output for themselves: whatever else is printed goes to standard error. What
an order cannot do for a reason is an answer; a fault of this program ends the process, with its
trace on standard error. Not here: what the orders are, and what is done.
"""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from typing import TypeVar

import msgspec

from wirescope.errors import WirescopeError
from wirescope.lab.ends.order import Order
from wirescope.lab.ends.orders import Failed, Quit, Ready

LINE_LIMIT = 256 << 20
"""Bytes of an order or an answer: those of a run have a row for each message."""

MOST_WAITING = 16
"""Orders that wait to be taken."""

LEAVE_S = 8.0
"""Seconds for closing, after which what is not closed is given up."""

Answer = Callable[[bytes], None]
Waiting = asyncio.Queue[bytes]

O = TypeVar("O", bound=Order)  # noqa: E741 as the letter of an order


def obey(ready: Ready, serve: Callable[[asyncio.StreamReader, Answer], Awaitable[None]]) -> None:
    """Be such a process, on the fastest event loop that there is.

    Args:
        ready: what is said first.
        serve: takes orders until there are none any more.
    """
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)

    def answer(line: bytes) -> None:
        answers.write(line)
        answers.flush()

    async def take_orders() -> None:
        orders = asyncio.StreamReader(limit=LINE_LIMIT)
        loop = asyncio.get_running_loop()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
        answer(msgspec.json.encode(ready) + b"\n")
        await serve(orders, answer)

    factory: Callable[[], asyncio.AbstractEventLoop] | None
    try:
        from uvloop import new_event_loop as factory
    except ImportError:
        factory = None
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(take_orders())


async def read(orders: asyncio.StreamReader, waiting: Waiting) -> None:
    """Have orders wait, until there are no more."""
    while line := await orders.readline():
        await waiting.put(line)


async def work(
    waiting: Waiting,
    answer: Answer,
    *,
    decode: Callable[[bytes], O],
    do: Callable[[O], Awaitable[msgspec.Struct]],
) -> None:
    """Carry out orders as they come, up to the one to quit."""
    while True:
        order: O | None = None
        said: msgspec.Struct | dict[str, msgspec.Struct]
        try:
            order = decode(await waiting.get())
            said = {"done": await do(order)}
        except msgspec.DecodeError as error:
            said = Failed(f"The order cannot be understood: {error}.")
        except WirescopeError as error:
            said = Failed(error.message, error.hint)
        except TimeoutError:
            assert order is not None
            name = type(order).__name__.lower()
            said = Failed(f"The order {name} was not carried out within {order.timeout_s:g} s.")
        answer(msgspec.json.encode(said) + b"\n")
        if isinstance(order, Quit):
            return
