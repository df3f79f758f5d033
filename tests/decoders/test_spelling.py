from base64 import b64encode, urlsafe_b64encode
from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from wirescope.decoders import decode_base64, decode_hex


@given(st.binary())
def test_hex_reads_what_python_writes(data):
    assert decode_hex(data.hex()) == data
    assert decode_hex(data.hex(" ")) == data


@given(st.binary())
def test_base64_reads_both_alphabets_without_padding(data):
    assert decode_base64(b64encode(data).decode()) == data
    assert decode_base64(urlsafe_b64encode(data).decode().rstrip("=")) == data


@given(st.text())
def test_no_text_makes_the_decoders_raise_anything_but_value_error(text):
    for decode in (decode_hex, decode_base64):
        with suppress(ValueError):
            decode(text)
