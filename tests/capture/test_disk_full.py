"""A disk that is really full: recording pauses, says so, goes on, and has lost nothing."""

from pathlib import Path

import pytest

from tests.support.small_disk import needs_small_disk, run_on_small_disk

SCRIPT = """
import asyncio
from tests.capture.making import Scene
from wirescope.capture import CaptureWriter, open_capture

alarms = []

def on_alarm(alarm):
    alarms.append(alarm.kind)
    if alarm.kind == "disk-full":
        grow("60m")

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
@needs_small_disk
def test_a_full_disk_pauses_the_recording_and_loses_nothing(tmp_path: Path) -> None:
    run_on_small_disk(SCRIPT, tmp_path)
