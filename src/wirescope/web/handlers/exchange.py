"""The operations that read and write other tools' files."""

import asyncio
from collections.abc import Mapping
from typing import Any

import msgspec

from wirescope.errors import NameTakenError, UsageError
from wirescope.web.app import Call, Handler
from wirescope.web.bench import Bench
from wirescope.web.requests import ExportItems, Imported, ImportText, Item, ItemKind, Text
from wirescope.workbench import exchange
from wirescope.workbench.workspace import (
    ENDPOINT,
    ENVIRONMENT,
    MESSAGE,
    Endpoint,
    Kind,
    Workspace,
)

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
        read = exchange.import_foreign(asked.text.encode(), asked.name)
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
        return Imported(format=read.form, items=items, notes=[str(note) for note in read.notes])

    async def export(self, call: Call) -> Text:
        asked: ExportItems = call.body
        return await asyncio.to_thread(self._export, asked)

    def _export(self, asked: ExportItems) -> Text:
        form = exchange.FOREIGN_FORMATS.get(asked.format)
        if form is None:
            raise UsageError(
                f"There is no format {asked.format!r}.",
                hint=f"There are {', '.join(exchange.writable())}.",
            )
        workspace = self._bench.workspace
        endpoints: dict[str, Endpoint] = {
            path: workspace.read(ENDPOINT, path).value for path in asked.paths
        }
        written = form.write(exchange.Exported(name=workspace.name, endpoints=endpoints))
        if len(written.files) != 1:
            raise UsageError(
                f"{asked.format} is written as a folder.",
                hint=f"Use: wirescope export --format {asked.format} -o FOLDER",
            )
        ((name, data),) = written.files.items()
        return Text(name=name, text=data.decode())


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
