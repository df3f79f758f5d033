"""Write what is generated: reference pages, findings, schemas, and the types of the page.

`python -m scripts.reference` writes; with `--check` it only says which pages have fallen behind.
"""

import inspect
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scripts import page_api, ui_types
from scripts.findings_pages import finding_page, findings_index
from scripts.link_pages import links_page
from wirescope.analysis import RULES
from wirescope.decoders import MAX_DEPTH, MAX_PAYLOAD, MAX_VALUES, Composer, standard_decoders
from wirescope.events import (
    INLINE_LIMIT,
    AnyEvent,
    CaptureGap,
    Certificate,
    ClockJumped,
    ConnectionClosed,
    ConnectionFailed,
    ConnectionOpened,
    ConnectionOpening,
    ConnectionPhase,
    ConnectionReached,
    ConnectionSecured,
    DataChannelClosed,
    DataChannelMessage,
    DataChannelOpened,
    Event,
    Finding,
    IceCandidate,
    IceError,
    IcePair,
    IceServerAsked,
    IceServersSet,
    MediaTrack,
    PeerState,
    RelayAllocated,
    RelayEnded,
    RelayRefused,
    SignalingDescription,
    SignalingExchange,
    Statistics,
    TransportAddress,
    WebSocketFrame,
    WebSocketHandshake,
    WebSocketMessage,
    WebSocketViolation,
    ndjson_line,
)
from wirescope.events import ndjson as form
from wirescope.playground import ENDPOINTS, SAMPLES, Parameter
from wirescope.wire.stun import ERROR_MEANINGS
from wirescope.workbench.workspace import KINDS, SETTINGS, Kind, key_tables, schemas

ROOT = Path(__file__).resolve().parent.parent
EVENTS = ROOT / "docs" / "reference" / "events.md"
TEST_ENDPOINTS = ROOT / "docs" / "reference" / "test-endpoints.md"
INDEX = ROOT / "docs" / "reference" / "findings.md"
FINDINGS = ROOT / "docs" / "findings"
SAMPLE_FILES = ROOT / "src" / "wirescope" / "playground" / "samples" / "files"
WORKSPACE_KEYS = ROOT / "docs" / "reference" / "workspace-keys.md"
SCHEMAS = ROOT / "docs" / "reference" / "schemas"
DECODERS = ROOT / "docs" / "reference" / "decoders.md"
PAGE_API = ROOT / "docs" / "reference" / "page-api.md"
LINKS = ROOT / "docs" / "reference" / "links.md"
STUN_ERRORS = ROOT / "docs" / "reference" / "stun-errors.md"
STARTED = 1_700_000_000_000_000_000

REQUEST = "GET /echo HTTP/1.1\r\nHost: 127.0.0.1:8765\r\nUpgrade: websocket"
OFFER = "v=0\r\no=- 4611731 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
ANSWER = "v=0\r\no=- 8204117 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
RESPONSE = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket"
EXAMPLES: tuple[AnyEvent, ...] = (
    ConnectionOpening(1, 0, "c1", "ws://127.0.0.1:8765/echo", "websocket"),
    ConnectionPhase(2, 310_000, "c1", "tcp", 290_000),
    ConnectionReached(3, 320_000, "c1", "192.0.2.7", 443, "198.51.100.4", 50_712),
    ConnectionSecured(
        5,
        790_000,
        "c1",
        "TLSv1.3",
        "TLS_AES_256_GCM_SHA384",
        "http/1.1",
        "example.test",
        verified=True,
        certificates=[
            Certificate(
                "example.test",
                "Example CA",
                ["example.test", "www.example.test"],
                datetime(2023, 11, 1, tzinfo=UTC),
                datetime(2024, 1, 30, tzinfo=UTC),
                "03a1f2",
                "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                "ECDSA P-256",
            )
        ],
    ),
    WebSocketHandshake(3, 900_000, "c1", REQUEST, RESPONSE, 101, "", []),
    ConnectionOpened(4, 910_000, "c1"),
    WebSocketFrame(5, 1_500_000, "c1", "sent", bytes.fromhex("818537fa213d"), b"Hello", 0),
    WebSocketMessage(
        6, 1_500_000, "c1", "sent", "text", 5, 11, compressed=False, frames=(5,), payload=b"Hello"
    ),
    WebSocketViolation(
        7, 2_000_000, "c1", "received", "RFC 6455 5.2", 7, 8, "the reserved opcode 0x3"
    ),
    ConnectionClosed(9, 2_500_000, "c1", 1000, "done", "remote", clean=True, cause="close"),
    ConnectionFailed(
        2,
        800_000,
        "c1",
        "upgrade",
        "status",
        "The server answered 403.",
        "Log in first.",
        403,
        b"no",
    ),
    ClockJumped(10, 9_000_000, "", -3_600_000_000_000),
    CaptureGap(11, 9_900_000, "", 12, "disk full"),
    Finding(
        12,
        62_500_000_000,
        "c1",
        "WS201",
        "error",
        "Closed after a limit on silence",
        "Closed by the network after 60.0 s of silence, no Close frame.",
        "Send a heartbeat, such as a ping, twice as often as that, or raise the limit.",
        [8, 9],
    ),
    SignalingExchange(
        2,
        31_000_000,
        "c1",
        "POST",
        "http://127.0.0.1:8765/whep/picture",
        201,
        "Content-Type: application/sdp",
        OFFER,
        "Content-Type: application/sdp\r\nLocation: /whep/picture/1",
        ANSWER,
        29_000_000,
    ),
    SignalingDescription(3, 1_900_000, "c1", "local", "offer", OFFER),
    IceServersSet(
        4,
        1_950_000,
        "c1",
        [
            IceServerAsked("stun:stun.example.test:3478"),
            IceServerAsked("turn:turn.example.test?transport=tcp", 86_399.5),
        ],
        "all",
    ),
    IceCandidate(
        4,
        2_100_000,
        "c1",
        "local",
        "srflx",
        "198.51.100.4",
        50_712,
        "udp",
        1_677_729_535,
        "842163049",
        "0",
        TransportAddress("192.0.2.7", 50_712),
        "stun:stun.example.test:3478",
    ),
    IceError(5, 2_300_000, "c1", "turn:turn.example.test:3478", 401, "Unauthorized", "", 0),
    IcePair(
        9,
        44_000_000,
        "c1",
        "srflx udp 198.51.100.4:50712",
        "host udp 203.0.113.9:41000",
        "succeeded",
        nominated=True,
        selected=True,
    ),
    RelayAllocated(6, 2_400_000, "c1", "127.0.0.1:41002", "127.0.0.1:50004", "udp", lifetime_s=600),
    RelayRefused(
        *(7, 3_100_000, "c1", "127.0.0.1:41002", "CreatePermission", 403, "private address"),
        *(1, "192.168.1.9"),
    ),
    RelayEnded(14, 90_100_000, "c1", "127.0.0.1:50004", "client", 41, 5_204, 39, 4_981),
    PeerState(10, 44_100_000, "c1", "connection", "connecting", "connected"),
    DataChannelOpened(
        11,
        45_000_000,
        "c1",
        1,
        "chat",
        "",
        ordered=True,
        max_retransmits=None,
        max_packet_life_time=None,
        negotiated=False,
        initiator="local",
    ),
    DataChannelMessage(12, 46_000_000, "c1", "sent", 1, "text", 5, b"Hello"),
    DataChannelClosed(13, 90_000_000, "c1", 1, "remote"),
    MediaTrack(14, 47_000_000, "c1", "received", "video", "1", "camera", ["stream"]),
    Statistics(
        15,
        1_000_000_000,
        "c1",
        "inbound-rtp",
        "IT01V2774",
        {"kind": "video", "packetsReceived": 412, "packetsLost": 3, "jitter": 0.004},
    ),
)

HEAD = f"""\
# Events

Written by `just docs` from the records themselves; do not edit.

Everything that happens on a connection becomes an event. The same events are printed by
`--format ndjson`, given by the Python API and kept in a capture. As NDJSON, each is one JSON object
on a line of its own, beginning with these fields:

| Field | Means |
|---|---|
| `seq` | 1, 2, 3 … in the order of what happened, without a gap |
| `at_ns` | nanoseconds since the start of the capture, monotonic |
| `time` | the same as RFC 3339 in UTC, from the wall clock at the start |
| `connection` | `c1`, `c2` …; empty for what concerns the capture as a whole |
| `type` | one of the types below |

Bytes appear as `text` where they are valid UTF-8 and as `base64` where they are not; the payload of
a compressed frame is always `base64`. A payload above {INLINE_LIMIT:,} bytes appears as `preview`
(with `preview_encoding: "base64"` where it is no text, and in `preview_rest`, as hex, the bytes of
a character that its end cuts through) and `truncated: true`. The `body` of a refused upgrade that
is no text stands in `body_base64` as well.
"""


def events_page() -> str:
    """Compose the page of the events."""
    parts = [HEAD, *(section(example) for example in EXAMPLES)]
    return "\n".join(parts)


def section(example: AnyEvent) -> str:
    """Describe one type: its documentation, its fields, an example."""
    line = ndjson_line(example, started_wall_ns=STARTED).decode().rstrip()
    own = list(form.record(example, started_wall_ns=STARTED))[5:]
    fields = ", ".join(f"`{name}`" for name in own) or "none of its own"
    text = prose(inspect.getdoc(type(example)) or "")
    return f"## {example.type}\n\n{text}\n\nFields: {fields}\n\n```json\n{line}\n```\n"


def prose(docstring: str) -> str:
    """Unwrap a docstring's paragraphs and the items of its lists."""
    return re.sub(r"(?<!\n)\n(?!\n|- ) *", " ", docstring)


def documented() -> set[type[Event]]:
    """The types that the page shows."""
    return {type(example) for example in EXAMPLES}


def test_endpoints_page() -> str:
    """Write the page of the test endpoints from their table."""
    parts = [
        "# Test endpoints",
        "What `wirescope serve` offers, at `ws://HOST:PORT` and the path unless another address is"
        " given. Parameters go into the query, as in `/push?count=1000&size=50`; one that is"
        " unknown or out of its range is answered with 400 and a sentence. `/` lists all of this."
        " Written by `just docs`.",
        "An address that begins with `whip+` or `whep+` is for Wirescope's own commands; other"
        " clients take it without that. Over TLS it is `wss` and `https`. How descriptions travel"
        " is told in [Signaling](signaling.md).",
    ]
    for endpoint in ENDPOINTS:
        parts.append(f"## `{endpoint.path}`")
        if endpoint.scheme != "ws":
            parts.append(f"`{endpoint.address('ws://HOST:PORT')}`")
        parts.append(endpoint.summary)
        if endpoint.parameters:
            rows = [
                f"| `{each.name}` | `{each.default}` | {each.meaning} | {bounds(each)} |"
                for each in endpoint.parameters
            ]
            head = ["| Parameter | Default | What it is | Range |", "|---|---|---|---|"]
            parts.append("\n".join([*head, *rows]))
    parts += [
        "## Samples",
        "Two pages have the programs that everyone starts from, to be changed and run in the page:"
        " what the code says and shows, and each event of the run as this server sees it, stand"
        " beside it. The same program in Python is there as well. A second port, which is opened"
        " with the first of these pages, has the frame that runs the code"
        " ([why](../decisions/0021-samples-run-on-an-origin-of-their-own.md)).",
        "| Page | What its program does |\n|---|---|\n"
        + "\n".join(f"| `/samples/{name}` | {does} |" for name, (_, does) in SAMPLES.items()),
    ]
    return "\n\n".join(parts) + "\n"


def sample_in_python(name: str) -> str:
    """Give a sample's program, which is an example and which its page shows."""
    return (ROOT / "examples" / f"{name}_sample.py").read_text("utf-8")


def bounds(parameter: Parameter) -> str:
    """Say what values a parameter takes."""
    if parameter.choices:
        return ", ".join(f"`{each}`" for each in parameter.choices)
    if isinstance(parameter.default, int):
        return f"{parameter.least:,} to {parameter.most:,}"
    return f"up to {parameter.most:,} characters"


DECODERS_HEAD = f"""\
# Decoders

Written by `just docs` from the decoders themselves; do not edit.

A decoder turns a message's payload into a tree: like JSON, but with bytes, which are written
`{{"base64": "…"}}` and may be typed as `{{"hex": "…"}}` as well. Beside the tree it says what the
message is called, what it is for (request, response, error, push, heartbeat, handshake or other),
and its correlation, the id that a request shares with its answer.

The subprotocol that was agreed on chooses the decoder; without one, the first payload that is
recognised does, and the choice is kept for the connection. What no decoder can read is shown as
text or hex, with the reason. What a decoder composes, it writes from the same tree.

Payloads up to {MAX_PAYLOAD >> 20} MiB are decoded, into at most {MAX_VALUES:,} values, {MAX_DEPTH}
levels deep. How to write your own is in [its how-to](../how-to/own-decoder.md).
"""


def decoders_page() -> str:
    """Describe every decoder that comes along."""
    decoders = list(standard_decoders())
    rows = ["| Decoder | Chosen by subprotocol | Composes |", "|---|---|---|"]
    sections: dict[str, list[str]] = {}
    for decoder in decoders:
        words = ", ".join(f"`{word}`" for word in decoder.subprotocols)
        composes = "yes" if isinstance(decoder, Composer) else "no"
        rows.append(f"| `{decoder.name}` | {words} | {composes} |")
        module = sys.modules[type(decoder).__module__]
        sections.setdefault(inspect.getdoc(module) or "", []).append(f"`{decoder.name}`")
    parts = [f"## {', '.join(names)}\n\n{prose(text)}\n" for text, names in sections.items()]
    return "\n".join([DECODERS_HEAD, *rows, "", *parts])


def workspace_keys_page() -> str:
    """Write the page of the keys in a workspace's files from the model."""
    parts = [
        "# Keys of a workspace's files",
        "What each kind of [file in a workspace](workspace.md) says. Every key but those without a"
        " default may be left out. Written by `just docs` from the model; do not edit.",
        *map(workspace_kind, (*KINDS, SETTINGS)),
    ]
    return "\n\n".join(parts) + "\n"


def workspace_kind(kind: Kind[Any]) -> str:
    """Describe one kind of file: its keys, and those of what is in it."""
    parts = [f"## {kind.name.capitalize()}"]
    for name, (about, keys) in key_tables(kind).items():
        rows = [
            f"| `{key.name}` | {key.takes} | {key.default} | {key.meaning} |".replace("  ", " ")
            for key in keys
        ]
        head = ["| Key | Takes | By default | Means |", "|---|---|---|---|"]
        heading = [f"### `{name}`", ""] if name else []
        parts.append("\n".join([*heading, about, "", *head, *rows]))
    schema = f"[schemas/{kind.name}.json](schemas/{kind.name}.json)"
    return "\n\n".join([*parts, f"JSON Schema: {schema}"])


def stun_errors_page() -> str:
    """Write the page of the error codes of STUN, TURN and ICE from their table."""
    rows = [
        f"| {each.code} | {each.name} | {each.meaning} | {each.advice} | {each.source} |"
        for each in ERROR_MEANINGS
    ]
    parts = [
        "# Errors of STUN and TURN",
        "What a server answers when it refuses, and 701, which a WebRTC stack says by itself. The"
        " event `ice.error` has the code, and `error_meaning` in `wirescope.wire.stun` these words."
        " Written by `just docs` from their table; do not edit.",
        "\n".join(
            [
                "| Code | Name | What happened | What to do | Source |",
                "|---|---|---|---|---|",
                *rows,
            ]
        ),
    ]
    return "\n\n".join(parts) + "\n"


def pages() -> dict[Path, str]:
    """Compose the files that are written from here."""
    return {
        EVENTS: events_page(),
        TEST_ENDPOINTS: test_endpoints_page(),
        DECODERS: decoders_page(),
        INDEX: findings_index(),
        WORKSPACE_KEYS: workspace_keys_page(),
        PAGE_API: page_api.page(),
        STUN_ERRORS: stun_errors_page(),
        LINKS: links_page(),
        ui_types.TARGET: ui_types.typescript(),
        **{SAMPLE_FILES / f"{name}.py.txt": sample_in_python(name) for name in SAMPLES},
        **{SCHEMAS / name: text for name, text in schemas().items()},
        **{FINDINGS / f"{rule.code}.md": finding_page(rule) for rule in RULES},
    }


def left_over() -> list[Path]:
    """Find pages of findings that are gone."""
    return sorted(set(FINDINGS.glob("*.md")) - set(pages()))


def main() -> int:
    """Write the pages, or with `--check` compare them; 1 when one has fallen behind."""
    check = sys.argv[1:] == ["--check"]
    behind = bool(left_over())
    for path in left_over():
        if check:
            print(f"{path.relative_to(ROOT)} is about nothing any more; remove it with `just docs`")
        else:
            path.unlink()
    for path, page in pages().items():
        if path.exists() and path.read_text("utf-8") == page:
            continue
        behind = True
        if check:
            print(f"{path.relative_to(ROOT)} has fallen behind; write it anew with `just docs`")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(page, "utf-8")
    script = str(ROOT / "scripts" / "generate_cli_reference.py")
    done = subprocess.run([sys.executable, script, *sys.argv[1:]], cwd=ROOT, check=False)
    return 1 if (behind and check) or done.returncode else 0


if __name__ == "__main__":
    sys.exit(main())
