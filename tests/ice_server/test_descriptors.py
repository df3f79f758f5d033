"""No more clients than the process has descriptors for."""

import asyncio
import json
import sys
from pathlib import Path

import pytest

from wirescope.ice_server import IceServerOptions
from wirescope.ice_server.descriptors import RESERVE, fitted, shortfall

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("limit", "streams", "allocations", "connections"),
    [
        (None, True, 1000, 256),
        (20_000, True, 1000, 256),
        (1024, True, 320, 256),
        (1024, False, 896, 256),
        (256, True, 43, 42),
        (256, False, 128, 256),
        (RESERVE, True, 1, 1),
        (10, False, 1, 256),
    ],
)
def test_the_limits_fit_into_the_descriptors(
    limit: int | None, streams: bool, allocations: int, connections: int
) -> None:
    asked = IceServerOptions()
    found = fitted(asked, limit, streams=streams)
    assert (found.max_allocations, found.max_connections) == (allocations, connections)
    assert bool(shortfall(asked, found, limit)) == (found != asked)


def test_what_is_fewer_is_said_with_both_numbers() -> None:
    asked = IceServerOptions()
    assert shortfall(asked, fitted(asked, 256, streams=True), 256) == (
        "The TURN server has room for 43 allocations and not 1,000, and for 42 connections without"
        " one and not 256: this process may open 256 files and sockets (ulimit -n)."
    )


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there is no limit to lower")
@pytest.mark.parametrize(("limit", "kind", "most"), [(140, "udp", 12), (152, "tcp", 8)])
async def test_a_client_beyond_them_is_refused_and_the_server_goes_on(
    limit: int, kind: str, most: int
) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.ice_server.limited", str(limit), kind,
        cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        async with asyncio.timeout(30):
            out, errors = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert not errors.decode()
    told = json.loads(out)
    assert (told["had"], told["most"], told["refused"]) == (most, most, "508")
    assert told["reason"] == f"{most} allocations in all"
    assert f"room for {most} allocations and not 1,000" in told["shortfall"]
