"""The process of a sweep: takes orders one after the other, and answers each.

Whoever gives the orders holds the other side of its standard input. When that is gone, so is the
process, whatever it is doing. Not here: how orders are taken and answered (`ends.obeying`).
"""

import asyncio
import os
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import msgspec

from wirescope.lab.ends.obeying import LEAVE_S, MOST_WAITING, Answer, Waiting, read, work
from wirescope.lab.ends.orders import Nothing
from wirescope.lab.ends.usage import cpu_s, usage
from wirescope.lab.scale.orders import (
    AnyOrder,
    AskTaken,
    AskUsed,
    Host,
    Hosted,
    Join,
    Play,
    Role,
    Taken,
    Used,
    decode_order,
)
from wirescope.lab.scale.side import Side


def side_of(role: Role) -> Callable[[asyncio.TaskGroup], Side]:
    """Give what makes a side; an engine is loaded only where one is needed."""
    match role:
        case "room" | "members":
            from wirescope.lab.scale.rooms import Members, Room

            return Room if role == "room" else Members
        case "forwarder" | "viewers":
            from wirescope.lab.scale.forwarding import Forwarding, Viewers

            return Forwarding if role == "forwarder" else Viewers
        case "mesh":
            from wirescope.lab.scale.meshes import Mesh

            return Mesh


def take_all_descriptors() -> None:
    """Raise this process's limit of descriptors to what the system lets it have."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def taken() -> Taken:
    """Say what this process has of the machine; what the system does not tell is 0."""
    most = 0
    with suppress(ImportError):
        import resource

        most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    folder = Path("/proc/self/fd")
    return Taken(
        memory_bytes=usage().memory_bytes,
        descriptors=sum(1 for _ in folder.iterdir()) if folder.exists() else 0,
        most_descriptors=most,
    )


async def serve(role: Role, orders: asyncio.StreamReader, answer: Answer) -> None:
    """Take orders until there are no more, or the last one is to quit."""
    waiting = Waiting(MOST_WAITING)
    async with asyncio.TaskGroup() as tasks:
        side = side_of(role)(tasks)
        do = partial(_do_in_time, side)
        at_work = tasks.create_task(work(waiting, answer, decode=decode_order, do=do))
        reading = tasks.create_task(read(orders, waiting))
        await asyncio.wait((at_work, reading), return_when=asyncio.FIRST_COMPLETED)
        asyncio.get_running_loop().call_later(LEAVE_S, os._exit, 1)
        at_work.cancel()
        reading.cancel()
        await side.leave()


async def _do_in_time(side: Side, order: AnyOrder) -> msgspec.Struct:
    async with asyncio.timeout(order.timeout_s):
        return await _do(side, order)


async def _do(side: Side, order: AnyOrder) -> msgspec.Struct:
    match order:
        case Host():
            return Hosted(port=await side.host())
        case Join():
            await side.join(order)
        case Play():
            return await side.play(order)
        case AskUsed():
            return Used(cpu_s=cpu_s())
        case AskTaken():
            return taken()
    return Nothing()
