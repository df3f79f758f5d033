"""Runs the command line as a process, and servers for it to talk to."""

import json
import os
import socket
import subprocess
import sys
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha1
from pathlib import Path
from typing import Any, Self

from websockets.sync.server import ServerConnection, serve

from tests.support import forking

ENVIRONMENT = {
    name: value
    for name, value in os.environ.items()
    if not name.lower().endswith("_proxy") and name not in ("NO_COLOR", "SSLKEYLOGFILE", "COLUMNS")
}
COMMAND = [sys.executable, "-m", "wirescope"]
TIMEOUT_S = 60


def cli(*arguments: str, stdin: bytes | None = None, **environment: str) -> Any:
    """Run a command to its end; stdout is bytes, stderr text."""
    result: Any = forking.run(
        arguments,
        stdin=stdin,
        environment={**ENVIRONMENT, **environment},
        timeout_s=TIMEOUT_S,
    )
    result.stderr = result.stderr.decode()
    return result


@contextmanager
def started(
    *arguments: str, env: Mapping[str, str] = ENVIRONMENT, **streams: Any
) -> Iterator["subprocess.Popen[bytes]"]:
    """Start a command with pipes; it is gone at the end."""
    with forking.start(arguments, environment=env, **streams) as process:
        try:
            yield process
        finally:
            process.kill()


def records(stdout: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stdout.splitlines()]


@contextmanager
def serving(handler: Callable[[ServerConnection], None], **options: Any) -> Iterator[str]:
    """Run a server of the `websockets` library; yields its address."""
    with serve(handler, "127.0.0.1", 0, **options) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        scheme = "wss" if "ssl" in options else "ws"
        try:
            yield f"{scheme}://127.0.0.1:{server.socket.getsockname()[1]}"
        finally:
            server.shutdown()
            thread.join()


def echo(connection: ServerConnection) -> None:
    for message in connection:
        connection.send(message)


class RawServer:
    """A socket that speaks WebSocket by hand: one client, every byte of it kept."""

    def __init__(self, answer: bytes = b"", *, then: str = "close") -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"ws://127.0.0.1:{self.port}"
        self.head = b""
        self.received = b""
        self._answer = answer
        self._then = then
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join(TIMEOUT_S)
        self._listener.close()

    def _run(self) -> None:
        self._listener.settimeout(TIMEOUT_S)
        client, _ = self._listener.accept()
        with client:
            client.settimeout(TIMEOUT_S)
            while b"\r\n\r\n" not in self.head:
                self.head += client.recv(65536)
            self.head, _, self.received = self.head.partition(b"\r\n\r\n")
            client.sendall(_accepted(self.head) + self._answer)
            if self._then == "close":
                return
            while data := client.recv(65536):
                self.received += data
                if self._then == "echo close" and self._unmasked_close() is not None:
                    client.sendall(b"\x88\x02\x03\xe8")
                    return

    def _unmasked_close(self) -> bytes | None:
        for opcode, payload in self.frames():
            if opcode == 8:
                return payload
        return None

    def frames(self) -> list[tuple[int, bytes]]:
        """The client's frames: opcode and payload unmasked; all of them are masked."""
        found, data = [], self.received
        while len(data) >= 6:
            short = data[1] & 0x7F
            size = {126: 2, 127: 8}.get(short, 0)
            length = int.from_bytes(data[2 : 2 + size], "big") if size else short
            begin = 2 + size + 4
            if len(data) < begin + length:
                break
            key = data[begin - 4 : begin]
            payload = bytes(b ^ key[i % 4] for i, b in enumerate(data[begin : begin + length]))
            found.append((data[0] & 0x0F, payload))
            data = data[begin + length :]
        return found


def _accepted(head: bytes) -> bytes:
    lines = (line.partition(b":") for line in head.split(b"\r\n")[1:])
    key = {name.lower(): value.strip() for name, _, value in lines}[b"sec-websocket-key"]
    accept = b64encode(sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
    return (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
    )


ROOT = Path(__file__).parent.parent.parent
