"""A frame's header says what its bytes say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.events.strategies import headers
from wirescope.events import FrameHeader, opcode_from_name, opcode_name


class Bare(FrameHeader):
    """Nothing but a header."""

    def __init__(self, header: bytes) -> None:
        self.header = header


def test_the_rfcs_single_frame_text_message_is_read() -> None:
    # RFC 6455 section 5.7: a single-frame unmasked text message
    header = Bare(bytes.fromhex("8105"))
    assert (header.fin, header.opcode, header.masked) == (True, 1, False)
    assert (header.payload_length, header.wire_length) == (5, 7)
    assert header.masking_key is None


def test_the_rfcs_masked_text_message_is_read() -> None:
    header = Bare(bytes.fromhex("818537fa213d"))
    assert header.masking_key == bytes.fromhex("37fa213d")
    assert header.wire_length == 11


@pytest.mark.parametrize(
    ("header", "bits", "length"),
    [("827e0100", 16, 256), ("827f0000000000010000", 64, 65536), ("827e0005", 16, 5)],
    ids=["256 bytes", "64 KiB", "longer than needed"],
)
def test_longer_lengths_are_read(header: str, bits: int, length: int) -> None:
    read = Bare(bytes.fromhex(header))
    assert (read.length_encoding, read.payload_length) == (bits, length)


@given(first=st.integers(0, 255))
def test_the_first_byte_falls_into_its_bits(first: int) -> None:
    header = Bare(bytes([first, 0]))
    flags = [header.fin, header.rsv1, header.rsv2, header.rsv3]
    assert sum(flag << 7 - n for n, flag in enumerate(flags)) + header.opcode == first
    assert header.is_control == (header.opcode >= 8)


@given(headers(st.integers(0, 2**64 - 1)))
def test_a_header_is_as_long_as_its_fields_say(header: bytes) -> None:
    read = Bare(header)
    extended = {7: 0, 16: 2, 64: 8}[read.length_encoding]
    assert len(header) == 2 + extended + (4 if read.masked else 0)


@pytest.mark.parametrize("opcode", range(16))
def test_every_opcode_has_a_name_that_leads_back(opcode: int) -> None:
    assert opcode_from_name(opcode_name(opcode)) == opcode


@pytest.mark.parametrize("name", ["", "txt", "3", "0x10", "-0x1", "0xg"])
def test_what_is_no_opcode_is_refused(name: str) -> None:
    with pytest.raises(ValueError):
        opcode_from_name(name)
