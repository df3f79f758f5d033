"""Run the Autobahn testsuite against this project's client and server, and count.

::

    python -m tests.conformance.autobahn client --cases ci
    python -m tests.conformance.autobahn server --cases 1-7,9,10
    python -m tests.conformance.autobahn both --cases all

As `client`, our client is under test and the testsuite is the server. `--cases` takes groups
(`1-7,9`), single cases (`12.1.3`) or a name: `core` (groups 1 to 7, 9 and 10), `compression` (12
and 13), `all`, and `ci`, the core and one compression case of each setting. Exit status: 0 all
passed, 1 some failed, 2 some were not run.
"""

import argparse
import shlex
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from tests.conformance.report import Report, merged, read_report
from tests.conformance.wstest import SuiteError, Wstest, install, running
from tests.support.parts import python27
from wirescope.clock import SystemClock

ROOT = Path(__file__).resolve().parent.parent.parent

CORE = ["1-7,10", "9"]
COMPRESSION = [
    "12.1.*,13.1.*",
    "12.2.*,13.2.*",
    "12.3.*",
    "12.4.*,13.3.*",
    "12.5.*,13.4.*",
    "13.5.*,13.6.*,13.7.*",
]
# Of each of the twelve settings one message size: the smallest, a small one, one in fragments.
CI_COMPRESSION = [
    ",".join(f"{setting}.{(1, 4, 11)[at % 3]}" for at, setting in enumerate(settings))
    for settings in (
        [f"13.{number}" for number in range(1, 8)],
        [f"12.{number}" for number in range(1, 6)],
    )
]
NAMED: dict[str, list[str]] = {
    "core": CORE,
    "compression": COMPRESSION,
    "all": CORE + COMPRESSION,
    "ci": [*CI_COMPRESSION, "9", "1-7,10"],
}
LIMIT_S = 600.0
_CHOOSING_A_PORT = Lock()
PEERS = {
    "client": f"{sys.executable} -m tests.conformance.echo_client {{url}} {{agent}}",
    "server": f"{sys.executable} -m tests.conformance.echo_server",
}


@dataclass(frozen=True, slots=True)
class Run:
    """One group of cases against one role.

    Attributes:
        role: `client` or `server`, which of ours is under test.
        cases: the ids of the cases.
        command: the peer; a client's `{url}` and `{agent}` are filled in, a server prints its
            address as the first line.
        folder: where reports and logs go.
        limit_s: seconds after which the group is ended.
    """

    role: str
    cases: list[str]
    command: str
    folder: Path
    limit_s: float = LIMIT_S

    def __call__(self, suite: Wstest) -> Report:
        """Run the group to its end, or to its limit."""
        self.folder.mkdir(parents=True)
        test = self._test_client if self.role == "client" else self._test_server
        test(suite)
        return read_report(self.folder, self.cases)

    def _specification(self, **more: object) -> dict[str, object]:
        outcome = {"outdir": str(self.folder), "cases": self.cases, "exclude-cases": []}
        return outcome | {"exclude-agent-cases": {}, "options": {}} | more

    def _test_client(self, suite: Wstest) -> None:
        with ExitStack() as stack:
            # The suite must be told a port; until it listens, no other group may be given the same.
            with _CHOOSING_A_PORT:
                url = f"ws://127.0.0.1:{free_port()}"
                specification = self._specification(url=url)
                fuzzing = suite.fuzzing("fuzzingserver", specification, self.folder)
                wait_until_listening(url, stack.enter_context(fuzzing))
            words = shlex.split(self.command.format(url=url, agent="wirescope"))
            with (
                (self.folder / "peer.log").open("wb") as log,
                running(words, cwd=ROOT, stdout=log, stderr=log) as peer,
            ):
                wait_for(peer, self.limit_s)

    def _test_server(self, suite: Wstest) -> None:
        words = shlex.split(self.command)
        with (
            (self.folder / "peer.log").open("wb") as log,
            running(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=log) as peer,
        ):
            url = first_line(peer)
            servers = [{"agent": "wirescope", "url": url}]
            specification = self._specification(servers=servers)
            with suite.fuzzing("fuzzingclient", specification, self.folder) as client:
                wait_for(client, self.limit_s)


def first_line(peer: subprocess.Popen[bytes]) -> str:
    """Read the address that a server prints."""
    if peer.stdout is None or not (line := peer.stdout.readline()):
        raise SuiteError("the server under test ended before it printed its address; see peer.log")
    return line.decode().strip()


def wait_for(process: subprocess.Popen[bytes], limit_s: float) -> None:
    """Wait for a process; one that takes too long is ended by whoever started it."""
    try:
        process.wait(limit_s)
    except subprocess.TimeoutExpired:
        print(f"not finished after {limit_s:g} s", file=sys.stderr)


def free_port() -> int:
    """Ask the machine for a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_listening(url: str, server: subprocess.Popen[bytes]) -> None:
    """Wait until the testsuite's server takes connections."""
    port = int(url.rpartition(":")[2])
    clock = SystemClock()
    end = clock.monotonic_ns() + 30_000_000_000
    while clock.monotonic_ns() < end and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            try:
                server.wait(0.05)
            except subprocess.TimeoutExpired:
                continue
        else:
            return
    raise SuiteError("the testsuite's server did not start; see wstest.log")


def patterns_of(group: str) -> list[str]:
    """Turn `1-7,10,12.1.3` into the testsuite's own patterns."""
    patterns = []
    for part in group.split(","):
        first, dash, last = part.partition("-")
        if dash:
            patterns += [f"{number}.*" for number in range(int(first), int(last) + 1)]
        else:
            patterns.append(part if "." in part else f"{part}.*")
    return patterns


def run_in_groups(
    suite: Wstest,
    roles: Sequence[str],
    groups: Sequence[str],
    *,
    folder: Path,
    peers: dict[str, str] = PEERS,
    limit_s: float = LIMIT_S,
    parallel: int = 2,
) -> dict[str, Report]:
    """Run groups of cases in each role, some side by side; one report a role."""
    cases = [suite.cases(patterns_of(group)) for group in groups]
    runs = {
        role: [
            Run(role, ids, peers[role], folder / role / str(number), limit_s)
            for number, ids in enumerate(cases)
        ]
        for role in roles
    }
    with ThreadPoolExecutor(parallel) as pool:
        done = {role: [pool.submit(run, suite) for run in runs[role]] for role in roles}
        return {role: merged(group.result() for group in done[role]) for role in roles}


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line, run, print the counts."""
    parser = argparse.ArgumentParser(
        prog="autobahn", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("role", choices=["client", "server", "both"])
    parser.add_argument("--cases", default="ci", help="groups, cases, or a name")
    parser.add_argument("--python27", default=python27(), help="the interpreter of Python 2.7")
    parser.add_argument("--folder", type=Path, help="where reports go; a temporary one by default")
    parser.add_argument("--limit", type=float, default=LIMIT_S, help="seconds for one group")
    parser.add_argument("--parallel", type=int, default=2, help="groups side by side")
    parser.add_argument("--peer", help="another peer than this project's own, to compare with")
    parser.add_argument("--lenient", action="store_true", help="let every non-strict case pass")
    chosen = parser.parse_args(arguments)
    if chosen.python27 is None:
        parser.error("Python 2.7 is not on this machine; name it with --python27")
    roles = ["client", "server"] if chosen.role == "both" else [chosen.role]
    folder = chosen.folder or Path(tempfile.mkdtemp(prefix="wirescope-autobahn-"))
    clock = SystemClock()
    begin_ns = clock.monotonic_ns()
    try:
        reports = run_in_groups(
            install(chosen.python27),
            roles,
            NAMED.get(chosen.cases, [chosen.cases]),
            folder=folder.resolve(),
            peers=dict.fromkeys(PEERS, chosen.peer) if chosen.peer else PEERS,
            limit_s=chosen.limit,
            parallel=chosen.parallel,
        )
    except SuiteError as error:
        print(f"{error} (in {folder})", file=sys.stderr)
        return 2
    for role, report in reports.items():
        print(f"{role}: " + "\n".join(report.lines()))
    print(f"{(clock.monotonic_ns() - begin_ns) / 1e9:.0f} s; reports in {folder}")
    return max(report.exit_code(lenient=chosen.lenient) for report in reports.values())


if __name__ == "__main__":
    sys.exit(main())
