"""The pytest plugin: `wirescope_link` puts any test's connection behind an emulated link.

It is loaded with every run of pytest where the package is installed, so nothing but this file is
until a test asks for the fixture. The relays run in a thread with an event loop of its own: a test
may be a plain function or a coroutine, and a program of its own may be the client.
"""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import pytest

if TYPE_CHECKING:
    from wirescope.link import LinkSettings
    from wirescope.transports.link import DirectionReport, LinkRelay

_T = TypeVar("_T")

DEADLINE_S = 15.0
"""Seconds in which a relay is there, or gone."""


class Link:
    """A link before a server, as long as the test runs.

    Attributes:
        host: where the client finds it instead of the server.
        port: likewise.
        settings: what is emulated.
        cannot_show: what a relay in user space leaves out of these settings, a sentence each.
    """

    def __init__(self, settings: "LinkSettings", relay: "LinkRelay", loop: "_Loop") -> None:
        self.host, self.port = relay.address
        self.settings = settings
        self.cannot_show = relay.cannot_show
        self._relay, self._loop = relay, loop

    def url(self, scheme: str = "ws", path: str = "/") -> str:
        """Give the address with a scheme and a path: `ws://127.0.0.1:40123/`."""
        return f"{scheme}://{self.host}:{self.port}{path}"

    def reports(self) -> "Sequence[DirectionReport]":
        """Say what the link did up to now: from client to server, and back."""

        async def ask() -> "Sequence[DirectionReport]":
            return self._relay.reports()

        return self._loop.run(ask())


class Links:
    """Makes links for a test; the fixture `wirescope_link`."""

    def __init__(self, loop: "_Loop", stack: ExitStack) -> None:
        self._loop, self._stack = loop, stack

    def __call__(
        self,
        link: "str | LinkSettings",
        target: "str | tuple[str, int]",
        *,
        transport: Literal["tcp", "udp"] = "tcp",
    ) -> Link:
        """Put a link before a server.

        Args:
            link: the name of a profile, as `loss-5`; the path of a link's file in JSON; settings.
            target: the server, as `127.0.0.1:8000` or host and port.
            transport: what is carried.

        Raises:
            UsageError: there is no such link, or the target is no host and port.
            NetworkError: the server's name cannot be resolved.
        """
        from wirescope.transports.link import open_relay

        settings = _settings(link)
        opening = open_relay(settings, _address(target), transport=transport)
        relay = self._loop.run(self._loop.enter(opening))
        self._stack.callback(lambda: self._loop.run(self._loop.leave(opening)))
        return Link(settings, relay, self._loop)


class _Loop:
    """An event loop in a thread; contexts that are entered there are left there."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._leaving: dict[object, tuple[asyncio.Event, asyncio.Task[None]]] = {}
        self._thread.start()

    def run(self, coroutine: Coroutine[Any, Any, _T]) -> _T:
        """Run a coroutine there, and wait for its end."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(DEADLINE_S)

    async def enter(self, context: AbstractAsyncContextManager[_T]) -> _T:
        """Enter a context in a task that keeps it; what it gives."""
        ready: asyncio.Future[_T] = self._loop.create_future()
        leaving = asyncio.Event()
        self._leaving[context] = (leaving, self._loop.create_task(_keep(context, ready, leaving)))
        return await ready

    async def leave(self, context: object) -> None:
        """Leave a context that was entered."""
        leaving, task = self._leaving.pop(context)
        leaving.set()
        await task

    def close(self) -> None:
        """End the thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(DEADLINE_S)
        self._loop.close()


async def _keep(
    context: AbstractAsyncContextManager[_T], ready: "asyncio.Future[_T]", leaving: asyncio.Event
) -> None:
    try:
        async with context as value:
            ready.set_result(value)
            await leaving.wait()
    except Exception as error:
        if ready.done():
            raise
        ready.set_exception(error)


def _settings(link: "str | LinkSettings") -> "LinkSettings":
    import msgspec

    from wirescope.errors import UsageError
    from wirescope.link import LinkSettings, profile, read_link

    if isinstance(link, LinkSettings):
        return link
    path = Path(link)
    if path.suffix != ".json":
        return profile(link)
    try:
        told = msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
    except (OSError, msgspec.DecodeError) as error:
        raise UsageError(f"The link's file {link!r} cannot be read: {error}.") from None
    return read_link(told, read_file=lambda trace: (path.parent / trace).read_bytes())


def _address(target: "str | tuple[str, int]") -> tuple[str, int]:
    from wirescope.errors import UsageError

    if isinstance(target, tuple):
        return target
    host, _, port = target.rpartition(":")
    if not host or not port.isdecimal():
        raise UsageError(
            f"{target!r} is no host and port.", hint="Write it as 127.0.0.1:8000 or as a pair."
        )
    return host.strip("[]"), int(port)


@pytest.fixture
def wirescope_link() -> Iterator[Callable[..., Link]]:
    """Put a connection behind an emulated link: `wirescope_link("loss-5", "127.0.0.1:8000")`.

    What it gives has `host`, `port`, `url()`, `reports()` and `cannot_show`. All links of a test
    are gone when it ends.
    """
    loop = _Loop()
    with ExitStack() as stack:
        stack.callback(loop.close)
        yield Links(loop, stack)
