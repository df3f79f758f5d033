"""A playout buffer gives each packet at its time, and none after it."""

from wirescope.lab.ends.playout import LEARNS_FROM, MOST_AHEAD, PlayoutBuffer

MS = 1_000_000


def buffer() -> PlayoutBuffer:
    return PlayoutBuffer(size_ns=100 * MS, packet_ns=20 * MS)


def test_packets_are_due_one_after_the_other() -> None:
    playing = buffer()
    assert playing.due_ns() is None
    for number in range(2):
        playing.take(number, bytes([number]), (25 + 20 * number) * MS)
    assert playing.due_ns() == 125 * MS
    assert playing.play() == b"\0"
    assert playing.due_ns() == 145 * MS
    assert playing.play() == b"\1"


def test_a_packet_that_comes_after_its_time_is_left_out() -> None:
    playing = buffer()
    playing.take(0, b"a", 0)
    assert [playing.play(), playing.play()] == [b"a", None]
    playing.take(1, b"b", 121 * MS)
    playing.take(2, b"c", 121 * MS)
    assert playing.play() == b"c"
    assert playing.late == 1


def test_the_quickest_of_the_first_packets_says_when_the_others_are_due() -> None:
    playing = buffer()
    playing.take(0, b"a", 300 * MS)
    playing.take(1, b"b", 50 * MS)
    assert playing.due_ns() == 130 * MS
    playing.take(LEARNS_FROM, b"z", LEARNS_FROM * 20 * MS)
    assert playing.due_ns() == 130 * MS


def test_what_is_too_far_ahead_is_not_kept() -> None:
    playing = buffer()
    playing.take(0, b"a", 0)
    playing.take(MOST_AHEAD, b"b", 0)
    assert [playing.play() for _ in range(MOST_AHEAD + 1)][-1] is None
