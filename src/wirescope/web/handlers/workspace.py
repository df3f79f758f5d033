"""The workspace's operations: its files read, saved, moved, taken away, exchanged.

The workspace blocks for as long as a disk takes, so it is asked in threads.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from importlib.metadata import version
from typing import Any, TypeVar

import msgspec

from wirescope.capture import FIELDS
from wirescope.decoders import standard_decoders
from wirescope.errors import (
    ConflictError,
    UsageError,
    WirescopeError,
    WorkspaceError,
)
from wirescope.events import AnyEvent
from wirescope.web.app import Call, Handler
from wirescope.web.bench import Bench
from wirescope.web.failures import RequestRefusedError
from wirescope.web.requests import (
    DeleteItem,
    Done,
    Item,
    ItemKind,
    MakeFolder,
    MoveItem,
    Retention,
    SaveItem,
    SaveSecret,
    State,
    Trouble,
    WorkspaceState,
)
from wirescope.workbench.workspace import (
    ENDPOINT,
    ENVIRONMENT,
    MESSAGE,
    Document,
    Endpoint,
    Kind,
    RetentionPlan,
    Workspace,
)
from wirescope.workbench.workspace import Retention as RetentionSettings

T = TypeVar("T")

_KINDS: dict[ItemKind, Kind[Any]] = {
    "endpoint": ENDPOINT,
    "message": MESSAGE,
    "environment": ENVIRONMENT,
}


def workspace_handlers(bench: Bench) -> Mapping[str, Handler]:
    """Return the handlers of the workspace."""
    handlers = _Workspace(bench)
    return {
        "state": handlers.state,
        "workspace": handlers.workspace,
        "save_item": handlers.save_item,
        "make_folder": handlers.make_folder,
        "move_item": handlers.move_item,
        "delete_item": handlers.delete_item,
        "undo": handlers.undo,
        "save_secret": handlers.save_secret,
        "retention": handlers.retention,
        "apply_retention": handlers.apply_retention,
    }


class _Workspace:
    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._folder = bench.workspace

    async def state(self, _: Call) -> State:
        bench = self._bench
        return State(
            version=version("wirescope"),
            workspace=await asyncio.to_thread(self._read),
            built_in=bench.built_in,
            sessions=bench.desk.sessions(),
            captures=await bench.desk.captures(),
            defaults=msgspec.to_builtins(Endpoint(url="")),
            decoders=[decoder.name for decoder in standard_decoders()],
            filter_fields=sorted(FIELDS),
            event_types=[kind.__struct_config__.tag for kind in AnyEvent.__args__],
            url=bench.url,
        )

    async def workspace(self, _: Call) -> WorkspaceState:
        return await asyncio.to_thread(self._read)

    async def save_item(self, call: Call) -> Item:
        asked: SaveItem = call.body
        kind = _KINDS[asked.kind]
        try:
            value = msgspec.convert(asked.value, kind.type)
        except msgspec.ValidationError as error:
            raise RequestRefusedError(f"{asked.path}: {error}.", status=422) from None
        return await self._changing(lambda: self._save(asked, kind, value))

    def _save(self, asked: SaveItem, kind: Kind[Any], value: msgspec.Struct) -> Item:
        before = self._before(kind, asked.path) if asked.digest else None
        try:
            saved = self._folder.save(kind, asked.path, value, digest=asked.digest or None)
        except ConflictError as error:
            raise RequestRefusedError(
                error.message,
                hint=error.hint,
                status=409,
                current=_item(self._folder, asked.kind, asked.path),
            ) from None
        if not asked.digest:
            self._note_made(f"Create {asked.path}", kind, asked.path, saved.value)
        elif before is not None:
            self._bench.undo.note(
                f"Change {asked.path}",
                lambda: self._folder.save(kind, asked.path, before.value, digest=saved.digest),
            )
        return Item(
            kind=asked.kind,
            path=asked.path,
            value=msgspec.to_builtins(saved.value),
            digest=saved.digest,
        )

    def _before(self, kind: Kind[Any], path: str) -> Document[Any] | None:
        """Read what is about to be replaced; None where it cannot be, which saving will say."""
        try:
            return self._folder.read(kind, path)
        except WirescopeError:
            return None

    def _note_made(self, words: str, kind: Kind[Any], path: str, value: msgspec.Struct) -> None:
        """Remember that a file was made; what somebody wrote into it since is not thrown away."""

        def take_back() -> None:
            if self._folder.read(kind, path).value != value:
                raise WorkspaceError(
                    f"{path} was changed since it was made, so it is left as it is.",
                    hint="Delete it if nobody needs it.",
                )
            self._folder.delete(kind, path)

        self._bench.undo.note(words, take_back)

    async def make_folder(self, call: Call) -> Done:
        asked: MakeFolder = call.body
        await self._changing(lambda: self._folder.make_folder(_KINDS[asked.kind], asked.path))
        return Done()

    async def move_item(self, call: Call) -> Done:
        asked: MoveItem = call.body
        return await self._changing(lambda: self._move(asked))

    def _move(self, asked: MoveItem) -> Done:
        kind = _KINDS[asked.kind]
        is_folder = self._folder.folder_path(kind, asked.path).is_dir()
        if asked.copy:
            if is_folder:
                raise UsageError("A folder cannot be duplicated.", hint="Duplicate its endpoints.")
            copy = self._folder.duplicate(kind, asked.path)
            value = self._folder.read(kind, copy).value
            self._note_made(f"Duplicate {asked.path}", kind, copy, value)
            return Done(said=copy)
        move = self._folder.rename_folder if is_folder else self._folder.rename
        move(kind, asked.path, asked.to)
        self._bench.undo.note(f"Move {asked.path}", lambda: move(kind, asked.to, asked.path))
        return Done(said=asked.to)

    async def delete_item(self, call: Call) -> Done:
        asked: DeleteItem = call.body
        return await self._changing(lambda: self._delete(asked))

    def _delete(self, asked: DeleteItem) -> Done:
        kind = _KINDS[asked.kind]
        is_folder = self._folder.folder_path(kind, asked.path).is_dir()
        delete = self._folder.delete_folder if is_folder else self._folder.delete
        thrown = delete(kind, asked.path)
        self._bench.undo.note(f"Delete {asked.path}", lambda: self._folder.undo_delete(thrown.id))
        return Done()

    async def undo(self, _: Call) -> Done:
        return Done(said=await self._changing(self._bench.undo.undo))

    async def save_secret(self, call: Call) -> Done:
        asked: SaveSecret = call.body
        store = self._folder.secrets.store
        await self._changing(lambda: store(asked.name, asked.value, place=asked.where))
        return Done()

    async def retention(self, _: Call) -> Retention:
        plan = await asyncio.to_thread(self._plan)
        return Retention(
            captures=[(each.capture.id, each.reason) for each in plan.removals],
            freed=plan.freed,
            total=plan.total,
            left_over=plan.left_over,
            trash=plan.trash,
            emptied=len(plan.emptied),
        )

    async def apply_retention(self, _: Call) -> Done:
        gone = await self._bench.desk.carry_out(await asyncio.to_thread(self._plan))
        return Done(said=_deleted(len(gone)))

    def _plan(self) -> RetentionPlan:
        return self._folder.history.plan(self._folder.settings().value.retention)

    async def _changing(self, work: Callable[[], T]) -> T:
        try:
            return await asyncio.to_thread(work)
        finally:
            self._bench.changed()

    def _read(self) -> WorkspaceState:
        folder, bench = self._folder, self._bench
        tree = folder.tree()
        items = [
            _item(folder, _kind(entry.kind), entry.name)
            for entry in tree.entries
            if not entry.folder
        ]
        retention = _retention(folder)
        return WorkspaceState(
            name=folder.name,
            folder=str(folder.root),
            trash_bytes=folder.history.trash_bytes(),
            revision=bench.revision,
            items=items,
            folders=[f"{entry.kind}:{entry.name}" for entry in tree.entries if entry.folder],
            troubles=[
                Trouble(
                    file=problem.path,
                    line=problem.line,
                    message=problem.message,
                    hint=problem.hint,
                    severity=problem.severity,
                )
                for problem in folder.problems()
            ],
            secrets=self._secrets(items),
            retention_days=retention.days,
            retention_bytes=retention.bytes,
            can_undo=bench.undo.next,
        )

    def _secrets(self, items: list[Item]) -> dict[str, str]:
        names = {
            name
            for item in items
            if item.kind == "environment" and item.value is not None
            for name in item.value["secrets"]
        }
        place = self._folder.secrets.place
        return {name: place(name, self._bench.variables) or "" for name in sorted(names)}


def _deleted(count: int) -> str:
    if not count:
        return "No capture was deleted."
    # Not as a deletion by hand: there is no trash that these would go into.
    return f"{count:,} capture{' was' if count == 1 else 's were'} deleted for good."


def _kind(name: str) -> ItemKind:
    for kind in _KINDS:
        if kind == name:
            return kind
    raise ValueError(f"{name!r} is no kind of item")


def _item(folder: Workspace, kind: ItemKind, path: str) -> Item:
    with suppress(WirescopeError):  # it is broken
        read = folder.read(_KINDS[kind], path)
        return Item(kind=kind, path=path, value=msgspec.to_builtins(read.value), digest=read.digest)
    with suppress(WirescopeError):  # it went away meanwhile
        return Item(
            kind=kind, path=path, value=None, digest=folder.read_raw(_KINDS[kind], path).digest
        )
    return Item(kind=kind, path=path, value=None, digest="")


def _retention(folder: Workspace) -> RetentionSettings:
    try:
        return folder.settings().value.retention
    except WirescopeError:  # settings that cannot be read delete nothing
        return RetentionSettings()
