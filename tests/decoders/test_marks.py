import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.decoders.samples import SAMPLES
from tests.decoders.talks import TALKS, decoder_of
from tests.decoders.test_every_decoder import payloads
from tests.interop.fields import messages_of
from wirescope.decoders import PUSH, Correlator, Payload, Relation, key_of, standard_decoders
from wirescope.errors import DecodeError

DECODERS = standard_decoders()
CORRELATORS = [each for each in DECODERS if isinstance(each, Correlator)]
every_correlator = pytest.mark.parametrize("decoder", CORRELATORS, ids=lambda each: each.name)

ANSWERS = {Relation.RESPONSE, Relation.STREAM, Relation.END}
FITTING = {
    "request": {Relation.REQUEST},
    "response": ANSWERS,
    "error": ANSWERS,
    "push": {Relation.PUSH},
    "heartbeat": {Relation.REQUEST, *ANSWERS},
    "handshake": {Relation.REQUEST, *ANSWERS},
    "other": {Relation.CANCEL, Relation.END, Relation.STREAM},
}


def agree(decoder, conversation):
    """Decode a conversation and mark it: keys are correlations, and relations fit the roles."""
    reader, mark = decoder.conversation(), decoder.marker()
    for payload in conversation:
        decoded = messages_of(reader.decode(payload))
        correlated = [each for each in decoded if each.correlation is not None]
        marks = mark(payload.data, payload.kind, payload.direction)
        assert marks is not None
        keyed = [each for each in marks if each[1] is not None]
        assert [each.correlation for each in correlated] == [key for _, key in keyed]
        assert all(
            relation in FITTING[each.role]
            for each, (relation, _) in zip(correlated, keyed, strict=True)
        )
        assert all(each.role != "request" for each in decoded if each.correlation is None)


def test_every_protocol_has_marks_and_a_conversation():
    formats = {"text", "hex", "json", "messagepack", "cbor", "bson", "protobuf"}
    protocols = {each.name for each in DECODERS} - formats
    assert {each.name for each in CORRELATORS} == protocols
    assert {decoder_of(name) for name in TALKS} == protocols


@pytest.mark.parametrize("name", TALKS)
def test_marks_and_decoder_agree_on_a_conversation(name):
    agree(DECODERS[decoder_of(name)], TALKS[name])


@every_correlator
def test_marks_and_decoder_agree_on_the_samples(decoder):
    samples = SAMPLES[decoder.name]
    if decoder.name == "signalr":  # its last one is of another connection
        samples = samples[:-1]
    agree(decoder, samples)


@every_correlator
@settings(deadline=None)
@given(data=st.data())
def test_what_can_be_decoded_has_the_marks_of_its_correlations(decoder, data):
    reader, mark = decoder.conversation(), decoder.marker()
    for payload in data.draw(payloads[decoder.name]):
        marks = mark(payload.data, payload.kind, payload.direction)
        try:
            decoded = messages_of(reader.decode(payload))
        except DecodeError:
            return  # what goes on may now go on differently
        keys = [each.correlation for each in decoded if each.correlation is not None]
        assert keys == [key for _, key in marks or () if key is not None]


@every_correlator
@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b"[[]]", b"null", b"5", b"\xff\xfe", b'{"id":1}', b'{"type":null}', b"[48]",
     b'["a"]', b"[" * 100_000, b'{"id":' + b"9" * 5000 + b"}", b"42", b'{"type":1}\x1e\x1e{',
     b"\x00\x01\x01", b"\xf0\xff\xff\xff\xff", b"\x30\x80", b"\x93\x01"],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["text", "binary"])
def test_what_is_not_of_the_protocol_asks_for_nothing(decoder, data, kind):
    marks = decoder.marker()(data, kind, "sent") or ()
    assert all(relation is not Relation.REQUEST for relation, _ in marks)


@every_correlator
def test_a_connection_is_marked_apart_from_others(decoder):
    """A marker that remembers belongs to one connection."""
    name = next(name for name in TALKS if decoder_of(name) == decoder.name)
    expected = list(map(marked(decoder), TALKS[name]))
    one, other = marked(decoder), marked(decoder)
    assert [(one(each), other(each)) for each in TALKS[name]] == [(each,) * 2 for each in expected]


def marked(decoder):
    mark = decoder.marker()
    return lambda payload: mark(payload.data, payload.kind, payload.direction)


def one_mark(name, data, **known):
    payload = Payload(data=data.encode(), **known)
    (mark,) = marked(DECODERS[name])(payload)
    return mark


def test_a_number_and_a_text_are_two_keys():
    assert [key_of(value) for value in (1, 1.0, 1.5, "1", True, None, [1])] == [
        "1", "1", "1.5", '"1"', None, None, None,
    ]  # fmt: skip


def test_long_keys_are_short_and_differ():
    first, second = key_of("x" * 100_000 + "1"), key_of("x" * 100_000 + "2")
    assert first is not None
    assert first != second
    assert len(first) < 300


@pytest.mark.parametrize("given", ["[1]", "{}", "true", "null"])
def test_an_id_that_is_none_makes_no_request(given):
    assert one_mark("jsonrpc", f'{{"jsonrpc":"2.0","id":{given},"method":"a"}}') == PUSH


def test_an_element_of_a_batch_that_is_wrong_spoils_no_other():
    mark = marked(DECODERS["jsonrpc"])
    marks = mark(Payload(data=b'[{"id":[1],"method":"a"},{"id":2,"method":7},{"id":3,"result":0}]'))
    assert marks == [PUSH, PUSH, (Relation.RESPONSE, "3")]


def test_a_refused_stomp_connect_is_answered_by_the_error():
    mark = marked(DECODERS["stomp"])
    error = Payload(data=b"ERROR\nmessage:no\n\n\0")
    mark(Payload(data=b"CONNECT\nhost:h\n\n\0", direction="sent"))
    assert mark(error) == [(Relation.STREAM, "CONNECT")]
    mark(Payload(data=b"CONNECTED\nversion:1.2\n\n\0"))
    assert mark(error) == [PUSH]


def test_a_phoenix_server_that_closes_a_channel_asks_for_nothing():
    mark = marked(DECODERS["phoenix"])
    mark(Payload(data=b'["1","1","a","phx_join",{}]', direction="sent"))
    assert mark(Payload(data=b'["1","1","a","phx_close",{}]')) == [(Relation.STREAM, "1")]
    assert mark(Payload(data=b'["1","9","a","made_up",{}]')) == [PUSH]


def test_a_phoenix_client_is_known_by_its_join_also_where_the_server_records():
    mark = marked(DECODERS["phoenix"])
    mark(Payload(data=b'["1","1","a","phx_join",{}]', direction="received"))
    pushed = Payload(data=b'["1","2","a","new",{}]', direction="received")
    assert mark(pushed) == [(Relation.REQUEST, "2")]


def test_attachments_that_nobody_sends_are_not_awaited():
    mark = marked(DECODERS["socketio"])
    assert mark(Payload(data=b'4599999999-["a"]')) is None
    packed = bytes.fromhex("84a47479706502a36e7370a12fa2696408a46461746191a161")
    assert mark(Payload(data=packed, kind="binary")) == [(Relation.REQUEST, "/#8")]
