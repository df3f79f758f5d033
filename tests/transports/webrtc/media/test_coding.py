"""Sound and pictures come back from the codecs as they were, nearly."""

from array import array
from math import pi, sin

import pytest

from wirescope.errors import MediaFileError, UsageError
from wirescope.transports.webrtc.media import (
    PACKET_SAMPLES,
    AudioData,
    ColourBars,
    OpusDecoder,
    OpusEncoder,
    Vp8Decoder,
    Vp8Encoder,
    read_number,
)


def test_sound_comes_back_from_opus() -> None:
    encoder, decoder = OpusEncoder(), OpusDecoder()
    tone = array("h", (round(9_000 * sin(2 * pi * 400 * n / 48_000)) for n in range(48_000)))
    came = array("h")
    for first in range(0, len(tone), PACKET_SAMPLES):
        block = AudioData(48_000, 1, tone[first : first + PACKET_SAMPLES].tobytes())
        came.frombytes(decoder.decode(encoder.encode(block)).data)
    assert len(came) == len(tone)
    assert 8_000 < max(came[24_000:]) < 10_000


def test_opus_takes_packets_of_20_ms_only() -> None:
    with pytest.raises(UsageError, match="20 ms"):
        OpusEncoder().encode(AudioData(48_000, 1, bytes(960)))


async def test_pictures_come_back_from_vp8() -> None:
    encoder = Vp8Encoder(320, 180, frame_rate=30, bits_per_s=300_000)
    decoder = Vp8Decoder()
    numbers = []
    async for due in ColourBars(width=320, height=180).begin(0.0):
        picture = decoder.decode(encoder.encode(due.make()))
        numbers.append(read_number(picture))
        if len(numbers) == 5:
            break
    assert (picture.width, picture.height) == (320, 180)
    assert numbers == [0, 1, 2, 3, 4]


def test_what_is_no_picture_is_an_error() -> None:
    with pytest.raises(MediaFileError, match="VP8"):
        Vp8Decoder().decode(b"\1\2\3")
