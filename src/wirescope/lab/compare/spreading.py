"""Experiments on the machines of a Dask cluster: each is a job of its own.

The cluster is somebody's who has one: `dask scheduler` and `dask worker` on machines where this
package is installed, or what a deployment package of Dask makes. A worker runs as many experiments
at a time as it has threads. What goes there and comes back is JSON; finding machines, their loss
and their encryption is Dask's. See https://distributed.dask.org.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import msgspec
from msgspec import Struct

from wirescope.errors import LabError, UsageError, WirescopeError
from wirescope.lab.cells import Cell
from wirescope.lab.compare.experiment import Experiment, run_experiment
from wirescope.lab.compare.plan import ComparisonPlan
from wirescope.lab.ends import Starter

REACH_S = 20.0
"""Seconds in which a cluster has to answer."""

BEYOND_S = 120.0
"""Seconds beyond the length of an experiment in which its job has to be done once it could run."""


class Job(Struct, frozen=True, kw_only=True):
    """What a worker is asked for.

    Attributes:
        plan: what is compared.
        cell: which of its cells is run.
    """

    plan: ComparisonPlan
    cell: Cell


class Failure(Struct, frozen=True, kw_only=True, tag="failure"):
    """Why there is no experiment.

    Attributes:
        message: what happened.
        hint: what to do about it.
    """

    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster that answers.

    Attributes:
        workers: how many machines or processes there are.
        at_once: how many experiments run at the same time on all of them.
        run: runs a cell of a plan somewhere.
    """

    workers: int
    at_once: int
    run: Callable[[ComparisonPlan, Cell], Awaitable[Experiment]]


def check_cluster() -> None:
    """See that clusters can be spoken to; UsageError when Dask is not installed."""
    if find_spec("distributed") is None:
        raise UsageError(
            "Experiments are spread with Dask, which is not installed.",
            hint="Install it with `pip install 'wirescope[cluster]'`.",
        )


@asynccontextmanager
async def joined(address: str) -> AsyncIterator[Cluster]:
    """Speak to a cluster while the context lasts.

    Args:
        address: of its scheduler, as `tcp://10.0.0.1:8786`.

    Raises:
        UsageError: Dask is not installed, or the cluster has no workers.
        LabError: nothing answers there.
    """
    check_cluster()
    from distributed import Client

    client: Any = Client(address, asynchronous=True, timeout=REACH_S)  # type: ignore[no-untyped-call]
    try:
        async with asyncio.timeout(REACH_S):
            await client
    except (OSError, TimeoutError, ValueError) as error:
        await client.close(timeout=0)
        why = str(error) or f"no answer within {REACH_S:g} s"
        raise LabError(f"The cluster at {address} cannot be reached: {why}.") from None
    async with client:
        threads = await client.nthreads()
        if not threads:
            raise UsageError(
                f"The cluster at {address} has no workers.",
                hint=f"Start some: `dask worker {address}`.",
            )

        async def run(plan: ComparisonPlan, cell: Cell) -> Experiment:
            order = msgspec.json.encode(Job(plan=plan, cell=cell))
            job = client.submit(run_job, order, pure=False, retries=1)
            try:
                return _experiment(bytes(await job))
            finally:
                await job.cancel()

        yield Cluster(workers=len(threads), at_once=sum(threads.values()), run=run)


def run_job(order: bytes) -> bytes:
    """Run an experiment, on a worker; what came of it."""
    job = msgspec.json.decode(order, type=Job)
    try:
        return msgspec.json.encode(asyncio.run(_run(job)))
    except WirescopeError as error:
        return msgspec.json.encode(Failure(message=error.message, hint=error.hint))
    except TimeoutError:
        return msgspec.json.encode(Failure(message="It was not done in time.", hint=""))


async def _run(job: Job) -> Experiment:
    plan, cell = job.plan, job.cell
    workload = plan.workload(cell.workload)
    async with asyncio.timeout(workload.duration_s + BEYOND_S), Starter() as starter:
        return await run_experiment(
            cell,
            workload=workload,
            link=plan.link(cell.link),
            starter=starter,
            warm_up_s=plan.warm_up_s,
        )


def _experiment(answer: bytes) -> Experiment:
    if answer.startswith(b'{"type":"failure"'):
        failure = msgspec.json.decode(answer, type=Failure)
        raise LabError(failure.message, hint=failure.hint)
    return msgspec.json.decode(answer, type=Experiment)
