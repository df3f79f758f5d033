"""`wirescope serve` and `wirescope up` where no STUN and TURN server can be had: they say why."""

import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.running import ENVIRONMENT, TIMEOUT_S
from tests.support.namespaces import find

ROOT = Path(__file__).parents[2]
IN_A_NETWORK = ("--user", "--map-root-user", "--net", sys.executable, "-m", "tests.cli.portless")


def end_once_ready(
    command: tuple[str, ...], *, prepare: Callable[[], None] | None = None
) -> tuple[str, str]:
    """Start a command, end it once it is ready; what it said on stdout and on stderr."""
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**ENVIRONMENT, "PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=prepare,
    )
    try:
        assert process.stdout is not None
        ready = process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=TIMEOUT_S)
    finally:
        process.kill()
        process.wait()
    return ready, errors


@pytest.mark.slow
@pytest.mark.requires("namespaces")
@pytest.mark.parametrize("form", ["text", "ndjson"])
@pytest.mark.parametrize("name", ["serve", "up"])
def test_why_there_is_no_turn_server_is_said(name: str, form: str, tmp_path: Path) -> None:
    further = () if name == "serve" else ("--headless", "--workspace", str(tmp_path / "ws"))
    asked = (name, "--port", "8700", "--format", form, *further)
    ready, errors = end_once_ready((find("unshare") or "", *IN_A_NETWORK, *asked))
    assert (
        errors.splitlines().count(
            "* There is no STUN and TURN server: the TURN server cannot listen: udp 127.0.0.1:0:"
            " Address already in use."
        )
        == 1
    )
    if form == "ndjson":
        told = json.loads(ready)
        assert told["type"] == "ready"
        assert told.get("ice_servers", []) == []
    else:
        assert "8700" in ready


@pytest.mark.slow
def test_that_it_has_fewer_allocations_is_said() -> None:
    def lower() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))

    command = (sys.executable, "-m", "wirescope", "serve", "--port", "0", "--format", "ndjson")
    ready, errors = end_once_ready(command, prepare=lower)
    assert len(json.loads(ready)["ice_servers"]) == 1
    assert "room for 43 allocations and not 200" in errors
    assert errors.count("\n") == 1
