"""Endpoints, messages and environments as an export of Insomnia, version 4.

Version 5 is newer and has no messages of WebSockets; Insomnia imports both. Environments stand
under an empty base, since Insomnia has one.
"""

from hashlib import sha256
from typing import Any

import msgspec

from wirescope.workbench.exchange.handshake import full_headers
from wirescope.workbench.exchange.model import Exported, Note, Written
from wirescope.workbench.exchange.templates import to_theirs
from wirescope.workbench.exchange.untold import DISABLED_HEADERS, DISABLED_PARAMETERS, untold
from wirescope.workbench.workspace import Auth, Endpoint, SavedMessage
from wirescope.workbench.workspace.names import usable_name

CARRIED = frozenset(
    {
        *(DISABLED_HEADERS, DISABLED_PARAMETERS),
        *("url", "description", "query", "headers", "origin", "cookies", "subprotocols", "auth"),
        "network.redirects",
    }
)

Fields = dict[str, Any]

_TAGS = {
    "$uuid": "{% uuid 'v4' %}",
    "$timestamp": "{% now 'unix', '' %}",
    "$iso_time": "{% now 'iso-8601', '' %}",
}
_MODES = {"json": "application/json", "text": "text/plain"}


def write(exported: Exported) -> Written:
    """Write one export."""
    exported = to_theirs(exported, _variable)
    notes: list[Note] = []
    workspace = _id("wrk", exported.name)
    resources: list[Fields] = [
        {"_id": workspace, "_type": "workspace", "parentId": None, "name": exported.name,
         "scope": "collection", "description": ""}
    ]  # fmt: skip
    groups: dict[str, str] = {"": workspace}
    for number, (name, endpoint) in enumerate(exported.endpoints.items()):
        notes += untold(f"endpoint {name}", endpoint, CARRIED)
        parent = _group(name.rpartition("/")[0], groups, resources)
        request = _request(name, endpoint, parent, number)
        resources.append(request)
        for message_name, message in exported.messages_of(name).items():
            payload = _payload(message_name, name, message, request["_id"], notes)
            resources += [payload] if payload else []
    resources += _environments(exported, workspace, notes)
    document = {"_type": "export", "__export_format": 4, "__export_source": "wirescope",
                "resources": resources}  # fmt: skip
    text = msgspec.json.format(msgspec.json.encode(document), indent=2)
    return Written({f"{usable_name(exported.name)}.json": text + b"\n"}, notes)


def _variable(name: str) -> str:
    # A hyphen would be a minus.
    reached = f"_['{name}']" if "-" in name else f"_.{name}"
    return _TAGS.get(name) or f"{{{{ {reached} }}}}"


def _group(folder: str, groups: dict[str, str], resources: list[Fields]) -> str:
    if folder not in groups:
        above, _, name = folder.rpartition("/")
        parent = _group(above, groups, resources)
        groups[folder] = _id("fld", folder)
        resources.append(
            {"_id": groups[folder], "_type": "request_group", "parentId": parent, "name": name}
        )
    return groups[folder]


def _request(name: str, endpoint: Endpoint, parent: str, number: int) -> Fields:
    headers = full_headers(endpoint, with_auth=False)
    return {
        "_id": _id("ws-req", name),
        "_type": "websocket_request",
        "parentId": parent,
        "name": name.rpartition("/")[2],
        "description": endpoint.description,
        "url": endpoint.url,
        "metaSortKey": number,
        "headers": [
            {"name": each.name, "value": each.value, "disabled": not each.enabled}
            for each in headers
        ],
        "parameters": [
            {"name": each.name, "value": each.value or "", "disabled": not each.enabled}
            for each in endpoint.query
        ],
        "authentication": _auth(endpoint.auth),
        "settingEncodeUrl": True,
        "settingStoreCookies": True,
        "settingSendCookies": True,
        "settingFollowRedirects": "on" if endpoint.network.redirects else "global",
    }


def _auth(auth: Auth) -> Fields:
    if auth.kind == "none":
        return {}
    if auth.kind == "bearer":
        return {"type": "bearer", "token": auth.token, "prefix": ""}
    return {"type": auth.kind, "username": auth.user, "password": auth.password}


def _payload(
    name: str, endpoint: str, message: SavedMessage, parent: str, notes: list[Note]
) -> Fields | None:
    mode = _MODES.get(message.kind)
    if mode is None:
        notes.append(Note(f"message {name}", "Insomnia has no binary messages; it is left out."))
        return None
    return {
        "_id": _id("ws-payload", name),
        "_type": "websocket_payload",
        "parentId": parent,
        "name": name.removeprefix(f"{endpoint}/"),
        "value": message.body,
        "mode": mode,
    }


def _environments(exported: Exported, workspace: str, notes: list[Note]) -> list[Fields]:
    made: list[Fields] = [
        {"_id": _id("env", ""), "_type": "environment", "parentId": workspace,
         "name": "Base Environment", "data": {}}
    ]  # fmt: skip
    for name, environment in exported.environments.items():
        data = environment.variables | dict.fromkeys(environment.secrets, "")
        made.append(
            {"_id": _id("env", name), "_type": "environment", "parentId": made[0]["_id"],
             "name": name, "data": _nested(data)}
        )  # fmt: skip
        if environment.secrets:
            listed = ", ".join(environment.secrets)
            notes.append(Note(f"environment {name}", f"Give {listed} values in Insomnia."))
    return made


def _nested(data: dict[str, str]) -> Fields:
    """Put `outer.inner` into `outer`, since that is what `_.outer.inner` reaches."""
    made: Fields = {}
    for name, value in data.items():
        *outer, inner = [name] if "-" in name else name.split(".")
        into = made
        for part in outer:
            below = into.setdefault(part, {})
            into = below if isinstance(below, dict) else into
        into.setdefault(inner, value)
    return made


def _id(prefix: str, name: str) -> str:
    return f"{prefix}_{sha256(name.encode()).hexdigest()[:32]}"
