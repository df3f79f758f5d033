"""Who looks on at what a WebRTC connection receives: a live stream each, a bounded number of them.

The stream runs in a task of the session, and the viewer only takes from it: one that has gone away
in the middle of anything leaves nothing behind.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

from wirescope.errors import UsageError, WirescopeError
from wirescope.transports.webrtc.media import LiveStream, Media, watch

MOST_VIEWERS = 8
BEGIN_TIMEOUT_S = 10.0
"""How long the first piece is waited for: a key frame has to come, and a track that is silent."""


class Viewer:
    """One who looks on.

    Attributes:
        media_type: what the stream is.
    """

    def __init__(self, stream: LiveStream, leave: Callable[[], None]) -> None:
        self.media_type = stream.media_type
        self._stream = stream
        self._leave = leave

    async def pieces(self) -> AsyncIterator[bytes]:
        """Give the stream until it ends, or until nobody takes it any more."""
        try:
            async for piece in self._stream:
                yield piece
        finally:
            self._leave()


class Viewers:
    """Those of one connection.

    Args:
        on_change: is called when their number has changed.
        notice: is told what a person should know.
    """

    def __init__(self, *, on_change: Callable[[], None], notice: Callable[[str], None]) -> None:
        self.count = 0
        self._leaving: set[asyncio.Event] = set()
        self._on_change = on_change
        self._notice = notice

    async def begin(
        self,
        media: Media,
        *,
        group: asyncio.TaskGroup,
        wait_ended: Callable[[], Awaitable[None]],
    ) -> Viewer:
        """Let one more look on.

        Args:
            media: of the connection.
            group: runs the stream; it ends with the connection.
            wait_ended: waits for the connection's end.

        Raises:
            EngineMissingError: there is no FFmpeg for this machine.
            UsageError: nothing is received, or too many look on.
        """
        if not media.received:
            raise UsageError(
                "Nothing is received that could be shown.",
                hint="Wait until the other side sends sound or a picture.",
            )
        if self.count >= MOST_VIEWERS:
            raise UsageError(
                f"{MOST_VIEWERS} look on already.", hint="Close the picture in another window."
            )
        self.count += 1
        self._on_change()
        ready: asyncio.Future[Viewer] = asyncio.get_running_loop().create_future()
        group.create_task(self._run(media, ready, wait_ended))
        try:
            async with asyncio.timeout(BEGIN_TIMEOUT_S):
                return await ready
        except TimeoutError:
            raise UsageError("The stream did not begin in time.", hint="Try again.") from None

    def end(self) -> None:
        """Let all go."""
        for left in self._leaving:
            left.set()

    async def _run(
        self,
        media: Media,
        ready: asyncio.Future[Viewer],
        wait_ended: Callable[[], Awaitable[None]],
    ) -> None:
        left = asyncio.Event()
        self._leaving.add(left)
        try:
            async with watch(media) as stream:
                if ready.cancelled():
                    return
                ready.set_result(Viewer(stream, left.set))
                await first_of(wait_ended, left.wait, stream.wait_failed)
            if stream.is_let_go:
                self._notice("One who looked on took too little of the picture, and was let go.")
        except WirescopeError as error:  # it must not take the connection along
            if not ready.done():
                ready.set_exception(error)
        finally:
            self._leaving.discard(left)
            self.count -= 1
            self._on_change()


async def first_of(*waits: Callable[[], Awaitable[object]]) -> None:
    """Wait until one of several has come."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_until(each)) for each in waits]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for each in tasks:
            each.cancel()


async def _until(wait: Callable[[], Awaitable[object]]) -> None:
    await wait()
