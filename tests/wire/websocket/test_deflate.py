"""permessage-deflate: RFC 7692's own examples, its negotiation, its windows, and hostile data."""

import contextlib
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirescope.errors import UsageError
from wirescope.wire.websocket import (
    DeflateError,
    DeflateOffer,
    DeflateParameters,
    Deflater,
    Inflater,
    negotiate,
)

PIECE = 1 << 18


def inflate(inflater, *parts):
    return b"".join(
        piece
        for number, part in enumerate(parts, start=1)
        for piece in inflater.inflate(part, final=number == len(parts))
    )


# Section 7.2.3


def test_hello_is_compressed_as_in_section_7_2_3_1():
    assert Deflater().compress(b"Hello").hex() == "f248cdc9c90700"


@pytest.mark.parametrize("cut", range(8))
def test_hello_may_be_fragmented_anywhere(cut):
    data = bytes.fromhex("f248cdc9c90700")
    assert inflate(Inflater(), data[:cut], data[cut:]) == b"Hello"


def test_a_window_is_shared_between_messages_as_in_section_7_2_3_2():
    deflater, inflater = Deflater(), Inflater()
    packed = [deflater.compress(b"Hello") for _ in range(2)]
    assert [each.hex() for each in packed] == ["f248cdc9c90700", "f200110000"]
    assert [inflate(inflater, each) for each in packed] == [b"Hello", b"Hello"]


VECTORS = {
    "7.2.3.3 a block without compression": "000500faff48656c6c6f00",
    "7.2.3.4 a block with BFINAL set": "f348cdc9c9070000",
    "7.2.3.5 two blocks": "f248050000 00ffffcac9c90700".replace(" ", ""),
    "BFINAL and nothing after it": "f348cdc9c90700",
}


@pytest.mark.parametrize("data", VECTORS.values(), ids=VECTORS)
@pytest.mark.parametrize("takeover", [True, False])
def test_the_examples_inflate_however_they_are_cut(data, takeover):
    data = bytes.fromhex(data)
    for cut in range(len(data) + 1):
        inflater = Inflater(context_takeover=takeover)
        assert inflate(inflater, data[:cut], data[cut:]) == b"Hello"
        assert inflate(inflater, data[:cut], data[cut:]) == b"Hello"


def test_the_window_outlives_a_block_with_bfinal_set():
    inflater = Inflater()
    assert inflate(inflater, bytes.fromhex("f348cdc9c9070000")) == b"Hello"
    assert inflate(inflater, bytes.fromhex("f200110000")) == b"Hello"


def test_an_empty_message_is_one_zero_byte_as_in_section_7_2_3_6():
    deflater, inflater = Deflater(), Inflater()
    for message in (b"", b"", b"a", b"", b"a"):
        packed = deflater.compress(message)
        assert inflate(inflater, packed) == message
        if not message:
            assert packed == b"\x00"


# Windows


@pytest.mark.parametrize("takeover", [True, False])
@pytest.mark.parametrize("bits", range(8, 16))
def test_every_window_works_both_ways(bits, takeover):
    deflater = Deflater(window_bits=bits, context_takeover=takeover)
    inflater = Inflater(window_bits=bits, context_takeover=takeover)
    messages = [b"Hello " * 200, b"", bytes(range(256)) * 100, b"Hello " * 200]
    for message in messages:
        assert inflate(inflater, deflater.compress(message)) == message


@pytest.mark.parametrize("bits", range(8, 15))
def test_what_is_compressed_refers_no_further_back_than_its_window(bits):
    unit = bytes((number * 7919) % 251 for number in range(600))
    packed = Deflater(window_bits=bits).compress(unit * 40)
    reference = zlib.decompressobj(-bits)
    whole = b""
    for start in range(len(packed)):  # byte by byte zlib has to use its own window
        whole += reference.decompress(packed[start : start + 1])
    assert whole == unit * 40


def test_without_context_takeover_each_message_stands_alone():
    deflater = Deflater(context_takeover=False)
    assert deflater.compress(b"Hello") == deflater.compress(b"Hello")
    second = Deflater()
    second.compress(b"Hello")
    with pytest.raises(DeflateError):
        inflate(Inflater(context_takeover=False), second.compress(b"Hello"))


@given(st.lists(st.lists(st.binary(max_size=300), min_size=1, max_size=4), max_size=4))
def test_fragments_of_a_message_share_a_stream(messages):
    deflater, inflater = Deflater(), Inflater()
    for parts in messages:
        last = len(parts) - 1
        packed = [deflater.compress(part, final=at == last) for at, part in enumerate(parts)]
        assert inflate(inflater, *packed) == b"".join(parts)


# Hostile data


@pytest.mark.parametrize("size", [PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 5 * PIECE])
def test_pieces_are_bounded_and_none_stays_behind(size):
    deflater, inflater = Deflater(), Inflater()
    for filler in (b"\x00", b"\x01"):
        pieces = list(inflater.inflate(deflater.compress(filler * size), final=True))
        assert max(map(len, pieces)) <= PIECE
        assert b"".join(pieces) == filler * size


def test_a_bomb_comes_piece_by_piece():
    inflater = Inflater()
    pieces = inflater.inflate(Deflater().compress(bytes(1 << 23)), final=True)
    assert len(next(pieces)) == PIECE
    pieces.close()
    with pytest.raises(DeflateError, match="an earlier one was not"):
        inflate(inflater, b"\x00")


def test_without_context_takeover_an_abandoned_message_is_forgotten():
    inflater = Inflater(context_takeover=False)
    next(inflater.inflate(Deflater().compress(bytes(1 << 22)), final=True))
    assert inflate(inflater, bytes.fromhex("f248cdc9c90700")) == b"Hello"


@pytest.mark.parametrize("takeover", [True, False])
@pytest.mark.parametrize("length", range(1, 6))
def test_a_message_that_is_cut_off_is_noticed(length, takeover):
    packed = Deflater().compress(b"Hello")
    with pytest.raises(DeflateError, match="inside a DEFLATE block"):
        inflate(Inflater(context_takeover=takeover), packed[:length])


def test_a_payload_without_a_byte_is_noticed():
    inflater = Inflater()
    inflate(inflater, Deflater().compress(b"Hello"))
    with pytest.raises(DeflateError):
        inflate(inflater, b"")


@pytest.mark.slow
@given(st.lists(st.binary(max_size=60), max_size=4), st.booleans(), st.integers(8, 15))
def test_garbage_raises_nothing_but_a_deflate_error(parts, takeover, bits):
    inflater = Inflater(window_bits=bits, context_takeover=takeover)
    for part in parts:
        with contextlib.suppress(DeflateError):
            for piece in inflater.inflate(part, final=True):
                assert 0 < len(piece) <= PIECE


@pytest.mark.slow
@given(st.binary(max_size=2000), st.data())
def test_any_cutting_of_a_payload_gives_the_same_message(message, data):
    packed = Deflater().compress(message)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(packed)), max_size=5)))
    parts = [packed[a:b] for a, b in zip([0, *cuts], [*cuts, len(packed)], strict=True)]
    assert inflate(Inflater(), *parts) == message


# Negotiation: the client

SERVER_BITS, CLIENT_BITS = "server_max_window_bits", "client_max_window_bits"
SERVER_FRESH, CLIENT_FRESH = "server_no_context_takeover", "client_no_context_takeover"

OFFERS = {
    "nothing in particular": (DeflateOffer(), "client_max_window_bits"),
    "without client bits": (DeflateOffer(client_max_window_bits=None), ""),
    "everything": (
        DeflateOffer(
            server_no_context_takeover=True,
            client_no_context_takeover=True,
            server_max_window_bits=10,
            client_max_window_bits=12,
        ),
        "server_no_context_takeover; client_no_context_takeover; "
        "server_max_window_bits=10; client_max_window_bits=12",
    ),
}


@pytest.mark.parametrize(("offer", "header"), OFFERS.values(), ids=OFFERS)
def test_an_offer_is_written(offer, header):
    assert offer.header() == "; ".join(filter(None, ("permessage-deflate", header)))


ANSWERS = {
    "plain": ({}, [], DeflateParameters()),
    "smaller server window": (
        {},
        [(SERVER_BITS, "9")],
        DeflateParameters(server_max_window_bits=9),
    ),
    "client window set": ({}, [(CLIENT_BITS, "8")], DeflateParameters(client_max_window_bits=8)),
    "client window within the offer": (
        {"client_max_window_bits": 12},
        [(CLIENT_BITS, "10")],
        DeflateParameters(client_max_window_bits=10),
    ),
    "client window not mentioned": (
        {"client_max_window_bits": 12},
        [],
        DeflateParameters(client_max_window_bits=12),
    ),
    "fresh windows": (
        {},
        [(SERVER_FRESH, None), (CLIENT_FRESH, None)],
        DeflateParameters(server_no_context_takeover=True, client_no_context_takeover=True),
    ),
    "own promise kept": (
        {"client_no_context_takeover": True},
        [],
        DeflateParameters(client_no_context_takeover=True),
    ),
    "asked and granted": (
        {"server_no_context_takeover": True, "server_max_window_bits": 11},
        [(SERVER_BITS, "10"), (SERVER_FRESH, None)],
        DeflateParameters(server_no_context_takeover=True, server_max_window_bits=10),
    ),
    "the largest window asked for and not mentioned": (
        {"server_max_window_bits": 15},
        [],
        DeflateParameters(),
    ),
}


@pytest.mark.parametrize(("offer", "answer", "agreed"), ANSWERS.values(), ids=ANSWERS)
def test_a_legal_answer_is_accepted(offer, answer, agreed):
    assert DeflateOffer(**offer).accept(answer) == agreed


BAD_ANSWERS = {
    "unknown": ({}, [("window", "9")], "7.1"),
    "twice": ({}, [(SERVER_BITS, "9"), (SERVER_BITS, "9")], "7.1"),
    "value for a flag": ({}, [(SERVER_FRESH, "1")], "7.1.1"),
    "no value": ({}, [(SERVER_BITS, None)], "7.1.2"),
    "no value for client bits": ({}, [(CLIENT_BITS, None)], "7.1.2"),
    "7": ({}, [(SERVER_BITS, "7")], "7.1.2"),
    "16": ({}, [(SERVER_BITS, "16")], "7.1.2"),
    "leading zero": ({}, [(SERVER_BITS, "09")], "7.1.2"),
    "sign": ({}, [(SERVER_BITS, "+9")], "7.1.2"),
    "empty": ({}, [(SERVER_BITS, "")], "7.1.2"),
    "fresh window refused": ({"server_no_context_takeover": True}, [], "7.1.1.1"),
    "larger server window": ({"server_max_window_bits": 9}, [(SERVER_BITS, "10")], "7.1.2.1"),
    "server window ignored": ({"server_max_window_bits": 9}, [], "7.1.2.1"),
    "client window not offered": (
        {"client_max_window_bits": None},
        [(CLIENT_BITS, "9")],
        "7.1.2.2",
    ),
    "larger client window": ({"client_max_window_bits": 9}, [(CLIENT_BITS, "10")], "7.1.2.2"),
}


@pytest.mark.parametrize(("offer", "answer", "clause"), BAD_ANSWERS.values(), ids=BAD_ANSWERS)
def test_an_illegal_answer_is_named(offer, answer, clause):
    with pytest.raises(DeflateError) as caught:
        DeflateOffer(**offer).accept(answer)
    assert caught.value.clause == f"RFC 7692 {clause}"


@pytest.mark.parametrize(
    ("text", "offer"),
    [
        ("", DeflateOffer()),
        ("client_max_window_bits", DeflateOffer()),
        ("client_max_window_bits=any", DeflateOffer()),
        ("client_max_window_bits=none", DeflateOffer(client_max_window_bits=None)),
        ("server_max_window_bits=10", DeflateOffer(server_max_window_bits=10)),
        (
            "client_no_context_takeover; client_max_window_bits=9",
            DeflateOffer(client_no_context_takeover=True, client_max_window_bits=9),
        ),
    ],
)
def test_an_offer_is_read_from_what_was_typed(text, offer):
    assert DeflateOffer.parse(text) == offer


@pytest.mark.parametrize(
    "text",
    ["level=9", "server_max_window_bits", "server_max_window_bits=7", "client_max_window_bits=x",
     "server_no_context_takeover=1", "server_max_window_bits=²"],
)  # fmt: skip
def test_what_is_no_parameter_is_refused_with_a_hint(text):
    with pytest.raises(UsageError) as caught:
        DeflateOffer.parse(text)
    assert caught.value.hint


# Negotiation: the server

SERVER_ALONE = {SERVER_FRESH: True}
BOTH_FRESH = {SERVER_FRESH: True, CLIENT_FRESH: True}

NEGOTIATIONS = {
    "plain": ([], {}, {}, ""),
    "browser": ([(CLIENT_BITS, None)], {}, {}, ""),
    "client limited": ([(CLIENT_BITS, None)], {CLIENT_BITS: 10}, {CLIENT_BITS: 10}, "client=10"),
    "client not limitable": ([], {CLIENT_BITS: 10}, {}, ""),
    "client's own limit": ([(CLIENT_BITS, "9")], {}, {CLIENT_BITS: 9}, "client=9"),
    "server limited": ([(SERVER_BITS, "10")], {}, {SERVER_BITS: 10}, "server=10"),
    "and smaller": ([(SERVER_BITS, "10")], {SERVER_BITS: 9}, {SERVER_BITS: 9}, "server=9"),
    "server's largest": ([(SERVER_BITS, "15")], {}, {}, "server=15"),
    "server prefers fresh": ([], SERVER_ALONE, SERVER_ALONE, SERVER_FRESH),
    "client asks fresh": (
        [(SERVER_FRESH, None), (CLIENT_FRESH, None)],
        {},
        BOTH_FRESH,
        f"{SERVER_FRESH}; {CLIENT_FRESH}",
    ),
}


@pytest.mark.parametrize(
    ("offer", "own", "agreed", "header"), NEGOTIATIONS.values(), ids=NEGOTIATIONS
)
def test_an_offer_is_answered(offer, own, agreed, header):
    parameters = negotiate(offer, own=DeflateParameters(**own))
    assert parameters == DeflateParameters(**agreed)
    expected = "; ".join(filter(None, ("permessage-deflate", header)))
    assert parameters.header(offer=offer) == expected.replace("=", "_max_window_bits=")


@pytest.mark.parametrize(
    "offer",
    [[("x", None)], [(SERVER_BITS, None)], [(SERVER_BITS, "16")], [(CLIENT_BITS, "7")],
     [(SERVER_FRESH, "yes")], [(CLIENT_BITS, None), (CLIENT_BITS, None)]],
)  # fmt: skip
def test_an_offer_that_breaks_the_grammar_is_declined(offer):
    with pytest.raises(DeflateError):
        negotiate(offer, own=DeflateParameters())


bits = st.none() | st.integers(8, 15)


@given(
    st.booleans(),
    st.booleans(),
    bits,
    bits | st.just("any"),
    st.booleans(),
    st.booleans(),
    st.integers(8, 15),
    st.integers(8, 15),
)
def test_what_a_server_answers_its_client_accepts(sn, cn, sb, cb, own_sn, own_cn, own_sb, own_cb):
    offer = DeflateOffer(
        server_no_context_takeover=sn,
        client_no_context_takeover=cn,
        server_max_window_bits=sb,
        client_max_window_bits=cb,
    )
    own = DeflateParameters(
        server_no_context_takeover=own_sn,
        client_no_context_takeover=own_cn,
        server_max_window_bits=own_sb,
        client_max_window_bits=own_cb,
    )
    asked = _parameters(offer.header())
    agreed = negotiate(asked, own=own)
    assert offer.accept(_parameters(agreed.header(offer=asked))) == agreed


def _parameters(header):
    pairs = [part.partition("=") for part in header.split("; ")[1:]]
    return [(name, value or None) for name, _, value in pairs]
