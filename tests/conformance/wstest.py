"""The Autobahn testsuite in a Python 2.7 environment of its own, started without a terminal.

The environment is made once, with pinned packages, in the user's cache. `wstest` binds every
address of the machine and opens a web page; here it runs under a shim that binds 127.0.0.1 and
opens none. It writes its report only at the end, so a run that is cut short leaves nothing: that is
why `tests.conformance.autobahn` cuts a run into groups.
"""

import json
import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from filelock import FileLock

from tests.support.parts import cache_folder

REQUIREMENTS = Path(__file__).with_name("autobahn-requirements.txt")
VIRTUALENV = "virtualenv==20.21.1"  # the last that makes environments for Python 2.7

SHIM = """
import sys
from twisted.internet import reactor
tcp = reactor.listenTCP
reactor.listenTCP = lambda port, factory, backlog=50, interface='': (
    tcp(port, factory, backlog, '127.0.0.1'))
from autobahntestsuite import wstest
sys.argv[0] = 'wstest'
wstest.run()
"""

LIST_CASES = """
import json, sys
from autobahntestsuite.case import CaseBasename, CaseCategories, Cases, CaseSubCategories
from autobahntestsuite.caseset import CaseSet
known = CaseSet('Case', CaseBasename, Cases, CaseCategories, CaseSubCategories)
print(json.dumps(known.parseSpecCases({'cases': sys.argv[1:], 'exclude-cases': []})))
"""


class SuiteError(Exception):
    """The testsuite could not be installed, or it did not finish."""


class Wstest:
    """An installed testsuite."""

    def __init__(self, python: Path) -> None:
        self._python = python

    def cases(self, patterns: Sequence[str]) -> list[str]:
        """List the ids of the cases that match patterns such as `9.*` or `12.1.1`."""
        listed = subprocess.run(
            [self._python, "-c", LIST_CASES, *patterns],
            check=True,
            capture_output=True,
            timeout=60,
        )
        return [str(case) for case in json.loads(listed.stdout)]

    @contextmanager
    def fuzzing(
        self, mode: str, specification: dict[str, object], folder: Path
    ) -> Iterator[subprocess.Popen[bytes]]:
        """Start `wstest` as `fuzzingclient` or `fuzzingserver`; it is stopped at the end."""
        spec = folder / "spec.json"
        spec.write_text(json.dumps(specification), "utf-8")
        python, start = str(self._python), ["-u", "-c", SHIM]
        command = [python, *start, "-m", mode, "-s", str(spec), "-u", "0"]
        with (
            (folder / "wstest.log").open("wb") as log,
            running(command, cwd=folder, stdout=log, stderr=subprocess.STDOUT) as process,
        ):
            yield process


@contextmanager
def running(
    command: Sequence[str],
    *,
    cwd: Path,
    stdout: int | IO[bytes] | None = None,
    stderr: int | IO[bytes] | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command in a process group of its own, which is ended on the way out."""
    process = subprocess.Popen(
        command,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=stderr,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        if process.stdout is not None:
            process.stdout.close()


def install(python27: str) -> Wstest:
    """Find the testsuite in the cache, or install it there; `SuiteError` says why it cannot be."""
    folder = cache_folder("autobahn")
    environment = folder / "environment"
    python = environment / "bin" / "python"
    stamp = folder / "installed.txt"
    pins = REQUIREMENTS.read_text("utf-8")
    with FileLock(folder / "lock", timeout=600):
        if not stamp.exists() or stamp.read_text("utf-8") != pins or not python.exists():
            stamp.unlink(missing_ok=True)
            make = f"tool run --quiet --from {VIRTUALENV} virtualenv --quiet --clear --python"
            _run([os.environ.get("UV", "uv"), *make.split(), python27, str(environment)])
            fill = "-m pip install --quiet --requirement"
            _run([str(python), *fill.split(), str(REQUIREMENTS)])
            stamp.write_text(pins, "utf-8")
    return Wstest(python)


def _run(command: list[str]) -> None:
    try:
        subprocess.run(
            command,
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=300,
        )
    except FileNotFoundError as missing:
        raise SuiteError(f"{command[0]} is not on this machine: {missing}") from None
    except subprocess.CalledProcessError as failed:
        last = failed.stdout.decode("utf-8", "replace").strip().splitlines()[-3:]
        raise SuiteError(f"{' '.join(command[:4])} failed: {' '.join(last)}") from None
    except subprocess.TimeoutExpired:
        raise SuiteError(f"{' '.join(command[:4])} did not end within 300 s") from None
