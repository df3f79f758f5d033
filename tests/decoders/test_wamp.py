import msgspec
import pytest

from tests.decoders.samples import binary, text
from wirescope.decoders import ConnectionDecoder, standard_decoders
from wirescope.decoders.wamp import KINDS
from wirescope.errors import ComposeError, DecodeError

WAMP = standard_decoders()["wamp"]


def decode(message):
    return WAMP.conversation().decode(text(message))


@pytest.mark.parametrize(
    ("message", "name", "role", "correlation"),
    [
        ('[1,"realm",{}]', "HELLO", "handshake", "HELLO"),
        ("[2,91,{}]", "WELCOME", "handshake", "HELLO"),
        ('[3,{},"wamp.close.normal"]', "ABORT", "error", "HELLO"),
        ('[48,7,{},"com.add",[1]]', "CALL", "request", "7"),
        ("[50,7,{},[3]]", "RESULT", "response", "7"),
        ('[8,48,7,{},"no"]', "ERROR", "error", "7"),
        ('[16,7,{},"t",[1]]', "PUBLISH", "push", None),
        ('[16,7,{"acknowledge":true},"t"]', "PUBLISH", "request", "7"),
        ("[17,7,99]", "PUBLISHED", "response", "7"),
        ("[36,5,99,{},[1],{}]", "EVENT", "push", None),
        ("[68,7,3,{},[1]]", "INVOCATION", "request", "7"),
        ("[70,7,{},[1]]", "YIELD", "response", "7"),
    ],
)
def test_every_message_is_named(message, name, role, correlation):
    decoded = decode(message)
    assert (decoded.name, decoded.role, decoded.correlation) == (name, role, correlation)


def test_fields_are_named_by_their_place():
    assert decode('[48,7,{"a":1},"com.add",[1],{"k":2}]').value == {
        "message": "CALL", "request": 7, "options": {"a": 1}, "procedure": "com.add",
        "arguments": [1], "keyword_arguments": {"k": 2},
    }  # fmt: skip


def test_a_packed_message_is_read_and_written():
    data = msgspec.msgpack.encode([48, 7, {}, "com.add", [b"\x00"]])
    decoded = WAMP.conversation().decode(binary(data))
    assert decoded.value["arguments"] == [b"\x00"]
    assert WAMP.compose(decoded.value)[0].data == data


@pytest.mark.parametrize("message", ["[]", "[48]", "[99,1]", '["a"]', "{}", "[17,1,2,3]"])
def test_what_is_no_message_is_refused(message):
    with pytest.raises(DecodeError):
        decode(message)


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_what_is_left_out_is_filled_in_where_that_is_possible(kind):
    with pytest.raises(ComposeError) as caught:
        WAMP.compose({"message": kind.name})
    assert caught.value.where in kind.fields
    made_up = ("options", "details", "extra", "arguments", "keyword_arguments")
    value = {"message": kind.name} | {name: 1 for name in kind.fields if name not in made_up}
    (payload,) = WAMP.compose(value)
    decoded = WAMP.conversation().decode(payload)
    assert decoded.name == kind.name
    assert value.items() <= decoded.value.items()


def test_an_unknown_message_is_refused():
    with pytest.raises(ComposeError, match="no message"):
        WAMP.compose({"message": "SHOUT"})


def test_it_is_recognised_by_how_a_session_begins():
    assert ConnectionDecoder(standard_decoders()).decode(text('[1,"r",{}]')).format == "wamp"
    assert ConnectionDecoder(standard_decoders()).decode(text('[1,"r"]')).format == "json"


def test_true_is_no_type():
    with pytest.raises(DecodeError, match="begins with its type"):
        decode("[true,1,{}]")
