"""What a message of one megabyte that expands to one gigabyte does to a recording client.

::

    python -m benchmarks.deflate_bomb

A server sends one compressed message of zeros. The client records, once with the default limit, so
that it ends the connection with 1009, and once with a limit above the message's size, so that it
goes through all of it. Exit status 1 if its memory grew by over 64 MiB, or if the end of the
connection is not explained.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import zlib
from pathlib import Path

from benchmarks.peers import CLOSE, figures_of, memory_kib, one_connection, server_of
from wirescope.wire.websocket import build_header

MEMORY_LIMIT_MIB = 64
DEADLINE_S = 120
SIZES = (1 << 20, 1 << 24, 1 << 28, 1 << 30)


def bomb(size: int) -> bytes:
    """Compress `size` zeros into one frame, holding a megabyte of them at a time."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    zeros = bytes(1 << 20)
    parts = [compressor.compress(zeros) for _ in range(size >> 20)]
    payload = (b"".join(parts) + compressor.flush(zlib.Z_SYNC_FLUSH))[:-4]
    return build_header(2, len(payload), rsv1=True) + payload


def throw(size: int) -> None:
    """Serve one connection: the bomb, then a Close frame; prints the port first."""
    frame = bomb(size)
    with one_connection(deadline_s=DEADLINE_S, extensions="permessage-deflate") as peer:
        peer.sendall(frame)
        peer.sendall(CLOSE)
        peer.recv(65536)  # the Close that answers; the server ends the connection


async def catch(url: str, path: Path, limit: int) -> dict[str, object]:
    """Receive and record; return what it did to this process, and how the connection ended."""
    import wirescope

    before = memory_kib()
    async with wirescope.connect(
        url, capture=path, max_message_size=limit, open_timeout_s=DEADLINE_S
    ) as connection:
        received = [message.length async for message in connection]
        closed = await connection.wait_closed()
        verdict = connection.verdict
    return {
        "received": received,
        "mib": (memory_kib() - before) / 1024,
        "code": closed.code,
        "sentence": verdict.sentence,
        "advice": verdict.advice,
    }


def measure(size: int, limit: int, path: Path) -> bool:
    """Throw one bomb; print and judge what happened."""
    me = "benchmarks.deflate_bomb"
    with server_of(me, "throw", str(size)) as (url, _):
        seen = figures_of(me, "catch", url, str(path), str(limit), deadline_s=DEADLINE_S)
    path.unlink()
    stops = size > limit
    expected = seen["code"] == (1009 if stops else 1000) and seen["received"] == [size] * (
        not stops
    )
    explained = bool(seen["sentence"]) and (not stops or bool(seen["advice"]))
    print(
        f"{size >> 20:>5} MiB, limit {limit >> 20:>5} MiB: {seen['mib']:5.1f} MiB more,"
        f" closed with {seen['code']}. {seen['sentence']} {seen['advice']}",
        flush=True,
    )
    return expected and explained and seen["mib"] <= MEMORY_LIMIT_MIB


def main() -> int:
    """Throw each bomb twice."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.parse_args()
    passed = True
    with tempfile.TemporaryDirectory() as folder:
        for size in SIZES:
            for limit in (16 << 20, 2 << 30):
                passed &= measure(size, limit, Path(folder) / "bomb.wirescope")
    print(f"memory growth allowed: {MEMORY_LIMIT_MIB} MiB; {'held' if passed else 'missed'}")
    return 0 if passed else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["throw"]:
        throw(int(sys.argv[2]))
    elif sys.argv[1:2] == ["catch"]:
        print(json.dumps(asyncio.run(catch(sys.argv[2], Path(sys.argv[3]), int(sys.argv[4])))))
    else:
        sys.exit(main())
