"""Bruno's newer form: OpenCollection, in YAML, as a folder or as one bundled file.

An item with `websocket` is a request; a folder has its settings in `folder.yml`, the collection in
`opencollection.yml`, environments stand in `environments/` or within the collection. In one file
items have `items`. Scripts and actions are never run.
"""

import re
from collections.abc import Iterable
from posixpath import basename, dirname
from posixpath import join as join_path
from typing import Any

from wirescope.errors import ForeignFormatError
from wirescope.workbench.exchange.bruno import REACHED_BY, TOOL, with_settings
from wirescope.workbench.exchange.documents import load_document
from wirescope.workbench.exchange.handshake import Asked, to_endpoint
from wirescope.workbench.exchange.labels import numbered
from wirescope.workbench.exchange.model import Files, Imported
from wirescope.workbench.exchange.reading import Reading, join_name
from wirescope.workbench.exchange.requests import NO_AUTH, fill_path, take_auth, take_query
from wirescope.workbench.exchange.templates import fit_name, to_ours
from wirescope.workbench.exchange.tree import Tree, as_text
from wirescope.workbench.workspace import (
    Environment,
    Header,
    MessageKind,
    Parameter,
    SavedMessage,
)

FORM = "opencollection"

_BEGINS = re.compile(rb'(?m)^\s*(?:\{?\s*"opencollection"|opencollection)\s*:')
_SOCKET = (re.compile(rb"(?m)^info\s*:"), re.compile(rb"(?m)^websocket\s*:"))
_YAML = (".yml", ".yaml")
_ROOTS = ("opencollection.yml", "opencollection.yaml")
_KINDS: dict[str, MessageKind] = {"json": "json", "text": "text", "xml": "text"}
_DEEPEST = 30


def recognise(data: bytes) -> bool:
    """Say whether a file is a collection of this form, or a WebSocket request of one."""
    beginning = data[: 1 << 16]
    return bool(_BEGINS.search(beginning) or all(each.search(beginning) for each in _SOCKET))


def read(data: bytes, name: str) -> Imported:
    """Read a bundled collection or one request.

    Raises:
        ForeignFormatError: it is neither.
    """
    reading = Reading(FORM)
    tree = Tree(load_document(data), "", reading.note)
    collection = _Collection(reading)
    if "websocket" in tree:
        collection.item(tree, name, [], [])
    elif "opencollection" in tree or "items" in tree:
        collection.root(tree, name)
        collection.items(tree, [], [tree])
    else:
        raise ForeignFormatError("It is no OpenCollection and no request of one.")
    return collection.done()


def recognise_folder(files: Files) -> bool:
    """Say whether a folder is such a collection."""
    return any(root in files for root in _ROOTS)


def read_folder(files: Files, name: str) -> Imported:
    """Read a collection.

    Raises:
        ForeignFormatError: a file cannot be read, and `where` names it; or there is no WebSocket.
    """
    reading = Reading(FORM)
    trees = {path: _load(files, path, reading) for path in sorted(files) if path.endswith(_YAML)}
    collection = _Collection(reading)
    root = next((trees[each] for each in _ROOTS if each in trees), None)
    if root is not None:
        collection.root(root, name)
    for path, tree in trees.items():
        folder = dirname(path)
        if folder == "environments":
            collection.environment(tree, basename(path).rpartition(".")[0])
        elif basename(path) in ("folder.yml", "folder.yaml"):
            collection.folder(tree)
        elif path not in _ROOTS:
            labels = [part for part in folder.split("/") if part]
            parents = _parents(folder, trees, root)
            collection.item(tree, basename(path).rpartition(".")[0], labels, parents)
    return collection.done()


def _load(files: Files, path: str, reading: Reading) -> Tree:
    try:
        value = load_document(files[path])
    except ForeignFormatError as error:
        where = ", ".join(filter(None, (path, error.where)))
        raise ForeignFormatError(error.message, where=where, hint=error.hint) from None
    return Tree(value, "", lambda place, text: reading.note(f"{path} {place}".strip(), text))


def _parents(folder: str, trees: dict[str, Tree], root: Tree | None) -> list[Tree]:
    found = []
    while folder:
        names = (join_path(folder, f"folder{suffix}") for suffix in _YAML)
        found += [trees[name] for name in names if name in trees]
        folder = dirname(folder)
    return found if root is None else [*found, root]


class _Collection:
    """Reads the parts, wherever they come from."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._others = 0

    def done(self) -> Imported:
        if self._others:
            text = f"Requests that are no WebSocket, passed over: {self._others:,}."
            self._reading.note("", text)
        if not self._reading.endpoints and not self._reading.environments:
            raise ForeignFormatError("There is no WebSocket request in it.")
        return self._reading.done()

    def root(self, tree: Tree, name: str) -> None:
        """Read what a collection has besides its items."""
        info = tree.mapping("info")
        config = tree.mapping("config")
        for each in config.mappings("environments"):
            self.environment(each, each.text("name"))
        if config.get("proxy").value or config.get("clientCertificates").value:
            config.tell("The proxy and client certificates of a collection are not taken over.")
        self._defaults(tree, info.text("name") or name)

    def folder(self, tree: Tree) -> None:
        """Read what a folder gives, apart from what its requests inherit."""
        self._defaults(tree, tree.mapping("info").text("name"))

    def _defaults(self, tree: Tree, name: str) -> None:
        request = tree.mapping("request")
        variables, _ = self._variables(request)
        if variables:
            self._reading.environment(name, Environment(variables=variables))
        if request.get("scripts").value or request.get("actions").value:
            tree.tell("Scripts and actions are not imported, and none is ever run.")

    def items(self, tree: Tree, folders: list[str], parents: list[Tree]) -> None:
        """Read the items of a bundled collection."""
        if len(folders) > _DEEPEST:
            tree.tell("The folders are nested too deeply; what is in this one is left out.")
            return
        for number, each in enumerate(tree.mappings("items"), 1):
            info = each.mapping("info")
            label = info.text("name") or f"item {number}"
            if "items" in each or info.text("type") == "folder":
                self._defaults(each, label)
                self.items(each, [*folders, label], [each, *parents])
            else:
                self.item(each, label, folders, parents)

    def item(self, tree: Tree, stem: str, folders: Iterable[str], parents: list[Tree]) -> None:
        """Read a request; another one than of a WebSocket is counted."""
        if "websocket" not in tree:
            self._others += 1
            return
        socket = tree.mapping("websocket")
        info = tree.mapping("info")
        asked = Asked(fill_path(self._ours(socket.text("url"), socket), {}))
        asked.description = _docs(tree.get("docs")) or _docs(info.get("description"))
        for each in [*(parent.mapping("request") for parent in reversed(parents)), socket]:
            self._headers(each, asked)
        take_query(asked, self._parameters(socket))
        self._auth([socket, *(parent.mapping("request") for parent in parents)], asked)
        endpoint = to_endpoint(asked, socket.at("url"), tree.tell_at)
        settings = tree.mapping("settings")
        texts = {key: as_text(each.value) or "" for key, each in settings.children()}
        endpoint = with_settings(endpoint, texts)
        wanted = join_name(*folders, info.text("name") or stem)
        name = self._reading.endpoint(wanted, endpoint)
        self._messages(socket, name)
        self._tell(tree, socket)

    def _tell(self, tree: Tree, socket: Tree) -> None:
        runtime = tree.mapping("runtime")
        if any(runtime.get(key).value for key in ("scripts", "assertions", "actions")):
            tree.tell("Scripts, assertions and actions are not imported, and none is ever run.")
        if runtime.get("variables").value:
            tree.tell("Variables of a request are left out; put them into an environment.")
        socket.tell_unread()
        tree.tell_unread()

    def _ours(self, text: str, tree: Tree) -> str:
        return to_ours(text, tree.place, tree.tell_at, tool=TOOL, reached_by=REACHED_BY)

    def _headers(self, tree: Tree, asked: Asked) -> None:
        for each in tree.mappings("headers"):
            if name := each.text("name"):
                enabled = not each.flag("disabled", otherwise=False)
                value = self._ours(each.text("value"), each)
                asked.headers.append(Header(name=name, value=value, enabled=enabled))

    def _parameters(self, socket: Tree) -> list[Parameter]:
        return [
            Parameter(
                name=each.text("name"),
                value=self._ours(each.text("value"), each),
                enabled=not each.flag("disabled", otherwise=False),
            )
            for each in socket.mappings("params")
            if each.text("type", "query") == "query" and each.text("name")
        ]

    def _auth(self, levels: list[Tree], asked: Asked) -> None:
        for each in levels:
            auth = each.get("auth")
            if not isinstance(auth.value, dict):
                continue  # `inherit`, or nothing
            kind = auth.text("type")
            if kind not in NO_AUTH:
                fields = {
                    key: self._ours(text, auth)
                    for key, value in auth.children()
                    if (text := as_text(value.value)) is not None
                }
                take_auth(asked, kind, fields, auth.place, auth.tell_at)
            return

    def _messages(self, socket: Tree, endpoint: str) -> None:
        message = socket.get("message")
        variants: list[tuple[str, Tree]] = []
        if isinstance(message.value, dict):
            variants = [("", message)]
        elif isinstance(message.value, list):
            found = [each for each in message.elements() if isinstance(each.value, dict)]
            variants = [(each.text("title"), each.mapping("message")) for each in found]
        bodies = [each.text("data") for _, each in variants]
        for (title, each), label, body in zip(variants, numbered(bodies), bodies, strict=True):
            if not body:
                continue
            kind = _KINDS.get(each.text("type", "text"))
            if kind is None:
                each.tell(f"The type {each.text('type')} is taken for text.")
            saved = SavedMessage(
                kind=kind or "text", body=self._ours(body, each), endpoint=endpoint
            )
            self._reading.message(join_name(*endpoint.split("/"), title or label), saved)

    def environment(self, tree: Tree, name: str) -> None:
        """Keep an environment."""
        variables, secrets = self._variables(tree)
        if tree.get("extends").value or tree.get("externalSecrets").value:
            tree.tell("Inheritance and external secrets of an environment are left out.")
        known = Environment(variables=variables, secrets=tuple(secrets))
        self._reading.environment(tree.text("name") or name, known)

    def _variables(self, tree: Tree) -> tuple[dict[str, str], list[str]]:
        variables: dict[str, str] = {}
        secrets: list[str] = []
        for each in tree.mappings("variables"):
            name = fit_name(each.text("name"))
            if each.flag("disabled", otherwise=False):
                each.tell(f"The variable {name} is disabled; it is left out.")
            elif each.flag("secret", otherwise=False):
                secrets.append(name)
            else:
                variables[name] = self._ours(_value(each.get("value")), each)
        return variables, secrets


def _value(tree: Tree) -> str:
    """Give the value of a variable: a text, a typed value, or the selected of several."""
    value: Any = tree.value
    if isinstance(value, list):
        chosen = [each for each in value if isinstance(each, dict) and each.get("selected")]
        value = (chosen or value or [""])[0]
        value = value.get("value") if isinstance(value, dict) else value
    if isinstance(value, dict):
        value = value.get("data")
    return as_text(value) or ""


def _docs(tree: Tree) -> str:
    if isinstance(tree.value, dict):
        return tree.text("content")
    return tree.value if isinstance(tree.value, str) else ""
