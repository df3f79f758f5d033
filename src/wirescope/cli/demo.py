"""`wirescope connect demo`: a real server in a process of its own, so that a first look needs none.

`demo` stands for `ws://127.0.0.1:PORT/demo` of a test server that is started for this run on a free
port and ended with it.
"""

import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Timer

from wirescope.cli.loop import run_async
from wirescope.cli.plan import Plan
from wirescope.errors import WirescopeError

_READY_WITHIN_S = 15.0
_END_WITHIN_S = 5.0


def run_demo(plan: Plan) -> int:
    """Carry the plan out against a test server of its own."""
    with _test_server() as base:
        return run_async(_run(replace(plan, url=f"{base}/demo", interactive=False, messages=())))


async def _run(plan: Plan) -> int:
    from wirescope.cli.session import Session

    session = Session(plan)
    if _is_fed(sys.stdin.fileno()):
        session.talk.status("The demo takes no messages; stdin is not read.")
    return await session.run()


def _is_fed(descriptor: int) -> bool:
    """Whether a file or another command stands behind stdin, and not a terminal or nothing."""
    mode = os.fstat(descriptor).st_mode
    return stat.S_ISREG(mode) or stat.S_ISFIFO(mode)


@contextmanager
def _test_server() -> Iterator[str]:
    """Start `wirescope serve` and yield its address, as `ws://127.0.0.1:PORT`."""
    command = [sys.executable, "-m", "wirescope.cli", "serve", "--port", "0", "--format", "ndjson"]
    server = subprocess.Popen(  # noqa: S603 this program itself
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    watchdog = Timer(_READY_WITHIN_S, server.kill)
    watchdog.daemon = True
    watchdog.start()
    try:
        yield _address(server)
    finally:
        watchdog.cancel()
        server.terminate()
        try:
            server.communicate(timeout=_END_WITHIN_S)
        except subprocess.TimeoutExpired:
            server.kill()
            server.communicate()


def _address(server: subprocess.Popen[bytes]) -> str:
    assert server.stdout is not None
    assert server.stderr is not None
    line = server.stdout.readline()
    try:
        url: str = json.loads(line)["url"]
    except (ValueError, KeyError):
        server.kill()
        why = server.stderr.read().decode("utf-8", "replace").strip().splitlines()
        raise WirescopeError(
            "The test server for the demo did not start.", hint=why[-1] if why else ""
        ) from None
    return url.replace("http", "ws", 1).rstrip("/")
