"""Captures made of events that exist already: all of it or nothing."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.capture.making import conversation, events_of
from wirescope.capture.formats.building import build_capture
from wirescope.errors import CaptureExistsError

KILLED = """
import os, signal, sys
from pathlib import Path
from tests.capture.making import conversation
from wirescope.capture.formats.building import build_capture

def emissions():
    yield from conversation(2000).emissions
    os.kill(os.getpid(), signal.SIGKILL)

build_capture(Path(sys.argv[1]), emissions(), started_wall_ns=0)
"""


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is a signal of POSIX")
def test_what_is_killed_on_the_way_is_no_capture_and_can_be_done_again(tmp_path: Path) -> None:
    out = tmp_path / "night.wirescope"
    killed = subprocess.run([sys.executable, "-c", KILLED, str(out)], check=False, timeout=30)
    assert killed.returncode == -signal.SIGKILL
    assert not out.exists()
    assert list(tmp_path.glob(".night*.part"))
    scene = conversation(3)
    build_capture(out, scene.emissions, started_wall_ns=0)
    assert events_of(out) == scene.events
    assert [path.name for path in tmp_path.iterdir()] == ["night.wirescope"]


def test_a_capture_is_never_written_over(tmp_path: Path) -> None:
    out = conversation(1).record(tmp_path / "a")
    before = out.read_bytes()
    with pytest.raises(CaptureExistsError):
        build_capture(out, conversation(2).emissions, started_wall_ns=0)
    assert out.read_bytes() == before
