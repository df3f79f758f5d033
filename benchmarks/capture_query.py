"""Ask a capture of 5,000,000 events for pages, searches and figures; hold it to limits.

    python benchmarks/capture_query.py [EVENTS]

The payloads are random: text of words and numbers and binary, 100 to 200 bytes, every one
different, so that nothing profits from repetition. The file is deleted at the end. The exit code is
1 when a limit is missed.
"""

import argparse
import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from wirescope.capture import Capture, CaptureWriter, open_capture
from wirescope.clock import SystemClock
from wirescope.events import AnyEvent, MessageKind, Timeline, WebSocketFrame, WebSocketMessage

now_ns = SystemClock.monotonic_ns

PAGE_LIMIT_S = 0.1
SEARCH_LIMIT_S = 1.0
STATISTICS_LIMIT_S = 5.0

RARE = b"needle-in-a-haystack"
COMMON = b"quantity"
WORDS = [b"symbol", b"price", b"order", b"venue", b"account", COMMON, b"sequence", b"status"]


def payloads() -> Iterator[tuple[MessageKind, bytes]]:
    generator = random.Random(1)
    choice, random_bytes, bits = generator.choice, generator.randbytes, generator.getrandbits
    while True:
        length = 100 + bits(7) % 101
        noise = random_bytes(length)
        if bits(1):
            yield "binary", noise
        else:
            yield "text", b'{"%b":%d,"id":"%b"}' % (choice(WORDS), bits(30), noise.hex().encode())


def stream(timeline: Timeline, count: int) -> Iterator[AnyEvent]:
    """Frames and the messages made of them, one with the rare needle nine tenths in."""
    source = payloads()
    rare_at = count // 20 * 9
    for number in range(count // 2):
        kind, payload = next(source)
        payload = RARE + payload[:100] if number == rare_at else payload[:200]
        size = len(payload)
        opcode = 0x81 if kind == "text" else 0x82
        header = bytes((opcode, size)) if size < 126 else bytes((opcode, 126, 0, size))
        seq, at_ns = timeline.next_seq(), timeline.now_ns()
        yield WebSocketFrame(seq, at_ns, "c1", "received", header, payload, 0)
        yield WebSocketMessage(
            timeline.next_seq(), at_ns, "c1", "received", kind, size, len(header) + size,
            compressed=False, frames=(seq,), payload=payload,
        )  # fmt: skip


def build(path: Path, count: int) -> None:
    timeline = Timeline()
    began_ns = now_ns()
    with CaptureWriter.create(path, timeline=timeline) as writer:
        events = stream(timeline, count)
        while batch := list(islice(events, 256)):
            writer(batch)
    took_s = (now_ns() - began_ns) / 1e9
    size = path.stat().st_size
    print(
        f"{count:,} events written in {took_s:.1f} s ({count / took_s:,.0f}/s, making them"
        f" included), {size / 1e6:,.0f} MB, {size / count:.0f} B an event"
    )


def measure(name: str, limit_s: float, ask: Callable[[], Any], *, found: int) -> bool:
    began_ns = now_ns()
    result = ask()
    took_s = (now_ns() - began_ns) / 1e9
    count = len(result) if isinstance(result, list) else result.events
    right = count == found
    verdict = "ok" if took_s <= limit_s and right else "MISSED" if right else f"WRONG ({count})"
    print(f"{name:46} {took_s * 1000:8.1f} ms   limit {limit_s * 1000:6.0f} ms   {verdict}")
    return right and took_s <= limit_s


def questions(path: Path, count: int) -> Iterator[bool]:
    def fresh(ask: Callable[[Capture], Any]) -> Callable[[], Any]:
        def opened() -> Any:
            with open_capture(path) as capture:
                return ask(capture)

        return opened

    def text(needle: bytes, operator: str = "~") -> str:
        return f'text {operator} "{needle.decode()}"'

    page, search = PAGE_LIMIT_S, SEARCH_LIMIT_S
    end = count + 1
    yield measure("open and first page", page, fresh(lambda c: c.page()), found=200)
    yield measure("last page", page, fresh(lambda c: c.page(before=end)), found=200)
    middle = fresh(lambda c: c.page(after=count // 2))
    yield measure("page in the middle", page, middle, found=200)
    kinds = fresh(lambda c: c.page(filter="type == websocket.message and kind == text"))
    yield measure("first page of text messages", page, kinds, found=200)
    nothing = fresh(lambda c: c.page(filter="type == connection.closed"))
    yield measure("first page of a type that is not there", page, nothing, found=0)
    common = fresh(lambda c: c.page(filter=text(COMMON)))
    yield measure("text, common: first page", search, common, found=200)
    rare = fresh(lambda c: c.page(filter=text(RARE)))
    yield measure("text, once: first page", search, rare, found=2)
    absent = fresh(lambda c: c.page(filter='text ~ "zyzzyva"'))
    yield measure("text, nowhere: the whole file", search, absent, found=0)
    statistics = fresh(lambda c: c.statistics())
    yield measure("statistics of the whole", STATISTICS_LIMIT_S, statistics, found=count)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("events", nargs="?", type=int, default=5_000_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "query.wirescope"
        build(path, arguments.events)
        return 0 if all(list(questions(path, arguments.events))) else 1


if __name__ == "__main__":
    sys.exit(main())
