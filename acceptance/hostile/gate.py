"""Pages of others, and names of others, at the door of a server that runs."""

import http.client
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.support.other_pages import HOSTILE_HOSTS, HOSTILE_ORIGINS, SOCKET
from tests.support.workbench import Workbench

TESTS = "tests/web/test_gate.py"


def _ask(port: int, path: str, headers: dict[str, str]) -> tuple[int, dict[str, str]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.putrequest("GET", path, skip_host=True)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}
    finally:
        connection.close()


def refused(folder: Path) -> Iterator[tuple[str, str, bool]]:
    """Ask as others would, with a good key: what is promised, what came of it, if it is kept."""
    command = [sys.executable, "-m", "pytest", "-q", "--no-header", TESTS]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    last = done.stdout.strip().splitlines()[-1]
    yield "the test made from the list of routes", last, done.returncode == 0
    with Workbench(folder / "workspace", home=folder / "home") as workbench:
        port = workbench.port
        host, origin = f"127.0.0.1:{port}", f"http://127.0.0.1:{port}"
        entering = "/" + workbench.address.split("/", 3)[3]
        _, entered = _ask(port, entering, {"host": host})
        good = {"host": host, "origin": origin, "cookie": entered["set-cookie"].partition(";")[0]}
        status, _ = _ask(port, "/api/state", good)
        yield "a page of its own", f"is answered {status}", status == 200
        for what, name, values in (
            ("hostile Origins", "origin", HOSTILE_ORIGINS),
            ("hostile Hosts", "host", HOSTILE_HOSTS),
        ):
            statuses = [
                _ask(port, path, {**extra, **good, name: value.replace("{port}", str(port))})[0]
                for value in values
                for path, extra in (("/api/state", {}), ("/api/live", SOCKET))
            ]
            through = [each for each in statuses if each not in (400, 403, 421)]
            yield what, f"{len(values)}, {len(through)} of {len(statuses)} got through", not through
