"""Nothing of a network is left, whoever ends it, and it needs no rights."""

import json
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import unprivileged

pytestmark = [pytest.mark.usefixtures("namespaces"), pytest.mark.slow]

HOLD = """
import asyncio, json, subprocess
from wirescope.link import Direction, symmetric
from wirescope.transports.link import open_network
async def main():
    async with open_network(links=[symmetric("held", Direction())]) as network:
        command = network.command("a", ["sh", "-c", "sleep 60 & echo; sleep 60"])
        process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
        await process.stdout.readline()
        print(json.dumps([network._process.pid, process.pid]), flush=True)
        await asyncio.sleep(60)
asyncio.run(main())
"""

CARRY = """
import asyncio, json, os
from tests.support.datagram_flow import flow
from wirescope.link import Direction, RandomLoss, symmetric
from wirescope.transports.link import open_network
async def main():
    link = symmetric("carried", Direction(delay_ms=10, loss=RandomLoss(share=0.1)))
    async with open_network(links=[link]) as network:
        found = await flow(network, rate=500, seconds=1)
        report = await network.report()
    counts = report.directions[0].counts
    print(json.dumps([os.getuid(), network.by, found.sent, len(found.numbers),
        found.delay_ms(0.5), counts.offered, counts.lost, counts.passed]))
asyncio.run(main())
"""

ENDS_S = 10


def space_of(pid: int) -> int:
    return Path(f"/proc/{pid}/ns/net").stat().st_ino


def processes_in(spaces: set[int]) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdecimal() and space_of(int(entry.name)) in spaces:
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def ended(pid: int) -> bool:
    """Wait for the end of a process that is no child."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], (), (), ENDS_S)[0])
    finally:
        os.close(handle)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_parent_that_is_killed_leaves_no_process_and_no_namespace(how: signal.Signals) -> None:
    parent = subprocess.Popen([sys.executable, "-c", HOLD], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    link, command = json.loads(parent.stdout.readline())
    spaces = {space_of(link)}
    for descriptor in Path(f"/proc/{link}/fd").iterdir():
        if str(descriptor.readlink()).startswith("net:"):
            spaces.add(descriptor.stat().st_ino)
    spaces.discard(space_of(os.getpid()))
    assert len(spaces) == 2
    parent.send_signal(how)
    parent.communicate(timeout=ENDS_S)
    assert ended(link)
    assert ended(command)
    assert processes_in(spaces) == []


@pytest.mark.alone
@pytest.mark.parametrize("by", ["tun", "veth"])
def test_a_user_without_rights_has_a_network(by: str) -> None:
    if reason := unprivileged.why_not():
        pytest.skip(reason)
    command = [sys.executable, "-B", "-c", CARRY]
    done = subprocess.run(
        unprivileged.unprivileged(command, may_open_tun=by == "tun"),
        capture_output=True,
        text=True,
        timeout=40,
        check=False,
        cwd=unprivileged.ROOT,
    )
    assert done.returncode == 0, done.stderr
    user, made_by, sent, came, delay_ms, offered, lost, passed = json.loads(done.stdout)
    assert (user, made_by) == (unprivileged.USER, by)
    assert (offered, passed, lost) == (sent, came, sent - came)
    assert lost > 0
    assert 10 <= delay_ms <= 12
