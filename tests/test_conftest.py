"""The test suite's own floor: loops, deadlines and leaks are really looked at."""

import asyncio
import sys
import threading
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

CONFTEST = Path(__file__).with_name("conftest.py")


@pytest.fixture
def outcome(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch):
    """Run a test file under the same conftest; give the counts and the output."""
    root = CONFTEST.parent.parent
    pytester.makeconftest(CONFTEST.read_text("utf-8"))
    pytester.makeini("[pytest]\naddopts = -p no:cacheprovider\n")
    monkeypatch.setenv("PYTHONPATH", str(root))

    def run(source: str) -> tuple[dict[str, int], str]:
        pytester.makepyfile(source)
        result = pytester.runpytest_subprocess("-q")
        return result.parseoutcomes(), result.stdout.str()

    return run


@pytest.mark.each_loop
async def test_a_coroutine_runs_on_the_loop_it_asks_for(loop_name: str) -> None:
    assert type(asyncio.get_running_loop()).__module__.startswith(loop_name)


def test_a_coroutine_gives_its_result(run) -> None:
    async def answer() -> int:
        return 42

    assert run(answer()) == 42


def test_a_coroutine_that_never_ends_fails(run) -> None:
    with pytest.raises(pytest.fail.Exception, match="not done after"):
        run(asyncio.Event().wait(), timeout_s=0.01)


def test_an_own_timeout_is_not_taken_for_the_deadline(run) -> None:
    async def own() -> None:
        raise TimeoutError("mine")

    with pytest.raises(TimeoutError, match="mine"):
        run(own())


def test_a_task_left_behind_fails(run) -> None:
    async def careless() -> None:
        loop = asyncio.get_running_loop()
        loop.task = loop.create_task(asyncio.Event().wait())  # type: ignore[attr-defined]

    with pytest.raises(pytest.fail.Exception, match=r"tasks left behind: .*Event\.wait"):
        run(careless())


def test_a_thread_left_behind_fails(run) -> None:
    release = threading.Event()

    async def careless() -> None:
        threading.Thread(target=release.wait, args=(5,), name="stray").start()

    with pytest.raises(pytest.fail.Exception, match="threads left behind: stray"):
        run(careless())
    release.set()


@pytest.mark.skipif(sys.platform != "linux", reason="descriptors are listed on Linux only")
def test_a_descriptor_left_open_fails(run, tmp_path: Path) -> None:
    kept = []

    async def careless() -> None:
        kept.append((tmp_path / "stray").open("w"))

    with pytest.raises(pytest.fail.Exception, match=r"descriptors left open: .*stray"):
        run(careless())
    kept.pop().close()


@pytest.mark.slow
def test_a_missing_part_skips_and_says_so(outcome, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WIRESCOPE_REQUIRE_ALL", raising=False)
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))
    counts, output = outcome(
        "import pytest\n@pytest.mark.requires('tmux')\ndef test_it():\n    raise AssertionError\n"
    )
    assert counts == {"skipped": 1}, output


@pytest.mark.slow
def test_a_missing_part_fails_where_all_must_run(outcome, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))
    monkeypatch.setenv("WIRESCOPE_REQUIRE_ALL", "1")
    counts, output = outcome(
        "import pytest\n@pytest.mark.requires('tmux')\ndef test_it():\n    pass\n"
    )
    assert counts == {"errors": 1}, output
    assert "tmux is not on this machine" in output


def test_who_needs_quiet_runs_before_all_others_and_who_runs_alone_last(outcome) -> None:
    counts, output = outcome(
        """
        import pytest

        seen = []

        @pytest.mark.alone
        def test_alone():
            assert seen == ["quiet", "beside"]

        @pytest.mark.quiet
        def test_quiet():
            assert seen == []
            seen.append("quiet")

        def test_beside():
            assert seen == ["quiet"]
            seen.append("beside")
        """
    )
    assert counts == {"passed": 3}, output


def test_what_needs_quiet_has_a_second_chance_and_nothing_else(outcome) -> None:
    counts, output = outcome(
        """
        import pytest

        tries = {"alone": 0, "plain": 0, "quiet": 0}

        def fail_once(name):
            tries[name] += 1
            assert tries[name] > 1

        @pytest.mark.alone
        def test_alone():
            fail_once("alone")

        @pytest.mark.quiet
        def test_quiet():
            fail_once("quiet")

        def test_plain():
            fail_once("plain")
        """
    )
    assert counts == {"failed": 1, "passed": 2, "rerun": 2}, output
