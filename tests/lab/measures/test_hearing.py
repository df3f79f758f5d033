"""Pieces of a known sound are found in what was played, whenever they were, and are missed."""

from array import array

from wirescope.lab.measures import Block, Hearing, PlayedTimes, hear
from wirescope.lab.workloads import PIECE_SAMPLES, SOUND_RATE, known_sound

PIECES = 20
SOUND = known_sound(PIECES * 0.02, seed=3)
SILENCE = array("h", bytes(2 * SOUND_RATE // 10))
START_NS = 5_000_000_000


def heard(played: "array[int]", blocks: list[Block] | None = None) -> Hearing:
    return hear(
        SOUND,
        played + SILENCE,
        blocks or [Block(START_NS, 0)],
        start_ns=START_NS,
        rate=SOUND_RATE,
        piece_samples=PIECE_SAMPLES,
    )


def test_each_piece_is_found_where_it_was_played() -> None:
    hearing = heard(SILENCE + SOUND)
    assert (hearing.concealed, hearing.gaps, hearing.longest_gap_ms) == (0, 0, 0)
    assert all(each is not None and abs(each - 100) < 0.3 for each in hearing.latencies_ms)
    assert hearing.p50_ms is not None
    assert abs(hearing.p50_ms - 100) < 0.3


def test_the_time_is_that_of_the_block_in_which_it_was_played() -> None:
    late_ns = START_NS + 250_000_000
    hearing = heard(SOUND[:], [Block(late_ns, 0)])
    assert hearing.max_ms is not None
    assert abs(hearing.max_ms - 250) < 0.3


def test_what_is_silent_or_another_sound_is_concealed() -> None:
    played = SOUND[:]
    other = known_sound(0.06, seed=4)
    played[4 * PIECE_SAMPLES : 7 * PIECE_SAMPLES] = other
    played[12 * PIECE_SAMPLES : 13 * PIECE_SAMPLES] = array("h", bytes(2 * PIECE_SAMPLES))
    hearing = heard(played)
    missing = [number for number, each in enumerate(hearing.latencies_ms) if each is None]
    assert missing == [4, 5, 6, 12]
    assert (round(hearing.concealed * PIECES), hearing.gaps) == (4, 2)
    assert (hearing.longest_gap_ms, hearing.longest_gap_at) == (60, 4)


def test_what_comes_after_a_jump_is_found_again() -> None:
    half = PIECES // 2 * PIECE_SAMPLES
    hearing = heard(SOUND[:half] + SILENCE + SOUND[half:])
    assert hearing.concealed == 0
    assert hearing.max_ms is not None
    assert abs(hearing.max_ms - 100) < 0.3


def test_of_nothing_nothing_is_heard() -> None:
    hearing = heard(SILENCE)
    assert (hearing.concealed, hearing.gaps) == (1, 1)
    assert (hearing.p50_ms, hearing.max_ms) == (None, None)


def test_moments_and_samples_are_turned_into_each_other() -> None:
    times = PlayedTimes([Block(1_000, 0), Block(11_000_000, 480)], SOUND_RATE)
    assert times.at_ns(480) == 11_000_000
    assert times.place(11_000_000 + 1_000_000) == 480 + 48
    assert times.place(0) == 0
