"""What holds for any decoder and any bytes whatever."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.decoders.samples import SAMPLES
from wirescope.decoders import (
    Composer,
    Decoded,
    Payload,
    check_decoder,
    standard_decoders,
    tree_from_json,
    tree_to_json,
    validated,
)
from wirescope.errors import ComposeError, DecodeError

DECODERS = list(standard_decoders())
COMPOSERS = [decoder for decoder in DECODERS if isinstance(decoder, Composer)]
every_decoder = pytest.mark.parametrize("decoder", DECODERS, ids=lambda each: each.name)


def nearly_right(decoder):
    """Bytes that are nearly right, and bytes that are anything."""
    samples = st.sampled_from([sample.data for sample in SAMPLES[decoder.name]])
    cut = st.tuples(samples, st.integers(0, 200), st.binary(max_size=4)).map(
        lambda drawn: drawn[0][: drawn[1]] + drawn[2] + drawn[0][drawn[1] + 1 :]
    )
    return st.one_of(cut, st.binary(max_size=200), samples)


payloads = {
    decoder.name: st.lists(
        st.builds(
            Payload,
            data=nearly_right(decoder),
            kind=st.sampled_from(["text", "binary"]),
            direction=st.sampled_from(["sent", "received"]),
        ),
        max_size=6,
    )
    for decoder in DECODERS
}


def test_every_decoder_has_samples():
    assert {decoder.name for decoder in DECODERS} == SAMPLES.keys()


@every_decoder
def test_a_decoder_keeps_the_protocol(decoder):
    check_decoder(decoder)


@every_decoder
def test_samples_are_decoded_as_one_conversation(decoder):
    conversation = decoder.conversation()
    for sample in SAMPLES[decoder.name]:
        decoded = validated(conversation.decode(sample))
        assert decoded.format == decoder.name
        assert not decoded.problem


@every_decoder
@settings(deadline=None)
@given(data=st.data())
def test_any_bytes_are_decoded_or_refused(decoder, data):
    conversation = decoder.conversation()
    for payload in data.draw(payloads[decoder.name]):
        assert 0 <= decoder.recognises(payload) <= 1
        with suppress(DecodeError):
            decoded = conversation.decode(payload)
            assert isinstance(validated(decoded), Decoded)
            tree_to_json(decoded.value)


def composed(decoder, value):
    """What comes back after a value was written and read again."""
    conversation = decoder.conversation()
    return [conversation.decode(payload) for payload in decoder.compose(value)][-1].value


@pytest.mark.parametrize(
    ("decoder", "sample"),
    [
        pytest.param(decoder, sample, id=f"{decoder.name}-{number}")
        for decoder in COMPOSERS
        for number, sample in enumerate(SAMPLES[decoder.name])
    ],
)
def test_what_was_decoded_can_be_composed_again(decoder, sample):
    value = decoder.conversation().decode(sample).value
    if isinstance(value, dict) and value.get("attachments"):
        return  # its bytes come later
    assert composed(decoder, value) == value
    assert composed(decoder, tree_from_json(tree_to_json(value))) == value


trees = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


@pytest.mark.parametrize("decoder", COMPOSERS, ids=lambda each: each.name)
@settings(deadline=None)
@given(data=st.data())
def test_any_value_is_composed_or_refused(decoder, data):
    """Also one that is right but for one of its members."""
    value = data.draw(trees)
    known = decoder.conversation().decode(data.draw(st.sampled_from(SAMPLES[decoder.name]))).value
    if isinstance(known, dict) and known:
        value = {**known, data.draw(st.sampled_from(sorted(known))): value}
    with suppress(ComposeError):
        assert all(isinstance(payload, Payload) for payload in decoder.compose(value))
