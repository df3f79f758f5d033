"""No description harms a peer: a hundred thousand mutations of real ones are taken.

Offers and answers of the engine, with data channels, audio and video, are changed in some places:
bytes, numbers, whole lines. Each is given to a peer, in processes of their own, so that a crash is
seen and does not end the rest. All that may come of one is that it is taken, a `DescriptionError`,
or a `ConnectError` where the connection has failed over it (a wrong fingerprint, say), within a
deadline, and of standard error only the engine's own notes.
Descriptions with addresses in them are only taken, never answered: a peer would try whatever
address came about.
"""

import argparse
import asyncio
import faulthandler
import random
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from fuzz.mutate import mutated
from wirescope.clock import SystemClock
from wirescope.errors import ConnectError, DescriptionError
from wirescope.events import SdpType, Timeline
from wirescope.transports.webrtc import ChannelOptions, Description, Peer, open_peer
from wirescope.transports.webrtc.engine import load

ROOT = Path(__file__).resolve().parent.parent
CHUNK = 2000
HANG_S = 20.0
CHUNK_S = 600.0

ENGINES_OWN = re.compile(r"^\([a-z_0-9]+\.cc:\d+\): .*? \([A-Z_]+\)$", re.DOTALL | re.MULTILINE)
"""What the engine writes about a description that it refuses; parts of it may be quoted there."""

WORDS = (
    *("0", "-1", "1", "255", "65535", "65536", "2147483648", "4294967296", "18446744073709551616"),
    *("", " ", "é", "\ud800", "\u0000", "a" * 5000, "IP6", "inline:", "actpass", "holdconn"),
)
CANDIDATE = "a=candidate:1 1 udp 2122260223 127.0.0.1 9 typ host\r\n"


async def seeds() -> tuple[list[str], list[str]]:
    """Make real offers, and answers to the first of them."""
    engine = load()
    offers = []
    for kinds in ((), ("audio",), ("video",), ("audio", "video", "video")):
        native = engine.RTCPeerConnection()
        native.create_data_channel("x")
        for kind in kinds:
            native.add_transceiver(kind)
        offers.append((await native.create_offer()).sdp)
        native.close()
    answers = []
    for offer in offers:
        native = engine.RTCPeerConnection()
        init = engine.RTCSessionDescriptionInit(type="offer", sdp=offer)
        await native.set_remote_description(init)
        answers.append((await native.create_answer()).sdp)
        native.close()
    return [*offers, *(each + CANDIDATE for each in offers)], answers


def changed(texts: list[str], chance: random.Random) -> str:
    """Change one of some descriptions in a few places."""
    if chance.random() < 0.4:
        made = mutated([each.encode() for each in texts], chance)
        return made.decode("utf-8", chance.choice(("replace", "surrogateescape")))
    lines = chance.choice(texts).split("\r\n")
    for _ in range(chance.choice((1, 1, 2, 3, 8))):
        at = chance.randrange(len(lines))
        match chance.randrange(6):
            case 0:
                del lines[at]
            case 1:
                lines.insert(at, chance.choice(lines))
            case 2:
                other = chance.randrange(len(lines))
                lines[at], lines[other] = lines[other], lines[at]
            case 3:
                lines[at:at] = lines[at : at + chance.randrange(1, 20)] * chance.randrange(1, 20)
            case _:
                parts = lines[at].split(" ")
                parts[chance.randrange(len(parts))] = chance.choice(WORDS)
                lines[at] = " ".join(parts)
        if not lines:
            break
    return "\r\n".join(lines)


async def take(peer: Peer, description: Description) -> tuple[bool, bool]:
    """Give a description to a peer; whether it was taken, and whether the peer can take another."""
    try:
        await peer.take(description)
    except DescriptionError as error:
        return False, "Session error" not in error.message  # the engine takes none after these
    except ConnectError:
        return False, False
    if description.kind == "offer" and "candidate" not in description.sdp:
        with suppress(DescriptionError, ConnectError):
            await peer.answer()
    return True, False


async def chunk(first: int, count: int) -> None:
    """Try so many; prints how many were taken."""
    offers, answers = await seeds()
    timeline, taken = Timeline(), 0
    middle = first + count // 2
    kinds: tuple[tuple[SdpType, list[str], int, int], ...] = (
        ("offer", offers, first, middle),
        ("answer", [answers[0]] * 9 + answers[1:], middle, first + count),
    )
    for kind, texts, begin, end in kinds:
        number = begin
        while number < end:
            async with open_peer(timeline=timeline, sink=lambda _: None) as peer:
                if kind == "answer":
                    peer.create_channel(ChannelOptions(label="x"))
                    await peer.offer()
                goes_on = True
                while number < end and goes_on:
                    faulthandler.dump_traceback_later(HANG_S, exit=True)
                    sdp = changed(texts, random.Random(number))
                    try:
                        was_taken, goes_on = await take(peer, Description(kind, sdp))
                    except BaseException:
                        print(f"mutation {number}, {kind}", file=sys.stderr)
                        raise
                    number += 1
                    taken += was_taken
    faulthandler.cancel_dump_traceback_later()
    print(taken)


def main() -> int:
    """Run all chunks; 1 if a process ended in another way than it should."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mutations", type=int, default=100_000)
    parser.add_argument("--first", type=int, default=0)
    asked = parser.parse_args()
    began_ns = SystemClock.monotonic_ns()
    tried = taken = bad = 0
    for first in range(asked.first, asked.first + asked.mutations, CHUNK):
        count = min(CHUNK, asked.first + asked.mutations - first)
        command = [sys.executable, "-m", "acceptance.webrtc_9_descriptions", "chunk"]
        done = subprocess.run(
            [*command, str(first), str(count)],
            cwd=ROOT,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            timeout=CHUNK_S,
        )
        tried += count
        said = ENGINES_OWN.sub("", done.stderr).strip()
        if done.returncode or said:
            bad += 1
            print(f"from {first}: status {done.returncode}: {said[-1500:]!r}", flush=True)
        else:
            taken += int(done.stdout)
    took_s = (SystemClock.monotonic_ns() - began_ns) / 1e9
    print(
        f"{tried:,} mutations in {took_s:.0f} s: {taken:,} taken, {tried - taken:,} refused,"
        f" {bad} processes that ended badly"
    )
    return 1 if bad else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["chunk"]:
        asyncio.run(chunk(int(sys.argv[2]), int(sys.argv[3])))
    else:
        sys.exit(main())
