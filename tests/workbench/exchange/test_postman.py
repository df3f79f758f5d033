import contextlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wirescope.errors import ForeignFormatError
from wirescope.workbench.exchange import postman, postman_folder, postman_writer
from wirescope.workbench.exchange.model import Exported, Imported
from wirescope.workbench.workspace import (
    TLS,
    Auth,
    Endpoint,
    Environment,
    Header,
    Limits,
    Network,
    Parameter,
    Retry,
    SavedMessage,
)

ROOT = "postman/collections/Chat"
FOLDER = {
    f"{ROOT}/.resources/definition.yaml": b"""\
$kind: collection
name: Chat
variables:
  host: chat.example
auth:
  - id: 52cd
    type: bearer
    credentials:
      - key: token
        value: '{{token}}'
scripts:
  - type: http:beforeRequest
    code: pm.variables.set('run', 1);
""",
    f"{ROOT}/Rooms/Updates.request.yaml": b"""\
$kind: websocket-request
url: wss://{{host}}/:room/updates?a=1
description: What is new.
headers:
  X-Id: '{{$guid}}'
queryParams:
  - key: a
    value: '1'
  - key: b
    value: x%20y
    disabled: true
messages: ./.resources/Updates.resources/messages
settings: {handshakeTimeout: 5000, retryCount: 3, retryDelay: 500, strictSSL: false, maxPayload: 2}
order: 1000
""",
    f"{ROOT}/Rooms/.resources/Updates.resources/messages/Join.message.yaml": b"""\
$kind: websocket-message
content: '{"op": "join"}'
contentType: json
""",
    f"{ROOT}/Rooms/.resources/Updates.resources/messages/Raw.message.yaml": b"""\
$kind: websocket-message
content: 00ff
contentType: hex
""",
    f"{ROOT}/List.request.yaml": b"$kind: http-request\nurl: https://{{host}}\n",
    "postman/environments/Dev.environment.yaml": b"""\
name: Dev
values:
  - {key: base url, value: x, enabled: true, type: default}
  - {key: token, value: s3cr3t, enabled: true, type: secret}
  - {key: off, value: x, enabled: false}
""",
}

ENDPOINT = Endpoint(
    url="wss://{{host}}/{{room}}/updates",
    description="What is new.",
    query=(Parameter(name="a", value="1"), Parameter(name="b", value="x y", enabled=False)),
    headers=(Header(name="X-Id", value="{{$uuid}}"),),
    auth=Auth(kind="bearer", token="{{token}}"),
    limits=Limits(open_timeout_s=5, max_message_size=2_000_000),
    network=Network(retry=Retry(attempts=3, delay_s=0.5)),
    tls=TLS(insecure=True),
)


def test_a_websocket_request_of_a_folder_becomes_an_endpoint():
    assert postman_folder.recognise_folder(FOLDER)
    imported = postman_folder.read_folder(FOLDER, "x")
    assert imported.endpoints == {"Rooms/Updates": ENDPOINT}


def test_its_messages_are_the_files_of_the_folder_that_it_names():
    assert postman_folder.read_folder(FOLDER, "x").messages == {
        "Rooms/Updates/Join": SavedMessage(
            kind="json", body='{"op": "join"}', endpoint="Rooms/Updates"
        ),
        "Rooms/Updates/Raw": SavedMessage(kind="hex", body="00ff", endpoint="Rooms/Updates"),
    }


def test_a_secret_of_an_environment_is_a_name_alone():
    environments = postman_folder.read_folder(FOLDER, "x").environments
    assert environments["Dev"] == Environment(variables={"base_url": "x"}, secrets=("token",))
    assert environments["Chat"] == Environment(variables={"host": "chat.example"})


def test_scripts_other_requests_and_disabled_variables_are_told():
    notes = "\n".join(map(str, postman_folder.read_folder(FOLDER, "x").notes))
    assert "definition.yaml scripts: Scripts are not imported, and none is ever run." in notes
    assert "Requests that are no WebSocket, passed over: 1." in notes
    assert "values[2]: The variable off is disabled" in notes


def test_a_key_that_is_not_known_is_told_with_its_file():
    path = f"{ROOT}/Rooms/Updates.request.yaml"
    files = {**FOLDER, path: FOLDER[path] + b"future: 1\n"}
    notes = [str(note) for note in postman_folder.read_folder(files, "x").notes]
    assert f"{path} future: It has no place in an endpoint and is left out." in notes


def test_a_file_that_cannot_be_read_is_named_with_its_line():
    files = {"A.request.yaml": b"$kind: websocket-request\nurl: [\n"}
    with pytest.raises(ForeignFormatError) as error:
        postman_folder.read_folder(files, "x")
    assert error.value.where.startswith("A.request.yaml, line ")


def test_what_is_written_as_a_folder_is_read_again():
    first = postman_folder.read_folder(FOLDER, "x")
    written = postman_writer.write(
        Exported("Chat", first.endpoints, first.messages, first.environments)
    )
    second = postman_folder.read_folder(written.files, "x")
    assert second.endpoints == first.endpoints
    assert second.messages == first.messages
    assert second.environments == first.environments
    assert not written.notes


def test_built_in_variables_are_written_as_postman_calls_them():
    written = postman_writer.write(Exported("Chat", {"a": ENDPOINT}))
    assert b"{{$guid}}" in written.files["postman/collections/Chat/a.request.yaml"]


def collection(*items: dict[str, Any], **fields: Any) -> bytes:
    schema = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
    document = {"info": {"name": "C", "schema": schema}, "item": list(items), **fields}
    return json.dumps(document).encode()


SOCKET = {
    "name": "Live",
    "request": {
        "method": "GET",
        "url": {
            "raw": "wss://a.example/:id?q=1",
            "query": [{"key": "q", "value": "1"}, {"key": "z", "value": "2", "disabled": True}],
            "variable": [{"key": "id", "value": "7"}],
        },
        "header": [{"key": "H", "value": "v"}],
    },
}


def test_a_request_of_version_2_with_the_url_of_a_websocket_is_read():
    credentials = [{"key": "username", "value": "u"}, {"key": "password", "value": "p"}]
    auth = {"type": "basic", "basic": credentials}
    data = collection({"name": "Folder", "item": [SOCKET]}, auth=auth)
    assert postman.recognise(data)
    assert postman.read(data, "x").endpoints == {
        "Folder/Live": Endpoint(
            url="wss://a.example/7",
            query=(Parameter(name="q", value="1"), Parameter(name="z", value="2", enabled=False)),
            headers=(Header(name="H", value="v"),),
            auth=Auth(kind="basic", user="u", password="p"),
        )
    }


def test_a_body_and_saved_answers_of_version_2_are_told():
    request = {**SOCKET["request"], "body": {"mode": "raw"}}
    item = {**SOCKET, "request": request, "response": [{"name": "ok"}]}
    notes = "\n".join(map(str, postman.read(collection(item), "x").notes))
    assert "item[0].request.body: It has no place" in notes
    assert "Saved answers are not imported." in notes


def test_a_collection_of_http_alone_is_refused_with_what_to_do():
    data = collection({"name": "a", "request": {"url": "https://a.example"}})
    with pytest.raises(ForeignFormatError, match="HTTP alone") as error:
        postman.read(data, "x")
    assert "folder" in error.value.hint


def test_an_environment_that_the_app_exported_is_read():
    data = json.dumps(
        {"name": "Dev", "values": [{"key": "host", "value": "a", "enabled": True}],
         "_postman_variable_scope": "environment"}
    ).encode()  # fmt: skip
    assert postman.recognise(data)
    imported: Imported = postman.read(data, "x")
    assert imported.environments == {"Dev": Environment(variables={"host": "a"})}


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.floats(allow_nan=False)
    | st.sampled_from(["ws://a", "basic", ""]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "item",
                    "request",
                    "url",
                    "raw",
                    "query",
                    "key",
                    "value",
                    "auth",
                    "type",
                    "header",
                    "variable",
                    "event",
                    "basic",
                    "name",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(st.lists(JSON, max_size=3), JSON)
def test_collections_of_any_shape_are_read_or_refused(items, auth):
    data = json.dumps({"item": items, "auth": auth, "variable": auth}).encode()
    with contextlib.suppress(ForeignFormatError):
        postman.read(data, "x")
