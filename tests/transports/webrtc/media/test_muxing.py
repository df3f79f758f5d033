"""Encoded frames become a file that plays, of either kind."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import pytest

from tests.support.playback import play
from tests.support.small_disk import needs_small_disk, run_on_small_disk
from wirescope.errors import MediaFileError, UsageError
from wirescope.transports.webrtc.media import ColourBars
from wirescope.transports.webrtc.media.file_types import FILE_TYPES, file_type_of, misplaced
from wirescope.transports.webrtc.media.mp4 import Mp4File
from wirescope.transports.webrtc.media.muxing import MuxedFile, TrackHead, Written
from wirescope.transports.webrtc.media.picture import Painter
from wirescope.transports.webrtc.media.webm import WebmFile

BARS = ColourBars(width=320, height=180)
RATE = 30

every_type = pytest.mark.parametrize("file_type", FILE_TYPES, ids=lambda each: each.container)


@every_type
def test_frames_of_one_time_are_written_one_after_the_other(
    tmp_path: Path, file_type: type[MuxedFile]
) -> None:
    path = tmp_path / f"sound{file_type.suffix}"
    file = file_type(path, [TrackHead("opus")])
    file.write([Written(0, time_s, b"\xf8\xff\xfe", True) for time_s in (0.0, 0.02, 0.02, 0.01)])
    file.close()
    with av.open(str(path)) as container:
        times = [packet.pts for packet in container.demux() if packet.pts is not None]
    assert times == sorted(set(times))
    assert len(times) == 4


@every_type
def test_a_folder_that_is_not_there_is_told(tmp_path: Path, file_type: type[MuxedFile]) -> None:
    with pytest.raises(MediaFileError, match="No such file"):
        file_type(tmp_path / "nowhere" / "call", [TrackHead("opus")])


@every_type
def test_a_failure_of_ffmpegs_own_is_told(file_type: type[MuxedFile]) -> None:
    class Failing:
        def write(self, data: bytes) -> int:
            raise av.error.ExternalError(1, "no room")

    with pytest.raises(MediaFileError, match="no room"):
        file_type(Failing(), [TrackHead("opus")])


@pytest.mark.parametrize(
    ("name", "file_type"), [("call.webm", WebmFile), ("call.mp4", Mp4File), ("CALL.MP4", Mp4File)]
)
def test_the_end_of_the_name_says_what_a_file_is(name: str, file_type: type[MuxedFile]) -> None:
    assert file_type_of(Path(name)) is file_type


@pytest.mark.parametrize("name", ["call.avi", "call"])
def test_a_name_that_ends_otherwise_is_refused_with_what_would_do(name: str) -> None:
    with pytest.raises(UsageError, match=r"WebM \(.webm\) or MP4 \(.mp4\)") as caught:
        file_type_of(Path(name))
    assert caught.value.hint == "Name it call.webm."


def test_a_codec_that_only_the_other_kind_of_file_holds_is_told_with_its_name() -> None:
    for codec, file_type, hint in (
        ("VP8", Mp4File, "WebM does: record to call.webm."),
        ("H264", WebmFile, "MP4 does: record to call.mp4."),
    ):
        error = misplaced(codec, file_type, Path("folder/call"))
        assert error is not None
        assert error.message == f"{file_type.container} does not hold {codec}."
        assert error.hint == hint
    assert misplaced("VP9", Mp4File, Path("call.mp4")) is None
    assert misplaced("PCMU", Mp4File, Path("call.mp4")) is None


def h264(count: int) -> Iterator[Written]:
    """Give frames as a browser sends them: parameter sets before each key frame, none late."""
    encoder = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height, encoder.pix_fmt = BARS.width, BARS.height, "yuv420p"
    encoder.time_base = Fraction(1, RATE)
    encoder.options = {"tune": "zerolatency", "preset": "ultrafast", "profile": "baseline"}
    paint = Painter(BARS.width, BARS.height)
    for number in range(count):
        picture = paint.frame(number, number / RATE)
        frame = av.VideoFrame(BARS.width, BARS.height, "yuv420p")
        begins = 0
        for plane in frame.planes:
            lines = range(begins, begins + plane.width * plane.height, plane.width)
            rows = (picture.data[at : at + plane.width] for at in lines)
            plane.update(b"".join(row.ljust(plane.line_size, b"\0") for row in rows))
            begins += plane.width * plane.height
        frame.pts = number
        for packet in encoder.encode(frame):
            yield Written(0, number / RATE, bytes(packet), packet.is_keyframe)


def test_h264_is_written_to_mp4_and_plays(tmp_path: Path) -> None:
    frames = list(h264(45))
    path = tmp_path / "call.mp4"
    file = Mp4File(path, [TrackHead("H264", frames[0].data)])
    file.write(frames)
    file.close()
    played = play(path)
    assert played.codecs == ["h264"]
    assert played.numbers == list(range(45))
    assert played.length_s == pytest.approx(1.5, abs=0.05)


SCRIPT = """
from pathlib import Path
import av
from wirescope.errors import MediaFileError
from wirescope.transports.webrtc.media.file_types import file_type_of
from wirescope.transports.webrtc.media.muxing import TrackHead, Written

path = Path(folder) / "call{suffix}"
(Path(folder) / "other").write_bytes(bytes(5 << 20))
file, number = file_type_of(path)(path, [TrackHead("opus")]), 0
try:
    while True:
        file.write([Written(0, number / 50, b"\\xf8" + bytes(1000), True)])
        number += 1
except MediaFileError as error:
    assert "No space left" in str(error), error
played = av.open(str(path))
kept = sum(1 for packet in played.demux() if packet.size)
assert kept > 500, kept
assert kept > number - 200, (kept, number)
"""


@pytest.mark.slow
@needs_small_disk
@every_type
def test_a_disk_that_fills_up_keeps_what_was_written(
    tmp_path: Path, file_type: type[MuxedFile]
) -> None:
    run_on_small_disk(SCRIPT.format(suffix=file_type.suffix), tmp_path)


@every_type
def test_a_file_that_is_closed_again_stays_as_it_is(
    tmp_path: Path, file_type: type[MuxedFile]
) -> None:
    path = tmp_path / f"sound{file_type.suffix}"
    file = file_type(path, [TrackHead("opus")])
    file.write([Written(0, 0.0, b"\xf8\xff\xfe", True)])
    file.close()
    whole = path.read_bytes()
    file.close()
    assert path.read_bytes() == whole
