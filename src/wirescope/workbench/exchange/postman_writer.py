"""Endpoints, messages and environments as a folder for Postman 12, schema 3.0.0.

Its single file of JSON cannot have a WebSocket. A setting has the unit of the app: milliseconds and
megabytes. Cookies, the Origin and credentials have no place of their own in such a request; they
are headers there, except where a variable would have to be encoded first.
"""

from typing import Any

from wirescope.workbench.exchange.handshake import authorization, full_headers, full_url
from wirescope.workbench.exchange.model import Exported, Note, Written, free_path
from wirescope.workbench.exchange.templates import common_name, to_theirs
from wirescope.workbench.exchange.untold import (
    BARE_PARAMETERS,
    DISABLED_HEADERS,
    DISABLED_PARAMETERS,
    untold,
)
from wirescope.workbench.workspace import Endpoint, Environment, Limits, SavedMessage
from wirescope.workbench.workspace.names import usable_name
from wirescope.workbench.workspace.rendering import mapping

CARRIED = frozenset(
    {
        *(BARE_PARAMETERS, DISABLED_HEADERS, DISABLED_PARAMETERS),
        *("url", "description", "query", "headers", "origin", "cookies", "subprotocols", "auth"),
        *("limits.open_timeout_s", "limits.max_message_size", "network.retry", "tls.insecure"),
    }
)

Fields = dict[str, Any]

_STEP = 1000
_MEGABYTE = 1_000_000
_KINDS = {"text": "text", "json": "json", "hex": "hex", "base64": "base64"}


def write(exported: Exported) -> Written:
    """Write a collection, and the environments beside it."""
    exported = to_theirs(exported, common_name)
    root = f"postman/collections/{usable_name(exported.name)}"
    notes: list[Note] = []
    files = {
        f"{root}/.resources/definition.yaml": _text({"$kind": "collection", "name": exported.name})
    }
    for number, (name, endpoint) in enumerate(exported.endpoints.items(), 1):
        notes += untold(f"endpoint {name}", endpoint, CARRIED)
        folder, _, stem = name.rpartition("/")
        base = f"{root}/{folder}" if folder else root
        messages = exported.messages_of(name)
        fields = _request(name, endpoint, number * _STEP, notes)
        if messages:
            fields["messages"] = f"./.resources/{stem}.resources/messages"
        files[f"{base}/{stem}.request.yaml"] = _text(fields)
        for place, (message_name, message) in enumerate(messages.items(), 1):
            label = message_name.removeprefix(f"{name}/").replace("/", " ")
            written = _message(message_name, message, place * _STEP, notes)
            if written is not None:
                path = f"{base}/.resources/{stem}.resources/messages/{label}"
                files[free_path(path, ".message.yaml", files)] = _text(written)
    for name, environment in exported.environments.items():
        path = f"postman/environments/{name}.environment.yaml"
        files[path] = _text(_environment(name, environment))
    return Written(files, notes)


def _request(name: str, endpoint: Endpoint, order: int, notes: list[Note]) -> Fields:
    fields: Fields = {"$kind": "websocket-request", "url": full_url(endpoint)}
    if endpoint.description:
        fields["description"] = endpoint.description
    headers = [
        {"key": each.name, "value": each.value} | ({} if each.enabled else {"disabled": True})
        for each in full_headers(endpoint)
    ]
    auth = endpoint.auth
    if auth.kind != "none" and not authorization(auth):
        text = f"Set its {auth.kind} credentials in Postman; a header cannot have them here."
        notes.append(Note(f"endpoint {name}", text))
    if headers:
        fields["headers"] = headers
    if endpoint.query:
        fields["queryParams"] = [
            {"key": each.name, "value": each.value or ""}
            | ({} if each.enabled else {"disabled": True})
            for each in endpoint.query
        ]
    if settings := _settings(endpoint):
        fields["settings"] = settings
    return fields | {"order": order}


def _settings(endpoint: Endpoint) -> Fields:
    limits, retry, usual = endpoint.limits, endpoint.network.retry, Limits()
    settings: Fields = {}
    if limits.open_timeout_s != usual.open_timeout_s:
        settings["handshakeTimeout"] = round(limits.open_timeout_s * 1000)
    if limits.max_message_size not in (usual.max_message_size, None):
        assert limits.max_message_size is not None
        settings["maxPayload"] = limits.max_message_size / _MEGABYTE
    if retry.attempts:
        settings |= {"retryCount": retry.attempts, "retryDelay": round(retry.delay_s * 1000)}
    if endpoint.tls.insecure:
        settings["strictSSL"] = False
    return settings


def _message(name: str, message: SavedMessage, order: int, notes: list[Note]) -> Fields | None:
    kind = _KINDS.get(message.kind)
    if kind is None:
        notes.append(Note(f"message {name}", "Postman has no message that is a file."))
        return None
    fields: Fields = {"$kind": "websocket-message", "content": message.body, "contentType": kind}
    if message.description:
        fields["description"] = message.description
    return fields | {"order": order}


def _environment(name: str, environment: Environment) -> Fields:
    values = [
        {"key": key, "value": value, "enabled": True, "type": "default"}
        for key, value in environment.variables.items()
    ]
    values += [
        {"key": key, "value": "", "enabled": True, "type": "secret"} for key in environment.secrets
    ]
    return {"name": name, "values": values}


def _text(fields: Fields) -> bytes:
    return (mapping(fields, 0) + "\n").encode()
