"""The operations that read and write other tools' files."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import msgspec

from wirescope.errors import UsageError
from wirescope.web.app import Call, Handler
from wirescope.web.bench import Bench
from wirescope.web.requests import ExportItems, Imported, ImportText, Item, Text, WrittenFiles
from wirescope.workbench import exchange
from wirescope.workbench.workspace import Endpoint


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
        workspace = self._bench.workspace
        taken = exchange.names_taken(workspace)
        read = exchange.import_foreign(asked.text.encode(), asked.name, taken=taken)
        wanted = exchange.into_folder(read, asked.folder)
        placing = exchange.place(wanted, workspace, dry_run=not asked.apply)
        placed = placing.imported
        if asked.apply:
            workspace.secrets.store_missing(placed.secrets)
        return Imported(
            format=placed.form,
            items=list(_items(placed)),
            made=[each.path for each in placing.files if each.outcome != "same"],
            secrets=placed.secrets,
            notes=[str(note) for note in placed.notes],
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
        """What is asked for; a draft takes the place of the file of its name."""
        drafts = {
            exchange.path_of(name): _draft(name, fields) for name, fields in asked.drafts.items()
        }
        exported, _ = exchange.take_out(self._bench.workspace, tuple(asked.paths))
        if not drafts:
            return exported
        saved = exported.endpoints if asked.paths else {}
        endpoints = {**saved, **drafts}
        messages = {
            name: each for name, each in exported.messages.items() if each.endpoint in endpoints
        }
        return replace(exported, endpoints=endpoints, messages=messages)


def _draft(name: str, fields: dict[str, Any]) -> Endpoint:
    try:
        return msgspec.convert(fields, Endpoint)
    except msgspec.ValidationError as error:
        raise UsageError(f"{name} cannot be written: {error}.") from None


def _items(placed: exchange.Imported) -> Iterator[Item]:
    for path, endpoint in placed.endpoints.items():
        yield Item(kind="endpoint", path=path, value=msgspec.to_builtins(endpoint), digest="")
    for path, message in placed.messages.items():
        yield Item(kind="message", path=path, value=msgspec.to_builtins(message), digest="")
    for path, environment in placed.environments.items():
        yield Item(kind="environment", path=path, value=msgspec.to_builtins(environment), digest="")
