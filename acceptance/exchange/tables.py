"""CSV to Python's reader and SQLite, Parquet to DuckDB, NDJSON to jq, a request file to httpYac."""

import asyncio
import csv
import json
import platform
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from acceptance.exchange.programs import DUCKDB, Finding, node_packages, output, uv
from wirescope.capture import Capture
from wirescope.events import Emission, Timeline, WebSocketMessage
from wirescope.transports.websocket import Acceptance, Request, WebSocketConnection, serve

_QUERY = "SELECT type, count(*) FROM {} GROUP BY type ORDER BY type"
_BYTES = "SELECT sum(payload_length) FROM {} WHERE type = 'websocket.frame'"


def _expected(capture: Capture) -> tuple[dict[str, int], int]:
    types: Counter[str] = Counter()
    size = 0
    for event in capture.events():
        types[event.type] += 1
        if event.type == "websocket.frame":
            size += getattr(event, "payload_length", 0)
    return dict(sorted(types.items())), size


def check_csv(path: Path, capture: Capture) -> Iterator[Finding]:
    """Count events by type, and sum up the payloads of frames."""
    types, size = _expected(capture)
    csv.field_size_limit(1 << 24)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = Counter(row["type"] for row in rows)
    python = f"csv of Python {platform.python_version()}"
    shows = f"{len(rows)} rows, {len(rows[0])} columns"
    yield Finding("csv", python, shows, dict(sorted(found.items())) == types)
    load = f".import --csv {path} event"
    query, total = _QUERY.format("event"), _BYTES.format("event")
    lines = output("sqlite3", ":memory:", load, query, total).splitlines()
    counted = {name: int(number) for name, number in (line.split("|") for line in lines[:-1])}
    version = output("sqlite3", "--version").split()[0]
    shows = f"{sum(counted.values())} rows, {int(lines[-1]):,} bytes of payload announced"
    good = counted == types and int(lines[-1]) == size
    yield Finding("csv", f"sqlite3 {version}", shows, good)


def check_parquet(path: Path, capture: Capture) -> Iterator[Finding]:
    """Ask DuckDB the same, and for the longest text of a message."""
    types, size = _expected(capture)
    code = (
        "import duckdb, json, sys; q = lambda text: duckdb.sql(text).fetchall();"
        "print(json.dumps([q(each) for each in sys.argv[1:]], default=str))"
    )
    table = f"'{path}'"
    last = f'SELECT typeof(fin), typeof("binary"), count(*) FROM {table} GROUP BY ALL'
    queries = (_QUERY.format(table), _BYTES.format(table), last)
    run = [uv(), "run", "--quiet", "--no-project", "--with", f"duckdb=={DUCKDB}"]
    answer = json.loads(output(*run, "python", "-c", code, *queries))
    counted, ((total,),), ((truth, binary, count),) = answer
    shows = f"{count} rows, fin is {truth}, binary is {binary}, {int(total):,} bytes announced"
    good = dict(counted) == types and int(total) == size and binary == "BLOB"
    yield Finding("parquet", f"DuckDB {DUCKDB}", shows, good)


def check_ndjson(path: Path, capture: Capture) -> Iterator[Finding]:
    """Let jq count the types."""
    types, _ = _expected(capture)
    lines = output("jq", "-r", ".type", path).split()
    version = output("jq", "--version").strip()
    shows = f"{len(lines)} objects of {len(set(lines))} types"
    yield Finding("ndjson", version, shows, dict(sorted(Counter(lines).items())) == types)


def check_http(path: Path, sent: list[str]) -> Iterator[Finding]:
    """Let httpYac run the file of one connection, and see what a server gets of it."""
    received = asyncio.run(_run_by_httpyac(path.read_text("utf-8")))
    shows = f"ran it: {len(received)} of {len(sent)} messages came to the server, in order"
    yield Finding("http", "httpYac 6.16.7", shows, received == sent and len(sent) > 1)


async def _run_by_httpyac(text: str) -> list[str]:
    emissions: list[Emission] = []

    async def echo(connection: WebSocketConnection) -> None:
        async for message in connection:
            await connection.send(message.text)

    def answer(_: Request) -> Acceptance:
        # With permessage-deflate it exits before its last message is compressed and sent.
        return Acceptance(handler=echo, compression=None)

    folder = node_packages()
    async with serve(
        answer, host="127.0.0.1", port=0, timeline=Timeline(), sink=emissions.extend
    ) as server:
        block = "".join(
            f"WEBSOCKET {server.url}/\n" if line.startswith("WEBSOCKET") else f"{line}\n"
            for line in text.splitlines()
            if not line.startswith(("User-Agent", "Origin"))
        )
        (folder / "ours.http").write_text(block, "utf-8")
        await asyncio.to_thread(
            output,
            shutil.which("node") or "node",
            folder / "node_modules" / "httpyac" / "bin" / "httpyac.js",
            *("send", "ours.http", "--all", "-o", "none"),
            cwd=folder,
        )
    return [
        each.text
        for each in emissions
        if isinstance(each, WebSocketMessage) and each.direction == "received"
    ]
