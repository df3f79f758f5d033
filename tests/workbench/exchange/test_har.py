import contextlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wirescope.errors import ForeignFormatError
from wirescope.workbench.exchange import har
from wirescope.workbench.exchange.model import Imported
from wirescope.workbench.workspace import Endpoint, Header, SavedMessage

REQUEST = {
    "method": "GET",
    "url": "wss://a.example/feed",
    "headers": [
        {"name": "Host", "value": "a.example"},
        {"name": "Origin", "value": "https://a.example"},
        {"name": "Sec-WebSocket-Key", "value": "x"},
        {"name": "Sec-WebSocket-Extensions", "value": "permessage-deflate; client_max_window_bits"},
        {"name": "X-Client", "value": "web"},
    ],
}


def entry(*messages: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {
        "request": {**REQUEST, **fields},
        "_resourceType": "websocket",
        "_webSocketMessages": list(messages),
    }


def message(data: str, kind: str = "send", opcode: int = 1) -> dict[str, Any]:
    return {"type": kind, "time": 1.5, "opcode": opcode, "data": data}


def read(*entries: dict[str, Any]) -> Imported:
    data = json.dumps({"log": {"version": "1.2", "entries": list(entries)}}).encode()
    assert har.recognise(data)
    return har.read(data, "page")


def test_a_websocket_entry_becomes_an_endpoint():
    assert read(entry()).endpoints == {
        "a.example": Endpoint(
            url="wss://a.example/feed",
            origin="https://a.example",
            headers=(Header(name="X-Client", value="web"),),
        )
    }


def test_what_was_sent_becomes_messages_and_what_was_received_does_not():
    imported = read(
        entry(message('{"op": "join"}'), message("hi", "receive"), message("AAE=", opcode=2))
    )
    assert imported.messages == {
        "a.example/1 join": SavedMessage(kind="json", body='{"op": "join"}', endpoint="a.example"),
        "a.example/2 message": SavedMessage(kind="base64", body="AAE=", endpoint="a.example"),
    }


def test_connections_that_are_alike_are_one_endpoint_with_each_message_once():
    imported = read(entry(message("a")), entry(message("a"), message("b")))
    assert list(imported.endpoints) == ["a.example"]
    assert [each.body for each in imported.messages.values()] == ["a", "b"]


def test_further_messages_than_a_person_keeps_are_counted():
    many = [message(str(number)) for number in range(har.MOST_MESSAGES + 7)]
    imported = read(entry(*many))
    assert len(imported.messages) == har.MOST_MESSAGES
    assert "7 further" in str(imported.notes[0])


def test_other_entries_are_counted():
    imported = read(entry(), {"request": {"url": "https://a.example"}})
    assert str(imported.notes[0]) == "Entries that are no WebSocket, passed over: 1."


def test_an_upgrade_that_was_answered_is_a_websocket_whatever_its_address_says():
    upgrade = {"name": "Upgrade", "value": "websocket"}
    answered = {"request": {"url": "https://a.example/x", "headers": [upgrade]},
                "response": {"status": 101}}  # fmt: skip
    refused = answered | {"response": {"status": 403}}
    assert [each.url for each in read(answered, refused).endpoints.values()] == [
        "wss://a.example/x"
    ]


def test_a_har_without_a_websocket_is_refused():
    with pytest.raises(ForeignFormatError, match="no WebSocket"):
        read({"request": {"url": "https://a.example"}})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)
KEYS = st.sampled_from(["url", "headers", "name", "value", "type", "data", "opcode"])


@settings(deadline=None)
@given(st.dictionaries(KEYS, JSON), st.lists(st.dictionaries(KEYS, JSON) | JSON, max_size=3))
def test_fields_of_any_type_are_read_or_refused(request_fields, messages):
    each = {"request": request_fields, "_webSocketMessages": messages}
    data = json.dumps({"log": {"entries": [each]}}).encode("utf-8", "surrogatepass")
    with contextlib.suppress(ForeignFormatError):
        har.read(data, "x")
