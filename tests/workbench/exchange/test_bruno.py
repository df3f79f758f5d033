import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wirescope.errors import ForeignFormatError
from wirescope.workbench.exchange import bruno, bruno_writer, opencollection
from wirescope.workbench.exchange.bru_blocks import parse_blocks
from wirescope.workbench.exchange.model import Exported
from wirescope.workbench.workspace import (
    Auth,
    Endpoint,
    Environment,
    Header,
    Heartbeat,
    Limits,
    Parameter,
    SavedMessage,
)

REQUEST = """\
meta {
  name: Lobby
  type: ws
  seq: 1
  tags: [
    live
  ]
}

ws {
  url: wss://{{host}}/chat?room=1
  body: ws
  auth: inherit
}

headers {
  X-A: b: c
  "odd: name": x
  ~X-Off: {{process.env.OFF}}
}

body:ws {
  name: hello
  type: json
  selected: true
  content: '''
    {
      "a": 1
    }
  '''
}

body:ws {
  name: bye
  type: text
  content: '''
    plain
  '''
}

script:pre-request {
  if (a) {
    bru.setVar("x", 1)
  }
}

settings {
  timeout: 5000
  keepAliveInterval: 10000
}

docs {
  The lobby.
}
"""

FOLDER = {
    "bruno.json": b'{"version": "1", "name": "Chat", "type": "collection"}',
    "collection.bru": b"""\
headers {
  X-All: 1
}

auth {
  mode: bearer
}

auth:bearer {
  token: {{token}}
}

vars:pre-request {
  base: x
}
""",
    "Rooms/Lobby.bru": REQUEST.encode(),
    "Rooms/List.bru": b"meta {\n  name: List\n  type: http\n}\n\nget {\n  url: https://a.example\n}\n",
    "environments/dev.bru": b"""\
vars {
  host: chat.example
  ~off: 1
}
vars:secret [
  token
]
""",
}

ENDPOINT = Endpoint(
    url="wss://{{host}}/chat",
    description="The lobby.",
    query=(Parameter(name="room", value="1"),),
    headers=(
        Header(name="X-All", value="1"),
        Header(name="X-A", value="b: c"),
        Header(name="odd: name", value="x"),
        Header(name="X-Off", value="{{OFF}}", enabled=False),
    ),
    auth=Auth(kind="bearer", token="{{token}}"),
    limits=Limits(open_timeout_s=5),
    heartbeat=Heartbeat(interval_s=10),
)
MESSAGES = {
    "Rooms/Lobby/hello": SavedMessage(kind="json", body='{\n  "a": 1\n}', endpoint="Rooms/Lobby"),
    "Rooms/Lobby/bye": SavedMessage(body="plain", endpoint="Rooms/Lobby"),
}

COLLECTION = {
    "opencollection.yml": b"""\
opencollection: 1.0.0
info: {name: Chat}
request:
  headers: [{name: X-All, value: "1"}]
  auth: {type: bearer, token: "{{token}}"}
  variables: [{name: base, value: x}]
bundled: false
""",
    "Rooms/Lobby.yml": b"""\
info: {name: Lobby, type: websocket, seq: 1}
websocket:
  url: wss://{{host}}/chat?room=1
  headers:
    - {name: X-A, value: "b: c"}
    - {name: "odd: name", value: x}
    - {name: X-Off, value: "{{process.env.OFF}}", disabled: true}
  message:
    - title: hello
      selected: true
      message:
        type: json
        data: |-
          {
            "a": 1
          }
    - title: bye
      message: {type: text, data: plain}
  auth: inherit
runtime:
  scripts: [{type: before-request, code: "1"}]
settings: {timeout: 5000, keepAliveInterval: 10000}
docs: The lobby.
""",
    "Rooms/folder.yml": b"info: {name: Rooms, type: folder}\nrequest: {auth: inherit}\n",
    "environments/dev.yml": b"""\
name: dev
variables:
  - {name: host, value: chat.example}
  - {name: token, secret: true}
""",
}


def test_a_collection_of_bru_files_is_read_with_what_requests_inherit():
    assert bruno.recognise_folder(FOLDER)
    imported = bruno.read_folder(FOLDER, "x")
    assert imported.endpoints == {"Rooms/Lobby": ENDPOINT}
    assert imported.messages == MESSAGES
    assert imported.environments == {
        "Chat": Environment(variables={"base": "x"}),
        "dev": Environment(variables={"host": "chat.example"}, secrets=("token",)),
    }


def test_scripts_variables_of_the_process_and_other_requests_are_told():
    notes = [str(note) for note in bruno.read_folder(FOLDER, "x").notes]
    line = REQUEST.split("script:")[0].count("\n") + 1
    script = "Scripts and tests are not imported, and none is ever run."
    assert f"Rooms/Lobby.bru, line {line}: {script}" in notes
    assert any(
        "{{process.env.OFF}} is a variable of the process of Bruno" in note for note in notes
    )
    assert "Requests that are no WebSocket, passed over: 1." in notes


def test_a_single_request_is_read():
    data = REQUEST.replace("auth: inherit", "auth: none").encode()
    assert bruno.recognise(data)
    assert list(bruno.read(data, "file").endpoints) == ["Lobby"]


def test_the_newer_form_in_yaml_is_read_as_the_same():
    assert opencollection.recognise_folder(COLLECTION)
    imported = opencollection.read_folder(COLLECTION, "x")
    assert imported.endpoints == {"Rooms/Lobby": ENDPOINT}
    assert imported.messages == MESSAGES
    assert imported.environments == {
        "Chat": Environment(variables={"base": "x"}),
        "dev": Environment(variables={"host": "chat.example"}, secrets=("token",)),
    }
    assert any("none is ever run" in str(note) for note in imported.notes)


def test_a_collection_bundled_in_one_file_is_read():
    data = b"""\
opencollection: 1.0.0
info: {name: Chat}
config:
  environments:
    - {name: dev, variables: [{name: host, value: {type: number, data: "1"}}]}
items:
  - info: {name: Rooms, type: folder}
    request: {auth: {type: basic, username: u, password: "{{p}}"}}
    items:
      - info: {name: Lobby, type: websocket}
        websocket: {url: "ws://a.example", message: {type: text, data: hi}}
      - info: {name: List, type: http}
        http: {url: "https://a.example"}
"""
    assert opencollection.recognise(data)
    imported = opencollection.read(data, "x")
    auth = Auth(kind="basic", user="u", password="{{p}}")
    assert imported.endpoints == {"Rooms/Lobby": Endpoint(url="ws://a.example", auth=auth)}
    assert imported.environments == {"dev": Environment(variables={"host": "1"})}
    assert [each.body for each in imported.messages.values()] == ["hi"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("meta {\n", "line 1"),
        ("meta {\n a\n}", "line 2"),
        ("x\n", "line 1"),
        ("docs {\n", "line 1"),
    ],
)
def test_what_is_no_bru_file_is_refused_with_its_line(text, line):
    with pytest.raises(ForeignFormatError) as error:
        parse_blocks(text)
    assert error.value.where == line


def test_a_value_between_quotes_may_have_lines_that_look_like_the_end():
    text = "body:ws {\n  content: '''\n    a\n    }\n}\n    b\n  '''\n}\n"
    (block,) = parse_blocks(text)
    assert block.get("content") == "a\n}\n\nb"


def test_an_annotation_belongs_to_the_next_pair():
    text = "vars {\n @description('x: y')\n host: a\n @description('''\n  long\n ''')\n b: c\n}\n"
    (block,) = parse_blocks(text)
    assert [(pair.name, pair.value) for pair in block.pairs] == [("host", "a"), ("b", "c")]


def test_what_is_written_is_read_again():
    first = bruno.read_folder(FOLDER, "x")
    written = bruno_writer.write(
        Exported("Chat", first.endpoints, first.messages, first.environments)
    )
    second = bruno.read_folder(written.files, "x")
    assert second.endpoints == first.endpoints
    assert second.messages == first.messages
    assert second.environments == first.environments
    assert not written.notes


def test_a_value_that_would_begin_a_list_is_written_as_a_text():
    headers = (Header(name="X", value="["), Header(name="Y", value="z"))
    endpoint = Endpoint(url="ws://a.example", headers=headers)
    written = bruno_writer.write(Exported("x", {"a": endpoint}))
    assert bruno.read_folder(written.files, "x").endpoints == {"a": endpoint}


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8")) | st.text(" \r\n'}{:x~@"))
def test_a_message_is_written_as_it_is_or_told(body):
    message = SavedMessage(body=body, endpoint="a")
    exported = Exported("x", {"a": Endpoint(url="ws://a.example")}, {"a/m": message})
    written = bruno_writer.write(exported)
    imported = bruno.read_folder(written.files, "x")
    found = [each.body for each in imported.messages.values()]
    assert written.notes or found == [body]


@settings(deadline=None)
@given(st.binary() | st.lists(st.sampled_from(REQUEST.splitlines())).map("\n".join).map(str.encode))
def test_any_bytes_are_read_or_refused(data):
    bruno.recognise(data)
    for read in (bruno.read, opencollection.read):
        with contextlib.suppress(ForeignFormatError):
            read(data, "x")
