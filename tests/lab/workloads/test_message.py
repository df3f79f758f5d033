import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wirescope.lab.workloads import (
    HEAD_BYTES,
    MAX_NUMBER,
    TEXT_HEAD_BYTES,
    read_head,
    write_message,
)

NUMBERS = st.integers(0, MAX_NUMBER)
TIMES = st.integers(0, (1 << 64) - 1)


@settings(deadline=None)  # the padding is made when it is first used
@given(NUMBERS, TIMES, st.integers(TEXT_HEAD_BYTES, 300_000), st.booleans())
def test_a_message_has_its_size_and_its_head_can_be_read(number, sent_ns, size, text):
    message = write_message(number, sent_ns, size, text=text)
    assert len(message) == size
    assert read_head(message, text=text) == (number, sent_ns)


def test_the_head_is_a_32_bit_number_and_a_64_bit_time_in_network_order():
    assert write_message(1, 2, HEAD_BYTES) == bytes.fromhex("00000001 0000000000000002")


def test_the_head_of_text_is_base64():
    assert write_message(1, 2, TEXT_HEAD_BYTES, text=True) == b"AAAAAQAAAAAAAAAC"


def test_text_is_printable():
    assert write_message(7, 1 << 60, 5_000, text=True).decode("ascii").isprintable()


@pytest.mark.parametrize("size", [50, 200, 1_000, 16_384, 200_000, 3 << 20])
def test_padding_does_not_compress_however_much_the_compressor_remembers(size):
    compressor, sent, compressed = zlib.compressobj(9), 0, 0
    for number in range(max(1, min(2_000, (1 << 21) // size))):
        padding = write_message(number, 0, size)[HEAD_BYTES:]
        sent += len(padding)
        compressed += len(compressor.compress(padding) + compressor.flush(zlib.Z_SYNC_FLUSH))
    assert compressed > 0.99 * sent


def test_text_compresses_as_text_does():
    sent = b"".join(write_message(number, 0, 1_000, text=True) for number in range(300))
    assert 2 < len(sent) / len(zlib.compress(sent, 9)) < 5


@pytest.mark.parametrize(("size", "text"), [(11, False), (15, True)])
def test_a_size_without_room_for_the_head_is_an_error(size, text):
    with pytest.raises(ValueError, match=f"a message needs {size + 1} bytes for its head"):
        write_message(0, 0, size, text=text)


@pytest.mark.parametrize(("data", "text"), [(bytes(11), False), (b"A" * 15, True)])
def test_what_is_too_short_for_a_head_is_an_error(data, text):
    with pytest.raises(ValueError, match="begins with a head of"):
        read_head(data, text=text)


def test_text_without_a_head_is_an_error():
    with pytest.raises(ValueError):
        read_head(b"no head of ours, at all", text=True)
