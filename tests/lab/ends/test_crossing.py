"""What is carried arrives, over every transport and both paths, between real processes."""

import pytest
from msgspec.structs import replace

from tests.support.lab_ends import crossing
from wirescope.lab.cells import Sample
from wirescope.lab.ends import Carried, Way
from wirescope.lab.workloads import Pieces, Workload, shortened, workload

pytestmark = pytest.mark.slow

TRANSPORTS = ("websocket", "data-channel-reliable", "data-channel-unreliable")
WAYS = [
    pytest.param(Way(transport=transport, path=path), id=f"{transport}-{path}")
    for transport in TRANSPORTS
    for path in ("direct", "server")
]

BULK = Workload(
    name="bulk",
    title="10 MB in pieces of 16 KiB",
    use_case="file transfer",
    payload="binary",
    flows=(Pieces(side="b", size=16_384),),
    duration_s=20,
    pace="bulk",
    bulk_bytes=10_000_000,
)


def of(samples: list[Sample], side: str) -> list[Sample]:
    return [each for each in samples if each.side == side]


def check_plan(carried: Carried, *, in_the_middle: bool) -> None:
    for side, count in (("a", 60), ("b", 30)):
        samples = of(carried.samples, side)
        assert [each.number for each in samples] == list(range(count))
        assert all((each.received_ns or 0) > each.sent_ns for each in samples)
    assert (carried.a.unsent, carried.b.unsent, carried.repeated) == (0, 0, 0)
    assert (carried.a.broke, carried.b.broke) == ("", "")
    assert (carried.s is not None) is in_the_middle


def check_answers(carried: Carried) -> None:
    requests, answers = of(carried.samples, "a"), of(carried.samples, "b")
    assert requests
    assert sorted(each.number for each in answers) == [each.number for each in requests]
    asked = {each.number: each for each in requests}
    for answer in answers:
        request = asked[answer.number]
        assert answer.size == request.size
        assert answer.sent_ns - (request.received_ns or 0) >= 5_000_000
        assert answer.received_ns is not None


def check_bulk(carried: Carried) -> None:
    samples = of(carried.samples, "b")
    assert not of(carried.samples, "a")
    assert all(each.received_ns is not None for each in samples)
    assert sum(each.size for each in samples) == BULK.bulk_bytes
    assert [each.number for each in samples] == list(range(611))


# The workloads of a way share their processes: to start these takes longer than to use them.
@pytest.mark.parametrize("way", WAYS)
async def test_plans_answers_and_bulk_arrive_whole_and_connections_are_made_anew(way: Way) -> None:
    async with crossing(way) as joined:
        opened, accepted = await joined.open()
        assert (opened.cold, accepted.cold) == (True, True)
        assert opened.setup_ms > 0
        assert (opened.signaling_messages > 0) == (way.transport != "websocket")
        game = await joined.carry(shortened(workload("game"), 1), drain_s=10)
        check_plan(game, in_the_middle=way.path == "server")
        await joined.close()

        opened, accepted = await joined.open()
        assert (opened.cold, accepted.cold) == (False, False)
        asking = shortened(workload("request-response"), 1)
        check_answers(await joined.carry(asking, drain_s=10))
        if way.transport != "data-channel-unreliable":
            check_bulk(await joined.carry(BULK))


async def test_bulk_keeps_to_a_pace_that_is_asked_for() -> None:
    paced = replace(shortened(BULK, 1), bulk_bytes_per_s=1_000_000)  # 500,000 bytes
    async with crossing(Way(transport="websocket")) as joined:
        await joined.open()
        carried = await joined.carry(paced)
    sent = of(carried.samples, "b")
    took_s = (sent[-1].sent_ns - sent[0].sent_ns) / 1e9
    assert took_s >= (500_000 - 2 * 16_384) / 1_000_000


async def test_what_comes_of_a_run_before_is_not_counted() -> None:
    bulk = shortened(BULK, 1)
    async with crossing(Way(transport="websocket")) as joined:
        await joined.open()
        first = await joined.carry(bulk)
        second = await joined.carry(bulk)
    counts = [len([s for s in each.samples if s.received_ns]) for each in (first, second)]
    assert counts == [31, 31]
    assert second.a.foreign == 0
