"""A comparison over real networks: what is lost, what it costs, and what is concluded."""

import asyncio
from pathlib import Path

import pytest
from msgspec.structs import replace

from wirescope.errors import LabError, LinkError, WirescopeError
from wirescope.lab import Cell, Sample
from wirescope.lab.checks import Bench, Check
from wirescope.lab.compare import (
    ComparisonPlan,
    Experiment,
    Kept,
    Progress,
    compare,
    environment,
    run_experiment,
)
from wirescope.lab.ends import Starter
from wirescope.lab.measures import figures
from wirescope.lab.results import ASPECTS, Repeat, Row
from wirescope.lab.workloads import workload
from wirescope.link import Direction, RandomLoss, symmetric
from wirescope.transports.link import why_not

WHY_NOT = why_not()

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(WHY_NOT is not None, reason=f"no emulated network: {WHY_NOT}"),
]

LOSSY = symmetric("lossy", Direction(delay_ms=20, loss=RandomLoss(share=0.05)))
AROUND = environment()


def plan(duration_s: float = 4) -> ComparisonPlan:
    return ComparisonPlan(
        workloads=(workload("ticker"),),
        links=(LOSSY,),
        transports=("websocket", "data-channel-unreliable"),
        repeats=1,
        duration_s=duration_s,
        warm_up_s=0.5,
    )


def run(cell: Cell, captures: Path | None = None) -> Experiment:
    async def once() -> Experiment:
        async with Starter() as starter:
            return await run_experiment(
                cell,
                workload=plan().workload("ticker"),
                link=LOSSY,
                starter=starter,
                warm_up_s=0.5,
                captures=captures,
            )

    return asyncio.run(once())


def test_a_websocket_loses_nothing_and_an_unreliable_channel_what_the_link_does() -> None:
    reliable, unreliable = (run(cell) for cell in plan().cells())
    assert reliable.repeat.figures.delivered == 1
    delivered = unreliable.repeat.figures.delivered or 0
    assert 0.85 < delivered < 1
    assert all(each.side == "b" for each in reliable.samples + unreliable.samples)
    for each in (reliable, unreliable):
        figures = each.repeat.figures
        assert 170 <= figures.sent <= 176  # 50 a second, without the first half of one
        assert (figures.p50_ms or 0) >= 20  # no message is quicker than the link
        assert (each.repeat.setup_ms or 0) > 40
        assert (each.repeat.cold_setup_ms or 0) > 40
        assert (each.repeat.wire_bytes_per_byte or 0) > 1
        assert (each.repeat.cpu_s or 0) > 0


def test_a_server_in_the_middle_makes_the_way_no_longer(tmp_path: Path) -> None:
    cell = Cell(
        workload="ticker",
        transport="websocket",
        link="lossy",
        path="server",
        congestion_control="cubic",
    )
    found = run(cell, tmp_path / "captures")
    assert found.repeat.figures.delivered == 1
    assert 20 <= (found.repeat.figures.p50_ms or 0) < 40
    assert (found.repeat.server_cpu_s or 0) > 0
    names = sorted(each.name for each in (tmp_path / "captures").iterdir())
    assert names == ["a.wirescope", "b.wirescope"]


def test_a_comparison_goes_on_where_it_stopped(tmp_path: Path) -> None:
    asked = plan(duration_s=2)
    told: list[Progress] = []
    kept = Kept(tmp_path, asked)
    first = asyncio.run(compare(asked, environment=AROUND, kept=kept, on_progress=told.append))
    assert [each.failure for each in told] == [""] * len(told)
    assert told[-1].done == told[-1].all == len(told) >= 2
    files = {each: each.stat().st_mtime_ns for each in tmp_path.glob("*.json")}
    again = asyncio.run(compare(asked, environment=AROUND, kept=Kept(tmp_path, asked)))
    assert {each: each.stat().st_mtime_ns for each in tmp_path.glob("*.json")} == files
    assert again == first
    aspects = ["Latency", "Complexity", "Use cases", "Throughput and cost"]
    assert [row.aspect for row in first.rows] == aspects
    assert [cell.transport for cell in first.cells] == ["websocket", "data-channel-unreliable"]
    assert [cell.congestion_control for cell in first.cells] == ["cubic", ""]
    (verdict,) = first.verdicts
    assert (verdict.use_case, verdict.link) == ("live ticker", "lossy")
    assert verdict.why


@pytest.mark.parametrize(
    ("error", "raised", "words"),
    [
        (LabError("The end a has ended with code 9."), LabError, "No experiment.*code 9"),
        (LinkError("The link process has ended."), LabError, "No experiment.*link process"),
    ],
    ids=["the ends", "the link"],
)
def test_where_no_experiment_comes_to_its_end_the_reason_is_said(
    error: Exception,
    raised: type[Exception],
    words: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def fail(*_: object, **__: object) -> Experiment:
        raise error

    monkeypatch.setattr("wirescope.lab.compare.comparing.run_experiment", fail)
    with pytest.raises(raised, match=words):
        asyncio.run(compare(plan(), environment=AROUND))


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[Cell]:
    """Experiments that are over at once; those of the first round do not count."""
    asked: list[Cell] = []

    async def measure(cell: Cell, **_: object) -> Experiment:
        asked.append(cell)
        problems = ("It was late.",) if cell.seed == 1 else ()
        samples = [Sample("b", number, 200, number, number + 30_000_000) for number in range(200)]
        repeat = Repeat(
            seed=cell.seed, figures=figures(samples, floors_ms={"b": 20}), problems=problems
        )
        return Experiment(cell=cell, repeat=repeat, samples=samples)

    monkeypatch.setattr("wirescope.lab.compare.comparing.run_experiment", measure)
    return asked


def test_a_run_that_does_not_count_is_followed_by_one_more(measured: list[Cell]) -> None:
    told: list[Progress] = []
    asked = replace(plan(), repeats=2)
    found = asyncio.run(compare(asked, environment=AROUND, on_progress=told.append))
    assert sorted(each.seed for each in measured) == [1, 1, 2, 2, 3, 3]
    assert [each.done for each in told] == [1, 2, 3, 4, 5, 6]
    assert told[-1].all == 6
    assert all(len(cell.counted) == 2 and len(cell.repeats) == 3 for cell in found.cells)


def test_an_experiment_that_fails_and_a_folder_that_is_full_end_nothing(
    measured: list[Cell], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise LabError("A run cannot be kept: no space left.")

    monkeypatch.setattr(Kept, "keep", full)
    told: list[Progress] = []
    asked = plan()
    kept = Kept(tmp_path, asked)
    found = asyncio.run(compare(asked, environment=AROUND, kept=kept, on_progress=told.append))
    assert measured
    assert {each.failure for each in told} == {"A run cannot be kept: no space left."}
    assert len(found.cells) == 2


@pytest.mark.parametrize(
    ("patched", "value", "words"),
    [
        ("is_there", lambda: False, "no WebRTC engine"),
        ("controls", lambda: ("reno",), "does not offer cubic"),
        ("why_not", lambda: "No namespaces.", "compared here. No namespaces"),
    ],
)
def test_what_this_machine_does_not_have_is_refused_before_anything_runs(
    patched: str, value: object, words: str, measured: list[Cell], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"wirescope.lab.compare.machine.{patched}", value)
    with pytest.raises(WirescopeError, match=words):
        asyncio.run(compare(plan(), environment=AROUND))
    assert not measured


def test_a_check_makes_rows_in_their_place_and_one_that_fails_says_why(
    measured: list[Cell], tmp_path: Path
) -> None:
    async def tried(bench: Bench) -> list[Row]:
        assert bench.folder.is_dir()
        return [Row(aspect="Data types", websocket="text", webrtc="text", evidence="seen")]

    async def fails(_: Bench) -> list[Row]:
        raise LabError("The observer has ended.")

    async def breaks(_: Bench) -> list[Row]:
        raise RuntimeError("no more descriptors")

    asked = plan()
    checks = (
        Check(("Security", "Connection"), fails),
        Check(("Data types",), tried),
        Check(("Scalability",), breaks),
    )
    found = asyncio.run(
        compare(asked, environment=AROUND, checks=checks, kept=Kept(tmp_path, asked))
    )
    assert measured
    rows = {row.aspect: row for row in found.rows}
    assert [*rows][:4] == ["Data types", "Connection", "Latency", "Complexity"]
    assert rows["Data types"].evidence == "seen"
    assert rows["Scalability"].evidence == "no more descriptors"
    assert rows["Security"].evidence == "The observer has ended."
    assert "could not be tried" in rows["Connection"].webrtc
    assert [each for each in ASPECTS if each in rows] == [*rows]
