"""What endpoints have of the server that they run on, and what they keep while it runs.

A WebSocket endpoint needs nothing but its connection. One for WebRTC has connections of its own
beside the server's, which begin with a request and outlast it: they live in tasks of the server's,
write into its capture, and end with it.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Any, Generic, TypeVar

from wirescope.errors import WirescopeError
from wirescope.events import EventSink, Timeline

T = TypeVar("T")

CLOSE_TIMEOUT_S = 10.0


class Serving:
    """What endpoints have of their server.

    Attributes:
        timeline: numbers the events.
        sink: takes them.
        origins: origins whose pages may use the endpoints, beside the server's own.
        ended: is set when the server ends.
        on_call: is told the connection that a call came by, and the call's own.
    """

    def __init__(
        self,
        timeline: Timeline,
        sink: EventSink,
        origins: tuple[str, ...],
        tasks: asyncio.TaskGroup,
    ) -> None:
        self.timeline = timeline
        self.sink = sink
        self.origins = origins
        self.ended = asyncio.Event()
        self.on_call: Callable[[str, str], None] = lambda _signaling, _call: None
        self._tasks = tasks
        self._closing: list[Callable[[], Awaitable[None]]] = []
        self._shared: dict[object, Any] = {}

    def shared(self, make: "Callable[[Serving], T]") -> T:
        """Give what several endpoints have together; it is made once."""
        if make not in self._shared:
            self._shared[make] = make(self)
        shared: T = self._shared[make]
        return shared

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Have a coroutine run to its end, which `ended` has to bring about."""
        self._tasks.create_task(work)

    def at_end(self, close: Callable[[], Awaitable[None]]) -> None:
        """Call this when the server ends."""
        self._closing.append(close)

    async def end(self) -> None:
        """End everything."""
        self.ended.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_TIMEOUT_S):
                for close in self._closing:
                    await close()


@asynccontextmanager
async def open_serving(
    *, timeline: Timeline, sink: EventSink, origins: tuple[str, ...]
) -> AsyncIterator[Serving]:
    """Have what endpoints need while the context lasts."""
    tasks = asyncio.TaskGroup()
    await tasks.__aenter__()  # as a context of its own it would wrap what the body raises
    serving = Serving(timeline, sink, origins, tasks)
    try:
        yield serving
    finally:
        await serving.end()
        await tasks.__aexit__(None, None, None)


class Kept(Generic[T]):
    """A context that is entered once somebody needs it, in a task of its own.

    Args:
        serving: the server's; the context ends with it.
        enter: makes the context.
        until: waits until it may end before that; None waits for the server's end.
    """

    def __init__(
        self,
        serving: Serving,
        enter: Callable[[], AbstractAsyncContextManager[T]],
        until: Callable[[T], Awaitable[None]] | None = None,
    ) -> None:
        self._serving = serving
        self._enter = enter
        self._until = until
        self._made: asyncio.Future[T] | None = None

    @property
    def value(self) -> T | None:
        """What the context gave, while it lasts."""
        made = self._made
        return made.result() if made is not None and made.done() and not made.exception() else None

    async def get(self) -> T:
        """Give what the context gives.

        Raises:
            OSError: it cannot be entered, as where it would listen.
            WirescopeError: it cannot be entered; the next one who asks tries again.
        """
        if self._made is None:
            self._made = asyncio.get_running_loop().create_future()
            self._serving.begin(self._live(self._made))
        return await asyncio.shield(self._made)

    async def _live(self, made: asyncio.Future[T]) -> None:
        try:
            async with self._enter() as value:
                made.set_result(value)
                if self._until is None:
                    await self._serving.ended.wait()
                else:
                    await self._until(value)
        except (WirescopeError, OSError) as error:
            if made.done():
                raise
            made.set_exception(error)
        finally:
            self._made = None
