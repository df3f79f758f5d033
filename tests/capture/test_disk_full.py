"""A disk that is really full: recording pauses, says so, goes on, and has lost nothing."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.small_disk import can_mount

SCRIPT = """
import asyncio, subprocess, sys
from tests.capture.making import Scene
from wirescope.capture import CaptureWriter, open_capture

folder = sys.argv[1]
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", folder], check=True)
alarms = []

def on_alarm(alarm):
    alarms.append(alarm.kind)
    if alarm.kind == "disk-full":
        subprocess.run(["mount", "-o", "remount,size=60m", folder], check=True)

async def main():
    scene = Scene()
    for number in range(20_000):
        scene.text(f"{number} " + "x" * 500)
    path = folder + "/full.wirescope"
    async with CaptureWriter.create(path, timeline=scene.timeline, on_alarm=on_alarm) as writer:
        with open_capture(path) as reader:
            for event in scene.events:
                if (full := writer([event])) is not None:
                    await full
            await writer.wait_saved(scene.events[-1].seq)
            assert list(reader.events()) == scene.events
    with open_capture(path) as reader:
        assert list(reader.events()) == scene.events
    assert alarms == ["disk-full", "resumed"], alarms

asyncio.run(main())
"""


@pytest.mark.slow
@pytest.mark.skipif(not can_mount(), reason="mounting a small disk needs root and unshare")
def test_a_full_disk_pauses_the_recording_and_loses_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        ["unshare", "-m", sys.executable, "-c", SCRIPT, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=50,
    )
    assert done.returncode == 0, done.stderr
