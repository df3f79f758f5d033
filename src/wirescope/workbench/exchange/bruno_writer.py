"""Endpoints, messages and environments as a collection of Bruno, in `.bru` files.

Bruno reads them beside its newer YAML. A message loses blanks at its ends there, and cannot contain
three single quotes; a request has no binary message.
"""

from typing import Any

import msgspec

from wirescope.workbench.exchange.bru_blocks import (
    between_quotes,
    write_list,
    write_pairs,
    write_text,
)
from wirescope.workbench.exchange.handshake import full_headers, full_url
from wirescope.workbench.exchange.model import Exported, Note, Written, free_path
from wirescope.workbench.exchange.templates import common_name, to_theirs
from wirescope.workbench.exchange.untold import (
    BARE_PARAMETERS,
    DISABLED_HEADERS,
    DISABLED_PARAMETERS,
    untold,
)
from wirescope.workbench.workspace import Auth, Endpoint, Environment, SavedMessage

CARRIED = frozenset(
    {
        *(BARE_PARAMETERS, DISABLED_HEADERS, DISABLED_PARAMETERS),
        *("url", "description", "query", "headers", "origin", "cookies", "subprotocols", "auth"),
        *("limits.open_timeout_s", "heartbeat.interval_s"),
    }
)

_RESERVED = ("collection", "folder")


def write(exported: Exported) -> Written:
    """Write a collection."""
    exported = to_theirs(exported, common_name)
    notes: list[Note] = []
    settings: dict[str, Any] = {"version": "1", "name": exported.name, "type": "collection"}
    files = {"bruno.json": msgspec.json.format(msgspec.json.encode(settings)) + b"\n"}
    for number, (name, endpoint) in enumerate(exported.endpoints.items(), 1):
        path = free_path(_unlike_bruno(name), ".bru", files)
        if path != f"{name}.bru":
            text = f"Bruno keeps something else in a file of that name; it is written as {path}."
            notes.append(Note(f"endpoint {name}", text))
        files[path] = _request(number, name, endpoint, exported, notes).encode()
    for name, environment in exported.environments.items():
        files[f"environments/{name}.bru"] = _environment(environment).encode()
    return Written(files, notes)


def _unlike_bruno(name: str) -> str:
    """Give a name that is none of an environment, or of what a folder gives to its requests.

    >>> _unlike_bruno("environments/dev"), _unlike_bruno("rooms/folder"), _unlike_bruno("feed")
    ('environments_/dev', 'rooms/folder_', 'feed')
    """
    folder, slash, stem = name.rpartition("/")
    if folder.partition("/")[0] == "environments":
        folder = folder.replace("environments", "environments_", 1)
    return f"{folder}{slash}{stem}_" if stem in _RESERVED else f"{folder}{slash}{stem}"


def _request(
    number: int, name: str, endpoint: Endpoint, exported: Exported, notes: list[Note]
) -> str:
    place = f"endpoint {name}"
    notes += untold(place, endpoint, CARRIED)
    kind = endpoint.auth.kind
    title = name.rpartition("/")[2]
    meta = [("name", title, True), ("type", "ws", True), ("seq", str(number), True)]
    socket = [("url", full_url(endpoint), True), ("body", "ws", True), ("auth", kind, True)]
    blocks = [write_pairs("meta", meta), write_pairs("ws", socket)]
    disabled = [each for each in endpoint.query if not each.enabled]
    if disabled:
        pairs = [(each.name, each.value or "", each.enabled) for each in endpoint.query]
        blocks.append(write_pairs("params:query", pairs))
    headers = full_headers(endpoint, with_auth=False)
    if headers:
        pairs = [(each.name, each.value or "", each.enabled) for each in headers]
        blocks.append(write_pairs("headers", pairs))
    if kind != "none":
        blocks.append(write_pairs(f"auth:{kind}", _auth(endpoint.auth)))
    for message_name, message in exported.messages_of(name).items():
        label = message_name.removeprefix(f"{name}/")
        blocks += _message(message_name, label, message, notes)
    if settings := _settings(endpoint):
        blocks.append(write_pairs("settings", settings))
    if endpoint.description:
        blocks.append(write_text("docs", endpoint.description))
    return "\n".join(blocks)


def _auth(auth: Auth) -> list[tuple[str, str, bool]]:
    if auth.kind == "bearer":
        return [("token", auth.token, True)]
    return [("username", auth.user, True), ("password", auth.password, True)]


def _message(name: str, label: str, message: SavedMessage, notes: list[Note]) -> list[str]:
    place = f"message {name}"
    if message.kind not in ("text", "json"):
        notes.append(Note(place, "Bruno has no binary messages; it is left out."))
        return []
    if "'''" in message.body:
        notes.append(Note(place, "Bruno has no way to write three single quotes; it is left out."))
        return []
    if not message.body.strip():
        notes.append(Note(place, "Bruno has no empty messages; it is left out."))
        return []
    if message.body != message.body.strip() or "\r" in message.body:
        notes.append(Note(place, "Bruno takes blanks at its ends and carriage returns away."))
    pairs = [
        ("name", label, True),
        ("type", message.kind, True),
        ("content", between_quotes(message.body), True),
    ]
    return [write_pairs("body:ws", pairs)]


def _settings(endpoint: Endpoint) -> list[tuple[str, str, bool]]:
    interval_s = endpoint.heartbeat.interval_s or 0
    settings = {
        "timeout": round(endpoint.limits.open_timeout_s * 1000),
        "keepAliveInterval": round(interval_s * 1000),
    }
    return [(name, str(value), True) for name, value in settings.items()]


def _environment(environment: Environment) -> str:
    pairs = [(name, value, True) for name, value in environment.variables.items()]
    blocks = [write_pairs("vars", pairs)]
    if environment.secrets:
        blocks.append(write_list("vars:secret", list(environment.secrets)))
    return "".join(blocks)
