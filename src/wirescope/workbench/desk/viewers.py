"""Who looks on at what a WebRTC connection receives: a live stream each, a bounded number of them.

The stream runs in a task of the session, and the viewer only takes from it: one that has gone away
in the middle of anything leaves nothing behind.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

from wirescope.errors import UsageError, WirescopeError
from wirescope.transports.webrtc.media import LiveStream, Media, watch

MOST_VIEWERS = 4
"""Of all connections together: a browser opens six connections to a host at most, and each of these
takes one. The page needs the others for everything else."""

BEGIN_TIMEOUT_S = 10.0
"""How long a stream has to begin; its first piece waits for a key frame, and may come later."""


class Places:
    """Places for those who look on, of all connections of a desk together.

    Attributes:
        free: how many there are.
    """

    def __init__(self) -> None:
        self.free = MOST_VIEWERS


class Viewer:
    """One who looks on.

    Attributes:
        media_type: what the stream is.
        leave: gives its place back; to be called even where no piece was ever asked for.
    """

    def __init__(self, stream: LiveStream, leave: Callable[[], None]) -> None:
        self.media_type = stream.media_type
        self.leave = leave
        self._stream = stream

    async def pieces(self) -> AsyncIterator[bytes]:
        """Give the stream until it ends, or until nobody takes it any more."""
        try:
            async for piece in self._stream:
                yield piece
        finally:
            self.leave()


class Viewers:
    """Those of one connection.

    Args:
        places: those of all connections.
        on_change: is called when their number has changed.
        notice: is told what a person should know.
    """

    def __init__(
        self, places: Places, *, on_change: Callable[[], None], notice: Callable[[str], None]
    ) -> None:
        self.count = 0
        self._places = places
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
        if not self._places.free:
            raise UsageError(
                f"{MOST_VIEWERS} look on already.", hint="Close the picture in another window."
            )
        left = asyncio.Event()
        ready: asyncio.Future[Viewer] = asyncio.get_running_loop().create_future()
        running = group.create_task(self._run(media, ready, left, wait_ended))
        self._take_place()
        running.add_done_callback(lambda _: self._give_back(ready))
        try:
            async with asyncio.timeout(BEGIN_TIMEOUT_S):
                return await ready
        except BaseException as error:
            left.set()
            if isinstance(error, TimeoutError):
                raise UsageError("The stream did not begin in time.", hint="Try again.") from None
            raise

    def end(self) -> None:
        """Let all go."""
        for left in self._leaving:
            left.set()

    async def _run(
        self,
        media: Media,
        ready: asyncio.Future[Viewer],
        left: asyncio.Event,
        wait_ended: Callable[[], Awaitable[None]],
    ) -> None:
        self._leaving.add(left)
        try:
            async with watch(media) as stream:
                if not ready.done():
                    ready.set_result(Viewer(stream, left.set))
                await first_of(wait_ended, left.wait, stream.wait_failed)
            if stream.is_let_go:
                self._notice("One who looked on took too little of the picture, and was let go.")
        except Exception as error:  # noqa: BLE001 -- it must not take the connection along
            self._tell(error, ready)
        finally:
            self._leaving.discard(left)

    def _take_place(self) -> None:
        self._places.free -= 1
        self.count += 1
        self._on_change()

    def _give_back(self, ready: asyncio.Future[Viewer]) -> None:
        self._places.free += 1
        self.count -= 1
        if not ready.done():  # the connection has ended meanwhile
            ready.set_exception(UsageError("The connection is not open any more."))
        self._on_change()

    def _tell(self, error: Exception, ready: asyncio.Future[Viewer]) -> None:
        """Say why a stream has failed: to who waits for it, or to a person; faults to the loop."""
        known = isinstance(error, WirescopeError)
        if not known:
            asyncio.get_running_loop().call_exception_handler(
                {"message": "A live stream has failed.", "exception": error}
            )
        if not ready.done():
            ready.set_exception(error if known else UsageError("The stream failed to begin."))
        else:
            words = error.message if isinstance(error, WirescopeError) else "It is a fault of ours."
            self._notice(f"The picture of one who looked on has ended. {words}")


async def first_of(*waits: Callable[[], Awaitable[object]]) -> None:
    """Wait until one of several has come."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_until(each)) for each in waits]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for each in tasks:
            each.cancel()


async def _until(wait: Callable[[], Awaitable[object]]) -> None:
    await wait()
