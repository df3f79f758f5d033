"""Experiments on a cluster: real workers on this machine, each a process of its own."""

import asyncio
import socket

import pytest

from wirescope.errors import LabError, UsageError
from wirescope.lab.compare import ComparisonPlan, Progress, compare
from wirescope.lab.compare.spreading import Failure, Job, joined, run_job
from wirescope.lab.workloads import workload
from wirescope.link import Direction, symmetric
from wirescope.transports.link import why_not

distributed = pytest.importorskip("distributed")
WHY_NOT = why_not()

pytestmark = [
    pytest.mark.slow,
    pytest.mark.leaky("Dask has threads that stay"),
    pytest.mark.skipif(WHY_NOT is not None, reason=f"no emulated network: {WHY_NOT}"),
]

PLAN = ComparisonPlan(
    workloads=(workload("ticker"),),
    links=(symmetric("near", Direction(delay_ms=10)),),
    transports=("websocket", "data-channel-unreliable"),
    repeats=1,
    duration_s=1.5,
    warm_up_s=0.5,
)


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


async def test_experiments_run_on_workers_and_come_back() -> None:
    told: list[Progress] = []
    async with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, asynchronous=True, dashboard_address=":0"
        ) as local,
    ):
        found = await compare(PLAN, cluster=local.scheduler_address, on_progress=told.append)
    assert [each.failure for each in told] == [""] * len(told)
    assert found.environment["workers"] == 2
    assert [cell.transport for cell in found.cells] == ["websocket", "data-channel-unreliable"]
    for cell in found.cells:
        assert (cell.repeats[0].figures.p50_ms or 0) >= 10


async def test_a_cluster_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wirescope.lab.compare.spreading.REACH_S", 0.5)
    with pytest.raises(LabError, match="cannot be reached"):
        async with joined(f"tcp://127.0.0.1:{free_port()}"):
            pass


async def test_a_cluster_without_workers_is_told() -> None:
    async with distributed.LocalCluster(
        n_workers=0, asynchronous=True, dashboard_address=":0"
    ) as local:
        with pytest.raises(UsageError, match="has no workers"):
            async with joined(local.scheduler_address):
                pass


def test_captures_stay_where_they_are_made_so_there_are_none() -> None:
    with pytest.raises(UsageError, match="keeps no captures"):
        asyncio.run(compare(PLAN, cluster="tcp://127.0.0.1:1", with_captures=True))


def test_a_job_that_fails_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    import msgspec

    async def fails(*_: object, **__: object) -> None:
        raise LabError("The end a has ended.", hint="Look there.")

    monkeypatch.setattr("wirescope.lab.compare.spreading.run_experiment", fails)
    answer = run_job(msgspec.json.encode(Job(plan=PLAN, cell=PLAN.cells()[0])))
    failure = msgspec.json.decode(answer, type=Failure)
    assert (failure.message, failure.hint) == ("The end a has ended.", "Look there.")
