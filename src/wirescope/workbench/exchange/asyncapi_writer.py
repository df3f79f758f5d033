"""Endpoints and messages as an AsyncAPI 3.0 document that describes their server.

A channel is an endpoint; what is saved to be sent are messages that the application receives. The
format has schemas where an endpoint has values: a value stands as the default of its schema, and
what is enabled is required. Variables of a host become server variables, those of a path the
channel's parameters.
"""

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import msgspec
from msgspec.structs import replace

from wirescope.workbench.exchange.asyncapi import KIND_KEY
from wirescope.workbench.exchange.handshake import full_headers, without_path
from wirescope.workbench.exchange.model import Exported, Note, Written
from wirescope.workbench.exchange.templates import VARIABLE, names_in
from wirescope.workbench.exchange.untold import DISABLED_HEADERS, DISABLED_PARAMETERS, untold
from wirescope.workbench.workspace import Auth, Endpoint, SavedMessage
from wirescope.workbench.workspace.names import usable_name
from wirescope.workbench.workspace.rendering import mapping

CARRIED = frozenset(
    {
        *(DISABLED_HEADERS, DISABLED_PARAMETERS),
        *("url", "description", "query", "headers", "origin", "cookies", "subprotocols"),
        "auth.kind",
    }
)

Fields = dict[str, Any]

_UNFIT = re.compile(r"[^A-Za-z0-9_.-]+")


def write(exported: Exported) -> Written:
    """Write one document."""
    document = _Document(exported)
    text = mapping(document.fields(), 0) + "\n"
    return Written({f"{usable_name(exported.name)}.yaml": text.encode()}, document.notes)


class _Document:
    """Makes the parts."""

    def __init__(self, exported: Exported) -> None:
        self._exported = exported
        self.notes: list[Note] = []
        self._servers: dict[str, Fields] = {}
        self._channels: dict[str, Fields] = {}
        self._operations: dict[str, Fields] = {}
        self._schemes: dict[str, Fields] = {}

    def fields(self) -> Fields:
        for name, endpoint in self._exported.endpoints.items():
            self._endpoint(name, endpoint)
        made: Fields = {
            "asyncapi": "3.0.0",
            "info": {"title": self._exported.name, "version": "1.0.0"},
            "defaultContentType": "application/json",
            "servers": self._servers,
            "channels": self._channels,
            "operations": self._operations,
        }
        if self._schemes:
            made["components"] = {"securitySchemes": self._schemes}
        return made

    def _endpoint(self, name: str, endpoint: Endpoint) -> None:
        place = f"endpoint {name}"
        self.notes += untold(place, endpoint, CARRIED)
        key = _key(name, self._channels)
        address, rest = without_path(endpoint.url)
        server = self._server(address, place)
        path, mark, query = rest.partition("?")
        if mark:
            self.notes.append(
                Note(place, f"A query in the URL has no place: {query.split('=')[0]}.")
            )
        channel: Fields = {
            "address": VARIABLE.sub(r"{\1}", path),
            "title": name,
            "servers": [{"$ref": f"#/servers/{server}"}],
        }
        if endpoint.description:
            channel["description"] = endpoint.description
        if parameters := names_in(path):
            channel["parameters"] = {each: self._variable(each) for each in parameters}
        if binding := self._binding(place, endpoint):
            channel["bindings"] = {"ws": {**binding, "bindingVersion": "0.1.0"}}
        self._channels[key] = channel
        self._operation(name, key, endpoint)

    def _binding(self, place: str, endpoint: Endpoint) -> Fields:
        query = [(each.name, each.value or "", each.enabled) for each in endpoint.query]
        headers = [
            (each.name, each.value or "", each.enabled)
            for each in full_headers(replace(endpoint, auth=Auth()))
        ]
        binding: Fields = {}
        for key, values in (("query", query), ("headers", headers)):
            names = [name for name, _, _ in values]
            for twice in sorted({name for name in names if names.count(name) > 1}):
                self.notes.append(Note(place, f"{twice} stands more than once; the last is kept."))
            if values:
                binding[key] = _schema(values)
        return binding

    def _operation(self, name: str, key: str, endpoint: Endpoint) -> None:
        messages: Fields = {}
        for message_name, message in self._exported.messages_of(name).items():
            label = message_name.removeprefix(f"{name}/")
            messages[_key(label, messages)] = _message(label, message)
        operation: Fields = {
            "action": "receive",
            "channel": {"$ref": f"#/channels/{key}"},
        }
        if messages:
            self._channels[key]["messages"] = messages
            base = f"#/channels/{key}/messages"
            operation["messages"] = [{"$ref": f"{base}/{each}"} for each in messages]
        if scheme := _scheme(endpoint.auth):
            self._schemes[endpoint.auth.kind] = scheme
            reference = f"#/components/securitySchemes/{endpoint.auth.kind}"
            operation["security"] = [{"$ref": reference}]
        self._operations[f"receive-{key}"] = operation

    def _server(self, address: str, place: str) -> str:
        known = self._value_of(address) if "://" not in address else address
        scheme, mark, host = known.partition("://")
        if not mark or scheme not in ("ws", "wss"):
            text = f"The protocol and the host of {address} are not known; ws was written."
            self.notes.append(Note(place, text))
            scheme, host = "ws", address
        server: Fields = {"host": VARIABLE.sub(r"{\1}", host), "protocol": scheme}
        if variables := names_in(host):
            server["variables"] = {each: self._variable(each) for each in variables}
        for key, other in self._servers.items():
            if other == server:
                return key
        key = _key(_host(host), self._servers)
        self._servers[key] = server
        return key

    def _value_of(self, template: str) -> str:
        """Resolve the variables of an address that hide its scheme, as one environment has them."""
        names = names_in(template)
        for environment in self._exported.environments.values():
            values = environment.variables
            if all(name in values for name in names):
                return VARIABLE.sub(partial(_value, values), template)
        return template

    def _variable(self, name: str) -> Fields:
        for environment in self._exported.environments.values():
            if value := environment.variables.get(name):
                return {"default": value}
        return {"description": f"The variable {name}."}


def _value(values: Mapping[str, str], match: re.Match[str]) -> str:
    return values.get(match[1], match[0])


def _schema(values: list[tuple[str, str, bool]]) -> Fields:
    properties = {name: {"type": "string", "default": value} for name, value, _ in values}
    required = list(dict.fromkeys(name for name, _, enabled in values if enabled))
    schema: Fields = {"type": "object", "properties": properties}
    return schema | ({"required": required} if required else {})


def _message(name: str, message: SavedMessage) -> Fields:
    made: Fields = {"name": name, "title": name}
    if message.description:
        made["summary"] = message.description
    payload: Any = message.body
    if message.kind == "json":
        # With a variable in it, it may not be JSON yet.
        with suppress(msgspec.DecodeError, RecursionError):
            payload = msgspec.json.decode(message.body)
    if isinstance(payload, str):
        content = "text/plain" if message.kind in ("text", "json") else "application/octet-stream"
        made |= {"contentType": content, KIND_KEY: message.kind, "payload": {"type": "string"}}
    else:
        made["payload"] = {"type": _type_of(payload)}
    made["examples"] = [{"payload": payload}]
    return made


def _type_of(payload: Any) -> str:
    names = {dict: "object", list: "array", bool: "boolean", int: "integer", float: "number"}
    return names.get(type(payload), "null")


def _scheme(auth: Auth) -> Fields | None:
    return None if auth.kind == "none" else {"type": "http", "scheme": auth.kind}


def _host(host: str) -> str:
    try:
        return urlsplit(f"//{VARIABLE.sub('', host)}").hostname or "server"
    except ValueError:
        return "server"


def _key(name: str, taken: Iterable[str]) -> str:
    wanted = _UNFIT.sub("-", name).strip("-") or "unnamed"
    key, number = wanted, 1
    while key in taken:
        number += 1
        key = f"{wanted}-{number}"
    return key
