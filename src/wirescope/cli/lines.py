"""stdin as lines, whatever it is: a pipe, a file, a terminal, a device of another system.

A thread reads the descriptor and hands lines over one batch at a time, so that a slow connection
slows whoever writes into the pipe. It is a daemon: a read that never returns keeps nobody from
leaving.
"""

import asyncio
import os
import threading
from collections.abc import AsyncGenerator, Callable

from wirescope.errors import UsageError

_PIECE = 1 << 16

_AT_ONCE = 2
"""Pieces that wait for whoever takes the lines; no more is read meanwhile."""

_LOOK_S = 0.5
"""How often a reader that waits looks whether anybody still wants what it has."""

LINE_LIMIT = 64 << 20
"""Bytes that a line may have; it is held in memory."""


async def read_lines(descriptor: int) -> AsyncGenerator[bytes]:
    """Yield each line without its line feed; the last one needs none.

    Raises:
        UsageError: a line is longer than `LINE_LIMIT`.
    """
    loop = asyncio.get_running_loop()
    pieces: asyncio.Queue[bytes] = asyncio.Queue()
    room = threading.Semaphore(_AT_ONCE)
    stopped = threading.Event()

    def hand_over(piece: bytes) -> None:
        loop.call_soon_threadsafe(pieces.put_nowait, piece)

    reader = threading.Thread(
        target=_read, args=(descriptor, hand_over, room, stopped), name="stdin", daemon=True
    )
    reader.start()
    rest: list[bytes] = []
    try:
        while piece := await pieces.get():
            room.release()
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
    hand_over: Callable[[bytes], None],
    room: threading.Semaphore,
    stopped: threading.Event,
) -> None:
    piece = b"-"
    while piece:
        try:
            piece = os.read(descriptor, _PIECE)
        except OSError:
            piece = b""
        while not room.acquire(timeout=_LOOK_S):
            if stopped.is_set():
                return
        if stopped.is_set():
            return
        try:
            hand_over(piece)
        except RuntimeError:  # the loop is closed: nobody wants more
            return
