import pytest

from tests.decoders.samples import text
from wirescope.decoders import standard_decoders
from wirescope.errors import ComposeError, DecodeError

JSONRPC = standard_decoders()["jsonrpc"]


def decode(data):
    return JSONRPC.conversation().decode(text(data))


@pytest.mark.parametrize(
    ("data", "name", "role", "correlation"),
    [
        ('{"jsonrpc":"2.0","method":"add","params":[1],"id":7}', "add", "request", "7"),
        ('{"jsonrpc":"2.0","method":"add","id":"7"}', "add", "request", '"7"'),
        ('{"jsonrpc":"2.0","method":"tick"}', "tick", "push", None),
        ('{"jsonrpc":"2.0","result":3,"id":7}', "result", "response", "7"),
        ('{"jsonrpc":"2.0","result":null,"id":7}', "result", "response", "7"),
        ('{"jsonrpc":"2.0","error":{"code":1,"message":"no"},"id":7}', "error", "error", "7"),
        ('{"jsonrpc":"2.0","error":{"code":1,"message":"no"},"id":null}', "error", "error", None),
        ('{"notification":"tick","params":[1]}', "tick", "push", None),
        ('{"method":"echo","params":["x"],"id":1}', "echo", "request", "1"),
        ('{"method":"tick","params":[],"id":null}', "tick", "push", None),
        ('{"result":"x","error":null,"id":1}', "result", "response", "1"),
        ('{"result":null,"error":"no","id":1}', "error", "error", "1"),
    ],
)
def test_calls_answers_and_notifications_of_both_versions(data, name, role, correlation):
    decoded = decode(data)
    assert (decoded.name, decoded.role, decoded.correlation) == (name, role, correlation)


def test_a_batch_is_read_part_by_part():
    decoded = decode('[{"jsonrpc":"2.0","method":"a","id":1},{"jsonrpc":"2.0","result":2,"id":9}]')
    assert [(part.role, part.correlation) for part in decoded.parts] == [
        ("request", "1"),
        ("response", "9"),
    ]
    assert decoded.summary == "batch of 2: a #1; result #9 2"


@pytest.mark.parametrize("data", ["[]", "[1]", "{}", '{"id":1}', "7", "nonsense"])
def test_what_is_no_message_is_refused(data):
    with pytest.raises(DecodeError):
        decode(data)


def test_a_call_is_completed_when_it_is_composed():
    (payload,) = JSONRPC.compose({"method": "add", "params": [1], "id": 1})
    assert payload.data == b'{"jsonrpc":"2.0","method":"add","params":[1],"id":1}'
    with pytest.raises(ComposeError, match="a method, a result or an error") as caught:
        JSONRPC.compose([{"method": "a"}, {"id": 1}])
    assert caught.value.where == "[1]"
