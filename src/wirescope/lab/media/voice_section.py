"""Voice on a page: the figures of each run, and three seconds around the worst gap to listen to."""

import sys
from array import array
from collections.abc import Sequence
from typing import Final

from wirescope.lab.measures import PlayedTimes, thinned
from wirescope.lab.media.joining import CARRIERS
from wirescope.lab.media.voice import VoiceRun
from wirescope.lab.report import Clip, MediaSection, wav_file
from wirescope.lab.workloads import PIECE_S, SOUND_RATE

_FACTOR: Final = 3
_CLIP_RATE: Final = SOUND_RATE // _FACTOR
_CLIP_S: Final = 3.0
_BEFORE_S: Final = 1.0
"""Seconds of a clip before the gap that it shows."""

_COLUMNS: Final = (
    *("Run", "Concealed, receiver's count", "Not played as sent"),
    *("p50 ms", "p95 ms", "max ms", "Gaps", "Longest gap ms"),
)
_NOTES: Final = (
    "A known sound is said at one end and played at the other: over RTP as a track of the engine, "
    "over WebSocket as Opus packets of 20 ms, one a message. Latency is from mouth to ear: each "
    "piece of 20 ms is found again in what was played, by correlation. A piece that was not played "
    "as it was sent counts as concealed, whoever concealed it and however well.",
    "The receiver's own count is concealedSamples of totalSamplesReceived over RTP, and over "
    "WebSocket the packets that were not in the playout buffer at their time, for which silence "
    "was played.",
)


def voice_section(runs: Sequence[VoiceRun], *, playout_ms: float) -> MediaSection:
    """Show runs of voice, with a clip of the worst of each transport.

    Args:
        runs: at least one.
        playout_ms: the size of the playout buffer over WebSocket.
    """
    clips: list[Clip] = []
    for transport in dict.fromkeys(each.cell.transport for each in runs):
        of_it = [each for each in runs if each.cell.transport == transport]
        clips += _clips(max(of_it, key=lambda run: run.hearing.longest_gap_ms))
    rows = [_row(each) for each in runs]
    buffer = f"The playout buffer over WebSocket holds {playout_ms:g} ms and does not grow."
    return MediaSection("Voice", (*_NOTES, buffer), _COLUMNS, rows, clips)


def _row(run: VoiceRun) -> list[str]:
    hearing = run.hearing
    return [
        f"{CARRIERS[run.cell.transport]}, seed {run.cell.seed}",
        "–" if run.own_concealed is None else f"{run.own_concealed:.1%}",
        f"{hearing.concealed:.1%}",
        *(
            "–" if each is None else f"{each:.0f}"
            for each in (hearing.p50_ms, hearing.p95_ms, hearing.max_ms)
        ),
        f"{hearing.gaps}",
        f"{hearing.longest_gap_ms:.0f}",
    ]


def _clips(run: VoiceRun) -> list[Clip]:
    """Cut out of what was said, and of what was played at the same time, what is worst."""
    hearing = run.hearing
    from_s = max(0.0, hearing.longest_gap_at * PIECE_S - _BEFORE_S)
    heard_ns = run.start_ns + round(from_s * 1e9 + (hearing.p50_ms or 0) * 1e6)
    where = f"{CARRIERS[run.cell.transport]}, seed {run.cell.seed}, from {from_s:.1f} s on"
    played = PlayedTimes(run.blocks, SOUND_RATE).place(heard_ns) if run.blocks else 0
    return [
        Clip(f"As it was said: {where}", "audio/wav", _cut(run.sent, round(from_s * SOUND_RATE))),
        Clip(f"As it was played: {where}", "audio/wav", _cut(run.played, played)),
    ]


def _cut(samples: bytes, first: int) -> bytes:
    count = round(_CLIP_S * SOUND_RATE)
    cut = array("h", thinned(array("h", samples)[first : first + count], _FACTOR))
    if sys.byteorder == "big":
        cut.byteswap()
    return wav_file(cut.tobytes(), _CLIP_RATE)
