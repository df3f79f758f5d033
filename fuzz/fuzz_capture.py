"""Capture files, damaged in any way."""

import contextlib
import tempfile
from pathlib import Path

from wirescope.capture import Capture, CaptureWriter, open_capture
from wirescope.errors import WirescopeError
from wirescope.events import Timeline, WebSocketFrame, WebSocketMessage


def seed() -> bytes:
    """A small capture: frames, messages of one frame and of several, a compressed one."""
    timeline = Timeline()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "seed"
        with CaptureWriter.create(path, timeline=timeline) as writer:
            for number in range(20):
                first = timeline.next_seq()
                for seq in (first, timeline.next_seq()):
                    frame = WebSocketFrame(seq, seq, "c1", "sent", b"\x01\x03", b"abc", number)
                    writer([frame])
                seqs = (first, first + 1)
                fields = ("c1", "sent", "text", 6, 10, number % 2 == 1, seqs, b"abcabc")
                writer([WebSocketMessage(timeline.next_seq(), first, *fields)])
        return path.read_bytes()


SEEDS = [seed()]


def check(data: bytes) -> None:
    """Any file is read as far as it is intact, or refused with a `WirescopeError`."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fuzzed"
        path.write_bytes(data)
        try:
            with open_capture(path) as capture:
                events = list(capture.events())
                for event in events[:50]:
                    read_payload(capture, event.seq)
                list(capture.events(filter='text ~ "abc" and not fin'))
                capture.page(before=1 << 40)
                capture.statistics()
                assert len(capture.gaps) <= len(events)
        except WirescopeError:
            return


def read_payload(capture: Capture, seq: int) -> None:
    """Read a payload; one that is not whole, or that there is none of, is refused."""
    with contextlib.suppress(WirescopeError):
        for _ in capture.payload(seq):
            pass
