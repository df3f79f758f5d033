"""Where an event, or a moment, is among the rows."""

from pathlib import Path

import pytest

from tests.workbench.desk.benches import MS, SECOND, Maker, bench


def hundred() -> Maker:
    """A message every second, a hundred times."""
    maker = Maker()
    maker.opened()
    for number in range(100):
        maker.message(f"number {number}", after_ns=SECOND)
    return maker


@pytest.mark.parametrize("batch", [8, 1000])
async def test_a_time_finds_what_happened_then_or_last_before_it(
    tmp_path: Path, batch: int
) -> None:
    async with bench(tmp_path) as made:
        view = hundred().save(made.folder, block=batch)
        for at_ns in (7 * SECOND, 7 * SECOND + 999 * MS):
            place = await made.desk.find(view, at_ns=at_ns)
            window = await made.desk.rows(view, place.index, 1)
            assert window.rows[0].text == "number 6"


async def test_times_beyond_the_capture_find_its_first_and_its_last_row(tmp_path: Path) -> None:
    async with bench(tmp_path) as made:
        view = hundred().save(made.folder)
        last = await made.desk.find(view, at_ns=9999 * SECOND)
        total = (await made.desk.rows(view, 0, 1)).total
        assert last.index == total - 1
        # Three things happen at once at the begin; the last of them is found.
        assert (await made.desk.find(view, at_ns=0)).index == 2


async def test_a_search_goes_on_from_a_time(tmp_path: Path) -> None:
    async with bench(tmp_path) as made:
        view = hundred().save(made.folder)
        found = await made.desk.find(view, matching='text ~ "number 1"', at_ns=12 * SECOND)
        window = await made.desk.rows(view, found.index, 1)
        assert window.rows[0].text == "number 12"
