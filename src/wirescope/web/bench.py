"""What the handlers work with: one workspace, one desk, and what stands between them and a page."""

import asyncio
import os
import random
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.websockets import WebSocket

from wirescope.errors import WirescopeError
from wirescope.web.beside import beside
from wirescope.web.live import LiveSocket
from wirescope.web.messages import Batch, Watch
from wirescope.workbench.desk import BuiltIn, Changes, Desk, OwnIceServers, RelayRoutes
from wirescope.workbench.workspace import (
    MESSAGE,
    Resolver,
    SavedMessage,
    UndoStack,
    Workspace,
    watching,
)


@dataclass(slots=True)
class Bench:
    """One workspace on one desk.

    Attributes:
        workspace: the folder.
        desk: what is open.
        built_in: endpoints of this machine.
        url: the page's address, without a key.
        variables: the process's environment.
        undo: changes of the workspace that can be taken back.
        revision: rises with every change of the workspace, made here or outside.
    """

    workspace: Workspace
    desk: Desk
    built_in: list[BuiltIn]
    url: str
    variables: Mapping[str, str]
    undo: UndoStack = field(default_factory=UndoStack)
    revision: int = 1

    def resolvers(self, environment: str) -> Callable[[], Resolver]:
        """Return what makes a resolver of an environment's variables, for each sending anew."""

        def resolver() -> Resolver:
            return self.workspace.resolver(
                environment or None, variables=self.variables, random=random.SystemRandom()
            )

        return resolver

    def changed(self) -> None:
        """Note that the workspace is not as it was."""
        self.revision += 1

    def note_on_desk(
        self, words: str, take_back: Callable[[], Coroutine[Any, Any, object]]
    ) -> None:
        """Remember a change that the desk takes back: there, while a thread undoes it."""
        loop = asyncio.get_running_loop()

        def wait() -> None:
            asyncio.run_coroutine_threadsafe(take_back(), loop).result()

        self.undo.note(words, wait)
        self.changed()

    async def live(self, socket: WebSocket) -> None:
        """Serve a page's live socket."""
        await LiveSocket(socket, _DeskFeed(self)).serve()


class _DeskFeed:
    """Batches of what happens on the desk, for one page."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._watcher = bench.desk.watcher()
        self._watches: dict[int, Watch] = {}
        self._revision = 0

    async def next(self, watches: Mapping[int, Watch], number: int) -> Batch | None:
        """Return what changed since the batch before; None when nothing did."""
        self._follow(watches)
        changes = await self._watcher.changes()
        revision = self._bench.revision
        if number > 1 and revision == self._revision and not _says_something(changes):
            return None
        self._revision = revision
        return Batch(
            number=number,
            sessions=changes.sessions,
            forgotten=changes.forgotten,
            captures=changes.captures,
            deleted=changes.deleted,
            views=changes.views,
            rates=changes.rates,
            analyses=changes.analyses,
            workspace=revision,
        )

    def _follow(self, watches: Mapping[int, Watch]) -> None:
        for id_ in [each for each in self._watches if each not in watches]:
            self._watcher.unwatch(id_)
            del self._watches[id_]
        for id_, wanted in watches.items():
            if self._watches.get(id_) is not wanted:
                self._watcher.watch(id_, wanted.view, tail=wanted.tail)
                self._watches[id_] = wanted


def _says_something(changes: Changes) -> bool:
    return bool(
        changes.sessions
        or changes.forgotten
        or changes.captures
        or changes.deleted
        or changes.views
        or changes.rates
        or changes.analyses
    )


@asynccontextmanager
async def open_bench(
    workspace: Workspace,
    *,
    built_in: list[BuiltIn],
    url: str,
    own_ice_servers: OwnIceServers | None = None,
    relay_routes: RelayRoutes | None = None,
) -> AsyncIterator[Bench]:
    """Put a workspace on a desk; when the context ends, everything is closed and saved.

    Args:
        workspace: what is worked in.
        built_in: endpoints of this machine.
        url: the page's address, without a key.
        own_ice_servers: gives the workbench's own, with credentials for a user.
        relay_routes: give what they tell of that user.
    """

    def saved(name: str) -> SavedMessage | None:
        try:
            return workspace.read(MESSAGE, name).value
        except WirescopeError:
            return None

    desk = Desk(
        workspace.history,
        environment=os.environ,
        saved=saved,
        own_ice_servers=own_ice_servers,
        relay_routes=relay_routes,
    )
    async with desk:
        bench = Bench(workspace, desk, built_in, url, os.environ)
        async with _watched(bench):
            yield bench


@asynccontextmanager
async def _watched(bench: Bench) -> AsyncIterator[None]:
    """Have the workspace's revision rise when others change its files."""
    async with (
        watching(bench.workspace) as batches,
        beside(_follow(bench, batches), asyncio.Task.cancel),
    ):
        yield


async def _follow(bench: Bench, batches: AsyncIterator[object]) -> None:
    try:
        async for _ in batches:
            bench.changed()
    except Exception as error:  # noqa: BLE001 -- connections that are recorded are worth more
        asyncio.get_running_loop().call_exception_handler(
            {"message": "The workspace is not watched any more.", "exception": error}
        )
