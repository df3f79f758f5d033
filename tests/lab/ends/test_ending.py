"""An end outlives nobody, and what it cannot do it says."""

import asyncio
import json
import os
import select
import signal
import socket
import subprocess
import sys

import pytest

from tests.support.lab_ends import ends
from wirescope.clock import SystemClock
from wirescope.errors import LabError
from wirescope.lab.ends import Crossing, End, Ends, Way
from wirescope.lab.ends.orders import (
    Accept,
    AskUsage,
    Listen,
    Listening,
    Nothing,
    Open,
    Opened,
    Ran,
    Run,
    Turn,
    Usage,
)
from wirescope.lab.workloads import shortened, workload
from wirescope.processes import Process

pytestmark = pytest.mark.slow

PARENT = """
import asyncio, sys
from wirescope.clock import SystemClock
from wirescope.lab.ends import Crossing, End, Ends, Way
from wirescope.lab.workloads import workload

async def main():
    found = Ends(await End.start("a"), await End.start("b"))
    joined = Crossing(found, Way(transport=sys.argv[1]))
    await joined.listen()
    await joined.open()
    async with asyncio.TaskGroup() as group:
        group.create_task(joined.carry(workload("game")))
        await asyncio.sleep(0.3)
        print(found.a.pid, found.b.pid, flush=True)

asyncio.run(main())
"""


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="there are no descriptors of processes")
@pytest.mark.parametrize("transport", ["websocket", "data-channel-reliable"])
def test_ends_whose_parent_was_killed_are_gone_in_the_middle_of_a_run(transport: str) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, transport], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert parent.stdout is not None
    with parent.stdout:
        pids = [int(each) for each in parent.stdout.readline().split()]
    assert len(pids) == 2
    gone = [os.pidfd_open(each) for each in pids]
    try:
        parent.send_signal(signal.SIGKILL)
        parent.wait(10)
        for each in gone:
            assert select.select([each], [], [], 20)[0]
    finally:
        for each in gone:
            os.close(each)


async def test_a_port_that_refuses_is_a_failure_with_a_sentence() -> None:
    async with ends() as started:
        for transport in ("websocket", "data-channel-reliable"):
            order = Open(transport=transport, port=free_port())  # type: ignore[arg-type]
            with pytest.raises(LabError) as failed:
                await started.a.order(order, Opened)
            words = f"a: Nothing listens on 127.0.0.1:{order.port}; the connection was refused."
            assert failed.value.message == words


async def test_a_client_that_nobody_comes_for_fails_in_time() -> None:
    async with await End.start("b") as end:
        await end.order(Listen(transport="websocket"), Listening)
        with pytest.raises(LabError, match=r"accept was not carried out within 0\.2 s"):
            await end.order(Accept(timeout_s=0.2), Opened)


async def test_a_far_side_that_negotiates_nothing_is_a_failure_at_both_ends() -> None:
    async with ends() as started:
        found = await started.b.order(Listen(transport="websocket"), Listening)
        order = Open(transport="data-channel-reliable", port=found.port, timeout_s=1)
        with pytest.raises(LabError) as failed:
            await started.a.order(order, Opened)
        assert failed.value.message.startswith("a: ")
        assert failed.value.message.endswith(".")


async def test_a_turn_server_that_is_not_there_is_named_as_the_reason() -> None:
    async with ends() as started:
        found = await started.b.order(Listen(transport="data-channel-reliable"), Listening)
        turn = Turn(f"turn:127.0.0.1:{free_port()}?transport=udp", "user", "password")
        order = Open(transport="data-channel-reliable", port=found.port, turn=turn, timeout_s=15)
        with pytest.raises(LabError) as failed:
            await started.a.order(order, Opened)
        assert "relay" in failed.value.message or "TURN" in failed.value.message


async def test_a_run_without_a_connection_is_refused() -> None:
    now_ns = SystemClock.monotonic_ns()
    async with await End.start("a") as end:
        with pytest.raises(LabError, match="no connection"):
            await end.order(Run(start_ns=now_ns, end_ns=now_ns + 1), Ran)


async def test_an_address_that_is_not_this_machines_cannot_be_listened_on() -> None:
    async with await End.start("b") as end:
        with pytest.raises(LabError, match=r"192\.0\.2\.77 port 0 cannot be listened on"):
            await end.order(Listen(transport="websocket", host="192.0.2.77"), Listening)


async def test_a_run_ends_when_the_connection_does() -> None:
    async with ends() as started:
        joined = Crossing(started, Way(transport="websocket"))
        await joined.listen()
        await joined.open()
        async with asyncio.TaskGroup() as group:
            carrying = group.create_task(joined.ends.a.order(long_run(), Ran))
            await started.b.kill()
        ran = carrying.result()
    assert "ended" in ran.broke or "closed" in ran.broke
    assert ran.unsent > 0


def long_run() -> Run:
    now_ns = SystemClock.monotonic_ns()
    plan = [(number * 100_000_000, 100) for number in range(200)]
    return Run(start_ns=now_ns, end_ns=now_ns + 20_000_000_000, plan=plan)


async def test_an_end_that_is_gone_is_an_error_that_says_so() -> None:
    async with await End.start("a") as end:
        os.kill(end.pid, signal.SIGKILL)
        with pytest.raises(LabError, match="The end a has ended with code -9"):
            await end.order(Accept(timeout_s=1), Opened)


async def test_what_cannot_be_started_is_an_error_that_says_why() -> None:
    async def refuse(*_: object, **__: object) -> Process:
        raise PermissionError(1, "not allowed")

    with pytest.raises(LabError, match=r"The end a could not be started: .*not allowed"):
        await End.start("a", start=refuse)
    with pytest.raises(LabError, match="The end a has ended with code") as failed:
        await End.start("a", spaces=["/does/not/exist"])
    assert "cannot be entered" in failed.value.hint


def test_an_order_that_is_none_is_answered_with_a_sentence() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "wirescope.lab.ends"],
        input=b'{"do":"dance"}\nnonsense\n{"do":"quit"}\n',
        capture_output=True,
        check=True,
        timeout=60,
    )
    ready, dance, nonsense, last = (json.loads(each) for each in done.stdout.splitlines())
    assert ready == {"real_time": False}
    assert "cannot be understood" in dance["failed"]
    assert "cannot be understood" in nonsense["failed"]
    assert last == {"done": {}}


def test_orders_come_from_a_pipe_and_from_nothing_else() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "wirescope.lab.ends"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.startswith(b"An end takes its orders from a pipe")


async def test_what_was_asked_for_and_not_waited_for_is_no_answer_to_the_next_order() -> None:
    async with await End.start("b") as end:
        await end.order(Listen(transport="websocket"), Listening)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await end.order(Accept(timeout_s=0.3), Opened)
        used = await end.order(AskUsage(), Usage)
    assert used.cpu_s > 0


async def test_two_orders_at_a_time_are_carried_out_one_after_the_other() -> None:
    async with await End.start("b") as end:
        await end.order(Listen(transport="websocket"), Listening)
        orders = [Accept(timeout_s=0.1), Accept(timeout_s=0.1)]
        done = await asyncio.gather(
            *(end.order(each, Nothing) for each in orders), return_exceptions=True
        )
    assert [type(each) for each in done] == [LabError, LabError]


async def test_a_workload_that_is_longer_than_its_ends_live_is_an_error() -> None:
    async with ends() as started:
        joined = Crossing(Ends(started.a, started.b), Way(transport="websocket"))
        await joined.listen()
        await joined.open()
        async with asyncio.TaskGroup() as group:
            carrying = group.create_task(fails(joined))
            os.kill(started.b.pid, signal.SIGKILL)
        assert "The end b has ended" in carrying.result()


async def fails(joined: Crossing) -> str:
    with pytest.raises(LabError) as failed:
        await joined.carry(shortened(workload("game"), 20))
    return failed.value.message
