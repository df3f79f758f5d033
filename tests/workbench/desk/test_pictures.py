"""The overview and the charts: counts by time, exact where a part is small, summed right always."""

import pytest

from tests.workbench.desk.benches import MS, SECOND, Maker, desk_in
from wirescope.workbench.desk import Note, View
from wirescope.workbench.desk import overview as overview_module
from wirescope.workbench.desk import survey as survey_module
from wirescope.workbench.desk.survey import Survey


def hundred(gap_ns=10 * MS):
    """A hundred messages received, ten of them answered, over a second."""
    maker = Maker()
    for number in range(100):
        maker.message(f"{number}", after_ns=gap_ns)
        if number % 10 == 0:
            maker.message("yes", "sent", after_ns=0)
    return maker


async def overview_of(folder, view, **options):
    async with desk_in(folder) as desk:
        return await desk.overview(view, **options)


async def test_a_small_part_is_counted_event_by_event(tmp_path):
    view = hundred().save(tmp_path)
    overview = await overview_of(tmp_path, view, bins=10, from_ns=0, to_ns=1000 * MS - 1)
    assert overview.received == [9, *[10] * 9]
    assert sum(overview.sent) == 10
    assert overview.received_bytes[2] == 10 * (2 + 2)


@pytest.fixture
def large(monkeypatch):
    """Take any part for a large one."""
    monkeypatch.setattr(overview_module, "EXACT_EVENTS", 0)
    monkeypatch.setattr("wirescope.workbench.desk.charts.EXACT_EVENTS", 0)


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("block", [7, 1000])
async def test_the_sums_of_a_large_part_are_right(tmp_path, block):
    view = hundred().save(tmp_path, block=block)
    overview = await overview_of(tmp_path, view, bins=13)
    assert sum(overview.received) == 100
    assert sum(overview.sent) == 10
    assert max(overview.received) < 20


@pytest.mark.usefixtures("large")
async def test_a_part_of_a_stretch_has_its_share(tmp_path):
    view = hundred().save(tmp_path, block=1000)
    overview = await overview_of(tmp_path, view, bins=5, from_ns=250 * MS, to_ns=750 * MS)
    assert 45 <= sum(overview.received) <= 55


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("most", [2, 3, 4, 7, 50])
async def test_few_stretches_are_kept_of_many_and_their_sums_are_right(tmp_path, monkeypatch, most):
    monkeypatch.setattr("wirescope.workbench.desk.survey.MOST_STRETCHES", most)
    view = hundred().save(tmp_path, block=3)
    overview = await overview_of(tmp_path, view, bins=1)
    assert (overview.received, overview.sent) == ([100], [10])


@pytest.mark.usefixtures("large")
async def test_a_part_of_a_long_capture_is_as_fine_as_the_file(tmp_path, monkeypatch):
    view = hundred().save(tmp_path, block=2)
    fine = await overview_of(tmp_path, view, bins=20, from_ns=200 * MS, to_ns=400 * MS)
    monkeypatch.setattr("wirescope.workbench.desk.survey.MOST_STRETCHES", 20)
    monkeypatch.setattr(Survey, "fine_stretches", with_all_of_the_file(Survey.fine_stretches))
    coarse = await overview_of(tmp_path, view, bins=20, from_ns=200 * MS, to_ns=400 * MS)
    assert coarse.received == fine.received


def with_all_of_the_file(method):
    """Let a method see the limit as it is, though surveys are made small."""

    def changed(self, capture, from_ns, to_ns):
        small, survey_module.MOST_STRETCHES = survey_module.MOST_STRETCHES, 16_384
        try:
            yield from method(self, capture, from_ns, to_ns)
        finally:
            survey_module.MOST_STRETCHES = small

    return changed


async def test_hits_are_the_rows_that_a_search_lets_through(tmp_path):
    view = hundred().save(tmp_path)
    search = 'type == websocket.message and text ~ "9"'
    overview = await overview_of(tmp_path, view, bins=4, search=search)
    assert sum(overview.hits) == 19
    assert overview.hits[-1] > overview.hits[0]


@pytest.mark.usefixtures("large")
async def test_hits_are_spread_over_a_large_part(tmp_path):
    view = hundred().save(tmp_path, block=10)
    search = 'type == websocket.message and text ~ "9"'
    overview = await overview_of(tmp_path, view, bins=4, search=search)
    assert sum(overview.hits) == 19


async def test_without_a_search_there_are_no_hits(tmp_path):
    overview = await overview_of(tmp_path, hundred().save(tmp_path), bins=4)
    assert overview.hits == []


async def test_one_connection_is_counted_alone(tmp_path):
    maker = Maker()
    for number in range(10):
        maker.message("a", connection="c1" if number % 5 else "c2")
    maker.save(tmp_path)
    overview = await overview_of(tmp_path, View(capture="made", connection="c2"), bins=3)
    assert sum(overview.received) == 2


async def test_ends_and_notes_are_marked(tmp_path):
    maker = Maker()
    maker.opened()
    noted = maker.message("hello")
    maker.closed()
    view = maker.save(tmp_path)
    async with desk_in(tmp_path) as desk:
        await desk.save_note("made", Note(seq=noted, text="look here", bookmarked=False))
        overview = await desk.overview(view, bins=3)
    assert {(mark.kind, mark.label) for mark in overview.marks} == {
        ("note", "look here"),
        ("closed", "c1 closed with 1000"),
    }


async def test_an_empty_capture_has_an_overview(tmp_path):
    view = Maker().save(tmp_path)
    overview = await overview_of(tmp_path, view, bins=3)
    assert overview.received == [0, 0, 0]


async def test_more_bins_than_can_be_drawn_are_not_made(tmp_path):
    overview = await overview_of(tmp_path, hundred().save(tmp_path), bins=10**9)
    assert len(overview.sent) == overview_module.MOST_BINS


# Charts


async def charts_of(folder, view, **options):
    async with desk_in(folder) as desk:
        while not (await desk.analysis(view.capture)).complete:
            pass
        return await desk.charts(view, **options)


async def test_sizes_and_gaps_are_counted_by_their_bits(tmp_path):
    charts = await charts_of(tmp_path, hundred().save(tmp_path), bins=5)
    assert charts.sizes == {"received": {1: 10, 2: 90}, "sent": {2: 10}}
    assert charts.gaps["received"] == {(10_000).bit_length(): 99}
    assert charts.gaps_share == 1


@pytest.mark.usefixtures("large")
async def test_sizes_of_a_large_part_are_whole_and_gaps_are_a_sample(tmp_path):
    charts = await charts_of(tmp_path, hundred().save(tmp_path, block=3), bins=5)
    assert charts.sizes == {"received": {1: 10, 2: 90}, "sent": {2: 10}}
    assert 0 < charts.gaps_share < 1
    assert set(charts.gaps["received"]) == {(10_000).bit_length()}


async def test_answers_are_shown_with_how_long_they_took(tmp_path):
    maker = Maker()
    maker.opened()
    for number in range(4):
        maker.message(f'{{"jsonrpc":"2.0","id":{number},"method":"m"}}', "sent")
        maker.message(f'{{"jsonrpc":"2.0","id":{number},"result":1}}', after_ns=number * SECOND)
    charts = await charts_of(tmp_path, maker.save(tmp_path), bins=5)
    assert [point.latency_ns for point in charts.latency] == [n * SECOND for n in range(4)]
    assert charts.latency_total == 4


def pinging(answers, pings):
    """A request every second with its answer, and a ping between them with a slower pong."""
    maker = Maker()
    maker.opened()
    for number in range(max(answers, pings)):
        if number < answers:
            maker.message(
                f'{{"jsonrpc":"2.0","id":{number},"method":"m"}}', "sent", after_ns=SECOND
            )
            maker.message(f'{{"jsonrpc":"2.0","id":{number},"result":1}}', after_ns=MS)
        if number < pings:
            maker.ping(b"%d" % number, after_ns=SECOND)
            maker.pong(b"%d" % number, after_ns=5 * MS)
    return maker


async def test_pongs_are_told_from_other_answers(tmp_path):
    charts = await charts_of(tmp_path, pinging(3, 2).save(tmp_path), bins=5)
    took = sorted((point.is_pong, point.latency_ns) for point in charts.latency)
    assert took == [*[(False, MS)] * 3, *[(True, 5 * MS)] * 2]
    assert (charts.latency_total, charts.latency_pongs) == (5, 2)


async def test_slow_pongs_hide_no_answer_where_the_slowest_are_shown(tmp_path, monkeypatch):
    monkeypatch.setattr("wirescope.workbench.desk.charts.MOST_POINTS", 4)
    charts = await charts_of(tmp_path, pinging(20, 20).save(tmp_path), bins=5)
    points = [point.is_pong for point in charts.latency]
    assert (points.count(False), points.count(True)) == (5, 5)
    assert (charts.latency_total, charts.latency_pongs) == (40, 20)
