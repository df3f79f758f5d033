from dataclasses import replace

import pytest

from tests.decoders.samples import binary, text
from wirescope.decoders import ConnectionDecoder, Decoded, Registry, standard_decoders
from wirescope.errors import DecodeError, UnknownDecoderError


class Made:
    """A decoder that does as it is told."""

    priority = 0
    subprotocols = ("made",)

    def __init__(self, does, *, score=0.9, name="made"):
        self.name = name
        self._does = does
        self._score = score

    def recognises(self, payload):
        return self._score

    def conversation(self):
        return self

    def decode(self, payload):
        return self._does(payload)


def throws(payload):
    raise ZeroDivisionError("by nothing")


def refuses(payload):
    raise DecodeError("It is not that.", where="byte 0")


def reads(payload):
    return Decoded(format="made", summary="read", value=payload.data)


def connection(decoder=None, **options):
    registry = standard_decoders()
    if decoder is not None:
        registry.register(decoder)
    problems = []
    return ConnectionDecoder(registry, report=problems.append, **options), problems


def test_the_negotiated_subprotocol_chooses():
    reader, _ = connection()
    decoded = reader.decode(text('{"type":"connection_init"}', subprotocol="graphql-ws"))
    assert decoded.format == reader.chosen == "graphql-ws"


def test_without_a_subprotocol_the_payload_is_recognised_and_the_decoder_kept():
    reader, _ = connection()
    assert reader.decode(text('{"jsonrpc":"2.0","method":"a","id":1}')).format == "jsonrpc"
    assert reader.chosen == "jsonrpc"
    assert reader.decode(text('{"result":1,"id":1}')).format == "jsonrpc"


def test_a_subprotocol_that_nobody_knows_is_no_obstacle():
    reader, _ = connection()
    sample = text('{"jsonrpc":"2.0","method":"a","id":1}', subprotocol="superchat")
    assert reader.decode(sample).format == "jsonrpc"


def test_a_format_is_chosen_for_each_payload_anew():
    reader, _ = connection()
    assert reader.decode(text("hello")).format == "text"
    assert reader.decode(text("[1]")).format == "json"
    assert reader.decode(binary(b"\xff\x00")).format == "hex"
    assert not reader.chosen


def test_a_decoder_can_be_picked_by_hand_and_dropped():
    reader, _ = connection(name="hex")
    assert reader.decode(text("[1]")).format == "hex"
    reader.choose(None)
    assert reader.decode(text("[1]")).format == "json"
    with pytest.raises(UnknownDecoderError, match="no decoder 'jsn'"):
        reader.choose("jsn")


def test_what_the_kept_decoder_cannot_read_is_shown_with_the_reason_and_reported_once():
    reader, problems = connection(Made(refuses))
    first = reader.decode(text("[1]", subprotocol="made"))
    assert (first.format, first.value) == ("json", [1])
    assert first.problem == "made: It is not that. (byte 0)"
    assert reader.decode(text("hello", subprotocol="made")).problem
    assert [(each.decoder, each.fault) for each in problems] == [("made", False)]


def test_a_decoder_that_throws_is_reported_once_and_not_used_again():
    calls = []

    def counted(payload):
        calls.append(payload)
        throws(payload)

    reader, problems = connection(Made(counted))
    for number in range(3):
        assert reader.decode(text(f"[{number}]")).value == [number]
    assert len(calls) == 1
    assert [(each.decoder, each.fault) for each in problems] == [("made", True)]
    assert "ZeroDivisionError" in problems[0].message


def test_a_decoder_that_throws_harms_no_other_connection():
    registry = Registry()
    registry.register(Made(throws))
    assert ConnectionDecoder(registry).decode(text("a")).problem
    assert ConnectionDecoder(registry).decode(text("a")).problem


def looped():
    value = []
    value.append(value)
    return value


GOOD = Decoded(format="made", summary="", value=None)
GARBAGE = {
    "nothing": None,
    "a text": "text",
    "bytes for a summary": replace(GOOD, summary=b"bytes"),
    "an unknown role": replace(GOOD, role="guess"),
    "a number for a correlation": replace(GOOD, correlation=7),
    "a list of parts": replace(GOOD, parts=[GOOD]),
    "an object": replace(GOOD, value=object()),
    "a text as nested": replace(GOOD, nested="text"),
}
EXCESS = {
    "a tree without an end": replace(GOOD, value=looped()),
    "too many values": replace(GOOD, value=[0] * 300_000),
    "too much text": replace(GOOD, value="x" * (17 << 20)),
    "too many parts": replace(GOOD, parts=(GOOD,) * 1001),
}


@pytest.mark.parametrize("returned", GARBAGE.values(), ids=GARBAGE.keys())
def test_garbage_is_refused(returned):
    reader, problems = connection(Made(lambda payload: returned))
    decoded = reader.decode(text("hello"))
    assert (decoded.format, decoded.value) == ("text", "hello")
    assert decoded.problem.startswith("made: ")
    assert problems[0].fault


@pytest.mark.parametrize("returned", EXCESS.values(), ids=EXCESS.keys())
def test_what_goes_beyond_the_limits_is_refused_each_time(returned):
    reader, problems = connection(Made(lambda payload: returned))
    for _ in range(2):
        decoded = reader.decode(text("hello"))
        assert (decoded.format, decoded.value) == ("text", "hello")
        assert decoded.problem.startswith("made: It ")
    assert [each.fault for each in problems] == [False]


def test_nested_results_that_never_end_are_refused():
    nested = GOOD
    for _ in range(10):
        nested = replace(GOOD, nested=nested)
    reader, problems = connection(Made(lambda payload: nested))
    assert reader.decode(text("hello")).format == "text"
    assert "inside of each other" in problems[0].message


def test_a_summary_is_one_line_of_bounded_length():
    long = replace(GOOD, summary="two\nlines " + "x" * 5000)
    reader, _ = connection(Made(lambda payload: long))
    summary = reader.decode(text("")).summary
    assert summary.startswith("two lines")
    assert len(summary) <= 1001


def test_one_that_throws_while_it_looks_is_passed_over():
    class Blind(Made):
        def recognises(self, payload):
            raise ValueError("what")

    reader, problems = connection(Blind(reads))
    assert reader.decode(text("[1]")).format == "json"
    assert not problems


def test_a_payload_that_no_format_reads_is_text_or_hex():
    reader, _ = connection()
    assert reader.decode(text("{broken}")).value == "{broken}"
    assert reader.decode(binary(b"\x92\x01")).value == b"\x92\x01"
