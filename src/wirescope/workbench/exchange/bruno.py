"""Bruno's `.bru` files: WebSocket requests, environments, and what folders and collections give.

A request has the type `ws`, its messages are blocks `body:ws`. `collection.bru` and `folder.bru`
have headers, credentials and variables that all below them inherit. Secrets of an environment are
names alone. Scripts are never run. The newer form of collections, in YAML, is in `opencollection`.
"""

import re
from posixpath import basename, dirname
from posixpath import join as join_path

from msgspec.structs import replace

from wirescope.errors import ForeignFormatError
from wirescope.workbench.exchange.bru_blocks import Block, Pair, parse_blocks
from wirescope.workbench.exchange.documents import load_json
from wirescope.workbench.exchange.encodings import text_of
from wirescope.workbench.exchange.handshake import Asked, to_endpoint
from wirescope.workbench.exchange.labels import numbered
from wirescope.workbench.exchange.model import Files, Imported
from wirescope.workbench.exchange.reading import Reading, join_name
from wirescope.workbench.exchange.requests import NO_AUTH, fill_path, take_auth, take_query
from wirescope.workbench.exchange.templates import fit_name, to_ours
from wirescope.workbench.exchange.tree import Tree
from wirescope.workbench.workspace import (
    Endpoint,
    Environment,
    Header,
    MessageKind,
    Parameter,
    SavedMessage,
)

FORM = "bruno"
TOOL = "Bruno"
REACHED_BY = {"process.env.": "a variable of the process"}
MAX_BYTES = 8 << 20

_BEGINS = re.compile(rb"\s*(?:meta|vars|headers|auth)\s*\{\s*\n|\s*vars:secret\s*\[")
_SCRIPTS = ("script:pre-request", "script:post-response", "tests", "assert", "vars:post-response")
_KINDS: dict[str, MessageKind] = {"json": "json", "text": "text", "xml": "text", "": "text"}
_KNOWN = {
    *("meta", "ws", "headers", "params:query", "params:path", "body:ws", "vars:pre-request"),
    *("settings", "docs", "auth", "vars", "vars:secret", *_SCRIPTS),
}


def recognise(data: bytes) -> bool:
    """Say whether a file begins as a `.bru` file does."""
    return bool(_BEGINS.match(data[: 1 << 12].replace(b"\r\n", b"\n")))


def read(data: bytes, name: str) -> Imported:
    """Read one file: a request or an environment.

    Raises:
        ForeignFormatError: it is neither; `where` is the line.
    """
    reading = Reading(FORM)
    blocks = _blocks(data, "")
    if any(block.name == "ws" for block in blocks):
        _request(blocks, name, (), [], "", reading)
    elif any(block.name in ("vars", "vars:secret") for block in blocks):
        _environment(blocks, name, "", reading)
    else:
        raise ForeignFormatError("It is no WebSocket request and no environment of Bruno.")
    return reading.done()


def recognise_folder(files: Files) -> bool:
    """Say whether a folder is a collection in `.bru` files."""
    return "bruno.json" in files or any(path.endswith(".bru") for path in files)


def read_folder(files: Files, name: str) -> Imported:
    """Read a collection.

    Raises:
        ForeignFormatError: a file cannot be read, and `where` names it; or there is no WebSocket.
    """
    reading = Reading(FORM)
    if "bruno.json" in files:
        settings = Tree(load_json(files["bruno.json"]), "bruno.json", reading.note)
        name = settings.text("name") or name
    parsed = {path: _blocks(data, path) for path, data in sorted(files.items())
              if path.endswith(".bru")}  # fmt: skip
    others = 0
    for path, blocks in parsed.items():
        folder = dirname(path)
        if folder == "environments":
            _environment(blocks, basename(path).removesuffix(".bru"), path, reading)
        elif basename(path) in ("collection.bru", "folder.bru"):
            _inherited(blocks, path, name if not folder else basename(folder), reading)
        elif any(block.name == "ws" for block in blocks):
            parents = _parents(folder, parsed)
            labels = tuple(part for part in folder.split("/") if part)
            stem = basename(path).removesuffix(".bru")
            _request(blocks, stem, labels, parents, path, reading)
        else:
            others += 1
    if others:
        reading.note("", f"Requests that are no WebSocket, passed over: {others:,}.")
    if not reading.endpoints and not reading.environments:
        raise ForeignFormatError("There is no WebSocket request in it.")
    return reading.done()


def _blocks(data: bytes, path: str) -> list[Block]:
    if len(data) > MAX_BYTES:
        raise ForeignFormatError(f"It is longer than {MAX_BYTES >> 20} MiB.", where=path)
    try:
        return parse_blocks(text_of(data))
    except ForeignFormatError as error:
        where = ", ".join(filter(None, (path, error.where)))
        raise ForeignFormatError(error.message, where=where, hint=error.hint) from None


def _parents(folder: str, parsed: dict[str, list[Block]]) -> list[list[Block]]:
    """Give what a request inherits, the innermost folder first and the collection last."""
    found = []
    while folder:
        found.append(parsed.get(join_path(folder, "folder.bru"), []))
        folder = dirname(folder)
    return [*found, parsed.get("collection.bru", [])]


def _request(
    blocks: list[Block],
    stem: str,
    folders: tuple[str, ...],
    parents: list[list[Block]],
    path: str,
    reading: Reading,
) -> None:
    reader = _Reader(path, reading)
    by_name = {block.name: block for block in blocks}
    empty = Block("", 1)
    socket = by_name["ws"]
    path_values = {pair.name: reader.ours(pair) for pair in by_name.get("params:path", empty).pairs}
    url = Pair("url", socket.get("url"), True, socket.line)  # noqa: FBT003
    asked = Asked(fill_path(reader.ours(url), path_values))
    asked.description = by_name.get("docs", empty).text.strip()
    for parent in reversed(parents):
        for block in parent:
            if block.name == "headers":
                asked.headers += reader.headers(block)
    asked.headers += reader.headers(by_name.get("headers", empty))
    table = [
        Parameter(name=pair.name, value=reader.ours(pair), enabled=pair.enabled)
        for pair in by_name.get("params:query", empty).pairs
    ]
    take_query(asked, table)
    reader.auth(socket.get("auth"), [blocks, *parents], asked)
    endpoint = to_endpoint(asked, reader.place(socket.line), reading.note)
    endpoint = with_settings(endpoint, reader.settings(by_name.get("settings", empty)))
    wanted = join_name(*folders, by_name.get("meta", empty).get("name") or stem)
    name = reading.endpoint(wanted, endpoint)
    reader.messages([block for block in blocks if block.name == "body:ws"], name)
    reader.variables(by_name.get("vars:pre-request"))
    reader.tell(blocks)


def _environment(blocks: list[Block], name: str, path: str, reading: Reading) -> None:
    reader = _Reader(path, reading)
    variables: dict[str, str] = {}
    secrets: list[str] = []
    for block in blocks:
        if block.name == "vars":
            for pair in block.pairs:
                if pair.enabled:
                    variables[fit_name(pair.name)] = reader.ours(pair)
                else:
                    place = reader.place(pair.line)
                    reading.note(place, f"The variable {pair.name} is disabled; it is left out.")
        elif block.name == "vars:secret":
            secrets += [fit_name(item.removeprefix("~")) for item in block.items]
        elif block.name != "color":
            reading.note(reader.place(block.line), f"The block {block.name} is left out.")
    reading.environment(name, Environment(variables=variables, secrets=tuple(secrets)))


def _inherited(blocks: list[Block], path: str, name: str, reading: Reading) -> None:
    """Keep the variables that a folder gives; its headers and credentials go to the requests."""
    reader = _Reader(path, reading)
    for block in blocks:
        if block.name == "vars:pre-request":
            pairs = (pair for pair in block.pairs if pair.enabled)
            variables = {fit_name(pair.name): reader.ours(pair) for pair in pairs}
            reading.environment(name, Environment(variables=variables))
    reader.tell(blocks)


class _Reader:
    """Reads the blocks of one file."""

    def __init__(self, path: str, reading: Reading) -> None:
        self._path, self._reading = path, reading

    def place(self, line: int) -> str:
        return ", ".join(filter(None, (self._path, f"line {line}")))

    def ours(self, pair: Pair) -> str:
        return to_ours(
            pair.value, self.place(pair.line), self._reading.note, tool=TOOL, reached_by=REACHED_BY
        )

    def headers(self, block: Block) -> list[Header]:
        return [
            Header(name=pair.name, value=self.ours(pair), enabled=pair.enabled)
            for pair in block.pairs
            if pair.name
        ]

    def auth(self, kind: str, levels: list[list[Block]], asked: Asked) -> None:
        """Take the credentials of the innermost level that has some of its own."""
        for number, blocks in enumerate(levels):
            by_name = {block.name: block for block in blocks}
            if number or not kind:
                own = by_name.get("auth")
                kind = own.get("mode") if own is not None else ""
            if kind in ("", "inherit"):
                continue
            block = by_name.get(f"auth:{kind}")
            if kind in NO_AUTH or block is None:
                return
            fields = {pair.name: self.ours(pair) for pair in block.pairs}
            take_auth(asked, kind, fields, self.place(block.line), self._reading.note)
            return

    def settings(self, block: Block) -> dict[str, str]:
        return {pair.name: pair.value for pair in block.pairs}

    def messages(self, blocks: list[Block], endpoint: str) -> None:
        pairs = [
            next((pair for pair in block.pairs if pair.name == "content"), None) for block in blocks
        ]
        labels = numbered([pair.value if pair is not None else "" for pair in pairs])
        for block, pair, label in zip(blocks, pairs, labels, strict=True):
            if pair is None or not pair.value:
                continue
            kind = _KINDS.get(block.get("type"))
            if kind is None:
                text = f"The type {block.get('type')} is not known; it is taken for text."
                self._reading.note(self.place(block.line), text)
            body = self.ours(pair)
            saved = SavedMessage(kind=kind or "text", body=body, endpoint=endpoint)
            wanted = block.get("name") or label
            self._reading.message(join_name(*endpoint.split("/"), wanted), saved)

    def variables(self, block: Block | None) -> None:
        if block is not None and block.pairs:
            text = "Variables of a request are left out; put them into an environment."
            self._reading.note(self.place(block.line), text)

    def tell(self, blocks: list[Block]) -> None:
        """Say what was not read."""
        for block in blocks:
            place = self.place(block.line)
            if block.name in _SCRIPTS:
                self._reading.note(
                    place, "Scripts and tests are not imported, and none is ever run."
                )
            elif block.name not in _KNOWN and not block.name.startswith("auth:"):
                self._reading.note(place, f"The block {block.name} is left out.")


def with_settings(endpoint: Endpoint, settings: dict[str, str]) -> Endpoint:
    """Take over the settings of a request, which are in milliseconds."""
    limits, heartbeat = endpoint.limits, endpoint.heartbeat
    if (timeout_ms := _positive(settings.get("timeout", ""))) is not None:
        limits = replace(limits, open_timeout_s=timeout_ms / 1000)
    if (interval_ms := _positive(settings.get("keepAliveInterval", ""))) is not None:
        heartbeat = replace(heartbeat, interval_s=interval_ms / 1000)
    return replace(endpoint, limits=limits, heartbeat=heartbeat)


def _positive(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0 < number < 1e12 else None
