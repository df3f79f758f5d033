"""Postman: collections in one JSON file (2.0, 2.1), and environments as the app exports them.

Such a collection has no request for a WebSocket: the app did not export those until its version 12,
and then as the folder of YAML that `postman_folder` reads. What can stand in it is a request whose
URL begins with `ws:`; it is read, and HTTP requests are counted. Scripts are never run.
"""

import re

from wirescope.errors import ForeignFormatError
from wirescope.workbench.exchange.documents import load_json
from wirescope.workbench.exchange.handshake import Asked, to_endpoint
from wirescope.workbench.exchange.model import Imported
from wirescope.workbench.exchange.reading import Reading, join_name
from wirescope.workbench.exchange.requests import NO_AUTH, fill_path, take_auth, take_query
from wirescope.workbench.exchange.templates import fit_name, to_ours
from wirescope.workbench.exchange.tree import Tree, as_text
from wirescope.workbench.workspace import Environment, Header, Parameter

FORM = "postman"
TOOL = "Postman"
REACHED_BY = {"vault:": "a secret of the vault"}

_COLLECTION = re.compile(rb'"schema"\s*:\s*"https?://schema\.(?:get)?postman\.com/|"_postman_id"')
_ENVIRONMENT = re.compile(rb'"_postman_variable_scope"|"_postman_exported_at"')
_DEEPEST = 30

_V3_HINT = "Export it with Postman 12 or newer as a folder, and import that."


def recognise(data: bytes) -> bool:
    """Say whether a file is a collection or an environment of Postman."""
    if not data.lstrip().startswith(b"{"):
        return False
    if _COLLECTION.search(data[: 1 << 16]):
        return True
    # An environment says so behind its values.
    return bool(_ENVIRONMENT.search(data[: 1 << 16]) or _ENVIRONMENT.search(data[-4096:]))


def read(data: bytes, name: str) -> Imported:
    """Read a collection or an environment.

    Raises:
        ForeignFormatError: it is neither, or has no WebSocket.
    """
    reading = Reading(FORM)
    tree = Tree(load_json(data), "", reading.note)
    if isinstance(tree.value, dict) and isinstance(tree.value.get("collection"), dict):
        tree = tree.get("collection")  # as the API of Postman gives it
    if isinstance(tree.value, dict) and "item" in tree:
        _Collection(tree, name, reading).read()
        return reading.done()
    if "values" in tree:
        read_environment(tree, name, reading)
        return reading.done()
    raise ForeignFormatError("It is no collection and no environment of Postman.")


def read_environment(tree: Tree, name: str, reading: Reading) -> None:
    """Keep an environment or globals; a secret of the app stays one."""
    read_values(tree, tree.text("name") or name, "values", reading)


def read_values(tree: Tree, name: str, key: str, reading: Reading) -> None:
    """Keep variables of a list with `key` and `value`, or of a mapping, as an environment."""
    variables: dict[str, str] = {}
    secrets: list[str] = []
    for label, each in _pairs(tree, key):
        variable = fit_name(label)
        if each.flag("disabled", otherwise=False) or not each.flag("enabled", otherwise=True):
            each.tell(f"The variable {label} is disabled and is left out.")
        elif each.text("type") == "secret" or each.flag("secret", otherwise=False):
            secrets.append(variable)
            each.tell(f"{label} is a secret; its value is not taken over.")
        else:
            value = each.text("value", each.text("currentValue"))
            variables[variable] = ours(value, each, reading)
    if variables or secrets:
        reading.environment(name, Environment(variables=variables, secrets=tuple(secrets)))


def read_pairs(tree: Tree, key: str) -> list[tuple[str, str, bool]]:
    """Give names, values and whether they are enabled, of a list or of a mapping."""
    return [
        (name, each.text("value"), not each.flag("disabled", otherwise=False))
        for name, each in _pairs(tree, key)
    ]


def _pairs(tree: Tree, key: str) -> list[tuple[str, Tree]]:
    child = tree.get(key)
    if isinstance(child.value, dict):
        return [
            (name, Tree({"value": each.value}, each.place, lambda _place, _text: None))
            for name, each in tree.entries(key)
        ]
    return [(each.text("key"), each) for each in tree.mappings(key) if each.text("key")]


def ours(text: str, tree: Tree, reading: Reading) -> str:
    """Bring the variables of a text into the form of a workspace."""
    return to_ours(text, tree.place, reading.note, tool=TOOL, reached_by=REACHED_BY)


class _Collection:
    """Reads one collection."""

    def __init__(self, tree: Tree, name: str, reading: Reading) -> None:
        self._tree, self._reading = tree, reading
        self._name = tree.mapping("info").text("name") or name
        self._others = 0

    def read(self) -> None:
        self._tell_scripts(self._tree)
        self._items(self._tree, (), self._tree.get("auth"), 0)
        read_values(self._tree, self._name, "variable", self._reading)
        if self._others:
            self._reading.note("", f"Requests that are no WebSocket, passed over: {self._others}.")
        if not self._reading.endpoints:
            raise ForeignFormatError(
                "There is no WebSocket request in it; such a file of Postman has HTTP alone.",
                hint=_V3_HINT,
            )

    def _items(self, tree: Tree, folders: tuple[str, ...], auth: Tree, depth: int) -> None:
        if depth > _DEEPEST:
            tree.tell("The folders are nested too deeply; what is in this one is left out.")
            return
        for item in tree.mappings("item"):
            own = item.get("auth") if "auth" in item else auth
            self._tell_scripts(item)
            if "item" in item:
                self._items(item, (*folders, item.text("name")), own, depth + 1)
            else:
                self._request(item, folders, own)

    def _request(self, item: Tree, folders: tuple[str, ...], inherited: Tree) -> None:
        request = item.get("request")
        url = request.value if isinstance(request.value, str) else ""
        raw = request.get("url")
        if isinstance(raw.value, dict):
            url = raw.text("raw") or _put_together(raw)
        elif isinstance(raw.value, str):
            url = raw.value
        if not url.lower().startswith(("ws:", "wss:")):
            self._others += 1
            return
        values = {
            each.text("key"): ours(each.text("value"), each, self._reading)
            for each in raw.mappings("variable")
        }
        asked = Asked(fill_path(ours(url, item, self._reading), values))
        asked.description = _description(request) or _description(item)
        for name, value, enabled in read_pairs(request, "header"):
            value = ours(value, request, self._reading)
            asked.headers.append(Header(name=name, value=value, enabled=enabled))
        table = [
            Parameter(name=name, value=ours(value, raw, self._reading), enabled=enabled)
            for name, value, enabled in read_pairs(raw, "query")
        ]
        take_query(asked, table)
        auth = request.get("auth") if "auth" in request else inherited
        self._auth(auth, asked)
        endpoint = to_endpoint(asked, item.place, self._reading.note)
        request.skip("method", "description")
        request.tell_unread()
        if item.get("response").value:
            item.tell("Saved answers are not imported.")
        item.skip("id", "name", "event", "auth", "description", "request")
        item.tell_unread()
        wanted = join_name(*folders, item.text("name") or self._name)
        self._reading.endpoint(wanted, endpoint)

    def _auth(self, auth: Tree, asked: Asked) -> None:
        if not isinstance(auth.value, dict):
            return
        kind = auth.text("type")
        fields = {name: value for name, value, _ in read_pairs(auth, kind)} if kind else {}
        fields = {name: ours(value, auth, self._reading) for name, value in fields.items()}
        if kind not in NO_AUTH:
            take_auth(asked, kind, fields, auth.place, self._reading.note)

    def _tell_scripts(self, tree: Tree) -> None:
        if any(tree.mappings("event")):
            tree.get("event").tell("Scripts are not imported, and none is ever run.")


def _put_together(url: Tree) -> str:
    """Make the text of a URL of its parts; the query stands in a table beside it."""
    host, path = (_joined(url.get(key), mark) for key, mark in (("host", "."), ("path", "/")))
    protocol, port = url.text("protocol"), url.text("port")
    return (
        (f"{protocol}://" if protocol else "")
        + host
        + (f":{port}" if port else "")
        + (f"/{path}" if path else "")
    )


def _joined(tree: Tree, mark: str) -> str:
    parts = tree.value if isinstance(tree.value, list) else [tree.value]
    return mark.join(text for part in parts if (text := as_text(part)) is not None)


def _description(tree: Tree) -> str:
    description = tree.get("description")
    if isinstance(description.value, dict):
        return description.text("content")
    return description.value if isinstance(description.value, str) else ""
