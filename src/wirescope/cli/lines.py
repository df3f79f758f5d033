"""stdin as lines, whatever it is: a pipe, a file, a terminal, a device of another system.

A thread reads the descriptor and hands lines over one batch at a time, so that a slow connection
slows whoever writes into the pipe. It is a daemon: a read that never returns keeps nobody from
leaving.
"""

import asyncio
import os
import threading
from collections.abc import AsyncGenerator

from wirescope.errors import UsageError

_PIECE = 1 << 16

LINE_LIMIT = 64 << 20
"""Bytes that a line may have; it is held in memory."""


async def read_lines(descriptor: int) -> AsyncGenerator[bytes]:
    """Yield each line without its line feed; the last one needs none.

    Raises:
        UsageError: a line is longer than `LINE_LIMIT`.
    """
    loop = asyncio.get_running_loop()
    pieces: asyncio.Queue[bytes] = asyncio.Queue(maxsize=2)
    stopped = threading.Event()
    reader = threading.Thread(
        target=_read, args=(descriptor, loop, pieces, stopped), name="stdin", daemon=True
    )
    reader.start()
    rest: list[bytes] = []
    try:
        while piece := await pieces.get():
            *lines, last = piece.split(b"\n")
            for line in lines:
                yield b"".join([*rest, line])
                rest.clear()
            if last:
                rest.append(last)
            if sum(map(len, rest)) > LINE_LIMIT:
                raise UsageError(
                    f"A line of stdin is longer than {LINE_LIMIT >> 20} MiB.",
                    hint="Send a file of any size with --data-binary @FILE.",
                )
        if rest:
            yield b"".join(rest)
    finally:
        stopped.set()


def _read(
    descriptor: int,
    loop: asyncio.AbstractEventLoop,
    pieces: asyncio.Queue[bytes],
    stopped: threading.Event,
) -> None:
    piece = b"-"
    while piece and not stopped.is_set():
        try:
            piece = os.read(descriptor, _PIECE)
        except OSError:
            piece = b""
        try:
            future = asyncio.run_coroutine_threadsafe(pieces.put(piece), loop)
            while not stopped.is_set():
                try:
                    future.result(timeout=0.5)
                    break
                except TimeoutError:
                    continue
        except RuntimeError:  # the loop is closed: nobody wants more
            return
