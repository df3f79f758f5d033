"""Kill a recording process at random moments and see that nothing it called saved is lost.

    python benchmarks/capture_kill.py [ROUNDS] [--seed N]

Each round a child records a stream of frames and messages and reports `saved_seq` over a pipe after
every commit; another process follows the file; the child is killed with SIGKILL. Then the file must
open within 2 s and hold every event that was reported as saved, in order and whole. What a loss of
power would do is another matter: the page cache survives a killed process.
"""

import argparse
import asyncio
import os
import random
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from wirescope.capture import CaptureWriter, open_capture
from wirescope.clock import SystemClock
from wirescope.events import AnyEvent, Timeline, WebSocketFrame, WebSocketMessage

now_ns = SystemClock.monotonic_ns

OPEN_LIMIT_S = 2.0
SHORTEST_S, LONGEST_S = 0.05, 0.8


def payload_of(seq: int) -> bytes:
    return b"%d " % seq * (1 + seq % 40)


def stream(timeline: Timeline) -> Iterator[AnyEvent]:
    while True:
        seq = timeline.next_seq()
        payload = payload_of(seq)
        size = len(payload)
        header = bytes((0x81, size)) if size < 126 else b"\x81\x7e" + size.to_bytes(2, "big")
        at_ns = timeline.now_ns()
        yield WebSocketFrame(seq, at_ns, "c1", "received", header, payload, 0)
        fields = ("c1", "received", "text", size, len(header) + size, False, (seq,), payload)
        yield WebSocketMessage(timeline.next_seq(), at_ns, *fields)


async def record(path: str, pipe: int) -> None:
    """Record for ever; the parent ends it."""
    timeline = Timeline()
    writer = CaptureWriter.create(path, timeline=timeline)
    reported = 0
    for number, event in enumerate(stream(timeline)):
        full = writer([event])
        if full is not None:
            await full  # type: ignore[misc]
        elif number % 50 == 0:
            await asyncio.sleep(0)
        if writer.saved_seq > reported:
            reported = writer.saved_seq
            os.write(pipe, struct.pack("<q", reported))


async def follow(path: str) -> None:
    """Follow the file to its end; any event out of order or not whole is an error."""
    seen = 0
    with open_capture(path) as capture:
        async for event in capture.follow():
            check(event, seen)
            seen = event.seq
    print(seen)


def check(event: AnyEvent, previous: int) -> None:
    if event.seq != previous + 1:
        raise SystemExit(f"event {event.seq} follows event {previous}")
    if not isinstance(event, (WebSocketFrame, WebSocketMessage)):
        raise SystemExit(f"event {event.seq} is {event}")
    frame = event.seq if isinstance(event, WebSocketFrame) else event.frames[0]
    if event.payload != payload_of(frame):
        raise SystemExit(f"the payload of event {event.seq} is not what was recorded")


def last_report(pipe: int) -> int:
    data = b""
    while chunk := os.read(pipe, 65536):
        data = (data + chunk)[-(8 + len(data + chunk) % 8) :]
    whole = len(data) - len(data) % 8
    return int(struct.unpack("<q", data[whole - 8 : whole])[0]) if whole else 0


def kill_one(folder: Path, delay_s: float) -> tuple[int, int, float]:
    """Record, kill, check; return what was reported, what is there, and how long opening took."""
    path = folder / "killed.wirescope"
    receiving, sending = os.pipe()
    me = [sys.executable, __file__]
    child = subprocess.Popen([*me, "--record", str(path), str(sending)], pass_fds=[sending])
    follower = subprocess.Popen([*me, "--follow", str(path)], stdout=subprocess.DEVNULL)
    os.close(sending)
    reports: list[int] = []
    reader = threading.Thread(target=lambda: reports.append(last_report(receiving)))
    reader.start()
    wait_for_first_commit(path)
    time.sleep(delay_s)  # the random moment
    child.send_signal(signal.SIGKILL)
    child.wait()
    reader.join()
    os.close(receiving)
    found, open_s = read_all(path)
    if follower.wait(30) != 0:
        raise SystemExit("the process that followed the file failed")
    for file in folder.iterdir():
        file.unlink()
    return reports[0], found, open_s


def wait_for_first_commit(path: Path) -> None:
    log = Path(f"{path}-wal")
    while not log.exists() or log.stat().st_size == 0:
        time.sleep(0.005)


def read_all(path: Path) -> tuple[int, float]:
    began_ns = now_ns()
    with open_capture(path) as capture:
        capture.page()
        open_s = (now_ns() - began_ns) / 1e9
        if capture.damaged:
            raise SystemExit("the file is damaged")
        seen = 0
        for event in capture.events():
            check(event, seen)
            seen = event.seq
        if capture.statistics().events != seen:
            raise SystemExit("the statistics disagree with the events")
    return seen, open_s


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("rounds", nargs="?", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    generator = random.Random(arguments.seed)
    lost = events = 0
    slowest_s = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for number in range(arguments.rounds):
            delay_s = generator.uniform(SHORTEST_S, LONGEST_S)
            reported, found, open_s = kill_one(Path(folder), delay_s)
            lost += max(0, reported - found)
            events += found
            slowest_s = max(slowest_s, open_s)
            if sys.stderr.isatty():
                print(f"\r{number + 1} of {arguments.rounds}", end="", file=sys.stderr)
    print(
        f"{arguments.rounds} kills, {events:,} events read back, {lost} acknowledged events lost,"
        f" opened in {slowest_s * 1000:.0f} ms at most (limit {OPEN_LIMIT_S * 1000:.0f} ms)"
    )
    return 1 if lost or slowest_s > OPEN_LIMIT_S else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--record"]:
        asyncio.run(record(sys.argv[2], int(sys.argv[3])))
    elif sys.argv[1:2] == ["--follow"]:
        wait_for_first_commit(Path(sys.argv[2]))
        asyncio.run(follow(sys.argv[2]))
    else:
        sys.exit(main())
