import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wirescope.errors import ForeignFormatError
from wirescope.workbench.exchange import http_environments, http_file, http_writer
from wirescope.workbench.exchange.model import Exported, Imported
from wirescope.workbench.workspace import (
    Auth,
    Endpoint,
    Environment,
    Header,
    Limits,
    Parameter,
    SavedMessage,
)

FILE = """\
@host = localhost:9000

### Chat room
// The lobby.
# @connection-timeout 5 s
WEBSOCKET ws://{{host}}/chat?room=1
    &user=2
Authorization: Bearer {{token}}
Sec-WebSocket-Protocol: chat
X-Id: {{$random.uuid}}
# X-Off: 1

{"type": "join"}
===
several
lines
=== wait-for-server
=== wait-for-server
< ./binary.bin

### Not ours
GET https://a.example
"""


def read(text: str) -> Imported:
    assert http_file.recognise(text.encode())
    return http_file.read(text.encode(), "requests")


def notes_of(text: str) -> list[str]:
    return [str(note) for note in read(text).notes]


def test_a_block_becomes_an_endpoint():
    assert read(FILE).endpoints == {
        "Chat room": Endpoint(
            url="ws://{{host}}/chat",
            description="The lobby.",
            query=(Parameter(name="room", value="1"), Parameter(name="user", value="2")),
            headers=(
                Header(name="X-Id", value="{{$uuid}}"),
                Header(name="X-Off", value="1", enabled=False),
            ),
            auth=Auth(kind="bearer", token="{{token}}"),
            subprotocols=("chat",),
            limits=Limits(open_timeout_s=5),
        )
    }


def test_its_messages_are_saved_in_their_order():
    assert read(FILE).messages == {
        "Chat room/1 join": SavedMessage(
            kind="json", body='{"type": "join"}', endpoint="Chat room"
        ),
        "Chat room/2 message": SavedMessage(body="several\nlines", endpoint="Chat room"),
        "Chat room/3 message": SavedMessage(kind="file", body="./binary.bin", endpoint="Chat room"),
    }


def test_variables_of_the_file_are_an_environment_called_after_it():
    assert read(FILE).environments == {
        "requests": Environment(variables={"host": "localhost:9000"})
    }


def test_waiting_and_other_requests_are_told():
    notes = notes_of(FILE)
    assert any("wait-for-server" in note for note in notes)
    assert "Requests that are no WebSocket, passed over: 1." in notes


@pytest.mark.parametrize(
    "line", ["WEBSOCKET ws://a.example", "WSS ws://a.example", "ws://a.example"]
)
def test_a_request_line_has_three_forms(line):
    assert read(f"###\n{line}\n").endpoints["a.example"].url == "ws://a.example"


def test_scripts_are_left_out_and_told():
    text = """\
### one
< {%
  request.variables.set("x", 1)
%}
WEBSOCKET ws://a.example

hello
> {%
  client.log("done")
%}
"""
    assert [each.body for each in read(text).messages.values()] == ["hello"]
    assert [
        note for note in notes_of(text) if "never run" in note or "none is ever run" in note
    ] == [
        "line 2: A script is not imported, and none is ever run.",
        "line 8: A script is not imported, and none is ever run.",
    ]


def test_expressions_and_built_in_variables_without_a_counterpart_are_told():
    text = (
        "###\nWEBSOCKET ws://a.example\nX: {{$random.email}}\nY: {{ a + 'b' }}\nZ: {{$dotenv K}}\n"
    )
    notes = "\n".join(notes_of(text))
    assert "{{$random.email}} is computed" in notes
    assert "is an expression" in notes
    assert read(text).endpoints["a.example"].headers[2] == Header(name="Z", value="{{K}}")


def test_credentials_that_the_editor_would_encode_are_fields():
    endpoint = read("###\nWS ws://a.example\nAuthorization: Basic me {{pw}}\n").endpoints[
        "a.example"
    ]
    assert endpoint.auth == Auth(kind="basic", user="me", password="{{pw}}")


def test_a_file_without_a_websocket_is_refused():
    with pytest.raises(ForeignFormatError, match="no WebSocket request"):
        http_file.read(b"GET https://a.example", "x")


def test_environments_of_their_own_file_are_read():
    data = b'{"$shared": {"v": 1}, "dev": {"host": "a", "Security": {}}, "prod": {"host": "b"}}'
    imported = http_environments.read(data, "http-client.env.json")
    assert imported.environments == {
        "dev": Environment(variables={"v": "1", "host": "a"}),
        "prod": Environment(variables={"v": "1", "host": "b"}),
    }
    assert [note.place for note in imported.notes] == ["dev.Security"]


def test_values_of_the_private_file_are_secrets():
    imported = http_environments.read(b'{"dev": {"pin": "1234"}}', "http-client.private.env.json")
    assert imported.environments == {"dev": Environment(secrets=("pin",))}


def test_what_is_written_is_read_again():
    first = read(FILE)
    written = http_writer.write(
        Exported("all", first.endpoints, first.messages, first.environments)
    )
    second = http_file.read(written.files["all.http"], "all")
    assert second.endpoints == first.endpoints
    assert second.messages == first.messages
    environments = http_environments.read(written.files["http-client.env.json"], "x.env.json")
    assert environments.environments == first.environments
    assert not written.notes


@pytest.mark.parametrize("body", ["", "===", "a\n### b", "< file", "a\r\nb", "\na", "> {% x %}"])
def test_a_message_that_would_be_read_as_something_else_is_left_out_and_told(body):
    message = SavedMessage(body=body, endpoint="a")
    exported = Exported("all", {"a": Endpoint(url="ws://a.example")}, {"a/m": message})
    written = http_writer.write(exported)
    assert not http_file.read(written.files["all.http"], "x").messages
    assert written.notes


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8")) | st.text(" \t\r\n={}<>#/@?%x"))
def test_a_message_is_written_as_it_is_or_not_at_all(body):
    message = SavedMessage(body=body, endpoint="a")
    exported = Exported("all", {"a": Endpoint(url="ws://a.example")}, {"a/m": message})
    written = http_writer.write(exported)
    found = [each.body for each in http_file.read(written.files["all.http"], "x").messages.values()]
    assert found == ([] if written.notes else [body])


@settings(deadline=None)
@given(st.binary() | st.lists(st.sampled_from(FILE.splitlines())).map("\n".join).map(str.encode))
def test_any_bytes_are_read_or_refused(data):
    http_file.recognise(data)
    with contextlib.suppress(ForeignFormatError):
        http_file.read(data, "x")
