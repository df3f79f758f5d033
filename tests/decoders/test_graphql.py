import pytest

from tests.decoders.samples import text
from wirescope.decoders import ConnectionDecoder, standard_decoders
from wirescope.errors import ComposeError, DecodeError

DECODERS = standard_decoders()
QUERY = '{"id":"a","type":"subscribe","payload":{"query":"subscription OnTick { tick }"}}'


def test_an_operation_is_followed_by_its_id():
    conversation = DECODERS["graphql-transport-ws"].conversation()
    asked = conversation.decode(text(QUERY, "sent"))
    assert (asked.role, asked.correlation) == ("request", "a")
    assert asked.summary == "subscribe #a subscription OnTick"
    following = conversation.decode(text('{"id":"a","type":"next","payload":{"data":{"tick":1}}}'))
    assert (following.role, following.correlation) == ("response", "a")
    assert following.summary == 'next #a subscription OnTick: {"data":{"tick":1}}'
    ended = conversation.decode(text('{"id":"a","type":"complete"}'))
    assert (ended.role, ended.summary) == ("response", "complete #a subscription OnTick")


@pytest.mark.parametrize(("asks", "answers"), [("sent", "received"), ("received", "sent")])
def test_a_complete_of_the_end_that_asked_answers_nothing(asks, answers):
    conversation = DECODERS["graphql-transport-ws"].conversation()
    conversation.decode(text(QUERY, asks))
    assert conversation.decode(text('{"id":"a","type":"complete"}', asks)).role == "other"
    conversation.decode(text(QUERY, asks))
    assert conversation.decode(text('{"id":"a","type":"complete"}', answers)).role == "response"


@pytest.mark.parametrize(
    ("payload", "operation"),
    [
        ('{"query":"{ a }"}', 'query "{ a }"'),
        ('{"query":"mutation M($a: Int) { m }"}', "mutation M"),
        ('{"query":"query A { a } query B { b }","operationName":"B"}', "query B"),
        ("{}", "query null"),
        ("null", ""),
    ],
)
def test_an_operation_is_named(payload, operation):
    data = f'{{"id":"1","type":"start","payload":{payload}}}'
    decoded = DECODERS["graphql-ws"].conversation().decode(text(data, "sent"))
    assert decoded.summary == f"start #1 {operation}".rstrip()


def test_the_dialects_are_told_apart_by_what_only_one_of_them_says():
    for data, name in (
        (QUERY, "graphql-transport-ws"),
        ('{"id":"1","type":"start","payload":{"query":"{ a }"}}', "graphql-ws"),
    ):
        assert ConnectionDecoder(DECODERS).decode(text(data)).format == name


def test_a_type_of_the_other_dialect_is_refused():
    with pytest.raises(DecodeError, match="no type"):
        DECODERS["graphql-transport-ws"].conversation().decode(text('{"type":"start"}'))


def test_heartbeats_are_told():
    decoded = DECODERS["graphql-ws"].conversation().decode(text('{"type":"ka"}'))
    assert decoded.role == "heartbeat"


def test_a_request_needs_an_id_that_is_a_text():
    with pytest.raises(ComposeError, match="needs an id"):
        DECODERS["graphql-transport-ws"].compose({"type": "subscribe", "id": 1})
    with pytest.raises(ComposeError, match="no type"):
        DECODERS["graphql-ws"].compose({"type": "subscribe", "id": "1"})
