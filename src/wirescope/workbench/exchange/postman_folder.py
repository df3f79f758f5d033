"""Postman from version 12 on: a collection as a folder of YAML, schema 3.0.0.

`*.request.yaml` with `$kind: websocket-request` is an endpoint; its messages are the files
`*.message.yaml` of the folder that `messages` names, its settings are in the units of the app
(milliseconds, megabytes). `.resources/definition.yaml` of a folder has what all in it inherit:
credentials, variables, scripts (never run). Environments are `*.environment.yaml`.
"""

from collections.abc import Iterable
from posixpath import dirname, normpath
from posixpath import join as join_path

from msgspec.structs import replace

from wirescope.errors import ForeignFormatError
from wirescope.workbench.exchange.documents import load_document
from wirescope.workbench.exchange.handshake import Asked, to_endpoint
from wirescope.workbench.exchange.model import Files, Imported
from wirescope.workbench.exchange.postman import (
    FORM,
    ours,
    read_environment,
    read_pairs,
    read_values,
)
from wirescope.workbench.exchange.reading import Reading, join_name
from wirescope.workbench.exchange.requests import fill_path, take_auth, take_query
from wirescope.workbench.exchange.tree import Tree
from wirescope.workbench.workspace import Endpoint, Header, MessageKind, Parameter, SavedMessage

_REQUEST = (".request.yaml", ".request.yml")
_MESSAGE = (".message.yaml", ".message.yml")
_ENVIRONMENT = (".environment.yaml", ".environment.yml", ".globals.yaml", ".globals.yml")
_DEFINITION = ".resources/definition.yaml"
_MEGABYTE = 1_000_000

_KINDS: dict[str, MessageKind] = {
    "text": "text",
    "json": "json",
    "xml": "text",
    "html": "text",
    "hex": "hex",
    "base64": "base64",
}


def recognise_folder(files: Files) -> bool:
    """Say whether a folder has files of such a collection."""
    return any(path.endswith(_REQUEST + _ENVIRONMENT) for path in files)


def read_folder(files: Files, name: str) -> Imported:
    """Read the WebSocket requests, their messages, and the environments.

    Raises:
        ForeignFormatError: there is none, or a file cannot be read; `where` names it.
    """
    reading = Reading(FORM)
    folder = _Folder(files, name, reading)
    for path in sorted(files):
        if path.endswith(_REQUEST):
            folder.request(path)
        elif path.endswith(_ENVIRONMENT):
            stem = path.rpartition("/")[2].partition(".")[0]
            read_environment(folder.load(path), stem, reading)
    folder.finish()
    if not reading.endpoints and not reading.environments:
        raise ForeignFormatError("There is no WebSocket request in it.")
    return reading.done()


class _Folder:
    """Reads one collection, or several beside each other."""

    def __init__(self, files: Files, name: str, reading: Reading) -> None:
        self._files, self._name, self._reading = files, name, reading
        self._others = 0
        self._definitions: dict[str, Tree] = {}

    def load(self, path: str) -> Tree:
        """Read a file."""
        try:
            value = load_document(self._files[path])
        except ForeignFormatError as error:
            where = f"{path}, {error.where}" if error.where else path
            raise ForeignFormatError(error.message, where=where, hint=error.hint) from None
        return Tree(
            value, "", lambda place, text: self._reading.note(f"{path} {place}".strip(), text)
        )

    def request(self, path: str) -> None:
        """Read a request."""
        tree = self.load(path)
        if tree.text("$kind") != "websocket-request":
            self._others += 1
            return
        asked = Asked(ours(tree.text("url"), tree, self._reading))
        asked.description = tree.text("description")
        for name, value, enabled in read_pairs(tree, "headers"):
            value = ours(value, tree, self._reading)
            asked.headers.append(Header(name=name, value=value, enabled=enabled))
        values = {name: value for name, value, _ in read_pairs(tree, "pathVariables")}
        asked.url = fill_path(asked.url, values)
        table = [
            Parameter(name=name, value=ours(value, tree, self._reading), enabled=enabled)
            for name, value, enabled in read_pairs(tree, "queryParams")
        ]
        take_query(asked, table)
        self._auth(path, tree, asked)
        place = Tree({}, path, self._reading.note).place
        endpoint = _with_settings(to_endpoint(asked, place, self._reading.note), tree)
        stem = path.rpartition("/")[2].rsplit(".", 2)[0]
        wanted = join_name(*self._labels(dirname(path)), tree.text("name") or stem)
        name = self._reading.endpoint(wanted, endpoint)
        self._messages(path, tree, stem, name)
        self._tell(tree)

    def finish(self) -> None:
        """Keep the variables of the folders, and count what was passed over."""
        for folder, tree in self._definitions.items():
            name = tree.text("name") or folder.rpartition("/")[2] or self._name
            read_values(tree, name, "variables", self._reading)
            tree.skip("$kind", "id", "name", "order", "description", "auth")
            if tree.get("scripts").value:
                tree.get("scripts").tell("Scripts are not imported, and none is ever run.")
        if self._others:
            self._reading.note("", f"Requests that are no WebSocket, passed over: {self._others}.")

    def _tell(self, tree: Tree) -> None:
        if tree.get("scripts").value:
            tree.get("scripts").tell("Scripts are not imported, and none is ever run.")
        if tree.get("examples").value:
            tree.tell("Saved answers are not imported.")
        tree.skip("id", "order")
        tree.tell_unread()

    def _labels(self, folder: str) -> list[str]:
        """Give the names of the folders within a collection."""
        parts = [part for part in folder.split("/") if part]
        if "collections" in parts:
            parts = parts[parts.index("collections") + 2 :]
        return parts

    def _parents(self, path: str) -> Iterable[str]:
        folder = dirname(path)
        while True:
            yield folder
            if not folder:
                return
            folder = dirname(folder)

    def _definition(self, folder: str) -> Tree | None:
        if folder not in self._definitions:
            path = join_path(folder, _DEFINITION)
            if path not in self._files:
                return None
            self._definitions[folder] = self.load(path)
        return self._definitions[folder]

    def _auth(self, path: str, tree: Tree, asked: Asked) -> None:
        chain = [tree, *filter(None, map(self._definition, self._parents(path)))]
        for each in chain:
            auth = each.get("auth")
            if isinstance(auth.value, list):  # several, of which the first holds
                auth = next(iter(each.mappings("auth")), auth)
            if not isinstance(auth.value, dict) or auth.text("type") in ("", "inherit"):
                continue
            fields = {name: value for name, value, _ in read_pairs(auth, "credentials")}
            fields = {name: ours(value, auth, self._reading) for name, value in fields.items()}
            take_auth(asked, auth.text("type"), fields, f"{path} {auth.place}", self._reading.note)
            return

    def _messages(self, path: str, tree: Tree, stem: str, endpoint: str) -> None:
        named = tree.text("messages") or f".resources/{stem}.resources/messages"
        folder = normpath(join_path(dirname(path), named))
        for each in sorted(self._files):
            if dirname(each) != folder or not each.endswith(_MESSAGE):
                continue
            message = self.load(each)
            if message.text("$kind") != "websocket-message":
                message.tell(f"{message.text('$kind')} is no message of a WebSocket.")
                continue
            label = message.text("name") or each.rpartition("/")[2].rsplit(".", 2)[0]
            kind = _KINDS.get(message.text("contentType", "text"))
            if kind is None:
                message.tell(f"{message.text('contentType')} is not known; it is taken for text.")
            body = ours(message.text("content"), message, self._reading)
            saved = SavedMessage(
                kind=kind or "text",
                body=body,
                description=message.text("description"),
                endpoint=endpoint,
            )
            self._reading.message(join_name(*endpoint.split("/"), label), saved)
            message.skip("id", "order")
            message.tell_unread("is not a part of a saved message and is left out")


def _with_settings(endpoint: Endpoint, tree: Tree) -> Endpoint:
    settings = tree.mapping("settings")
    limits, network, tls = endpoint.limits, endpoint.network, endpoint.tls
    if timeout_ms := settings.number("handshakeTimeout"):
        limits = replace(limits, open_timeout_s=max(timeout_ms, 1) / 1000)
    if megabytes := settings.number("maxPayload"):
        limits = replace(limits, max_message_size=max(1, int(megabytes * _MEGABYTE)))
    attempts, delay_ms = settings.number("retryCount"), settings.number("retryDelay")
    if attempts and 0 < attempts < 1e6:
        delay_s = max(delay_ms or 0, 0) / 1000
        network = replace(
            network, retry=replace(network.retry, attempts=int(attempts), delay_s=delay_s)
        )
    if not settings.flag("strictSSL", otherwise=True):
        tls = replace(tls, insecure=True)
    settings.tell_unread()
    return replace(endpoint, limits=limits, network=network, tls=tls)
