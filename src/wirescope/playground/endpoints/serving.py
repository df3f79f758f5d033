"""What endpoints have of the server that they run on, and what they keep while it runs.

A WebSocket endpoint needs nothing but its connection. One for WebRTC has connections of its own
beside the server's, which begin with a request and outlast it: they live in tasks of the server's,
write into its capture, and end with it.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    contextmanager,
    suppress,
)
from typing import Any, Generic, Protocol, TypeVar

from wirescope.errors import SignalingError
from wirescope.events import EventSink, Timeline
from wirescope.ice_server import IceServer

T = TypeVar("T")

CLOSE_TIMEOUT_S = 10.0

LINGER_S = 5.0
"""Seconds for which something is kept that nobody uses."""

LOOK_S = 0.5


class Serving:
    """What endpoints have of their server.

    Attributes:
        timeline: numbers the events.
        sink: takes them.
        origins: origins whose pages may use the endpoints, beside the server's own.
        relay: the STUN and TURN server that its peers use; None for none.
        ended: is set when the server ends.
        on_call: is told the connection that a call came by, and the call's own.
    """

    def __init__(
        self,
        timeline: Timeline,
        sink: EventSink,
        origins: tuple[str, ...],
        tasks: asyncio.TaskGroup,
        relay: IceServer | None = None,
    ) -> None:
        self.timeline = timeline
        self.sink = sink
        self.origins = origins
        self.relay = relay
        self.ended = asyncio.Event()
        self.on_call: Callable[[str, str], None] = lambda _signaling, _call: None
        self._tasks = tasks
        self._closing: list[Callable[[], Awaitable[None]]] = []
        self._entering: set[asyncio.Task[Any]] = set()
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

    @contextmanager
    def entering(self) -> Iterator[None]:
        """Have this task cancelled if the server ends while the context lasts."""
        task = asyncio.current_task()
        assert task is not None
        self._entering.add(task)
        try:
            yield
        finally:
            self._entering.discard(task)

    async def end(self) -> None:
        """End everything."""
        self.ended.set()
        for task in self._entering:
            task.cancel()
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_TIMEOUT_S):
                for close in self._closing:
                    await close()


@asynccontextmanager
async def open_serving(
    *,
    timeline: Timeline,
    sink: EventSink,
    origins: tuple[str, ...],
    relay: IceServer | None = None,
) -> AsyncIterator[Serving]:
    """Have what endpoints need while the context lasts."""
    tasks = asyncio.TaskGroup()
    await tasks.__aenter__()  # as a context of its own it would wrap what the body raises
    serving = Serving(timeline, sink, origins, tasks, relay)
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
            async with AsyncExitStack() as stack:
                with self._serving.entering():
                    value = await stack.enter_async_context(self._enter())
                made.set_result(value)
                try:
                    await self._wait(value)
                finally:
                    self._made = None  # whoever asks while it ends gets another one
        except Exception as error:  # noqa: BLE001
            if made.done():  # it ends nothing but itself, and whoever used it has its own end
                asyncio.get_running_loop().call_exception_handler(
                    {"message": "What endpoints share has failed.", "exception": error}
                )
            else:
                made.set_exception(error)
        finally:
            if not made.done():
                made.set_exception(SignalingError("The server ends.", status=503))
            if self._made is made:
                self._made = None
            made.exception()  # whoever asked may be gone, which the loop would complain of

    async def _wait(self, value: T) -> None:
        if self._until is None:
            await self._serving.ended.wait()
        else:
            await self._until(value)


class Used(Protocol):
    """A session that has an end."""

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        ...


U = TypeVar("U", bound=Used)


class Users:
    """The sessions that use what is kept; it may end soon after the last of them."""

    def __init__(self, serving: Serving) -> None:
        self._serving = serving
        self._sessions: list[Used] = []

    def __len__(self) -> int:
        self._sessions = [each for each in self._sessions if not each.is_over]
        return len(self._sessions)

    def add(self, session: U) -> U:
        """Take one more; it is given back."""
        self._sessions = [*(each for each in self._sessions if not each.is_over), session]
        return session

    async def wait_gone(self, is_over: Callable[[], bool] = lambda: False) -> None:
        """Wait until there has been none for a while, the server ends, or it is over already."""
        ended, now_s = self._serving.ended, asyncio.get_running_loop().time
        seen_s = now_s()
        while not (ended.is_set() or is_over()):
            if len(self):
                seen_s = now_s()
            elif now_s() - seen_s >= LINGER_S:
                return  # nobody can come between this look and being forgotten
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await ended.wait()
