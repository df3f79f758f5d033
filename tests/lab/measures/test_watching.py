"""Numbered pictures: which were shown, how late, and where the picture froze."""

from wirescope.lab.measures import freezes_ms, watching

MS = 1_000_000


def at(*moments_ms: float) -> list[int]:
    return [round(each * MS) for each in moments_ms]


def test_latency_is_from_when_a_picture_was_made() -> None:
    made_ns = 1_000 * MS
    shown = [(made_ns + each, number) for number, each in enumerate(at(30, 80, 140, 180), 10)]
    seen = watching(shown, start_ns=made_ns, numbers=range(10, 14), frame_rate=20)
    assert (seen.made, seen.shown, seen.unread) == (4, 1, 0)
    assert (seen.p50_ms, seen.max_ms) == (30, 40)


def test_what_is_shown_twice_counts_once_and_what_cannot_be_read_not_at_all() -> None:
    shown = [*zip(at(10, 60, 110, 160), (0, 1, None, 1), strict=True), (200 * MS, 99)]
    seen = watching(shown, start_ns=0, numbers=range(4), frame_rate=20)
    assert (seen.shown, seen.unread) == (0.5, 1)


def test_a_freeze_is_longer_than_the_mean_and_150_ms() -> None:
    steady = [33 * number for number in range(30)]
    last = steady[-1]
    assert freezes_ms(at(*steady, last + 180)) == []
    assert freezes_ms(at(*steady, last + 190)) == [190]


def test_of_slow_pictures_a_freeze_is_three_times_the_mean() -> None:
    steady = [200 * number for number in range(10)]
    last = steady[-1]
    assert freezes_ms(at(*steady, last + 590)) == []
    assert freezes_ms(at(*steady, last + 610)) == [610]


def test_of_nothing_nothing_is_seen() -> None:
    seen = watching([], start_ns=0, numbers=range(3), frame_rate=30)
    assert (seen.shown, seen.p50_ms, seen.max_ms, seen.freezes) == (0, None, None, 0)
