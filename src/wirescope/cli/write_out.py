r"""`-w`: a line about the run, from a format like curl's (`%{time_total}\n`).

Variables that mean what curl's mean have curl's names; those of WebSocket begin with `ws_`, of
which messages are counted on data channels as well. Times are seconds since the opening began,
cumulative as in curl. `%%` is a percent sign; `\n`, `\r` and
`\t` are what they say; `%{stderr}` and `%{stdout}` choose where the rest goes.
"""

import json
import re
from collections.abc import Callable, Collection

from wirescope.cli.escape import escape
from wirescope.cli.tally import Tally
from wirescope.errors import UsageError

Values = dict[str, Callable[[Tally], object]]


def _phase(name: str) -> Callable[[Tally], object]:
    return lambda tally: _seconds(tally.phases.get(name))


def _seconds(duration_ns: int | None) -> float:
    return round((duration_ns or 0) / 1e9, 6)


def _total(tally: Tally) -> float:
    if tally.ended_ns is None:
        return 0.0
    return _seconds(tally.ended_ns - tally.opening_ns)


VARIABLES: Values = {
    "url": lambda tally: tally.url,
    "http_code": lambda tally: f"{tally.status:03d}",
    "response_code": lambda tally: f"{tally.status:03d}",
    "time_namelookup": _phase("dns"),
    "time_connect": _phase("tcp"),
    "time_appconnect": _phase("tls"),
    "time_upgrade": _phase("upgrade"),
    "time_signaling": _phase("signaling"),
    "time_ice": _phase("ice"),
    "time_dtls": _phase("dtls"),
    "time_first_message": lambda tally: _seconds(tally.first_message_ns),
    "time_total": _total,
    "size_download": lambda tally: tally.received.payload_bytes,
    "size_upload": lambda tally: tally.sent.payload_bytes,
    "bytes_wire_in": lambda tally: tally.received.wire_bytes,
    "bytes_wire_out": lambda tally: tally.sent.wire_bytes,
    "errormsg": lambda tally: tally.failed.message if tally.failed else "",
    "ws_close_code": lambda tally: tally.closed.code if tally.closed else 0,
    "ws_close_reason": lambda tally: tally.closed.reason if tally.closed else "",
    "ws_close_initiator": lambda tally: tally.closed.initiator if tally.closed else "",
    "ws_close_cause": lambda tally: tally.closed.cause if tally.closed else "",
    "ws_messages_sent": lambda tally: tally.sent.messages,
    "ws_messages_received": lambda tally: tally.received.messages,
    "ws_frames_sent": lambda tally: tally.sent.frames,
    "ws_frames_received": lambda tally: tally.received.frames,
    "ws_subprotocol": lambda tally: tally.subprotocol,
    "ws_extensions": lambda tally: ", ".join(tally.extensions),
    "ws_ping_rtt": lambda tally: _seconds(tally.last_ping_ns),
    "ws_violations": lambda tally: tally.violations,
}
_OTHER = {"exitcode", "json", "stderr", "stdout"}

_TOKEN = re.compile(r"%%|%\{([^}]*)\}|\\([nrt\\])")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\"}


def check_format(text: str) -> None:
    """Refuse a format with a variable that is not known, before anything is connected."""
    for match in _TOKEN.finditer(text):
        name = match.group(1)
        if name is not None and name not in VARIABLES and name not in _OTHER:
            raise UsageError(
                f"-w has no variable %{{{name}}}.",
                hint="It has " + ", ".join([*VARIABLES, *sorted(_OTHER)]) + ".",
            )


def write_out(
    text: str, tally: Tally, *, exit_code: int, terminals: Collection[str] = ()
) -> list[tuple[str, str]]:
    """Fill a format; returns pairs of `stdout` or `stderr` and what goes there, in order.

    What a peer said, its close reason say, is escaped for those of the two that are `terminals`.
    """
    pieces: list[tuple[str, str]] = []
    stream, written, position = "stdout", "", 0
    for match in _TOKEN.finditer(text):
        written += text[position : match.start()]
        position = match.end()
        name = match.group(1)
        if name in ("stdout", "stderr"):
            pieces.append((stream, written))
            stream, written = name, ""
        else:
            value = _value(match, tally, exit_code)
            written += escape(value) if name is not None and stream in terminals else value
    pieces.append((stream, written + text[position:]))
    return [piece for piece in pieces if piece[1]]


def _value(match: re.Match[str], tally: Tally, exit_code: int) -> str:
    name, escaped = match.groups()
    if escaped:
        return _ESCAPES[escaped]
    if name is None:
        return "%"
    if name == "exitcode":
        return str(exit_code)
    if name == "json":
        values = {known: read(tally) for known, read in VARIABLES.items()}
        return json.dumps({**values, "exitcode": exit_code})
    return _shown(VARIABLES[name](tally))


def _shown(value: object) -> str:
    return f"{value:.6f}" if isinstance(value, float) else str(value)
