import io
import json

import pytest

from wirescope.errors import UsageError
from wirescope.lab.cells import Cell
from wirescope.lab.measures import Figures, Interval
from wirescope.lab.results import (
    CellResult,
    Comparison,
    Repeat,
    Row,
    Verdict,
    cell_result,
    comparison_json,
    read_comparison,
    repeat_rows,
    write_parquet,
)

CELL = Cell(
    workload="ticker", transport="websocket", link="loss-1", congestion_control="cubic", seed=9
)

# The promise: these names, in this order, before anything else.
PROMISED = [
    *("workload", "transport", "link", "path", "setup_ms", "p50_ms", "p95_ms", "p99_ms"),
    *("p999_ms", "max_ms", "delivered", "in_order", "goodput_bps", "wire_bytes_per_byte"),
    *("cpu_s", "congestion_control", "stack", "valid"),
]


def repeat(seed, p99_ms, *, delivered=1.0, problems=()):
    figures = Figures(
        sent=100, received=100, p50_ms=25.0, p99_ms=p99_ms, max_ms=p99_ms + 5, delivered=delivered
    )
    beside = {"setup_ms": 100.0 + seed, "cold_setup_ms": 400.0, "cpu_s": 0.5}
    return Repeat(seed=seed, figures=figures, problems=problems, **beside)


def test_the_fields_of_a_cell_are_those_that_are_promised():
    comparison = Comparison(environment={}, cells=(found(),))
    (cell,) = json.loads(comparison_json(comparison))["cells"]
    assert list(cell)[: len(PROMISED)] == PROMISED


def test_the_fields_of_rows_and_verdicts_are_those_that_are_promised():
    assert Row.__struct_fields__ == ("aspect", "websocket", "webrtc", "evidence")
    assert Verdict.__struct_fields__[:5] == ("use_case", "link", "winner", "why", "confidence")
    assert Comparison.__struct_fields__ == ("environment", "cells", "rows", "verdicts")


def found(*more):
    return cell_result(CELL, [repeat(3, 95.0), repeat(1, 94.0), repeat(2, 96.0), *more])


def test_a_cells_figures_are_the_medians_of_its_repeats_and_the_longest_of_all():
    cell = found()
    assert (cell.p50_ms, cell.p99_ms, cell.max_ms) == (25, 95, 101)
    assert (cell.setup_ms, cell.cpu_s, cell.memory_bytes) == (102, 0.5, None)
    assert cell.cold_setup_ms == 400
    assert (cell.workload, cell.congestion_control, cell.stack) == ("ticker", "cubic", "wirescope")
    assert [each.seed for each in cell.repeats] == [1, 2, 3]
    assert cell.valid


def test_a_repeat_whose_link_missed_its_settings_is_kept_and_does_not_count():
    cell = found(repeat(4, 900.0, delivered=0.5, problems=("loss 3 % instead of 1 %",)))
    assert (cell.p99_ms, cell.max_ms, cell.valid) == (95, 101, True)
    assert cell.is_complete
    assert len(cell.repeats) == 4
    assert cell.problems == ("loss 3 % instead of 1 %",)


def test_a_cell_is_invalid_when_no_repeats_link_kept_its_settings():
    problem = "loss 3 % instead of 1 %"
    repeats = [repeat(seed, 95.0, problems=(problem,)) for seed in (1, 2)]
    cell = cell_result(CELL, repeats)
    assert (cell.valid, cell.p99_ms, cell.max_ms) == (False, None, None)
    assert cell.problems == (problem,)


def test_a_cell_is_complete_when_every_repeat_delivered_everything():
    assert found().is_complete
    assert not found(repeat(4, 95.0, delivered=0.999)).is_complete
    assert not CellResult(workload="w", transport="media", link="l", delivered=0.5).is_complete


def test_a_comparison_goes_through_json():
    cell = cell_result(CELL, [repeat(1, 95.0)], {"p99_ms": Interval(90, None)})
    comparison = Comparison(
        environment={"python": "3.11", "cores": 2},
        cells=(cell,),
        rows=(Row(aspect="Latency", websocket="95 ms", webrtc="26 ms", evidence="ticker"),),
        verdicts=(
            Verdict(
                use_case="live ticker",
                link="loss-1",
                winner="not sure",
                why="One repeat.",
                confidence=0.0,
                workload="ticker",
                path="direct",
            ),
        ),
    )
    again = read_comparison(comparison_json(comparison))
    assert again == comparison
    assert (again.rows[0].aspect, again.verdicts[0].winner) == ("Latency", "not sure")


@pytest.mark.parametrize("data", [b"", b"[]", b'{"cells": 5}'])
def test_what_is_no_comparison_says_so(data):
    with pytest.raises(UsageError, match="not a comparison's JSON"):
        read_comparison(data)


def test_there_is_a_row_for_each_repeat():
    rows = repeat_rows([found()])
    assert [(row["seed"], row["p99_ms"]) for row in rows] == [(1, 94), (2, 96), (3, 95)]
    assert rows[0]["transport"] == "websocket"


def test_any_engine_reads_the_repeats_from_parquet():
    parquet = pytest.importorskip("pyarrow.parquet")
    stream = io.BytesIO()
    cells = [found(repeat(4, 900.0, problems=("late", "lossy")))]
    write_parquet(cells, stream)
    table = parquet.read_table(io.BytesIO(stream.getvalue()))
    assert table.to_pylist() == repeat_rows(cells)
    assert str(table.schema.field("p999_ms").type) == "double"


def test_no_repeats_are_a_table_without_rows():
    parquet = pytest.importorskip("pyarrow.parquet")
    stream = io.BytesIO()
    write_parquet([], stream)
    assert parquet.read_table(io.BytesIO(stream.getvalue())).num_rows == 0
