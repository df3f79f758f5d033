"""What `wirescope connect` sees of four servers of other people, plain and over TLS, as a table."""

import sys
import tempfile
from base64 import b64decode
from pathlib import Path

from tests.interop.harness import (
    FOREIGN,
    Certificates,
    ForeignServer,
    Observation,
    answered_pings,
    make_certificates,
    observe,
    serving,
)

COLUMNS = ("text", "bytes", "fragments", "sizes", "ping, pong", "1000", "1001", "4001 and reason")
CLOSES = (("done", 1000, "", 0), ("gone", 1001, "", 0), ("bye", 4001, "custom reason", 71))


def seen(server: ForeignServer, visit: Observation) -> list[str]:
    """Judge the messages, frames and pings of one visit."""
    messages = visit.of("websocket.message", direction="received")
    texts = [message.get("text") for message in messages]
    binary = [b64decode(message["base64"]) for message in messages if "base64" in message]
    pieces = [
        len(message["frames"])
        for message in messages
        if message.get("text") == "fragmented in three frames"
    ]
    large = next((message for message in messages if message["length"] == 100_000), None)
    answered = answered_pings(visit)
    return [
        mark("hello, ünïcode" in texts and texts.count("echo me") == 1),
        mark(bytes(range(256)) in binary),
        f"{pieces[0]}" if pieces and pieces[0] > 1 else mark(not server.fragments, "cannot"),
        f"{large['wire_length']}/{large['length']}" if large and large["compressed"] else "MISSING",
        mark(bool(answered) and server.ping in (None, answered[0].decode("utf-8", "replace"))),
    ]


def mark(good: bool, word: str = "yes") -> str:  # noqa: FBT001  the thing that is shown
    """Write a cell."""
    return word if good else "MISSING"


def closed(url: str, authority: Path | None) -> list[str]:
    """Ask for each of the closes; the exit code that came of it."""
    cells = []
    for word, code, reason, expected in CLOSES:
        seen = observe(url, "-d", word, "-m", "10", authority=authority)
        kept = seen.of(
            "connection.closed", code=code, reason=reason, initiator="remote", clean=True
        )
        cells.append(f"exit {expected}" if kept and seen.exit_code == expected else "MISSING")
    return cells


def row(server: ForeignServer, certificates: Certificates | None) -> list[str]:
    """Watch one server."""
    authority = certificates.authority if certificates else None
    with serving(server, certificates) as url:
        visit = observe(url, "-d", "echo me", "--wait", "0.5", authority=authority)
        return [server.name, url.partition(":")[0], *seen(server, visit), *closed(url, authority)]


def main() -> int:
    """Watch all and print the table."""
    with tempfile.TemporaryDirectory() as folder:
        certificates = make_certificates(Path(folder))
        rows = [row(server, used) for server in FOREIGN for used in (None, certificates)]
    table = [["server", "", *COLUMNS], *rows]
    widths = [max(len(cell) for cell in column) for column in zip(*table, strict=True)]
    for cells in table:
        print(
            "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()
        )
    return 1 if any("MISSING" in cells for cells in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
