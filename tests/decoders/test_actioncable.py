import pytest

from tests.decoders.samples import text
from wirescope.decoders import ConnectionDecoder, standard_decoders
from wirescope.errors import ComposeError, DecodeError

CABLE = standard_decoders()["actioncable"]
IDENTIFIER = '"{\\"channel\\":\\"Chat\\",\\"id\\":1}"'


def decode(message):
    return CABLE.conversation().decode(text(message))


@pytest.mark.parametrize(
    ("message", "name", "role", "correlated"),
    [
        ('{"type":"welcome"}', "welcome", "handshake", False),
        ('{"type":"ping","message":1}', "ping", "heartbeat", False),
        ('{"command":"subscribe","identifier":ID}', "subscribe", "request", True),
        ('{"type":"confirm_subscription","identifier":ID}', "confirm_subscription", "response",
         True),
        ('{"type":"reject_subscription","identifier":ID}', "reject_subscription", "error", True),
        ('{"command":"unsubscribe","identifier":ID}', "unsubscribe", "other", False),
        ('{"command":"message","identifier":ID,"data":"{}"}', "message", "push", False),
        ('{"identifier":ID,"message":{"a":1}}', "message", "push", False),
        ('{"type":"disconnect","reason":"unauthorized","reconnect":false}', "disconnect", "other",
         False),
    ],
)  # fmt: skip
def test_every_message_is_named(message, name, role, correlated):
    decoded = decode(message.replace("ID", IDENTIFIER))
    assert (decoded.name, decoded.role) == (name, role)
    assert decoded.correlation == ('{"channel":"Chat","id":1}' if correlated else None)


def test_json_inside_of_texts_is_read():
    message = '{"command":"message","identifier":ID,"data":"{\\"action\\":\\"speak\\"}"}'
    decoded = decode(message.replace("ID", IDENTIFIER))
    assert decoded.nested.value == {"action": "speak"}
    assert decoded.summary == 'message Chat {"id":1} {"action":"speak"}'


def test_an_identifier_and_data_are_composed_as_json_inside_of_texts():
    value = {"command": "message", "identifier": {"channel": "Chat"}, "data": {"action": "speak"}}
    (payload,) = CABLE.compose(value)
    assert payload.data == (
        b'{"command":"message","identifier":"{\\"channel\\":\\"Chat\\"}",'
        b'"data":"{\\"action\\":\\"speak\\"}"}'
    )


@pytest.mark.parametrize("message", ["[]", "{}", '{"identifier":"x"}'])
def test_what_is_no_message_is_refused(message):
    with pytest.raises(DecodeError):
        decode(message)


def test_an_unknown_command_is_refused():
    with pytest.raises(ComposeError, match="no command"):
        CABLE.compose({"command": "shout"})


def test_it_is_recognised_by_its_welcome():
    chosen = ConnectionDecoder(standard_decoders()).decode(text('{"type":"welcome"}'))
    assert chosen.format == "actioncable"
