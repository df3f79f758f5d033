"""What every test may ask for: a loop with a deadline, real parts of the machine, a held clock.

An `async def` test is run here, by `asyncio.Runner`, on asyncio's own loop; marked `each_loop` it
runs on uvloop, too. It must end within the deadline and leave no task, thread or descriptor behind.
"""

import asyncio
import gc
import inspect
import os
import sys
import threading
import time
from collections.abc import Callable, Coroutine, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.fake_clock import FakeClock
from tests.support.parts import MAY_BE_MISSING, PARTS
from tests.support.scheduling import ALONE, QUIET, QuietThenFiles
from tests.support.turns import Kind, Turns

DEADLINE_S = 60.0
ENGINE_TRIES = 200
REQUIRE_ALL = "WIRESCOPE_REQUIRE_ALL"
TURNS = pytest.StashKey[Turns]()

if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
    # Hundreds of processes are started, and each would compile anew all that it imports: a third of
    # the time of its start. What is compiled stands apart from the sources here.
    os.environ["PYTHONPYCACHEPREFIX"] = str(Path(__file__).parents[1] / ".artefacts" / "bytecode")

LOOPS: dict[str, Callable[[], asyncio.AbstractEventLoop] | None] = {"asyncio": None}
if sys.platform != "win32" and sys.implementation.name == "cpython":
    import uvloop

    uvloop.new_event_loop().close()  # opens a pipe of its own, once a process
    LOOPS["uvloop"] = uvloop.new_event_loop


# Coroutines, on either loop


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "each_loop: run on asyncio's loop and on uvloop")
    config.addinivalue_line("markers", "requires(*parts): real parts of the machine; see PARTS")
    config.addinivalue_line("markers", "leaky(reason): what is left behind is not looked at")
    config.addinivalue_line("markers", "quiet: few tests run beside it; it looks at what is played")
    config.addinivalue_line("markers", "alone: no other test runs beside it; it looks at real time")
    config.stash[TURNS] = Turns(getattr(config, "workerinput", {}).get("testrunuid", ""))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if metafunc.definition.get_closest_marker("each_loop"):
        metafunc.parametrize("loop_name", list(LOOPS), indirect=True)


@pytest.fixture(autouse=True)
def loop_name(request: pytest.FixtureRequest) -> str:
    """Name the loop that this test's coroutines run on."""
    return str(getattr(request, "param", "asyncio"))


@pytest.fixture
def run(request: pytest.FixtureRequest, loop_name: str) -> Callable[..., Any]:
    """Run a coroutine to its end: `run(coroutine, timeout_s=30)` gives its result."""
    leaky = request.node.get_closest_marker("leaky") is not None

    def run_one(coroutine: Coroutine[Any, Any, Any], *, timeout_s: float = DEADLINE_S) -> Any:
        with nothing_left_behind(unless=leaky):
            return run_to_its_end(coroutine, loop_name, timeout_s)

    return run_one


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = pyfuncitem._fixtureinfo.argnames
    arguments = {name: pyfuncitem.funcargs[name] for name in names}
    with nothing_left_behind(unless=pyfuncitem.get_closest_marker("leaky") is not None):
        run_to_its_end(pyfuncitem.obj(**arguments), pyfuncitem.funcargs["loop_name"], DEADLINE_S)
    return True


def run_to_its_end(coroutine: Coroutine[Any, Any, Any], loop: str, timeout_s: float) -> Any:
    async def within_the_deadline() -> Any:
        try:
            async with asyncio.timeout(timeout_s) as deadline:
                result = await coroutine
        except TimeoutError:
            if deadline.expired():
                pytest.fail(f"not done after {timeout_s:g} s; waiting: {names_of(other_tasks())}")
            raise
        await settle()
        if left := other_tasks():
            pytest.fail(f"tasks left behind: {names_of(left)}")
        return result

    with asyncio.Runner(loop_factory=LOOPS[loop]) as runner:
        return runner.run(within_the_deadline())


async def settle() -> None:
    """Let callbacks that are due run, so that what is only about to end can end."""
    for _ in range(10):
        if not other_tasks():
            return
        await asyncio.sleep(0)


def other_tasks() -> set[asyncio.Task[Any]]:
    return asyncio.all_tasks() - {asyncio.current_task()}


def names_of(tasks: set[asyncio.Task[Any]]) -> str:
    return ", ".join(sorted(str(task.get_coro()) for task in tasks)) or "nothing else"


@contextmanager
def nothing_left_behind(*, unless: bool = False) -> Iterator[None]:
    """Fail when a thread or a descriptor is open afterwards that was not before."""
    threads, descriptors = set(threading.enumerate()), open_descriptors()
    yield
    if unless:
        return
    if new := threads_left(threads):
        pytest.fail(f"threads left behind: {', '.join(thread.name for thread in new)}")
    if open_descriptors().keys() - descriptors.keys():
        gc.collect()  # a cycle may hold it; that is untidy, not a leak
    if new_ones := left_open(descriptors):
        pytest.fail(f"descriptors left open: {'; '.join(new_ones)}")


def threads_left(before: set[threading.Thread]) -> list[threading.Thread]:
    """List the threads that were not there before; one that waits for a process has a moment."""
    for _ in range(ENGINE_TRIES):
        new = [thread for thread in threading.enumerate() if thread not in before]
        if not new:
            break
        time.sleep(0.01)
    return new


def left_open(before: dict[str, str]) -> list[str]:
    """List what is open and was not before; threads of an engine have a moment to close theirs."""
    for _ in range(ENGINE_TRIES):
        now = open_descriptors()
        new = [f"{number}: {now[number]}" for number in now.keys() - before.keys()]
        if not new:
            break
        time.sleep(0.01)
    return new


def open_descriptors() -> dict[str, str]:
    """Open descriptors of tests and what they are; empty where the machine does not say."""
    forking = sys.modules.get("tests.support.forking")  # where a test has used it
    found, kept = {}, set() if forking is None else forking.own_descriptors()
    folder = Path("/proc/self/fd")
    for entry in folder.iterdir() if folder.is_dir() else ():
        try:
            target = str(entry.readlink())
        except OSError:  # the one that listed the folder
            continue
        if not target.startswith(("/dev/", "/proc/")) and int(entry.name) not in kept:
            found[entry.name] = target
    return found


# Tests side by side


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put those that need quiet at the beginning, and those that run alone at the end.

    They look at real time, and a machine may stand still for longer than a player buffers: where
    one fails, it is run once more, and the summary counts that. No other test has a second chance.

    Where there are several workers, files in which no test is slow come behind those in which one
    is: with many short ones at the end all workers are done at about the same time.
    """
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    shared = hasattr(config, "workerinput")
    items.sort(key=lambda item: (_ORDER[kind_of(item)], shared and item.path not in slow))
    for item in items:
        if kind_of(item) != "beside":
            item.add_marker(pytest.mark.flaky(reruns=1))


_ORDER: dict[Kind, int] = {"quiet": 0, "beside": 1, "alone": 2}


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> QuietThenFiles | None:
    return QuietThenFiles(config, log) if config.getvalue("dist") == "loadfile" else None


def kind_of(item: pytest.Item) -> Kind:
    """Tell which tests may run beside one."""
    if item.get_closest_marker(ALONE) is not None:
        return "alone"
    return "beside" if item.get_closest_marker(QUIET) is None else "quiet"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(
    item: pytest.Item, nextitem: pytest.Item | None
) -> Generator[None, object, object]:
    """Wait for the test's turn, before its time begins to count."""
    then = None if nextitem is None else kind_of(nextitem)
    with item.config.stash[TURNS].turn(kind_of(item), then=then):
        return (yield)


# Real parts of the machine


def require(part: str) -> str:
    """Find a part of the machine; without it the test is skipped, or fails where all must run."""
    path = PARTS[part]()
    if path is not None:
        return path
    reason = f"{part} is not on this machine"
    if os.environ.get(REQUIRE_ALL) == "1" and part not in MAY_BE_MISSING:
        pytest.fail(f"{reason}, and {REQUIRE_ALL}=1 asks for all parts")
    pytest.skip(reason)


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker in item.iter_markers("requires"):
        for part in marker.args:
            require(part)


@pytest.fixture(scope="session")
def real_part() -> Callable[[str], str]:
    """Find a part by name: `real_part("tmux")` gives its path, skips or fails without it."""
    return require


# Time


@pytest.fixture
def clock() -> FakeClock:
    """Give a clock that stands still until it is moved."""
    return FakeClock()
