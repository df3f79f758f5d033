"""What is said on stderr: `* ` is about the connection, `> ` was sent, `< ` was received.

Silent (`-s`) says only why a command failed; verbose (`-v`) says everything that happens. Without
either: that it is open, what went wrong, and the verdict.
"""

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TextIO

from wirescope.analysis import Verdict
from wirescope.capture import redact, redact_text
from wirescope.cli.escape import escape
from wirescope.cli.findings_text import lines_of
from wirescope.cli.layout import Layout
from wirescope.cli.rows import Row, RowBuilder, words
from wirescope.cli.width import fitted
from wirescope.events import (
    PING,
    PONG,
    CaptureGap,
    ConnectionFailed,
    ConnectionOpened,
    ConnectionOpening,
    ConnectionPhase,
    ConnectionReached,
    ConnectionSecured,
    Emission,
    Finding,
    MessageChunk,
    PayloadChunk,
    WebSocketFrame,
    WebSocketHandshake,
    WebSocketMessage,
    WebSocketViolation,
)

_DIM, _BOLD, _RED, _RESET = "\x1b[2m", "\x1b[1m", "\x1b[31m", "\x1b[0m"
_WORST_FIRST = ("error", "warning", "info")
_PHASES = {
    "dns": "name resolved",
    "tcp": "TCP connected",
    "proxy": "proxy passed",
    "tls": "TLS agreed",
    "upgrade": "upgraded",
}


class Talk:
    """Tells a person what happens.

    Args:
        layout: how rows are written; its `colour` counts for every line.
        silent: say only why it failed.
        verbose: say everything.
        ping_pong: say pings and pongs, too.
        beside_table: every event is a row of a table on the same terminal, so say the end alone.
        summary: says in a line what a message means; None shows its payload.

    Attributes:
        above: shows a line above a prompt; None while none stands.
    """

    def __init__(
        self,
        layout: Layout,
        *,
        silent: bool = False,
        verbose: bool = False,
        ping_pong: bool = False,
        beside_table: bool = False,
        stream: TextIO | None = None,
        summary: Callable[[WebSocketMessage], str | None] | None = None,
    ) -> None:
        self._layout = layout
        self._silent = silent
        self._verbose = verbose
        self._ping_pong = ping_pong
        self._beside_table = beside_table
        self._stream = stream
        self._rows = RowBuilder(summary)
        self._url = ""
        self._opening_ns = 0
        self._handshake: WebSocketHandshake | None = None
        self._head_shown = False
        self.above: Callable[[str], None] | None = None

    def line(self, text: str) -> None:
        """Say a line, unless silent."""
        if not self._silent:
            self.insist(text)

    def status(self, text: str) -> None:
        """Say something about the connection."""
        self.line(fitted(f"* {text}", self._stream))

    def warn(self, text: str) -> None:
        """Say something about the connection that a person must not overlook."""
        line = fitted(f"* {text}", self._stream)
        self.line(f"{_RED}{line}{_RESET}" if self._layout.colour else line)

    def insist(self, text: str) -> None:
        """Say a line even when silent."""
        (self.above or self.put)(text)

    def put(self, text: str) -> None:
        """Write a line where it is said, whatever stands there."""
        self._write(f"{text}\n")

    @property
    def stream(self) -> TextIO:
        """Where it is said."""
        return self._stream or sys.stderr

    def _write(self, text: str) -> None:
        with suppress(OSError, ValueError):  # nobody listens
            self.stream.write(text)
            self.stream.flush()

    def verdict(self, verdict: Verdict, *, insist: bool) -> None:
        """Say how it ended: one sentence what happened, one what to do."""
        lines = [line for line in (verdict.sentence, verdict.advice) if line]
        for number, line in enumerate(lines):
            text = fitted(f"* {escape(redact_text(line))}", self._stream)
            if self._layout.colour:
                text = f"{_DIM if number else _BOLD}{text}{_RESET}"
            if insist:
                self.insist(text)
            else:
                self.line(text)

    def findings(self, findings: Sequence[Finding], verdict: Verdict) -> None:
        """Tell what was found beside the verdict, the worst first; hints only when all is told."""
        told = [each for each in findings if self._verbose or each.severity != "info"]
        told.sort(key=lambda each: _WORST_FIRST.index(each.severity))
        width, colour = self._layout.width, self._layout.colour
        said = (verdict.sentence, verdict.advice)
        for line in lines_of(told, width=width, colour=colour, several=False, told=said):
            self.line(line)

    def feed(self, emission: Emission) -> None:
        """Tell of an event, if it is one to be told."""
        if self._silent or self._beside_table:
            return
        if self._verbose:
            self._tell_all(emission)
            return
        match emission:
            case WebSocketFrame():
                if self._ping_pong and emission.opcode in (PING, PONG):
                    self._tell_rows(emission)
            case WebSocketMessage() | PayloadChunk() | MessageChunk():
                pass
            case WebSocketViolation() | CaptureGap():
                self._tell_rows(emission)
            case _:
                self._tell_opening(emission)

    def _tell_opening(self, emission: Emission) -> None:
        match emission:
            case ConnectionOpening():
                self._url, self._opening_ns = redact_text(emission.url), emission.at_ns
            case WebSocketHandshake():
                self._handshake = emission
            case ConnectionOpened():
                self.status(self._open_words(emission))
            case _:
                pass

    def _open_words(self, opened: ConnectionOpened) -> str:
        took_ms = (opened.at_ns - self._opening_ns) / 1e6
        words = f"Open: {self._url} in {took_ms:,.1f} ms"
        if self._handshake is not None and self._handshake.connection == opened.connection:
            if self._handshake.subprotocol:
                words += f", subprotocol {self._handshake.subprotocol}"
            words += "".join(f", {extension}" for extension in self._handshake.extensions)
        return escape(words)

    def _tell_all(self, emission: Emission) -> None:
        match emission:
            case PayloadChunk() | MessageChunk():
                pass
            case ConnectionPhase():
                took_ms = emission.duration_ns / 1e6
                name = _PHASES.get(emission.name, emission.name)
                self.status(f"{name} in {took_ms:,.1f} ms")
            case ConnectionReached() | ConnectionSecured():
                self.status(escape(words(emission)))
            case WebSocketHandshake():
                self._handshake = emission
                self._tell_heads(emission)
            case ConnectionOpening() | ConnectionOpened() | ConnectionFailed():
                self._tell_opening(emission)
            case _:
                self._tell_rows(emission)

    def _tell_heads(self, handshake: WebSocketHandshake) -> None:
        shown = redact(handshake)
        assert isinstance(shown, WebSocketHandshake)
        for sign, head in ((">", shown.request), ("<", shown.response)):
            for line in head.rstrip("\r\n").split("\r\n"):
                if head:
                    self.line(f"{sign} {escape(line)}".rstrip())

    def _tell_rows(self, emission: Emission) -> None:
        assert not isinstance(emission, PayloadChunk | MessageChunk)
        self._print(self._rows.feed(emission))

    def finish(self) -> None:
        """Tell what was held back."""
        self._print(self._rows.flush())

    def _print(self, rows: list[Row]) -> None:
        for row in rows:
            if row.kind and not self._head_shown:
                self._head_shown = True
                self.line(self._layout.head())
            self.line(self._layout.line(row))


def colour_wanted(stream: TextIO, *, no_colour: bool = False) -> bool:
    """Whether to use colour: on a terminal, unless `NO_COLOR` (no-color.org) or a flag forbids."""
    if no_colour or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return stream.isatty()
