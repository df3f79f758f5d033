"""A forked command is as one that was started: streams, environment, folder, status."""

import json
import signal
import subprocess
from pathlib import Path

import pytest

from tests.cli.running import COMMAND, ENVIRONMENT
from tests.support import forking
from wirescope.processes import FORKS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not FORKS, reason="this system forks no processes"),
]


def forked(
    *arguments: str, stdin: bytes | None = None, timeout_s: float = 20, **environment: str
) -> "subprocess.CompletedProcess[bytes]":
    return forking.run(
        arguments,
        stdin=stdin,
        environment={**ENVIRONMENT, **environment},
        timeout_s=timeout_s,
    )


@pytest.mark.parametrize(
    ("arguments", "stdin"),
    [
        (["explain", "WS201"], None),
        (["--version"], None),
        (["nothing"], None),
        (["connect", "ws://127.0.0.1:9/", "-v"], None),
        (["show", "-", "--format", "text"], b"no capture"),
        (["export", "--help"], b"unread"),
    ],
)
def test_it_says_what_a_started_one_says(arguments: list[str], stdin: bytes | None) -> None:
    done = forked(*arguments, stdin=stdin)
    started = subprocess.run(
        [*COMMAND, *arguments],
        input=stdin,
        stdin=subprocess.DEVNULL if stdin is None else None,
        capture_output=True,
        env=ENVIRONMENT,
        check=False,
    )
    assert (done.returncode, done.stdout) == (started.returncode, started.stdout)
    # Times of phases differ.
    assert len(done.stderr.splitlines()) == len(started.stderr.splitlines())


def test_it_has_the_folder_of_its_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here.wirescope").write_bytes(b"no capture")
    missing = forked("show", "here.wirescope").stderr
    monkeypatch.chdir(tmp_path)
    assert forked("show", "here.wirescope").stderr != missing


def test_it_has_the_environment_that_it_is_given() -> None:
    narrow, wide = (forked("--help", COLUMNS=each).stdout for each in ("40", "100"))
    assert max(map(len, narrow.splitlines())) < max(map(len, wide.splitlines()))


def test_one_that_takes_too_long_is_killed_and_the_next_one_runs() -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        forked("serve", "--port", "0", timeout_s=0.5)
    assert forked("explain", "WS201").returncode == 0


def test_several_run_at_a_time_and_each_ends_as_it_is_told(tmp_path: Path) -> None:
    arguments = ["serve", "--port", "0", "--format", "ndjson"]
    with (
        forking.start(arguments, environment=ENVIRONMENT) as one,
        (tmp_path / "errors").open("wb") as errors,
        forking.start(arguments, environment=ENVIRONMENT, stderr=errors) as other,
    ):
        for each in (one, other):
            assert json.loads(each.stdout.readline())["type"] == "ready"
            assert each.poll() is None
        assert one.pid != other.pid
        one.send_signal(signal.SIGINT)
        assert one.wait(20) == 0
        with pytest.raises(subprocess.TimeoutExpired):
            other.wait(0.05)
        other.kill()
        assert other.wait(20) == -signal.SIGKILL
        other.kill()  # which is nobody any more
        assert (other.poll(), other.stderr) == (-signal.SIGKILL, None)


def test_a_pipe_that_a_command_reads_ends_with_that_of_its_test() -> None:
    with forking.start(["show", "-"], environment=ENVIRONMENT) as process:
        process.stdin.close()
        assert process.wait(20) == 0


def test_much_output_and_much_input_pass(tmp_path: Path) -> None:
    lines = b"".join(b'{"number": %d}\n' % number for number in range(50_000))
    done = forked("import", "-", "-o", str(tmp_path / "x.wirescope"), stdin=lines)
    assert done.returncode != 0
    assert done.stderr
