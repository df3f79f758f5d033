"""Write docs/reference/page-api.md: what the page can ask of its server, and what it is told.

The operations come from their table and the records from their types; only what holds for all of
them is written here by hand. Part of `just docs`.
"""

import inspect
import re
from typing import Any

import msgspec

from scripts.ui_types import all_types, type_text
from wirescope.web import messages
from wirescope.web.gate import SAFE_METHODS
from wirescope.web.live import ACK_TIMEOUT_S
from wirescope.web.operations import OPERATIONS, Operation

HEAD = f"""\
# The page's API

Written by `just docs` from the operations and records themselves; do not edit.

What the page of `wirescope up` does, a program can do: it asks over HTTP, and is told over a
WebSocket what happens meanwhile. The same as an OpenAPI 3.1 description: `GET /api/openapi.json`.
The API belongs to this version of the page and may change with it; for a program that should last
there are [the commands](cli.md), [their events](events.md) and `import wirescope`.

## Getting in

The server listens on 127.0.0.1 alone. Every request passes [one gate](../../SECURITY.md#the-page):

- `Host` is `127.0.0.1:PORT` or `localhost:PORT`; anything else is answered with 421.
- The cookie comes from the address that `wirescope up` prints: a GET of it, once, sets it and
  redirects to `/`. Without it, a request is answered with 401, and the live socket with 403.
- `Origin` is `http://127.0.0.1:PORT` or `http://localhost:PORT`. Only {" and ".join(SAFE_METHODS)}
  may leave it out; the live socket may not. Anything else is answered with 403.

```sh
wirescope up --headless --port 8642 --format ndjson        # {{"type": "ready", "url": "http://…"}}
curl -c jar 'http://127.0.0.1:8642/?token=…'               # once
curl -b jar http://127.0.0.1:8642/api/captures
curl -b jar -H 'Origin: http://127.0.0.1:8642' -H 'Content-Type: application/json' \\
  -d '{{"endpoint": {{"url": "ws://127.0.0.1:8643/echo"}}}}' http://127.0.0.1:8642/api/sessions
```

## Asking

Bodies and answers are JSON in UTF-8, but for files, which are bytes. Fields with a default may be
left out, and one that is not known is ignored. A request that is not done is answered with a status
of 400 or above and a [`Failure`](#failure): what is wrong, what to do, and which field is to blame.
400 is something that cannot be done as it was asked; 404 is a capture, event or connection that is
not there; 409 is what stands against it as things are, such as a file that somebody else has
changed meanwhile; 408, 413, 415 and 422 are bodies that stopped, are too long, of another media
type, or not of the right shape; 500 is a fault of Wirescope, which is written to the stderr of the
command.

| Operation | Request | Takes | Gives | Does |
|---|---|---|---|---|
"""

LIVE = f"""\
## Being told

`/api/live` is a WebSocket with the subprotocol `{messages.SUBPROTOCOL}`. Each message is one record
as MessagePack, a map with `type`. The page says which views it shows ([`Watch`](#watch),
[`Unwatch`](#unwatch)); the server sends a [`Batch`](#batch) at most every
{messages.INTERVAL_S * 1000:.0f} ms, and the next only when the page has acknowledged the one before
([`Ack`](#ack)); {ACK_TIMEOUT_S:.0f} s without that end the connection. The first batch has every
session, each later one what has changed.

So neither side has a queue that grows. A page that is slow gets fewer batches, each with the state
as it is then; the rows between it fetches when they are looked at (`rows`). Nothing of the capture
depends on it: what a page does not see is recorded all the same.

When the connection ends, the page connects again with longer and longer pauses, says what it
watches, and begins with the first batch as before. Sessions end with the server, captures stay.

## Records

Types are written as in TypeScript. Times that end in `_ns` are nanoseconds since the start of their
capture, sizes are bytes.
"""


def page() -> str:
    """Write the whole page."""
    types = all_types()
    schemas, components = msgspec.json.schema_components(types, ref_template="#/{name}")
    names = {str(t): type_text(schema) for t, schema in zip(types, schemas, strict=True)}
    rows = "".join(_row(operation, names) for operation in OPERATIONS)
    records = [_record(name, components[name]) for name in sorted(components)]
    return HEAD + rows + "\n" + LIVE + "\n" + "\n".join(records)


def _row(operation: Operation, names: dict[str, str]) -> str:
    cells = [
        f"`{operation.name}`",
        f"`{operation.method} {operation.path}`",
        _linked(operation.takes, names),
        _linked(operation.gives, names),
        operation.summary,
    ]
    return "| " + " | ".join(cells) + " |\n"


def _linked(type_: Any, names: dict[str, str]) -> str:
    if type_ is None:
        return "–"
    if type_ is bytes:
        return "bytes"
    written = names[str(type_)]
    record = re.sub(r"\W", "", written)
    return f"[`{written}`](#{record.lower()})"


def _record(name: str, schema: dict[str, Any]) -> str:
    """Describe one record: its docstring, and its fields with what the docstring says of them."""
    about, meanings = _told(schema.get("description", ""))
    head = f"### {name}\n\n{about}\n" if about else f"### {name}\n"
    if "properties" not in schema:
        return f"{head}\n`{type_text(schema)}`\n"
    rows = [
        f"| `{field}` | {_code(type_text(each))} | {_default(each)} | {meanings.get(field, '')} |"
        for field, each in schema["properties"].items()
    ]
    table = ["| Field | Type | By default | Is |", "|---|---|---|---|", *rows]
    return head + "\n" + re.sub(r"  +\|", " |", "\n".join(table)) + "\n"


def _told(docstring: str) -> tuple[str, dict[str, str]]:
    """Take a record's docstring apart: the text, and the meaning of each field."""
    text, _, attributes = inspect.cleandoc(docstring).partition("Attributes:\n")
    meanings = re.findall(r"^    (\w+): ((?:.+\n?)(?:     +.+\n?)*)", attributes, re.MULTILINE)
    about = "\n".join(line for line in text.strip().splitlines())
    return about, {name: re.sub(r"\s+", " ", said).strip() for name, said in meanings}


def _code(type_: str) -> str:
    """Write a type in a cell; a link where it is a record alone."""
    bare = type_.removesuffix("[]")
    if re.fullmatch(r"[A-Z]\w+", bare) and bare != "Record":
        return f"[`{type_}`](#{bare.lower()})"
    return "`" + type_.replace("|", "\\|") + "`"


def _default(schema: dict[str, Any]) -> str:
    if "default" not in schema:
        return ""
    return f"`{msgspec.json.encode(schema['default']).decode()}`"
