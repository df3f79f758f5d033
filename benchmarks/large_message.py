"""What a message of one gibibyte does to a recording client, received and sent.

::

    python -m benchmarks.large_message [MIB]

A server sends one message in one frame, a client records it and sends one of the same size back,
which it makes while it sends. Exit status 1 if the client's memory grew by over 64 MiB, or if a
byte of either message is missing on the wire or in the capture.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import zlib
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

from benchmarks.peers import CLOSE, figures_of, memory_kib, one_connection, server_of
from wirescope.wire.websocket import apply_mask, build_header

MEMORY_LIMIT_MIB = 64
DEADLINE_S = 240
PIECE = bytes(range(256)) * 1024  # 256 KiB, no two neighbours alike


def checksum(pieces: Iterable[bytes]) -> int:
    value = 0
    for piece in pieces:
        value = zlib.crc32(piece, value)
    return value


def throw(size: int) -> None:
    """Serve one connection: send, then receive; prints the port, then what came."""
    with one_connection(deadline_s=DEADLINE_S) as peer:
        peer.sendall(build_header(2, size))
        for _ in range(size // len(PIECE)):
            peer.sendall(PIECE)
        stream = peer.makefile("rb")
        header = stream.read(14)
        length, key = int.from_bytes(header[2:10], "big"), header[10:]
        came = (
            apply_mask(stream.read(len(PIECE)), key, position=at)
            for at in range(0, length, len(PIECE))
        )
        print(json.dumps({"length": length, "checksum": checksum(came)}), flush=True)
        peer.sendall(CLOSE)
        stream.read()


async def catch(url: str, path: Path, size: int) -> dict[str, object]:
    """Receive, send and record; return what it did to this process and what is in the capture."""
    import wirescope
    from wirescope.events import WebSocketMessage

    async def made() -> AsyncIterator[bytes]:
        for _ in range(size // len(PIECE)):
            yield PIECE

    before = memory_kib()
    async with wirescope.connect(
        url, capture=path, compression=None, max_message_size=None
    ) as connection:
        received = await connection.receive()
        await connection.transport.send_stream(size, made())
        closed = await connection.wait_closed()
    grown = (memory_kib() - before) / 1024
    with wirescope.open_capture(path, repair=False) as capture:
        kept = [
            (event.direction, event.length, checksum(capture.payload(event.seq)))
            for event in capture.events()
            if isinstance(event, WebSocketMessage)
        ]
    return {"received": received.length, "mib": grown, "code": closed.code, "kept": kept}


def measure(size: int) -> bool:
    """Send the message to and fro; print and judge what happened."""
    me = "benchmarks.large_message"
    throwing = server_of(me, "throw", str(size))
    with tempfile.TemporaryDirectory() as folder, throwing as (url, server):
        path = f"{folder}/large.wirescope"
        seen = figures_of(me, "catch", url, path, str(size), deadline_s=DEADLINE_S)
        assert server.stdout is not None
        sent = json.loads(server.stdout.readline())
    expected = checksum(PIECE for _ in range(size // len(PIECE)))
    whole = (
        seen["received"] == sent["length"] == size
        and sent["checksum"] == expected
        and seen["kept"] == [["received", size, expected], ["sent", size, expected]]
    )
    print(
        f"{size >> 20} MiB received and sent: {seen['mib']:.1f} MiB more memory"
        f" (limit {MEMORY_LIMIT_MIB} MiB), closed with {seen['code']},"
        f" {'every byte kept' if whole else f'bytes are missing: {seen}, {sent}'}"
    )
    return whole and seen["mib"] <= MEMORY_LIMIT_MIB and seen["code"] == 1000


def main() -> int:
    """Send a message of so many mebibytes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("mib", nargs="?", type=int, default=1024)
    return 0 if measure(parser.parse_args().mib << 20) else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["throw"]:
        throw(int(sys.argv[2]))
    elif sys.argv[1:2] == ["catch"]:
        print(json.dumps(asyncio.run(catch(sys.argv[2], Path(sys.argv[3]), int(sys.argv[4])))))
    else:
        sys.exit(main())
