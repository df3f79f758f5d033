"""AsyncAPI 2 and 3, JSON or YAML: each channel of a WebSocket server as an endpoint.

A channel is a connection (ws binding 0.1.0): its binding has the query and the headers. Messages
that the described application receives are those that a client sends: `publish` in version 2,
`receive` in version 3. They become saved messages, of their examples or, where there is none, of
their schema. With one server its address stands in the endpoints, with several each is an
environment.
"""

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from wirescope.errors import ForeignFormatError
from wirescope.workbench.exchange.asyncapi_security import Credentials
from wirescope.workbench.exchange.documents import load_document
from wirescope.workbench.exchange.handshake import Asked, to_endpoint
from wirescope.workbench.exchange.labels import kind_of
from wirescope.workbench.exchange.model import Imported
from wirescope.workbench.exchange.reading import Reading, join_name
from wirescope.workbench.exchange.references import References, last_of
from wirescope.workbench.exchange.samples import Sampler, named_value
from wirescope.workbench.exchange.templates import fit_name
from wirescope.workbench.exchange.tree import Tree, as_text
from wirescope.workbench.workspace import (
    Environment,
    Header,
    MessageKind,
    Parameter,
    SavedMessage,
)

FORM = "asyncapi"
KIND_KEY = "x-wirescope-kind"
"""Our extension for what a message is written as, where AsyncAPI cannot tell."""

_ABOUT = ("title", "summary", "description", "tags", "externalDocs", "$ref")
_PROTOCOLS = ("ws", "wss")
_SERVER = "server_url"
_BRACES = re.compile(r"\{([^{}/]+)\}")
_BEGINS = re.compile(rb'(?m)^\s*(?:\{?\s*"asyncapi"\s*:|asyncapi\s*:)')
_JSON_FORMATS = re.compile(r"(?i)$|application/(vnd\.aai\.asyncapi|schema)\b.*")


def recognise(data: bytes) -> bool:
    """Say whether a file names itself an AsyncAPI document."""
    return bool(_BEGINS.search(data[: 1 << 16]))


def read(data: bytes, name: str) -> Imported:
    """Read the channels of the WebSocket servers.

    Raises:
        ForeignFormatError: it is no AsyncAPI 2 or 3, or has no WebSocket.
    """
    reading = Reading(FORM)
    root = load_document(data)
    version = as_text(root.get("asyncapi")) if isinstance(root, dict) else None
    if version is None or version.partition(".")[0] not in ("2", "3"):
        raise ForeignFormatError(
            "It is no AsyncAPI document of version 2 or 3.", where="asyncapi", hint=""
        )
    document = _Document(Tree(root, "", reading.note), reading, is_2=version.startswith("2"))
    document.read(name)
    if not reading.endpoints:
        raise ForeignFormatError(
            "The document has no channel on a server of the protocol ws or wss.",
            hint="Look at the `protocol` of its servers.",
        )
    return reading.done()


class _Document:
    """Reads one document."""

    def __init__(self, root: Tree, reading: Reading, *, is_2: bool) -> None:
        self._root, self._reading, self._is_2 = root, reading, is_2
        self._references = References(root.value, reading.note)
        self._sampler = Sampler(self._references)
        self._credentials = Credentials(root, self._references)
        self._variables: dict[str, str] = {}
        self._servers: dict[str, Tree] = {}
        self._operations_of: dict[str, list[tuple[str, Tree]]] = {}

    def read(self, name: str) -> None:
        self._servers = dict(self._websocket_servers())
        self._operations_of = self._by_channel()
        channels = [(key, self._follow(each)) for key, each in self._root.entries("channels")]
        for key, channel in channels:
            servers = self._servers_of(channel)
            if servers:
                self._channel(key, channel, servers)
            else:
                channel.tell("The channel is on no server of a WebSocket, and is passed over.")
        self._environments(name)
        self._root.skip(
            *("asyncapi", "id", "info", "tags", "externalDocs", "components", "operations"),
            "defaultContentType",
        )
        self._root.tell_unread()

    def _follow(self, tree: Tree) -> Tree:
        return self._references.follow(tree)

    # Servers

    def _websocket_servers(self) -> Iterator[tuple[str, Tree]]:
        for key, each in self._root.entries("servers"):
            server = self._follow(each)
            protocol = server.text("protocol").lower()
            if protocol in _PROTOCOLS:
                yield key, server
            else:
                server.tell(f"Its protocol is {protocol!r}, which is no WebSocket.")

    def _servers_of(self, channel: Tree) -> list[str]:
        named = [
            last_of(each.value.get("$ref", "")) if isinstance(each.value, dict) else each.value
            for each in channel.items("servers")
        ]
        return [key for key in self._servers if not named or key in named]

    def _address_of(self, key: str) -> str:
        server = self._servers[key]
        protocol = server.text("protocol").lower()
        if self._is_2:
            url = server.text("url")
            url = url if "://" in url else f"{protocol}://{url}"
        else:
            url = f"{protocol}://{server.text('host')}{server.text('pathname')}"
        return _templates(url.rstrip("/"))

    def _environments(self, name: str) -> None:
        several = len(self._servers) > 1
        secrets = self._credentials.secrets
        for key, server in self._servers.items():
            variables = {_SERVER: self._address_of(key)} if several else {}
            for variable, each in server.entries("variables"):
                value = as_text(named_value(self._follow(each)))
                variables[fit_name(variable)] = value or ""
            variables |= self._variables
            if variables or secrets:
                environment = Environment(variables=variables, secrets=tuple(secrets))
                self._reading.environment(key or name, environment)

    # Channels

    def _channel(self, key: str, channel: Tree, servers: list[str]) -> None:
        base = self._address_of(servers[0]) if len(self._servers) == 1 else f"{{{{{_SERVER}}}}}"
        address = key if self._is_2 else channel.text("address", "")
        path = _templates(address)
        if path and not path.startswith(("/", "?")):
            path = f"/{path}"
        asked = Asked(base + path, description=channel.text("description"))
        self._parameters(channel)
        self._binding(channel, asked)
        operations = self._operations(key, channel)
        security = [self._servers[server] for server in servers]
        self._credentials.apply([*security, *(each for _, each in operations)], asked)
        endpoint = to_endpoint(asked, channel.place, self._reading.note)
        # In version 2 the key of a channel is its address, and it has no title.
        title = channel.text("title") or key
        wanted = join_name(*(part for part in title.strip("/").split("/") if part))
        name = self._reading.endpoint(wanted or "root", endpoint)
        self._messages(name, channel, operations)
        channel.skip(*_ABOUT, "publish", "subscribe", "messages", "address", "servers")
        channel.tell_unread()

    def _parameters(self, channel: Tree) -> None:
        for name, each in channel.entries("parameters"):
            parameter = self._follow(each)
            schema = self._follow(parameter.get("schema")) if self._is_2 else parameter
            value = as_text(named_value(schema))
            self._variables.setdefault(fit_name(name), value or "")

    def _binding(self, channel: Tree, asked: Asked) -> None:
        bindings = self._follow(channel.mapping("bindings"))
        binding = self._follow(bindings.mapping("ws"))
        if binding.text("method", "GET").upper() != "GET":
            binding.tell("Its method is POST; RFC 6455 knows GET alone.")
        for name, value, enabled in self._properties(binding.get("query")):
            asked.query.append(Parameter(name=name, value=value, enabled=enabled))
        for name, value, enabled in self._properties(binding.get("headers")):
            asked.headers.append(Header(name=name, value=value, enabled=enabled))
        binding.skip("bindingVersion")
        binding.tell_unread()
        bindings.tell_unread()

    def _properties(self, tree: Tree) -> Iterator[tuple[str, str, bool]]:
        schema = self._follow(tree)
        required = schema.get("required").value
        required = required if isinstance(required, list) else []
        for name, each in schema.entries("properties"):
            value = as_text(named_value(self._follow(each)))
            if value is None:
                value = f"{{{{{fit_name(name)}}}}}"
                if name in required:
                    self._variables.setdefault(fit_name(name), "")
            yield name, value, name in required

    # Messages

    def _operations(self, key: str, channel: Tree) -> list[tuple[str, Tree]]:
        """Give the operations of a channel with `receive` or `send`, as the application does."""
        if self._is_2:
            pairs = (("receive", "publish"), ("send", "subscribe"))
            return [
                (action, self._follow(channel.get(name)))
                for action, name in pairs
                if name in channel
            ]
        return self._operations_of.get(key, [])

    def _by_channel(self) -> dict[str, list[tuple[str, Tree]]]:
        found: dict[str, list[tuple[str, Tree]]] = {}
        for _, each in self._root.entries("operations"):
            operation = self._follow(each)
            reference = operation.mapping("channel").text("$ref")
            named = (operation.text("action"), operation)
            found.setdefault(last_of(reference), []).append(named)
        return found

    def _messages(self, endpoint: str, channel: Tree, operations: list[tuple[str, Tree]]) -> None:
        received: dict[str, Tree] = {}
        sent: dict[str, Tree] = {}
        for action, operation in operations:
            for key, message in self._messages_of(operation, channel):
                (received if action == "receive" else sent)[key] = message
        if not self._is_2:
            for key, each in channel.entries("messages"):
                if key not in sent and key not in received:
                    received[key] = self._follow(each)
        others = [key for key in sent if key not in received]
        if others:
            listed = ", ".join(others[:10])
            channel.tell(f"Messages that come from the server, not saved: {listed}.")
        for key, message in received.items():
            self._message(endpoint, key, message)

    def _messages_of(self, operation: Tree, channel: Tree) -> Iterator[tuple[str, Tree]]:
        if self._is_2:
            message = operation.get("message")
            followed = self._follow(message)
            choices = followed.items("oneOf") if "oneOf" in followed else [message]
            for number, each in enumerate(choices, 1):
                if each.value is not None:
                    yield self._name_of(each, number), self._follow(each)
            return
        if "messages" not in operation:
            yield from ((key, self._follow(each)) for key, each in channel.entries("messages"))
        for number, each in enumerate(operation.items("messages"), 1):
            yield self._name_of(each, number), self._follow(each)

    def _name_of(self, tree: Tree, number: int) -> str:
        reference = tree.value.get("$ref") if isinstance(tree.value, dict) else None
        if isinstance(reference, str):
            return last_of(reference)
        return tree.text("messageId") or tree.text("name") or f"message {number}"

    def _message(self, endpoint: str, key: str, message: Tree) -> None:
        fields = message.value if isinstance(message.value, dict) else {}
        for trait in message.items("traits"):
            followed = self._follow(trait).value
            fields = {**followed, **fields} if isinstance(followed, dict) else fields
        message = Tree(fields, message.place, self._reading.note)
        name = message.text("name") or key
        examples = list(message.mappings("examples"))
        about = message.text("summary") or message.text("description")
        bodies = [
            (each.text("name"), each.get("payload").value, each.text("summary") or about)
            for each in examples
            if each.get("payload").value is not None
        ]
        if not bodies:
            bodies = [("", value, about) for value in self._sampled(message)]
        for label, value, description in bodies:
            kind, body = _body(value, message.text(KIND_KEY))
            wanted = join_name(*endpoint.split("/"), f"{name} {label}".strip())
            saved = SavedMessage(kind=kind, body=body, description=description, endpoint=endpoint)
            self._reading.message(wanted, saved)
        message.skip(*_ABOUT, "name", "messageId", "contentType", "payload", "schemaFormat")
        message.skip(KIND_KEY, "bindings", "traits", "examples")
        message.tell_unread("has no place in a message of a WebSocket and is left out")

    def _sampled(self, message: Tree) -> list[Any]:
        payload = message.get("payload")
        schema = self._follow(payload)
        schema_format = message.text("schemaFormat") or schema.text("schemaFormat")
        if not self._is_2 and "schema" in schema:
            schema = self._follow(schema.get("schema"))
        if not _JSON_FORMATS.match(schema_format):
            payload.tell(f"Its schema is {schema_format}, which is not read; there is no example.")
            return []
        value = self._sampler.sample(schema)
        if value is not None:
            message.tell("It has no example, so that one was made of its schema.")
        return [value] if value is not None else []


def _body(value: Any, kind: str) -> tuple[MessageKind, str]:
    if isinstance(value, str):
        known: tuple[MessageKind, ...] = ("text", "json", "hex", "base64", "file")
        return next((each for each in known if each == kind), kind_of(value)), value
    return "json", msgspec.json.format(msgspec.json.encode(value), indent=2).decode()


def _templates(text: str) -> str:
    """Write `{name}` as a workspace does; what is written so already stays."""
    parts = re.split(r"(\{\{.*?\}\})", text)
    return "".join(
        part if part.startswith("{{") else _BRACES.sub(lambda m: f"{{{{{fit_name(m[1])}}}}}", part)
        for part in parts
    )
