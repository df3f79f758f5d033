"""What is found out about a path, from packets that arrive in a simulated one."""

from dataclasses import dataclass, field
from itertools import pairwise

import pytest

from wirescope.transports.webrtc.packets.path import (
    BACKOFF_NS,
    CONGESTED_NS,
    JUMP_US,
    KEPT,
    LEAST_BPS,
    MOST_BPS,
    START_BPS,
    PathEstimate,
)
from wirescope.wire.rtcp import report_arrivals

MS = 1_000_000
OCTETS = 1000


@dataclass
class Way:
    """A path of some rate with a queue, which reports each 50 ms what came, and when."""

    rate_bps: float = 100e6
    delay_ms: float = 20
    loss_of: int = 0
    path: PathEstimate = field(default_factory=PathEstimate)
    now_ns: int = 0
    clock_us: int = 0
    _free_ns: int = 0
    _row: list[int | None] = field(default_factory=list)
    _base: int = 0
    _count: int = 0
    _owed: float = 0

    def run(self, bps: float, seconds: float) -> None:
        """Send at a rate for a while, and whatever the estimate wants to send besides."""
        for _ in range(round(seconds * 100)):
            self.now_ns += 10 * MS
            self._owed += bps / 800 + self.path.padding(self.now_ns)
            while self._owed >= OCTETS:
                self._owed -= OCTETS
                self._send()
            if self.now_ns // MS % 50 == 0 and self._row:
                self._report()

    def _send(self) -> None:
        number = self.path.number(OCTETS, self.now_ns)
        if not self._row:
            self._base = number
        self._count += 1
        self._free_ns = max(self._free_ns, self.now_ns) + int(OCTETS * 8e9 / self.rate_bps)
        lost = self.loss_of and self._count % self.loss_of == 0
        came_us = self._free_ns // 1000 + int(self.delay_ms * 1000) + self.clock_us
        self._row.append(None if lost else came_us)

    def _report(self) -> None:
        feedback = report_arrivals(
            self._row,
            sender_ssrc=1,
            media_ssrc=2,
            base_sequence_number=self._base,
            feedback_count=0,
        )
        self._row = []
        self.path.take(feedback, self.now_ns)

    @property
    def bps(self) -> float:
        return self.path.bps(self.now_ns) or 0


def test_nothing_is_known_before_anything_was_sent() -> None:
    assert PathEstimate().bps(0) is None


def test_what_arrives_without_waiting_is_carried() -> None:
    way = Way()
    way.run(3e6, 2)
    assert 2.8e6 < way.bps < 3.5e6
    assert not way.path.is_congested(way.now_ns)


def test_a_quiet_stream_says_nothing_of_what_more_there_is() -> None:
    way = Way()
    way.run(200_000, 5)
    assert way.bps == START_BPS


def test_a_queue_that_grows_shows_what_the_path_carries() -> None:
    way = Way(rate_bps=500_000)
    way.run(1_200_000, 1.5)
    assert way.path.is_congested(way.now_ns)
    assert 300_000 < way.bps < 550_000
    assert way.path.queue_ms > 60


def test_a_path_that_is_free_again_is_not_congested_after_a_while() -> None:
    way = Way(rate_bps=500_000)
    way.run(1_200_000, 1)
    way.run(200_000, CONGESTED_NS / 1e9 + 3)
    assert not way.path.is_congested(way.now_ns)
    assert way.path.queue_ms < 5


def test_a_loss_by_chance_is_lived_with_and_a_great_one_is_not() -> None:
    by_chance, great = Way(loss_of=33), Way(loss_of=5)
    for each in (by_chance, great):
        each.run(1_500_000, 3)
    assert by_chance.bps > START_BPS
    assert 0.02 < by_chance.path.loss < 0.04
    assert great.bps < START_BPS
    assert great.path.is_congested(great.now_ns)


def test_more_is_sent_for_a_moment_to_find_out_what_the_path_carries() -> None:
    way = Way()
    way.run(300_000, 1)
    way.path.want(2_000_000, way.now_ns)
    way.run(300_000, 1.5)
    assert way.bps > 1_800_000
    assert way.path.padding(way.now_ns) == 0


def test_what_the_path_did_not_carry_is_tried_again_later_and_later() -> None:
    way = Way(rate_bps=800_000)
    way.run(300_000, 1)
    began: list[int] = []
    for _ in range(400):
        was = way.path.is_probing
        way.path.want(2_000_000, way.now_ns)
        if way.path.is_probing and not was:
            began.append(way.now_ns)
        way.run(300_000, 0.1)
    pauses = [later - each for each, later in pairwise(began)]
    assert len(began) > 2
    assert pauses[0] > 2 * BACKOFF_NS[0]
    assert all(later > 1.3 * each for each, later in pairwise(pauses))
    assert way.bps < 1_000_000


def test_losses_of_a_viewer_that_reports_nothing_else_cut_what_is_sent() -> None:
    path = PathEstimate()
    path.report(0.02, 1e6, 1000 * MS)
    assert path.bps(1000 * MS) is None
    path.report(0.3, 1e6, 2000 * MS)
    cut = path.bps(2000 * MS)
    assert cut == 850_000
    path.report(0, 5e5, 3000 * MS)
    assert (path.bps(3000 * MS) or 0) > cut


def test_an_estimate_by_losses_alone_does_not_stick_at_nothing() -> None:
    path = PathEstimate()
    path.report(0.5, 0, 1000 * MS)
    assert path.bps(1000 * MS) is None  # nothing was sent, and nothing is learnt
    path.report(0.5, 1e6, 2000 * MS)
    for each in range(3, 60):
        path.report(0.9, 100 / each, each * 1000 * MS)
    assert path.bps(0) == LEAST_BPS
    for each in range(60, 120):
        path.report(0, 1e6, each * 1000 * MS)
    assert (path.bps(0) or 0) > 1e6


def test_an_estimate_does_not_grow_beyond_what_is_ever_sent() -> None:
    path = PathEstimate()
    path.report(0.5, 1e6, 1000 * MS)
    for each in range(2, 20_000):
        path.report(0, 1e6, each * 1000 * MS)
    assert path.bps(0) == MOST_BPS


def test_what_went_out_again_under_its_number_says_nothing_of_a_queue() -> None:
    way = Way()
    way.run(3e6, 1)
    number = way.path.number(OCTETS, way.now_ns)
    way.path.note_again(number)
    late_us = way.now_ns // 1000 + 900_000  # it was lost, and came when it went out again
    report = report_arrivals(
        [late_us], sender_ssrc=1, media_ssrc=2, base_sequence_number=number, feedback_count=0
    )
    way.path.take(report, way.now_ns)
    assert way.path.queue_ms < 5
    assert not way.path.is_congested(way.now_ns)


def test_the_viewers_own_estimate_counts_while_it_is_fresh() -> None:
    way = Way()
    way.run(3e6, 1)
    way.path.limit(400_000, way.now_ns)
    assert way.bps == 400_000
    way.now_ns += 6000 * MS
    assert way.bps > 400_000


def test_feedback_about_what_was_never_sent_means_nothing() -> None:
    path = PathEstimate()
    for base in (0, 60_000):
        row: list[int | None] = [1000 * each for each in range(500)]
        path.take(
            report_arrivals(
                row, sender_ssrc=1, media_ssrc=2, base_sequence_number=base, feedback_count=0
            ),
            MS,
        )
    assert path.bps(MS) is None
    for _ in range(KEPT + 1):
        path.number(OCTETS, MS)
    path.take(
        report_arrivals(
            [5000], sender_ssrc=1, media_ssrc=2, base_sequence_number=0, feedback_count=0
        ),
        2 * MS,
    )
    assert path.came_bps() == 0  # it is too long ago to know


@pytest.mark.parametrize("wraps_at", [1 << 23, 1 << 24])
def test_the_wrap_of_the_viewers_clock_is_not_noticed(wraps_at: int) -> None:
    way = Way(clock_us=wraps_at * 64_000 - 1_000_000)
    way.run(3e6, 3)
    assert 2.8e6 < way.bps < 3.5e6
    assert way.path.queue_ms < 5
    assert 2.8e6 < way.path.came_bps() < 3.5e6


@pytest.mark.parametrize("by_us", [-2 * JUMP_US, -2_000_000, 2 * JUMP_US])
def test_a_viewers_clock_that_is_set_is_followed(by_us: int) -> None:
    way = Way(clock_us=100_000_000)
    way.run(3e6, 1)
    way.clock_us += by_us
    way.run(3e6, 1)
    assert not way.path.is_congested(way.now_ns)
    assert way.path.queue_ms < 5
    assert 2.8e6 < way.path.came_bps() < 3.5e6


def test_packets_that_all_came_at_one_time_are_not_kept_without_end() -> None:
    path = PathEstimate()
    for _ in range(2 * KEPT):
        report = report_arrivals(
            [1],
            sender_ssrc=1,
            media_ssrc=2,
            base_sequence_number=path.number(OCTETS, 0),
            feedback_count=0,
        )
        path.take(report, 0)
    assert path.came_bps() == KEPT * OCTETS * 16
