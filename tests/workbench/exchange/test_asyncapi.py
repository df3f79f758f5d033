import contextlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wirescope.errors import ForeignFormatError
from wirescope.workbench.exchange import asyncapi, asyncapi_writer
from wirescope.workbench.exchange.model import Exported, Imported
from wirescope.workbench.workspace import (
    Auth,
    Cookie,
    Endpoint,
    Environment,
    Header,
    Parameter,
    SavedMessage,
)

VERSION_2 = """\
asyncapi: 2.6.0
info: {title: Chat, version: 1.0.0}
servers:
  production:
    url: chat.example.com/{stage}
    protocol: wss
    variables:
      stage: {default: v1}
    security: [{token: []}]
  broker: {url: mqtt.example.com, protocol: mqtt}
channels:
  /rooms/{roomId}:
    description: A room.
    parameters:
      roomId: {schema: {type: string, default: lobby}}
    bindings:
      ws:
        query:
          type: object
          required: [since]
          properties:
            since: {type: integer, default: 5}
            limit: {type: integer}
        headers: {$ref: '#/components/schemas/Headers'}
        bindingVersion: 0.1.0
    publish:
      message:
        oneOf:
          - $ref: '#/components/messages/Say'
          - name: ping
            payload: {type: object, properties: {op: {const: ping}, n: {type: integer}}}
    subscribe:
      message: {name: said, payload: {type: string}}
components:
  securitySchemes:
    token: {type: http, scheme: bearer}
  schemas:
    Headers: {type: object, properties: {X-Client: {type: string, examples: [web]}}}
  messages:
    Say:
      summary: Say something.
      payload: {type: [object, string]}
      examples:
        - name: hello
          payload: {op: say, text: hi}
        - payload: "plain text"
"""

VERSION_3: dict[str, Any] = {
    "asyncapi": "3.0.0",
    "info": {"title": "Chat", "version": "1"},
    "servers": {
        "local": {
            "host": "localhost:{port}",
            "pathname": "/base",
            "protocol": "ws",
            "variables": {"port": {"default": "8080"}},
        },
        "live": {"host": "chat.example.com", "protocol": "wss"},
    },
    "channels": {
        "chat": {
            "address": "/chat/{room}",
            "parameters": {"room": {"enum": ["a", "b"]}},
            "messages": {
                "join": {"examples": [{"payload": {"op": "join"}}]},
                "said": {"payload": {"type": "string"}},
            },
        }
    },
    "operations": {
        "hear": {
            "action": "receive",
            "channel": {"$ref": "#/channels/chat"},
            "messages": [{"$ref": "#/channels/chat/messages/join"}],
        },
        "speak": {
            "action": "send",
            "channel": {"$ref": "#/channels/chat"},
            "messages": [{"$ref": "#/channels/chat/messages/said"}],
        },
    },
}


def read(document: str | dict[str, Any]) -> Imported:
    text = document if isinstance(document, str) else json.dumps(document)
    assert asyncapi.recognise(text.encode())
    return asyncapi.read(text.encode(), "file")


def notes_of(document: str | dict[str, Any]) -> str:
    return "\n".join(map(str, read(document).notes))


def test_a_channel_of_version_2_becomes_an_endpoint():
    assert read(VERSION_2).endpoints == {
        "rooms/{roomId}": Endpoint(
            url="wss://chat.example.com/{{stage}}/rooms/{{roomId}}",
            description="A room.",
            query=(
                Parameter(name="since", value="5"),
                Parameter(name="limit", value="{{limit}}", enabled=False),
            ),
            headers=(Header(name="X-Client", value="web", enabled=False),),
            auth=Auth(kind="bearer", token="{{token}}"),
        )
    }


def test_what_a_client_publishes_is_saved_of_its_examples_or_of_its_schema():
    messages = read(VERSION_2).messages
    assert list(messages) == [
        "rooms/{roomId}/Say hello",
        "rooms/{roomId}/Say",
        "rooms/{roomId}/ping",
    ]
    assert [json.loads(messages[name].body) for name in ("rooms/{roomId}/ping",)] == [
        {"op": "ping", "n": 0}
    ]
    assert messages["rooms/{roomId}/Say"] == SavedMessage(
        body="plain text", description="Say something.", endpoint="rooms/{roomId}"
    )


def test_a_single_server_is_an_environment_with_its_variables_and_the_parameters():
    assert read(VERSION_2).environments == {
        "production": Environment(variables={"stage": "v1", "roomId": "lobby"}, secrets=("token",))
    }


def test_what_is_passed_over_is_told_with_its_place():
    notes = notes_of(VERSION_2)
    assert "servers.broker: Its protocol is 'mqtt', which is no WebSocket." in notes
    assert "Messages that come from the server, not saved: said." in notes
    assert "oneOf[1]: It has no example, so that one was made of its schema." in notes


def test_several_servers_are_environments_with_the_address_as_a_variable():
    imported = read(VERSION_3)
    assert imported.endpoints["chat"].url == "{{server_url}}/chat/{{room}}"
    assert imported.environments == {
        "local": Environment(
            variables={
                "server_url": "ws://localhost:{{port}}/base",
                "port": "8080",
                "room": "a",
            }
        ),
        "live": Environment(variables={"server_url": "wss://chat.example.com", "room": "a"}),
    }


def test_messages_that_the_application_of_version_3_receives_are_saved():
    assert list(read(VERSION_3).messages) == ["chat/join"]


def test_a_reference_out_of_the_file_is_not_followed_but_told():
    document = VERSION_2.replace("'#/components/schemas/Headers'", "'../other.yaml#/Headers'")
    assert not read(document).endpoints["rooms/{roomId}"].headers
    assert "'../other.yaml#/Headers' is outside of the file and is not read" in notes_of(document)


def test_references_that_lead_to_each_other_end():
    document = VERSION_2.replace(
        "    Headers: {type: object, properties: {X-Client: {type: string, examples: [web]}}}",
        "    Headers: {$ref: '#/components/schemas/Other'}\n"
        "    Other: {$ref: '#/components/schemas/Headers'}",
    )
    assert "leads to itself" in notes_of(document)


def test_a_schema_that_contains_itself_gives_a_message_that_ends():
    document = json.loads(json.dumps(VERSION_3))
    loop = {"type": "object", "properties": {"n": {"type": "integer"},
            "next": {"$ref": "#/components/schemas/Loop"}}}  # fmt: skip
    document["components"] = {"schemas": {"Loop": loop}}
    document["channels"]["chat"]["messages"]["join"] = {
        "payload": {"$ref": "#/components/schemas/Loop"}
    }
    assert json.loads(read(document).messages["chat/join"].body) == {"n": 0}


def test_bindings_of_other_protocols_and_headers_of_messages_are_told():
    document = json.loads(json.dumps(VERSION_3))
    document["channels"]["chat"]["bindings"] = {"kafka": {"topic": "x"}}
    document["channels"]["chat"]["messages"]["join"]["headers"] = {"type": "object"}
    notes = notes_of(document)
    assert "channels.chat.bindings.kafka: It has no place" in notes
    assert "messages.join.headers: It has no place in a message of a WebSocket" in notes


def test_a_schema_of_another_language_is_told():
    document = json.loads(json.dumps(VERSION_3))
    document["channels"]["chat"]["messages"]["join"] = {
        "payload": {"schemaFormat": "application/vnd.apache.avro;version=1.9.0", "schema": {}}
    }
    assert "avro" in notes_of(document)


@pytest.mark.parametrize(
    ("scheme", "expected"),
    [
        ("{type: userPassword}", Auth(kind="basic", user="{{user}}", password="{{password}}")),
        (
            "{type: http, scheme: digest}",
            Auth(kind="digest", user="{{user}}", password="{{password}}"),
        ),
        ("{type: oauth2}", Auth(kind="bearer", token="{{token}}")),
    ],
)
def test_security_schemes_become_credentials_with_variables(scheme, expected):
    document = VERSION_2.replace("token: {type: http, scheme: bearer}", f"token: {scheme}")
    assert read(document).endpoints["rooms/{roomId}"].auth == expected


def test_a_key_in_the_query_or_a_cookie_is_put_there():
    where = "{type: httpApiKey, name: api_key, in: query}"
    document = VERSION_2.replace("token: {type: http, scheme: bearer}", f"token: {where}")
    parameter = Parameter(name="api_key", value="{{api_key}}")
    assert parameter in read(document).endpoints["rooms/{roomId}"].query
    endpoint = read(document.replace("in: query", "in: cookie")).endpoints["rooms/{roomId}"]
    assert endpoint.cookies == (Cookie(name="api_key", value="{{api_key}}"),)


@pytest.mark.parametrize("version", ["1.2.0", "4.0.0", "x"])
def test_another_version_is_refused(version):
    with pytest.raises(ForeignFormatError, match="version 2 or 3"):
        asyncapi.read(f"asyncapi: {version}".encode(), "x")


def test_a_document_without_a_websocket_is_refused():
    with pytest.raises(ForeignFormatError, match="protocol ws or wss"):
        asyncapi.read(VERSION_2.replace("protocol: wss", "protocol: amqp").encode(), "x")


def test_what_is_written_is_read_again():
    first = read(VERSION_2)
    written = asyncapi_writer.write(
        Exported("Chat", first.endpoints, first.messages, first.environments)
    )
    (data,) = written.files.values()
    second = asyncapi.read(data, "x")
    assert second.endpoints == first.endpoints
    assert second.messages == first.messages
    environment = second.environments["chat.example.com"]
    assert environment.variables == {"stage": "v1", "roomId": "lobby"}


def test_a_url_whose_variable_hides_the_scheme_takes_it_from_an_environment():
    exported = Exported(
        "x",
        {"a": Endpoint(url="{{base}}/x")},
        environments={"dev": Environment(variables={"base": "wss://dev.example"})},
    )
    (data,) = asyncapi_writer.write(exported).files.values()
    assert asyncapi.read(data, "x").endpoints["a"].url == "wss://dev.example/x"


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["", "#/a", "ws", "object", "{x}"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(
                [
                    "$ref",
                    "type",
                    "properties",
                    "items",
                    "allOf",
                    "oneOf",
                    "payload",
                    "examples",
                    "messages",
                    "message",
                    "address",
                    "servers",
                    "bindings",
                    "ws",
                    "query",
                    "required",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(VALUES, VALUES, st.sampled_from(["2.0.0", "3.0.0"]))
def test_channels_of_any_shape_are_read_or_refused(channel, other, version):
    document = {
        "asyncapi": version,
        "servers": {"a": {"url": "a.example", "host": "a.example", "protocol": "ws"}},
        "channels": {"a": channel, "b": {"publish": other, "messages": {"m": other}}},
        "operations": {"o": other},
        "components": other,
    }
    with contextlib.suppress(ForeignFormatError):
        asyncapi.read(json.dumps(document).encode(), "x")
