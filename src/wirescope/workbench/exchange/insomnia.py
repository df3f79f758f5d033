"""Insomnia: exports of version 4 (JSON) and version 5 (YAML, also where it is written as JSON).

Version 4 is a flat list of resources that name their parents; version 5 is a tree. A WebSocket
request is a `websocket_request`, or in version 5 an item whose id begins with `ws-req`; its
messages are `websocket_payload`s, which version 5 does not export. `{{ _.name }}` is a variable,
and a value within values of an environment is called `outer.inner`. Template tags are not run.
"""

import re
from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from wirescope.errors import ForeignFormatError
from wirescope.workbench.exchange.documents import load_document
from wirescope.workbench.exchange.handshake import Asked, to_endpoint
from wirescope.workbench.exchange.labels import numbered
from wirescope.workbench.exchange.model import Imported
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

FORM = "insomnia"
TOOL = "Insomnia"

_V5 = re.compile(rb'(?m)^\s*(?:\{?\s*"type"|type)\s*:\s*"?[\w-]+\.insomnia(?:\.rest)?/5')
_V4 = (b'"__export_format"', b'"resources"')
_ITEM = re.compile(r"_\[\s*(['\"])(.+?)\1\s*\]")
_TAG = re.compile(r"\{%.{0,500}?%\}", re.DOTALL)
_TAGS = {
    re.compile(r"\{%\s*uuid\b[^%]*%\}"): "{{$uuid}}",
    re.compile(r"\{%\s*now\s+['\"]iso-8601['\"][^%]*%\}"): "{{$iso_time}}",
    re.compile(r"\{%\s*now\s+['\"]unix['\"][^%]*%\}"): "{{$timestamp}}",
}
_REACHED_BY = {"_.": "", "vault.": "a secret of the vault"}
# Marks of the tool, and what a connection does anyway.
_IDLE = (
    *("_id", "_type", "type", "parentId", "created", "modified", "isPrivate", "metaSortKey"),
    *("meta", "settings", "settingEncodeUrl", "settingStoreCookies", "settingSendCookies"),
    *("disableUserAgentHeader", "name", "description"),
)
_DEEPEST = 30
_REDIRECTS = 10
"""What Insomnia follows when it is told to follow redirects, and not how many."""


def recognise(data: bytes) -> bool:
    """Say whether a file is an export of Insomnia."""
    beginning = data[: 1 << 16]
    if beginning.lstrip().startswith(b"{") and all(word in data for word in _V4):
        return True
    return bool(_V5.search(beginning))


def read(data: bytes, name: str) -> Imported:
    """Read the WebSocket requests, payloads and environments.

    Raises:
        ForeignFormatError: it is no such export, or has no WebSocket and no environment.
    """
    reading = Reading(FORM)
    tree = Tree(load_document(data), "", reading.note)
    if not isinstance(tree.value, dict):
        raise ForeignFormatError("It is no export of Insomnia.")
    requests = _Requests(reading)
    if "resources" in tree:
        _read_flat(tree, requests)
    else:
        _read_tree(tree, name, requests)
    requests.finish()
    if not reading.endpoints and not reading.environments:
        raise ForeignFormatError("There is no WebSocket request in it.")
    return reading.done()


class _Requests:
    """Reads requests and environments, whichever version they come from."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.others = 0

    def ours(self, text: str, tree: Tree) -> str:
        """Bring variables and the few tags that have a counterpart into our form."""
        if "{" not in text:
            return text
        text = _ITEM.sub(lambda match: f"_.{fit_name(match[2])}", text)
        for tag, built_in in _TAGS.items():
            text = tag.sub(built_in, text)
        for _ in _TAG.finditer(text):
            tree.tell("A template tag, {% … %}, is not run; it stays as it is.")
        return to_ours(text, tree.place, self.reading.note, tool=TOOL, reached_by=_REACHED_BY)

    def request(self, tree: Tree, folders: list[str], parents: list[Tree]) -> str:
        """Keep a request; `parents` are its folders, the innermost first."""
        values = {
            each.text("name"): self.ours(each.text("value"), each)
            for each in tree.mappings("pathParameters")
        }
        asked = Asked(fill_path(self.ours(tree.text("url"), tree), values))
        asked.description = tree.text("description") or tree.mapping("meta").text("description")
        for each in [*(h for p in reversed(parents) for h in p.mappings("headers")),
                     *tree.mappings("headers")]:  # fmt: skip
            self._header(each, asked)
        table = [
            Parameter(
                name=each.text("name"),
                value=self.ours(each.text("value"), each),
                enabled=not each.flag("disabled", otherwise=False),
            )
            for each in tree.mappings("parameters")
            if each.text("name")
        ]
        take_query(asked, table)
        self._auth(tree, parents, asked)
        endpoint = to_endpoint(asked, tree.place, self.reading.note)
        tree.skip(*_IDLE)
        follows = tree.text("settingFollowRedirects") or tree.mapping("settings").text(
            "followRedirects"
        )
        if follows == "on":
            endpoint = replace(endpoint, network=replace(endpoint.network, redirects=_REDIRECTS))
        wanted = join_name(*folders, tree.text("name") or "request")
        tree.tell_unread()
        return self.reading.endpoint(wanted, endpoint)

    def _header(self, header: Tree, asked: Asked) -> None:
        if name := header.text("name"):
            enabled = not header.flag("disabled", otherwise=False)
            value = self.ours(header.text("value"), header)
            asked.headers.append(Header(name=name, value=value, enabled=enabled))

    def _auth(self, tree: Tree, parents: list[Tree], asked: Asked) -> None:
        for each in [tree, *parents]:
            auth = each.mapping("authentication")
            kind = auth.text("type")
            if not kind:
                continue
            if kind not in NO_AUTH and not auth.flag("disabled", otherwise=False):
                fields = {
                    name: self.ours(text, auth)
                    for name, value in auth.value.items()
                    if (text := as_text(value)) is not None
                }
                take_auth(asked, kind, fields, auth.place, self.reading.note)
            return

    def folder(self, tree: Tree) -> None:
        """Say what of a folder is left out: its scripts and variables."""
        keys = ("preRequestScript", "afterResponseScript")
        if any(tree.get(key).value for key in keys) or tree.get("scripts").value:
            tree.tell("Scripts are not imported, and none is ever run.")
        if tree.mapping("environment").value:
            tree.get("environment").tell("Variables of a folder are left out.")

    def payload(self, tree: Tree, endpoint: str, label: str) -> None:
        """Keep a payload as a message."""
        mode = tree.text("mode")
        kind: MessageKind = "json" if "json" in mode.lower() else "text"
        body = self.ours(tree.text("value"), tree)
        saved = SavedMessage(kind=kind, body=body, endpoint=endpoint)
        self.reading.message(join_name(*endpoint.split("/"), label), saved)

    def environment(self, name: str, tree: Tree, inherited: dict[str, str]) -> dict[str, str]:
        """Keep an environment with what it inherits; return all of its variables."""
        variables: dict[str, str] = dict(inherited)
        secrets = self._flatten("", tree.mapping("data"), variables, 0)
        if variables or secrets:
            known = Environment(variables=variables, secrets=tuple(secrets))
            self.reading.environment(name, known)
        return variables

    def _flatten(self, prefix: str, tree: Tree, into: dict[str, str], depth: int) -> list[str]:
        secrets: list[str] = []
        for name, each in tree.children():
            label = f"{prefix}{fit_name(name)}"
            if not prefix and name == "__insomnia_vault":
                secrets += [fit_name(key) for key, _ in each.children()]
                each.tell("The values of the vault are not taken over.")
            elif isinstance(each.value, dict) and depth < _DEEPEST:
                secrets += self._flatten(f"{label}.", each, into, depth + 1)
            elif (text := as_text(each.value)) is not None:
                into[label] = self.ours(text, each)
            elif each.value is not None:
                each.tell("A list is no value of a variable; it is left out.")
        return secrets

    def finish(self) -> None:
        """Count what was passed over."""
        if self.others:
            text = f"Requests that are no WebSocket, passed over: {self.others:,}."
            self.reading.note("", text)


# Version 4


def _read_flat(tree: Tree, requests: _Requests) -> None:
    resources = {each.text("_id"): each for each in tree.mappings("resources") if each.text("_id")}
    by_kind: dict[str, list[Tree]] = {}
    for each in resources.values():
        by_kind.setdefault(each.text("_type"), []).append(each)
    names: dict[str, str] = {}
    for each in sorted(by_kind.get("websocket_request", []), key=_sort_key("metaSortKey")):
        parents = _parents(each, resources)
        folders = [parent.text("name") for parent in reversed(parents)]
        names[each.text("_id")] = requests.request(each, folders, parents)
    _read_payloads(by_kind.get("websocket_payload", []), names, requests)
    for each in by_kind.get("request_group", []):
        requests.folder(each)
    _read_environments(by_kind.get("environment", []), requests)
    requests.others = sum(
        len(by_kind.get(kind, [])) for kind in ("request", "grpc_request", "socketio_request")
    )


def _parents(tree: Tree, resources: dict[str, Tree]) -> list[Tree]:
    """Give the folders of a resource, the innermost first."""
    found: list[Tree] = []
    parent = resources.get(tree.text("parentId"))
    while parent is not None and parent.text("_type") == "request_group":
        if parent in found or len(found) > _DEEPEST:
            parent.tell("The folders contain each other; the rest of the way is left out.")
            break
        found.append(parent)
        parent = resources.get(parent.text("parentId"))
    return found


def _read_payloads(payloads: list[Tree], names: dict[str, str], requests: _Requests) -> None:
    belonging: dict[str, list[Tree]] = {}
    for each in payloads:
        endpoint = names.get(each.text("parentId"))
        if endpoint is None:
            each.tell("It belongs to no WebSocket request in the file, and is left out.")
        elif each.text("value"):
            belonging.setdefault(endpoint, []).append(each)
    for endpoint, trees in belonging.items():
        labels = numbered([each.text("value") for each in trees])
        for label, each in zip(labels, trees, strict=True):
            named = each.text("name")
            plain = not named or named == "New Payload"
            requests.payload(each, endpoint, label if plain else named)


def _read_environments(environments: list[Tree], requests: _Requests) -> None:
    variables: dict[str, dict[str, str]] = {}
    ids = {each.text("_id") for each in environments}
    bases = [each for each in environments if each.text("parentId") not in ids]
    for each in bases:
        found = requests.environment(each.text("name") or "environment", each, {})
        variables[each.text("_id")] = found
    for each in environments:
        if each.text("parentId") in ids:
            inherited = variables.get(each.text("parentId"), {})
            requests.environment(each.text("name") or "environment", each, inherited)


# Version 5


def _read_tree(tree: Tree, name: str, requests: _Requests) -> None:
    _items(tree, "collection", [], [], requests)
    base = tree.mapping("environments")
    inherited = requests.environment(base.text("name") or name, base, {})
    for each in base.mappings("subEnvironments"):
        requests.environment(each.text("name") or name, each, inherited)
    if tree.mapping("cookieJar").get("cookies").value:
        tree.get("cookieJar").tell("Cookies of the jar are not taken over.")
    tree.skip("type", "schema_version", "name", "meta", "certificates")
    tree.tell_unread()


def _items(
    tree: Tree, key: str, folders: list[str], parents: list[Tree], requests: _Requests
) -> None:
    if len(folders) > _DEEPEST:
        tree.tell("The folders are nested too deeply; what is in this one is left out.")
        return
    for item in sorted(tree.mappings(key), key=_v5_sort_key):
        if "url" not in item and "method" not in item:
            requests.folder(item)
            _items(item, "children", [*folders, item.text("name")], [item, *parents], requests)
        elif item.mapping("meta").text("id").startswith("ws-req") or _is_plain_socket(item):
            requests.request(item, folders, parents)
        else:
            requests.others += 1


def _is_plain_socket(item: Tree) -> bool:
    """Say whether an item without an id is a WebSocket: nothing else has no mark of its kind."""
    marks = ("method", "reflectionApi", "eventListeners", "body")
    return not item.mapping("meta").text("id") and not any(mark in item for mark in marks)


def _sort_key(key: str) -> Callable[[Tree], Any]:
    return lambda tree: tree.number(key) or 0


def _v5_sort_key(tree: Tree) -> Any:
    return tree.mapping("meta").number("sortKey") or 0
