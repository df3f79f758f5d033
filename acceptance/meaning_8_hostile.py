"""Decoders that misbehave, payloads that are made to harm: what comes of them, in figures.

Misbehaving decoders run on a capture through `wirescope show`; the rows have to be there, and the
command has to end in time. Payloads that unfold are fed to every decoder under a limit of memory.
Payloads full of control codes are shown in every view that has a terminal at its end, in a real
pseudo terminal where there is one; no control code but the program's own may come out.
"""

import contextlib
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import get_args

from websockets.sync.server import ServerConnection, serve

from wirescope.capture import CaptureWriter
from wirescope.clock import SystemClock
from wirescope.decoders import ConnectionDecoder, Payload, standard_decoders
from wirescope.events import (
    ConnectionOpening,
    MessageKind,
    Timeline,
    WebSocketHandshake,
    WebSocketMessage,
)

MISBEHAVING = Path(__file__).parent.parent / "tests" / "workbench" / "misbehaving.py"
DECODERS = ("Throws", "Loops", "LoopsWhileItLooks", "Garbage", "Allocates", "Exits", "Recurses")
SHOWS_WITHIN_S = 15
BOMB_WITHIN_S = 5
MEMORY_LIMIT = 1 << 30
COMMAND = [sys.executable, "-m", "wirescope"]
# What the program itself may send to a terminal: colours and their end.
OWN = re.compile(rb"\x1b\[[0-9;]*m")
CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]")

BOMBS: dict[str, bytes] = {
    "brackets of JSON": b"[" * 4_000_000,
    "empty lists of JSON": b"[" + b"[]," * 1_300_000 + b"0]",
    "members of JSON": b'{"a":' * 600_000,
    "a list of 4,294,967,295 in MessagePack": b"\xdd\xff\xff\xff\xff" + b"\xc0" * 1000,
    "empty lists of MessagePack": b"\xdd\x00\x3f\xff\x00" + b"\x90" * 4_128_768,
    "keys of bytes in MessagePack": b"\xdf\x00\x01\x00\x00"
    + b"".join(b"\xc4\x04" + number.to_bytes(4, "big") + b"\xc0" for number in range(1 << 16)),
    "lists in lists of MessagePack": b"\x91" * 4_000_000,
    "a list of 2^64 in CBOR": b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff",
    # Python's hash of a multiple of 2^61 - 1 is 0.
    "integers of one hash in CBOR": b"\xba\x00\x01\x00\x00"
    + b"".join(
        b"\xc2\x4b" + (number * ((1 << 61) - 1)).to_bytes(11, "big") + b"\xf6"
        for number in range(1 << 16)
    ),
    "lists in lists of CBOR": b"\x81" * 4_000_000,
    "tags in tags of CBOR": b"\xc1" * 4_000_000,
    "a list that holds itself in CBOR": bytes.fromhex("d81c82d81d00d81d00"),
    "a bigfloat in CBOR": bytes.fromhex("c5821b7fffffffffffffff01"),
    "a document of 2 GiB in BSON": b"\xff\xff\xff\x7f" + b"\x03a\x00" * 1000 + b"\x00",
    "lengths in lengths of Protobuf": b"\x0a\xff\xff\x7f" * 500_000,
    "a packet of 256 MiB in MQTT": b"\x30\xff\xff\xff\x7f" + b"x" * 1000,
    "packets of MQTT": b"\xc0\x00" * 2_000_000,
    "heart-beats of STOMP": b"\n" * 4_000_000,
    "headers of STOMP": b"SEND\n" + b"a:b\n" * 1_000_000,
    "records of SignalR": b'{"type":6}\x1e' * 380_000,
    "lengths of SignalR": b"\xff\xff\xff\xff\x7f" * 800_000,
    "a batch of JSON-RPC": b"[" + b'{"method":"a"},' * 260_000 + b"0]",
    "attachments of Socket.IO": b'4599999999-["a"]',
}

EVIL = "\x1b[2J\x1b]0;owned\x07\x9b31m\u202e\x08\r\x7f"
CARRIERS: dict[str, Callable[[str], bytes]] = {
    "text": lambda evil: evil.encode(),
    "JSON": lambda evil: f'{{"{_json(evil)}":"{_json(evil)}"}}'.encode(),
    "JSON-RPC": lambda e: f'{{"jsonrpc":"2.0","id":"{_json(e)}","method":"{_json(e)}"}}'.encode(),
    "Socket.IO": lambda evil: f'42/{"a"},7["{_json(evil)}"]'.encode(),
    "GraphQL": lambda evil: (
        '{"id":"1","type":"subscribe","payload":{"query":"EVIL"}}'.replace("EVIL", _json(evil))
    ).encode(),
    "STOMP": lambda evil: f"MESSAGE\ndestination:{evil}\n\n{evil}\0".replace("\r", "").encode(),
    "SignalR": lambda e: f'{{"type":1,"target":"{_json(e)}","arguments":[]}}\x1e'.encode(),
    "Phoenix": lambda e: f'["1","1","{_json(e)}","{_json(e)}",{{}}]'.encode(),
    "WAMP": lambda evil: f'[1,"{_json(evil)}",{{}}]'.encode(),
    "Action Cable": lambda e: f'{{"command":"{_json(e)}","identifier":"{_json(e)}"}}'.encode(),
    "MQTT": lambda evil: _mqtt(evil.encode()),
}


def _json(text: str) -> str:
    return "".join(f"\\u{ord(each):04x}" for each in text)


def _mqtt(topic: bytes) -> bytes:
    body = len(topic).to_bytes(2, "big") + topic + topic
    return bytes([0x30, len(body)]) + body


def capture_of(path: Path, payloads: list[bytes]) -> None:
    """Write a capture of one connection with these messages."""
    response = "HTTP/1.1 101 Switching Protocols\r\n\r\n"
    with CaptureWriter.create(path, timeline=Timeline()) as writer:
        writer(
            [
                ConnectionOpening(1, 0, "c1", "ws://127.0.0.1/", "websocket"),
                WebSocketHandshake(2, 0, "c1", "", response, 101, "", []),
            ]
        )
        for seq, data in enumerate(payloads, 3):
            writer([_message(seq, data)])


def _message(seq: int, data: bytes) -> WebSocketMessage:
    kind: MessageKind = "text" if _is_utf8(data) else "binary"
    length = len(data)
    return WebSocketMessage(
        seq, seq, "c1", "received", kind, length, length,
        compressed=False, frames=(), payload=data,
    )  # fmt: skip


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return data[:1] != b"0"  # an MQTT packet is binary, whatever its bytes are


def misbehaving(folder: Path) -> Iterator[tuple[str, str, bool]]:
    """Show a capture with each decoder: its name, what came of it, and whether that is well."""
    path = folder / "plain.wirescope"
    capture_of(path, [b"good one", b"good two", b"good three"])
    clock = SystemClock()
    for name in DECODERS:
        began = clock.monotonic_ns()
        done = subprocess.run(
            [*COMMAND, "show", str(path), "--decode", f"{MISBEHAVING}:{name}"],
            capture_output=True,
            timeout=60,
            check=False,
        )
        took_s = (clock.monotonic_ns() - began) / 1e9
        rows = sum(f"good {word}".encode() in done.stdout for word in ("one", "two", "three"))
        told = done.stderr.decode().count(" failed: ")
        # What is nested too deep may be the payload's fault, which is said in its row.
        told += done.stdout.decode().count("nested too deep") == 3
        good = done.returncode == 0 and rows == 3 and told == 1 and took_s < SHOWS_WITHIN_S
        words = f"{rows} rows, told {'once' if told == 1 else told}, {took_s:.1f} s"
        yield f"a decoder that {_words(name)}", words, good


def _words(name: str) -> str:
    return {
        "Throws": "throws",
        "Loops": "loops",
        "LoopsWhileItLooks": "loops while it looks",
        "Garbage": "returns garbage",
        "Allocates": "allocates without end",
        "Exits": "ends its process",
        "Recurses": "calls itself without end",
    }[name]


def bombs() -> Iterator[tuple[str, str, bool]]:
    """Give each bomb to every decoder and to the choice: the longest time it took."""
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    clock = SystemClock()
    registry = standard_decoders()
    for name, data in BOMBS.items():
        worst = 0.0
        for decoder in (None, *(each.name for each in registry)):
            for kind in get_args(MessageKind):
                reader = ConnectionDecoder(registry, name=decoder)
                began = clock.monotonic_ns()
                reader.decode(Payload(data=data, kind=kind))
                worst = max(worst, (clock.monotonic_ns() - began) / 1e9)
        good = worst < BOMB_WITHIN_S
        yield name, f"{len(data):,} bytes, {worst:.2f} s at worst", good


def views(folder: Path) -> Iterator[tuple[str, str, bool]]:
    """Show what carries control codes in each view, and count those that come out."""
    path = folder / "evil.wirescope"
    payloads = [carry(EVIL) for carry in CARRIERS.values()]
    for number, data in enumerate(payloads):  # a connection each, so that each decoder is chosen
        capture_of(folder / f"evil-{number}.wirescope", [data])
    capture_of(path, payloads)
    table = {"show": ["show", str(path)], "show --decode": ["show", str(path), "--decode"]}
    for name, arguments in table.items():
        yield _view(name, [arguments])
    each = [["show", str(folder / f"evil-{i}.wirescope"), "--decode"] for i in range(len(payloads))]
    yield _view("show --decode, a connection each", each)
    yield _view("show --decode --payload", [[*one, "--payload", "3"] for one in each])
    yield _view("show --format ndjson", [["show", str(path), "--format", "ndjson"]])
    yield from live_views(payloads)


def live_views(payloads: list[bytes]) -> Iterator[tuple[str, str, bool]]:
    """Connect to a server that sends what carries control codes."""

    def attack(connection: ServerConnection) -> None:
        for data in payloads:
            connection.send(data.decode() if _is_utf8(data) else data)
        for _ in connection:
            pass

    with serve(attack, "127.0.0.1", 0) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        url = f"ws://127.0.0.1:{server.socket.getsockname()[1]}"
        for options in ((), ("--decode",), ("-v", "--decode"), ("--format", "ndjson")):
            words = " ".join(["connect", *options])
            yield _view(words, [["connect", url, "-d", "x", "--wait", "1", *options]])
        server.shutdown()
        thread.join()


def _view(name: str, commands: list[list[str]]) -> tuple[str, str, bool]:
    printed = b"".join(on_a_terminal([*COMMAND, *arguments]) for arguments in commands)
    found = CONTROL.findall(OWN.sub(b"", printed))
    shown = printed.count(b"owned")
    words = f"{len(printed):,} bytes with the text {shown} times, {len(found)} control codes"
    return f"{name}", words, not found and shown > 0


def on_a_terminal(command: list[str]) -> bytes:
    """Run a command on a pseudo terminal of its own, or into a pipe where there is none."""
    if not hasattr(os, "openpty"):
        return subprocess.run(command, capture_output=True, timeout=60, check=False).stdout
    ours, its = os.openpty()
    _widen(its)
    with subprocess.Popen(command, stdin=its, stdout=its, stderr=its) as process:
        os.close(its)
        pieces = []
        with contextlib.suppress(OSError):  # the other side is closed
            while piece := os.read(ours, 65536):
                pieces.append(piece)
        os.close(ours)
        process.wait(60)
    return b"".join(pieces)


def _widen(terminal: int) -> None:
    """Give a terminal room for whole rows."""
    import fcntl
    import struct
    import termios

    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 100, 1000, 0, 0))


def main() -> int:
    """Show all of it; 1 where something fell short."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        parts = (
            ("decoders that misbehave", misbehaving(folder)),
            ("control codes in a terminal", views(folder)),
            ("payloads that unfold, each to every decoder", bombs()),
        )
        short = 0
        for title, lines in parts:
            print(f"-- {title}")
            for what, words, good in lines:
                short += not good
                print(f"{what:<44} {words}{'' if good else '   FALLS SHORT'}", flush=True)
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
