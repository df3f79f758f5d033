"""Sound and pictures at 5 % bursty loss, over RTP and over WebSocket: what came of them, and when.

A known sound and numbered pictures go from one process to another, over a link of 25 ms each way
that loses 5 % of the packets in bursts. Of voice concealment, mouth-to-ear latency and gaps are
printed for each run, of video latency, the share shown and freezes. The report, with the sound to
listen to and pictures, is kept in `.artefacts/media`, which git ignores. It fails where a figure is
missing, where nothing was concealed at 5 % loss, or where a file of the report is not one.
"""

import asyncio
import io
import sys
import wave
from collections.abc import Iterator, Sequence
from typing import Any

import av

from tests.support.chromium import ARTEFACTS
from wirescope.lab.cells import Cell
from wirescope.lab.ends import Starter
from wirescope.lab.media import (
    CARRIERS,
    VideoRun,
    VoiceRun,
    run_video,
    run_voice,
    video_section,
    voice_section,
)
from wirescope.lab.report import Clip, MediaSection, link_words, media_html
from wirescope.link import profile

FOLDER = ARTEFACTS / "media"
LINK = "bursts-5"
REPEATS = 3
SECONDS = 10.0
PLAYOUT_MS = 100.0
MOST_CHARACTERS = 1_500_000
BURSTS = (
    "A burst goes on with each packet and not with time: a connection that has fallen silent has "
    "its next try in the same burst, so the longest gaps over WebSocket are longer than where "
    "bursts pass by themselves."
)


def cells(workload: str) -> Iterator[Cell]:
    """Give what is run: each transport, with the same seeds."""
    for seed in range(1, REPEATS + 1):
        for transport in CARRIERS:
            control = "cubic" if transport == "websocket" else ""
            yield Cell(
                workload=workload,
                transport=transport,
                link=LINK,
                congestion_control=control,
                seed=seed,
            )


async def run_all() -> tuple[list[VoiceRun], list[VideoRun]]:
    """Run voice and video over both."""
    link = profile(LINK)
    async with Starter() as starter:
        how: dict[str, Any] = {"link": link, "starter": starter, "seconds": SECONDS}
        voices = [await run_voice(cell, playout_ms=PLAYOUT_MS, **how) for cell in cells("voice")]
        return voices, [await run_video(cell, **how) for cell in cells("video")]


def tell(section: MediaSection) -> None:
    """Print the figures of a section."""
    print(section.heading)
    widths = [max(map(len, column)) for column in zip(section.columns, *section.rows, strict=True)]
    for row in (section.columns, *section.rows):
        cells_of_row = zip(row, widths, strict=True)
        print("  " + "  ".join(each.rjust(width) for each, width in cells_of_row))


def short_voice(runs: Sequence[VoiceRun]) -> Iterator[str]:
    """Say what falls short of voice."""
    for run in runs:
        hearing = run.hearing
        figures = (run.own_concealed, hearing.p50_ms, hearing.p95_ms, hearing.max_ms)
        name = f"voice over {CARRIERS[run.cell.transport]}, seed {run.cell.seed}"
        if None in figures:
            yield f"{name}: a figure is missing: {figures}"
        for each in run.problems:
            print(f"  {name}: {each}")
    for transport, title in CARRIERS.items():
        of_it = [each for each in runs if each.cell.transport == transport]
        if not any(each.own_concealed and each.hearing.concealed for each in of_it):
            yield f"voice over {title}: nothing was concealed at 5 % loss"


def short_video(runs: Sequence[VideoRun]) -> Iterator[str]:
    """Say what falls short of video."""
    for run in runs:
        seen = run.watching
        name = f"video over {CARRIERS[run.cell.transport]}, seed {run.cell.seed}"
        figures = (seen.p50_ms, seen.p95_ms, seen.max_ms)
        if None in figures or not run.pictures:
            yield f"{name}: a figure or the pictures are missing: {figures}"
        for each in run.problems:
            print(f"  {name}: {each}")


def broken(clips: Sequence[Clip]) -> Iterator[str]:
    """Say which files cannot be decoded, or hold no sound."""
    for clip in clips:
        if clip.kind == "image/png":
            with av.open(io.BytesIO(clip.data), "r") as pictures:
                if len(list(pictures.decode(video=0))) != 1:
                    yield f"{clip.caption}: there is no picture in it"
            continue
        with wave.open(io.BytesIO(clip.data)) as file:
            samples = file.readframes(file.getnframes())
        if not any(samples):
            yield f"{clip.caption}: there is no sound in it"


def main() -> int:
    """Run, show, and say what falls short."""
    voices, videos = asyncio.run(run_all())
    sections = [voice_section(voices, playout_ms=PLAYOUT_MS), video_section(videos)]
    failed = [*short_voice(voices), *short_video(videos)]
    for section in sections:
        tell(section)
        failed += broken(section.clips)
    link = link_words(profile(LINK))
    lede = f"The same media over RTP and over WebSocket, one way; {LINK}: {link}. {BURSTS}"
    text = media_html("Sound and pictures at 5 % bursty loss", lede, sections)
    FOLDER.mkdir(parents=True, exist_ok=True)
    report = FOLDER / "report.html"
    report.write_text(text, "utf-8")
    print(f"{report.relative_to(ARTEFACTS.parent)}: {len(text):,} characters")
    if len(text) > MOST_CHARACTERS:
        failed.append(f"the report has more than {MOST_CHARACTERS:,} characters")
    for each in failed:
        print(f"SHORT: {each}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
