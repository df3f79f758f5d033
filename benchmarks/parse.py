"""How many frames a second the parser cuts, and the whole received direction turns into events.

Run as `python -m benchmarks.parse [--seconds S]`; one line a payload size, plain and masked. The
stream is fed in pieces of 64 KiB, as a socket gives them.
"""

import argparse
import os
from collections.abc import Callable, Iterator

from wirescope.clock import SystemClock
from wirescope.events import Timeline
from wirescope.transports.websocket.journal import Journal
from wirescope.transports.websocket.reception import Reception
from wirescope.wire.websocket import FrameParser, build_header, frame_bytes

SIZES = (20, 200, 1000, 16_000)
READ = 1 << 16
MASKING_KEY = b"\x37\xfa\x21\x3d"


class Unheard:
    """A receiver that wants nothing."""

    def on_messages(self, messages: object) -> None:
        """Take a message."""

    def on_control(self, frame: object) -> None:
        """Take a control frame."""

    def on_breach(self, breach: object) -> None:
        """Take a breach."""


def stream(size: int, *, masked: bool) -> tuple[list[bytes], int]:
    """Make about 8 MB of binary frames, cut as they are read, and their number."""
    payload = os.urandom(size)
    header = build_header(2, size, masking_key=MASKING_KEY if masked else None)
    count = max(200, (8 << 20) // (size + len(header)))
    wire = frame_bytes(header, payload) * count
    return [wire[at : at + READ] for at in range(0, len(wire), READ)], count


def parse(pieces: list[bytes]) -> None:
    parser = FrameParser()
    for piece in pieces:
        parser.feed(piece)


def receive(pieces: list[bytes], *, masked: bool) -> None:
    timeline = Timeline()
    reception = Reception(
        Journal(timeline, lambda _: None, timeline.new_connection()),
        Unheard(),
        masked=masked,
        deflate=None,
        max_message_size=None,
        max_fragments=1,
        hold_limit=1 << 20,
        strict=True,
    )
    for piece in pieces:
        reception.feed(piece)
        reception.process(lambda: False)


def rate(work: Callable[[], None], count: int, seconds: float) -> float:
    """Repeat the work until the seconds are over; the best frames a second."""
    clock, best_ns, spent_ns = SystemClock(), 1 << 62, 0
    while spent_ns < seconds * 1e9:
        began_ns = clock.monotonic_ns()
        work()
        took_ns = clock.monotonic_ns() - began_ns
        best_ns, spent_ns = min(best_ns, took_ns), spent_ns + took_ns
    return count / best_ns * 1e9


def lines(seconds: float) -> Iterator[str]:
    yield f"{'payload':>8} {'masking':>8} {'parser':>14} {'MB/s':>7} {'with events':>14}"
    for size in SIZES:
        for masked in (False, True):
            pieces, count = stream(size, masked=masked)
            parsed = rate(lambda pieces=pieces: parse(pieces), count, seconds)  # type: ignore[misc]
            received = rate(
                lambda pieces=pieces, masked=masked: receive(pieces, masked=masked),  # type: ignore[misc]
                count,
                seconds,
            )
            bandwidth = parsed * sum(map(len, pieces)) / count / 1e6
            shown = "masked" if masked else "plain"
            yield f"{size:>8} {shown:>8} {parsed:>12,.0f}/s {bandwidth:>7,.0f} {received:>12,.0f}/s"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=1, help="of each measurement")
    for line in lines(parser.parse_args().seconds):
        print(line, flush=True)


if __name__ == "__main__":
    main()
