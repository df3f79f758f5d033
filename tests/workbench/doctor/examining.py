"""Runs an examination against a server of the test's, and looks things up in what came of it."""

from typing import Any

from tests.support.raw_server import RawServer, Talk
from wirescope.transports.websocket import ConnectOptions
from wirescope.workbench.doctor import Diagnosis, DoctorOptions, Step, diagnose

QUICK: dict[str, Any] = {"open_timeout_s": 5, "close_timeout_s": 0.2}


async def examine(
    talk: Talk, *, orders: DoctorOptions | None = None, path: str = "/", **options: Any
) -> Diagnosis:
    """Examine a server of bare bytes; short time-outs unless others are given."""
    async with RawServer(talk) as server:
        return await diagnose(
            f"ws://127.0.0.1:{server.port}{path}",
            options=ConnectOptions(**{**QUICK, **options}),
            orders=orders or DoctorOptions(answer_s=0.3),
        )


def step(diagnosis: Diagnosis, name: str) -> Step:
    """Give the step of a name."""
    return next(each for each in diagnosis.steps if each.name == name)


def codes(diagnosis: Diagnosis) -> list[str]:
    """Give the codes of what was found, the worst first."""
    return [each.code for each in diagnosis.findings]
