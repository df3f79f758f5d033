"""The operations that read and write other tools' files."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, TypeVar

import msgspec

from wirescope.errors import NameTakenError, UsageError, WirescopeError
from wirescope.web.app import Call, Handler
from wirescope.web.bench import Bench
from wirescope.web.requests import ExportItems, Imported, ImportText, Item, ItemKind, Text, WrittenFiles
from wirescope.workbench import exchange
from wirescope.workbench.workspace import (
    ENDPOINT,
    ENVIRONMENT,
    MESSAGE,
    Endpoint,
    Kind,
    Workspace,
)

StructT = TypeVar("StructT", bound=msgspec.Struct)

_KINDS: tuple[tuple[ItemKind, Kind[Any]], ...] = (
    ("endpoint", ENDPOINT),
    ("message", MESSAGE),
    ("environment", ENVIRONMENT),
)


def exchange_handlers(bench: Bench) -> Mapping[str, Handler]:
    """Return the handlers of the exchange."""
    handlers = _Exchange(bench)
    return {"import_text": handlers.take_in, "export_items": handlers.export}


class _Exchange:
    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    async def take_in(self, call: Call) -> Imported:
        asked: ImportText = call.body
        try:
            return await asyncio.to_thread(self._take_in, asked)
        finally:
            if asked.apply:
                self._bench.changed()

    def _take_in(self, asked: ImportText) -> Imported:
        taken = _variables(self._bench.workspace)
        read = exchange.import_foreign(asked.text.encode(), asked.name, taken=taken)
        items = []
        values: dict[str, Mapping[str, msgspec.Struct]] = {
            "endpoint": read.endpoints,
            "message": read.messages,
            "environment": read.environments,
        }
        for name, kind in _KINDS:
            for path, value in values[name].items():
                place = "/".join(
                    filter(None, (asked.folder if name != "environment" else "", path))
                )
                digest = ""
                if asked.apply:
                    place, digest = _save(self._bench.workspace, kind, place, value)
                items.append(
                    Item(kind=name, path=place, value=msgspec.to_builtins(value), digest=digest)
                )
        return Imported(
            format=read.form,
            items=items,
            secrets=dict(read.secrets),
            notes=[str(note) for note in read.notes],
        )

    async def export(self, call: Call) -> WrittenFiles:
        asked: ExportItems = call.body
        return await asyncio.to_thread(self._export, asked)

    def _export(self, asked: ExportItems) -> WrittenFiles:
        form = exchange.FOREIGN_FORMATS.get(asked.format)
        if form is None:
            raise UsageError(
                f"There is no format {asked.format!r}.",
                hint=f"There are {', '.join(exchange.writable())}.",
            )
        written = form.write(self._exported(asked))
        return WrittenFiles(
            files=[Text(name=name, text=data.decode()) for name, data in written.files.items()],
            notes=[str(note) for note in written.notes],
        )

    def _exported(self, asked: ExportItems) -> exchange.Exported:
        workspace = self._bench.workspace
        endpoints: dict[str, Endpoint]
        if asked.paths or asked.drafts:
            endpoints = {path: workspace.read(ENDPOINT, path).value for path in asked.paths}
        else:
            endpoints = _readable(workspace, ENDPOINT)
        for name, fields in asked.drafts.items():
            endpoints[name] = _draft(name, fields)
        messages = _readable(workspace, MESSAGE)
        return exchange.Exported(
            name=workspace.name,
            endpoints=endpoints,
            messages={path: each for path, each in messages.items() if each.endpoint in endpoints},
            environments=_readable(workspace, ENVIRONMENT),
        )


def _readable(workspace: Workspace, kind: Kind[StructT]) -> dict[str, StructT]:
    """Read all files of a kind but the broken ones, which are named among the troubles."""
    found = {}
    for entry in workspace.tree().entries:
        if entry.kind == kind.name and not entry.folder:
            with suppress(WirescopeError):
                found[entry.name] = workspace.read(kind, entry.name).value
    return found


def _variables(workspace: Workspace) -> set[str]:
    """Names that stand for something in the workspace already."""
    found: set[str] = set()
    for environment in _readable(workspace, ENVIRONMENT).values():
        found |= {*environment.variables, *environment.secrets}
    return found


def _draft(name: str, fields: dict[str, Any]) -> Endpoint:
    try:
        return msgspec.convert(fields, Endpoint)
    except msgspec.ValidationError as error:
        raise UsageError(f"{name} cannot be written: {error}.") from None


def _save(
    workspace: Workspace, kind: Kind[Any], path: str, value: msgspec.Struct
) -> tuple[str, str]:
    """Save under a name that is free."""
    free, number = path, 1
    while True:
        try:
            return free, workspace.save(kind, free, value, digest=None).digest
        except NameTakenError:
            number += 1
            free = f"{path} {number}"
