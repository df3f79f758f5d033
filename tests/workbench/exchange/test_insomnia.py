import contextlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wirescope.errors import ForeignFormatError
from wirescope.workbench.exchange import insomnia, insomnia_writer
from wirescope.workbench.exchange.model import Exported, Imported
from wirescope.workbench.workspace import (
    Auth,
    Endpoint,
    Environment,
    Header,
    Network,
    Parameter,
    SavedMessage,
)

RESOURCES: list[dict[str, Any]] = [
    {"_id": "wrk_1", "_type": "workspace", "parentId": None, "name": "Chat"},
    {
        "_id": "fld_1",
        "_type": "request_group",
        "parentId": "wrk_1",
        "name": "Rooms",
        "authentication": {"type": "bearer", "token": "{{ _.tok }}"},
        "preRequestScript": "insomnia.test()",
    },
    {
        "_id": "ws-req_1",
        "_type": "websocket_request",
        "parentId": "fld_1",
        "name": "Lobby",
        "url": "wss://{{ _.host }}/rooms/:id",
        "description": "The lobby.",
        "headers": [
            {"name": "X-Id", "value": "{% uuid 'v4' %}"},
            {"name": "X-Off", "value": "{% response 'body' %}", "disabled": True},
        ],
        "parameters": [{"name": "q", "value": "1"}, {"name": "z", "value": "2", "disabled": True}],
        "pathParameters": [{"name": "id", "value": "7"}],
        "authentication": {},
        "settingFollowRedirects": "on",
    },
    {
        "_id": "ws-payload_1",
        "_type": "websocket_payload",
        "parentId": "ws-req_1",
        "name": "New Payload",
        "value": '{"op": "join", "as": "{{ _[\'my-name\'] }}"}',
        "mode": "application/json",
    },
    {"_id": "req_1", "_type": "request", "parentId": "wrk_1", "url": "https://a.example"},
    {
        "_id": "env_1",
        "_type": "environment",
        "parentId": "wrk_1",
        "name": "Base",
        "data": {"host": "chat.example", "deep": {"er": 1}, "list": [1]},
    },
    {
        "_id": "env_2",
        "_type": "environment",
        "parentId": "env_1",
        "name": "Dev",
        "data": {"host": "localhost"},
    },
]

ENDPOINT = Endpoint(
    url="wss://{{host}}/rooms/7",
    description="The lobby.",
    query=(Parameter(name="q", value="1"), Parameter(name="z", value="2", enabled=False)),
    headers=(
        Header(name="X-Id", value="{{$uuid}}"),
        Header(name="X-Off", value="{% response 'body' %}", enabled=False),
    ),
    auth=Auth(kind="bearer", token="{{tok}}"),
    network=Network(redirects=10),
)

VERSION_5 = b"""\
type: collection.insomnia.rest/5.0
schema_version: "5.1"
name: Chat
meta: {id: wrk_1, created: 1, modified: 1, description: ""}
collection:
  - name: Rooms
    meta: {id: fld_1, sortKey: -5}
    headers: [{name: X-Folder, value: "1"}]
    children:
      - url: ws://localhost:8080/second
        name: Second
        meta: {id: ws-req_2, sortKey: 2}
      - url: ws://localhost:8080/first
        name: First
        meta: {id: ws-req_1, sortKey: 1, description: Say hello.}
        settings: {encodeUrl: true, followRedirects: global, cookies: {send: true, store: true}}
        authentication: {type: basic, username: me, password: "{{ _.pw }}"}
  - url: https://a.example
    method: GET
    name: Not ours
environments:
  name: Base
  data: {a: 1}
  subEnvironments:
    - {name: Dev, data: {b: two}}
"""


def read(resources: list[dict[str, Any]]) -> Imported:
    document = {"_type": "export", "__export_format": 4, "resources": resources}
    data = json.dumps(document).encode()
    assert insomnia.recognise(data)
    return insomnia.read(data, "file")


def test_a_request_of_version_4_becomes_an_endpoint_in_its_folder():
    assert read(RESOURCES).endpoints == {"Rooms/Lobby": ENDPOINT}


def test_its_payloads_become_messages():
    assert read(RESOURCES).messages == {
        "Rooms/Lobby/join": SavedMessage(
            kind="json", body='{"op": "join", "as": "{{my-name}}"}', endpoint="Rooms/Lobby"
        )
    }


def test_an_environment_has_what_its_base_has():
    assert read(RESOURCES).environments == {
        "Base": Environment(variables={"host": "chat.example", "deep.er": "1"}),
        "Dev": Environment(variables={"host": "localhost", "deep.er": "1"}),
    }


def test_tags_scripts_lists_and_other_requests_are_told():
    notes = [str(note) for note in read(RESOURCES).notes]
    assert any("headers[1]: A template tag" in note for note in notes)
    assert any("never run" in note or "none is ever run" in note for note in notes)
    assert any("data.list: A list is no value" in note for note in notes)
    assert "Requests that are no WebSocket, passed over: 1." in notes


def test_a_key_that_is_not_known_is_told_with_its_place():
    resources = [{**each, "future": 1} for each in RESOURCES]
    notes = [str(note) for note in read(resources).notes]
    assert "resources[2].future: It has no place in an endpoint and is left out." in notes


def test_folders_that_contain_each_other_end():
    resources = [*RESOURCES, {"_id": "fld_1", "_type": "request_group", "parentId": "fld_1"}]
    assert read(resources).endpoints


def test_a_payload_of_no_request_is_told():
    orphan = {"_id": "p", "_type": "websocket_payload", "parentId": "gone", "value": "x"}
    assert any("belongs to no" in str(note) for note in read([*RESOURCES, orphan]).notes)


def test_a_tree_of_version_5_is_read_in_the_order_of_its_keys():
    assert insomnia.recognise(VERSION_5)
    imported = insomnia.read(VERSION_5, "file")
    assert list(imported.endpoints.items()) == [
        (
            "Rooms/First",
            Endpoint(
                url="ws://localhost:8080/first",
                description="Say hello.",
                headers=(Header(name="X-Folder", value="1"),),
                auth=Auth(kind="basic", user="me", password="{{pw}}"),
            ),
        ),
        (
            "Rooms/Second",
            Endpoint(
                url="ws://localhost:8080/second", headers=(Header(name="X-Folder", value="1"),)
            ),
        ),
    ]
    assert imported.environments == {
        "Base": Environment(variables={"a": "1"}),
        "Dev": Environment(variables={"a": "1", "b": "two"}),
    }


def test_an_export_without_a_websocket_is_refused():
    with pytest.raises(ForeignFormatError, match="no WebSocket"):
        read([RESOURCES[0]])


def test_what_is_written_is_read_again():
    first = read(RESOURCES)
    written = insomnia_writer.write(
        Exported("Chat", first.endpoints, first.messages, first.environments)
    )
    (data,) = written.files.values()
    second = insomnia.read(data, "x")
    assert second.endpoints == first.endpoints
    assert second.messages == first.messages
    assert second.environments == first.environments
    assert not written.notes


def test_a_variable_with_a_hyphen_is_not_written_as_a_subtraction():
    exported = Exported("x", {"a": Endpoint(url="ws://{{my-host}}/{{b.c}}")})
    (data,) = insomnia_writer.write(exported).files.values()
    assert b"ws://{{ _['my-host'] }}/{{ _.b.c }}" in data


def test_binary_messages_are_told():
    message = SavedMessage(kind="base64", body="AAE=", endpoint="a")
    exported = Exported("x", {"a": Endpoint(url="ws://a.example")}, {"a/m": message})
    assert "binary" in str(insomnia_writer.write(exported).notes[0])


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from(["", "websocket_request", "ws-req_1"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "_id",
                    "_type",
                    "parentId",
                    "name",
                    "url",
                    "headers",
                    "data",
                    "meta",
                    "id",
                    "children",
                    "authentication",
                    "type",
                    "parameters",
                    "value",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=14,
)


@settings(deadline=None)
@given(st.lists(JSON, max_size=4), st.sampled_from(["resources", "collection"]), JSON)
def test_exports_of_any_shape_are_read_or_refused(items, key, environments):
    data = json.dumps({key: items, "environments": environments}).encode()
    with contextlib.suppress(ForeignFormatError):
        insomnia.read(data, "x")
