"""Writes that the system refuses: recording pauses, says so, goes on, and has lost nothing.

The limit on a file's size makes the kernel refuse real writes (EFBIG), which SQLite reports as it
does a broken disk's EIO: SQLITE_IOERR_WRITE.
"""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import asyncio, resource, sys
from pathlib import Path
from tests.capture.making import Scene
from wirescope.capture import CaptureWriter, open_capture
from wirescope.errors import CaptureWriteError

path, mends = Path(sys.argv[1]), sys.argv[2] == "mends"
no_limit = resource.getrlimit(resource.RLIMIT_FSIZE)
alarms = []

def on_alarm(alarm):
    alarms.append(alarm)
    if mends:
        resource.setrlimit(resource.RLIMIT_FSIZE, no_limit)

async def main():
    scene = Scene()
    for number in range(400):
        scene.text(f"{number} " + "x" * 5000)
    writer = CaptureWriter.create(path, timeline=scene.timeline, on_alarm=on_alarm)
    for event in scene.events[:100]:
        writer([event])
    await writer.wait_saved(100)
    largest = max(file.stat().st_size for file in path.parent.iterdir())
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest + 100_000, no_limit[1]))
    for event in scene.events[100:]:
        full = writer([event])
        if full is not None:
            await full
    if mends:
        await writer.wait_saved(scene.events[-1].seq)
        await writer.aclose()
    else:
        try:
            await writer.aclose(timeout_s=0.5)
        except CaptureWriteError as error:
            assert "700 events could not be saved" in str(error), error
            assert "ends with event 100" in str(error), error
        else:
            raise AssertionError("closing said nothing")
    with open_capture(path, repair=False) as capture:
        kept = list(capture.events())
    assert kept == (scene.events if mends else scene.events[:100]), len(kept)
    assert [alarm.kind for alarm in alarms] == ["io-error", "resumed"][: 1 + mends], alarms
    assert "cannot be written" in alarms[0].message
    assert "Look at the disk" in alarms[0].hint

asyncio.run(main())
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="limits on files are POSIX's")
@pytest.mark.parametrize("fate", ["mends", "stays broken"])
def test_a_disk_that_refuses_writes_costs_nothing_that_was_saved(tmp_path: Path, fate: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path / "a.wirescope"), fate],
        capture_output=True,
        text=True,
        timeout=50,
    )
    assert done.returncode == 0, done.stderr
