"""A server of one connection and a client, in a process each, so that each is measured alone."""

import json
import resource
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from wirescope.wire.websocket import HeadReader, build_response, parse_request

CLOSE = b"\x88\x02\x03\xe8"
"""A Close frame of a server, with 1000."""


@contextmanager
def one_connection(*, deadline_s: float, extensions: str | None = None) -> Iterator[socket.socket]:
    """Accept a connection and answer its opening handshake; prints the port first."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(listener.getsockname()[1], flush=True)
        peer, _ = listener.accept()
    with peer:
        peer.settimeout(deadline_s)
        reader = HeadReader(kind="request")
        head = None
        while head is None:
            head = reader.feed(peer.recv(65536))
        key = parse_request(head).get("Sec-WebSocket-Key") or ""
        peer.sendall(build_response(key, extensions=extensions))
        yield peer


@contextmanager
def server_of(module: str, *arguments: str) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """Start what serves `one_connection`; give its address and the process, gone at the end."""
    command = [sys.executable, "-m", module, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            yield f"ws://127.0.0.1:{int(server.stdout.readline())}/", server
        finally:
            server.kill()


def figures_of(module: str, *arguments: str, deadline_s: float) -> dict[str, Any]:
    """Run a client to its end; give the figures that it prints as JSON."""
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(
        command, stdout=subprocess.PIPE, text=True, check=True, timeout=deadline_s
    )
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def memory_kib() -> int:
    """Give the largest resident set of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
