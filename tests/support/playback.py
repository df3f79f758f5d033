"""Reads a recording back by decoding it, as a player would."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import av

from wirescope.transports.webrtc.media import VideoFrame, flash_level, read_number


@dataclass
class Playback:
    """What is in a file.

    Attributes:
        codecs: names of the codecs, video first.
        times_s: when each picture is shown.
        numbers: the number burnt into each; None where it cannot be read.
        sizes: width and height of each.
        flashes_s: when a flash begins, by the number of its first picture: a busy machine may have
            left out the very first, of 30 in a second.
        beeps_s: when a beep begins, of those with silence before them in the file: of one that had
            begun before the file, the beginning is not there.
        sound_s: seconds of sound.
        length_s: as the file says; None where it does not.
    """

    codecs: list[str] = field(default_factory=list)
    times_s: list[float] = field(default_factory=list)
    numbers: list[int | None] = field(default_factory=list)
    sizes: list[tuple[int, int]] = field(default_factory=list)
    flashes_s: list[float] = field(default_factory=list)
    beeps_s: list[float] = field(default_factory=list)
    sound_s: float = 0
    length_s: float | None = None


def play(path: Path) -> Playback:
    """Decode a whole file."""
    played = Playback()
    with av.open(str(path)) as container:
        played.codecs = [each.codec_context.codec.canonical_name for each in container.streams]
        played.length_s = None if container.duration is None else container.duration / av.time_base
    with av.open(str(path)) as container:
        if container.streams.video:
            _look(container, played)
    with av.open(str(path)) as container:
        if container.streams.audio:
            _listen(container, played)
    return played


def _look(container: av.container.InputContainer, played: Playback) -> None:
    lit = False
    for frame in _pictures(container):
        planes: list[bytes] = []
        for plane, (width, height) in zip(
            frame.planes,
            [(frame.width, frame.height), *[(frame.width // 2, frame.height // 2)] * 2],
            strict=True,
        ):
            raw = bytes(plane)
            planes.extend(
                raw[y * plane.line_size : y * plane.line_size + width] for y in range(height)
            )
        picture = VideoFrame(frame.width, frame.height, b"".join(planes))
        assert frame.time is not None
        played.times_s.append(frame.time)
        played.numbers.append(read_number(picture))
        played.sizes.append((frame.width, frame.height))
        was_lit, lit = lit, flash_level(picture) > 200
        if lit and not was_lit:
            late_s = (played.numbers[-1] or 0) % 30 / 30
            played.flashes_s.append(frame.time - late_s)


def _pictures(container: av.container.InputContainer) -> Iterator[av.VideoFrame]:
    for packet in container.demux(video=0):
        if not packet.is_corrupt:  # of a file that was cut, the last one lacks its end
            yield from packet.decode()


def _listen(container: av.container.InputContainer, played: Playback) -> None:
    sounded_s: float | None = None  # a beep begins after 0.2 s of silence
    resampler = av.AudioResampler("s16", "mono", 48_000)
    for frame in container.decode(audio=0):
        assert frame.time is not None
        if sounded_s is None:
            sounded_s = frame.time
        for block in resampler.resample(frame):
            samples = array("h", bytes(block.planes[0])[: 2 * block.samples])
            played.sound_s += block.samples / 48_000
            for index, sample in enumerate(samples):
                if abs(sample) > 2000:
                    time_s = frame.time + index / 48_000
                    if time_s - sounded_s > 0.2:
                        played.beeps_s.append(time_s)
                    sounded_s = time_s
