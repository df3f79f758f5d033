"""Video on a page: the figures of each run, and pictures that were shown."""

from collections.abc import Sequence
from typing import Final

from wirescope.lab.media.joining import CARRIERS
from wirescope.lab.media.video import BITS_PER_S, FRAME_RATE, HEIGHT, WIDTH, VideoRun
from wirescope.lab.report import Clip, MediaSection, png_file

_COLUMNS: Final = (
    *("Run", "Shown", "p50 ms", "p95 ms", "max ms"),
    *("Freezes", "Frozen ms", "Longest freeze ms", "Freezes, engine's count"),
)
_NOTES: Final = (
    f"Colour bars of {WIDTH} by {HEIGHT} pixels with a number each, {FRAME_RATE} pictures a "
    "second, as VP8: over RTP as a track of the engine, over WebSocket a coded picture a message, "
    f"with {BITS_PER_S // 1_000} kbit/s, decoded in order and shown as it comes. Latency is from "
    "when a picture was made until it was shown, by the number that is read from it.",
    "A freeze is what W3C webrtc-stats calls one: more time between two pictures than three times "
    "the mean of the 30 intervals before, and than that mean and 150 ms. The engine counts by its "
    "own clock.",
)


def video_section(runs: Sequence[VideoRun]) -> MediaSection:
    """Show runs of video, with the pictures of the run of each transport that froze longest.

    Args:
        runs: at least one.
    """
    clips: list[Clip] = []
    for transport in dict.fromkeys(each.cell.transport for each in runs):
        of_it = [each for each in runs if each.cell.transport == transport]
        clips += _clips(max(of_it, key=lambda run: run.watching.longest_freeze_ms))
    return MediaSection("Video", _NOTES, _COLUMNS, [_row(each) for each in runs], clips)


def _row(run: VideoRun) -> list[str]:
    seen, counted = run.watching, run.statistics.get("freezeCount")
    return [
        f"{CARRIERS[run.cell.transport]}, seed {run.cell.seed}",
        f"{seen.shown:.1%}",
        *(
            "–" if each is None else f"{each:.0f}"
            for each in (seen.p50_ms, seen.p95_ms, seen.max_ms)
        ),
        f"{seen.freezes}",
        f"{seen.frozen_ms:.0f}",
        f"{seen.longest_freeze_ms:.0f}",
        "–" if counted is None else f"{counted:.0f}",
    ]


def _clips(run: VideoRun) -> list[Clip]:
    where = f"{CARRIERS[run.cell.transport]}, seed {run.cell.seed}"
    return [
        Clip(
            f"Shown {(each.at_ns - run.start_ns) / 1e9:.2f} s after the first was made: {where}",
            "image/png",
            png_file(each.width, each.height, each.i420),
        )
        for each in run.pictures
    ]
