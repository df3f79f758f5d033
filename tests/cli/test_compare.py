"""`wirescope compare`: what its options come to, what it refuses, and what a run of it leaves."""

import json
import signal
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.analysis.making import Story
from tests.cli.running import cli, started
from wirescope.capture import CaptureWriter
from wirescope.cli import ExitCode
from wirescope.cli.comparing import Asked, plan_of
from wirescope.errors import UsageError, WirescopeError
from wirescope.events import Timeline
from wirescope.lab.compare import full_plan, quick_plan
from wirescope.transports.link import why_not

pytestmark = pytest.mark.slow

OF_A_CELL = {
    *("workload", "transport", "link", "path", "setup_ms", "p50_ms", "p95_ms", "p99_ms"),
    *("p999_ms", "max_ms", "delivered", "in_order", "goodput_bps", "wire_bytes_per_byte"),
    *("cpu_s", "congestion_control", "stack", "valid"),
}


def asked(**more: Any) -> Asked:
    told: dict[str, Any] = {
        **dict.fromkeys(("quick", "captures", "no_checks", "yes"), False),
        **dict.fromkeys(("workloads", "links", "transports", "paths", "controls"), ()),
        **dict.fromkeys(("recorded", "connection", "repeats", "duration_s", "at_once")),
        **dict.fromkeys(("cluster", "seed", "keep", "output", "parquet")),
    }
    return Asked(**told | more)


def test_without_options_everything_is_compared_and_with_quick_little() -> None:
    assert plan_of(asked()) == full_plan()
    assert plan_of(asked(quick=True)) == quick_plan()


def test_what_is_said_takes_the_place_of_what_the_plan_has() -> None:
    plan = plan_of(
        asked(
            quick=True,
            workloads=("chat", "voice"),
            links=("4g",),
            paths=("direct", "server"),
            controls=("bbr",),
            repeats=7,
            duration_s=3.0,
            at_once=1,
            seed=9,
        )
    )
    assert [each.name for each in plan.workloads] == ["chat", "voice"]
    assert [each.name for each in plan.links] == ["4g"]
    assert (plan.paths, plan.congestion_controls) == (("direct", "server"), ("bbr",))
    assert (plan.repeats, plan.duration_s, plan.at_once, plan.seed) == (7, 3.0, 1, 9)
    assert plan.transports == quick_plan().transports


@pytest.mark.parametrize("name", ["office.yaml", "office.json"])
def test_a_link_is_read_from_its_file_and_the_trace_beside_it(tmp_path: Path, name: str) -> None:
    link = {"name": "office", "both": {"delay_ms": 12, "trace": "night.trace"}}
    text = json.dumps(link) if name.endswith("json") else (
        "name: office\nboth:\n  delay_ms: 12\n  trace: night.trace\n"
    )  # fmt: skip
    (tmp_path / name).write_text(text)
    (tmp_path / "night.trace").write_text("1\n2\n3\n")
    (found,) = plan_of(asked(links=(str(tmp_path / name),))).links
    assert (found.name, found.up.delay_ms) == ("office", 12)
    assert found.up.trace is not None


def test_a_recording_is_the_workload(tmp_path: Path) -> None:
    path = tmp_path / "night.wirescope"
    story = Story()
    story.opened()
    for size in (10, 200):
        story.message("sent", "x" * size)
    with CaptureWriter.create(path, timeline=Timeline()) as writer:
        writer(story.events)
    (found,) = plan_of(asked(recorded=path)).workloads
    assert found.name == "recorded-c1"
    assert [each.size for each in found.plan(1)] == [16, 200]  # the shortest has a head


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"workloads": ("dance",)}, "no workload called 'dance'"),
        ({"links": ("5gg",)}, "no link with the name '5gg'"),
        ({"links": ("/does/not/exist.yaml",)}, "cannot be read"),
        ({"captures": True}, "--captures needs a place"),
        ({"connection": "c2"}, "--connection goes with --from"),
        ({"transports": ("websocket",)}, "two transports"),
        ({"recorded": Path("/does/not/exist")}, "does not exist"),
    ],
    ids=lambda value: "" if isinstance(value, str) else str(*value),
)
def test_what_cannot_be_compared_is_refused_with_the_reason(
    more: dict[str, Any], words: str
) -> None:
    with pytest.raises(WirescopeError, match=words):
        plan_of(asked(**more))


def test_a_file_that_is_no_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "list.yaml").write_text("- 1\n")
    with pytest.raises(UsageError, match="describes no link"):
        plan_of(asked(links=(str(tmp_path / "list.yaml"),)))


def test_names_are_listed() -> None:
    listed = cli("compare", "--list").stdout.decode()
    assert "ticker" in listed
    assert "lossy-wifi" in listed


@pytest.mark.skipif(why_not() is not None, reason=f"no emulated network: {why_not()}")
def test_a_run_leaves_json_a_report_a_table_of_runs_and_the_runs(tmp_path: Path) -> None:
    done = cli(
        *("compare", "--workload", "ticker", "--link", "clean", "--repeats", "1", "--no-checks"),
        *("--transport", "websocket", "--transport", "data-channel-unreliable"),
        *("--congestion-control", "cubic", "--duration", "2", "--format", "json"),
        *("--keep", str(tmp_path / "runs"), "--captures"),
        *("-o", str(tmp_path / "report.html"), "--parquet", str(tmp_path / "runs.parquet")),
    )
    assert done.returncode in (0, 1), done.stderr  # on a busy machine no run may count
    assert "2 cells, 2 runs: about" in done.stderr
    found = json.loads(done.stdout)
    assert set(found) == {"environment", "cells", "rows", "verdicts"}
    transports = ["websocket", "data-channel-unreliable"]
    assert [each["transport"] for each in found["cells"]] == transports
    assert all(set(each) >= OF_A_CELL for each in found["cells"])
    of_a_row = {"aspect", "websocket", "webrtc", "evidence"}
    assert all(set(each) == of_a_row for each in found["rows"])
    (verdict,) = found["verdicts"]
    assert set(verdict) >= {"use_case", "link", "winner", "why", "confidence"}
    assert verdict["use_case"] in (tmp_path / "report.html").read_text()
    assert (tmp_path / "runs.parquet").read_bytes()[:4] == b"PAR1"
    runs = [*(tmp_path / "runs").glob("*.json")]
    assert len(runs) >= 2
    for run in runs:
        captures = sorted(each.name for each in run.with_suffix("").iterdir())
        assert captures == ["a.wirescope", "b.wirescope"]


@pytest.mark.skipif(why_not() is not None, reason=f"no emulated network: {why_not()}")
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_told_to_end_it_ends_soon_and_leaves_no_process(sent: signal.Signals) -> None:
    with started(
        *("compare", "--workload", "ticker", "--link", "clean", "--duration", "60"),
        *("--repeats", "1", "--no-checks", "--yes", "--at-once", "2"),
    ) as process:
        command = psutil.Process(process.pid)
        for _ in range(300):
            processes = command.children(recursive=True)
            if len(processes) >= 2 + 2 * 3:  # two that fork, and a link and two ends for each run
                break
            time.sleep(0.1)
        else:
            pytest.fail(f"only {processes} run")
        process.send_signal(sent)
        assert process.wait(20) == ExitCode.INTERRUPTED
    _, left = psutil.wait_procs(processes, timeout=10)
    assert left == []
