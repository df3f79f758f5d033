"""`.http` files: the WebSocket requests that JetBrains' HTTP client, httpYac and their like run.

A block begins at `###`; its request line is `WEBSOCKET URL`, `WS URL` or a bare `ws:` URL; behind
the headers and an empty line stand messages with `===` between them. `=== wait-for-server` is an
order of a scenario, for which an endpoint has no place; the messages keep their order in their
names. Scripts are not run. Environments of their own files are in `http_environments`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from msgspec.structs import replace

from wirescope.errors import ForeignFormatError
from wirescope.workbench.exchange.encodings import text_of
from wirescope.workbench.exchange.handshake import Asked, host_of, to_endpoint
from wirescope.workbench.exchange.labels import kind_of, numbered
from wirescope.workbench.exchange.model import Imported
from wirescope.workbench.exchange.reading import Reading, join_name, parts_of
from wirescope.workbench.exchange.templates import fit_name, to_ours
from wirescope.workbench.workspace import (
    Auth,
    Endpoint,
    Environment,
    Header,
    SavedMessage,
)

FORM = "http"
TOOL = "the .http file"
MAX_BYTES = 8 << 20

_WEBSOCKET = re.compile(r"\s*(?:(?:WEBSOCKET|WSS?)\s+(\S.*?)|(wss?://\S.*?))\s*", re.IGNORECASE)
_HTTP = re.compile(
    r"\s*(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|CONNECT|TRACE|LIST|GRAPHQL|GRPC|RSOCKET|SSE"
    r"|EVENTSOURCE|MQTT|AMQP)\s+\S|https?://",
    re.IGNORECASE,
)
_VARIABLE = re.compile(r"@([^\s=:]+)\s*(?::=|=|:)\s*(.*)")
_COMMENT = re.compile(r"\s*(?:#|//)\s*(.*)")
_DIRECTIVE = re.compile(r"@([A-Za-z][\w-]*)\s*=?\s*(.*)")
_HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+|\{\{[^}]*\}\})\s*:(.*)")
_SEPARATOR = re.compile(r"\s*={3}\s*(wait-for-server)?\s*(?://.*)?", re.IGNORECASE)
_FILE = re.compile(r"<(@?)\w*[ \t]+(\S.*)")
_DURATION = re.compile(r"(\d+)\s*(ms|s|m)?")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, None: 1.0}
_REACHED_BY = {
    "$processEnv ": "a variable of the process",
    "$dotenv ": "a variable of .env",
    "$env.": "a variable of the process",
}
# Directives of an editor that mean nothing for a connection, or what happens anyway.
_IDLE = {"no-log", "no-cookie-jar", "no-redirect", "no-auto-encoding", "note", "title"}


def recognise(data: bytes) -> bool:
    """Say whether a file has a request line of a WebSocket, and is no other text by chance."""
    text = data[: 1 << 16].decode(errors="ignore")
    for line in text.splitlines():
        if re.match(r"\s*(?:WEBSOCKET|WSS?)\s+\S|wss?://\S+\s*$", line):
            return True
        if not line.strip() or _COMMENT.fullmatch(line) or line.startswith(("@", "###", "import ")):
            continue
        if not _HTTP.match(line):
            return bool(re.search(r"(?m)^###", text) and re.search(r"(?m)^WEBSOCKET\s", text))
        return bool(re.search(r"(?m)^(?:WEBSOCKET|WSS?)\s+\S|^wss?://", text))
    return False


@dataclass(slots=True)
class _Block:
    """The lines between two `###`.

    Attributes:
        line: the number of its first line.
        name: what stands behind `###`, or `@name`.
        lines: its lines.
    """

    line: int
    name: str = ""
    lines: list[str] = field(default_factory=list)


def read(data: bytes, name: str) -> Imported:
    """Read the WebSocket requests of a file; others are counted.

    Raises:
        ForeignFormatError: it is too large or not UTF-8, or has no WebSocket request.
    """
    if len(data) > MAX_BYTES:
        raise ForeignFormatError(f"It is longer than {MAX_BYTES >> 20} MiB.")
    reading = Reading(FORM)
    variables: dict[str, str] = {}
    others = 0
    for block in _blocks(text_of(data)):
        reader = _BlockReader(block, name, reading, variables)
        reader.read()
        others += reader.is_other
    if others:
        reading.note("", f"Requests that are no WebSocket, passed over: {others:,}.")
    if variables:
        reading.environment(name, Environment(variables=variables))
    if not reading.endpoints:
        raise ForeignFormatError("There is no WebSocket request in it.")
    return reading.done()


def _blocks(text: str) -> Iterator[_Block]:
    block = _Block(1)
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        if line.startswith("###"):
            yield block
            block = _Block(number + 1, line.lstrip("#").strip())
        else:
            block.lines.append(line)
    yield block


class _BlockReader:
    """Reads one block."""

    def __init__(
        self, block: _Block, file: str, reading: Reading, variables: dict[str, str]
    ) -> None:
        self._block, self._file, self._reading = block, file, reading
        self._variables = variables
        self._description: list[str] = []
        self._timeout_s: float | None = None
        self._at = 0
        self.is_other = False

    def read(self) -> None:
        url = self._head()
        if url is None:
            return
        place = self._place()
        self._at += 1
        while self._at < len(self._lines) and re.match(r"\s+\S", self._lines[self._at]):
            url += self._lines[self._at].strip()
            self._at += 1
        url = re.sub(r"\s+HTTP/\S+$", "", url)
        asked = Asked(self._ours(url), description="\n".join(self._description))
        self._headers(asked)
        endpoint = to_endpoint(asked, place, self._reading.note)
        if self._timeout_s:
            limits = replace(endpoint.limits, open_timeout_s=self._timeout_s)
            endpoint = replace(endpoint, limits=limits)
        self._keep(endpoint)

    @property
    def _lines(self) -> list[str]:
        return self._block.lines

    def _place(self, at: int | None = None) -> str:
        return f"line {self._block.line + (self._at if at is None else at)}"

    def _note(self, text: str) -> None:
        self._reading.note(self._place(), text)

    def _ours(self, text: str) -> str:
        return to_ours(text, self._place(), self._reading.note, tool=TOOL, reached_by=_REACHED_BY)

    def _head(self) -> str | None:
        """Go on to the request line; None where the block has none of a WebSocket."""
        while self._at < len(self._lines):
            line = self._lines[self._at]
            if match := _WEBSOCKET.fullmatch(line):
                return match[1] or match[2]
            if _HTTP.match(line):
                self.is_other = True
                return None
            self._before_request(line)
            self._at += 1
        return None

    def _before_request(self, line: str) -> None:
        if not line.strip():
            return
        if match := _VARIABLE.fullmatch(line.strip()):
            self._variables[fit_name(match[1])] = self._ours(match[2].strip())
        elif comment := _COMMENT.fullmatch(line):
            self._comment(comment[1].strip())
        elif line.lstrip().startswith(("<", "{{", "> ")):
            self._skip_script()
        else:
            self._note("The line is not understood and left out.")

    def _comment(self, text: str) -> None:
        match = _DIRECTIVE.fullmatch(text)
        if match is None:
            self._description.append(text)
            return
        directive, value = match.groups()
        if directive == "name":
            self._block.name = value.strip() or self._block.name
        elif directive in ("description", "note", "title"):
            self._description.append(value)
        elif directive in ("connection-timeout", "timeout"):
            duration = _DURATION.fullmatch(value.strip())
            seconds = int(duration[1][:9]) * _SECONDS[duration[2]] if duration else 0
            self._timeout_s = seconds or None
        elif directive not in _IDLE:
            self._note(f"@{directive} has no counterpart and is left out.")

    def _skip_script(self) -> None:
        self._note("A script is not imported, and none is ever run.")
        line = self._lines[self._at].lstrip()
        end = "%}" if "{%" in line else "}}" if line.startswith("{{") else ""
        opening = line.partition("{%" if "{%" in line else "{{")[2]
        if not end or end in opening:
            return
        while self._at + 1 < len(self._lines) and end not in self._lines[self._at + 1]:
            self._at += 1
        self._at += 1

    def _headers(self, asked: Asked) -> None:
        while self._at < len(self._lines):
            line = self._lines[self._at]
            if not line.strip():
                self._at += 1
                return
            if comment := _COMMENT.fullmatch(line):
                disabled = _HEADER.fullmatch(comment[1].strip())
                if disabled is not None and " " not in disabled[1]:
                    header = Header(name=disabled[1], value=disabled[2].strip(), enabled=False)
                    asked.headers.append(header)
            elif match := _HEADER.fullmatch(line.strip()):
                self._header(match[1], self._ours(match[2].strip()), asked)
            else:
                return  # a message may follow at once
            self._at += 1

    def _header(self, name: str, value: str, asked: Asked) -> None:
        scheme, _, rest = value.partition(" ")
        user, blank, password = rest.strip().partition(" ")
        if name.lower() == "authorization" and scheme.lower() in ("basic", "digest") and blank:
            kind = "basic" if scheme.lower() == "basic" else "digest"
            asked.auth = Auth(kind=kind, user=user, password=password.strip())  # type: ignore[arg-type]
        elif name.lower() == "content-type":
            self._note("Content-Type colours the messages in an editor; it is left out.")
        else:
            asked.headers.append(Header(name=name, value=value))

    def _keep(self, endpoint: Endpoint) -> None:
        wanted = self._block.name or host_of(endpoint.url) or self._file
        name = self._reading.endpoint(join_name(*parts_of(wanted)), endpoint)
        messages = list(self._messages())
        labels = numbered([text for _, text in messages])
        for label, (_, text) in zip(labels, messages, strict=True):
            message = self._message(text, name)
            self._reading.message(join_name(*name.split("/"), label), message)
        if any(waited for waited, _ in messages):
            self._note("`=== wait-for-server` is an order for a scenario; it is left out.")

    def _messages(self) -> Iterator[tuple[bool, str]]:
        """Give the messages; whether each waited for the server."""
        lines: list[str] = []
        waits = False
        while self._at < len(self._lines):
            line = self._lines[self._at]
            if separator := _SEPARATOR.fullmatch(line):
                if text := _trimmed(lines):
                    yield waits, text
                    waits = False
                waits |= separator[1] is not None
                lines = []
            elif re.match(r"(?:>|<)\s*\{%|>\s+\S+\.js\s*$|\{\{@?\w*\s*$|\{\{@", line):
                self._skip_script()
            elif re.match(r"\?\?\s|>>!?\s", line):
                self._note("An assertion or a file for the answer is left out.")
            else:
                lines.append(line)
            self._at += 1
        if text := _trimmed(lines):
            yield waits, text

    def _message(self, text: str, endpoint: str) -> SavedMessage:
        file = _FILE.fullmatch(text)
        if file is None:
            return SavedMessage(kind=kind_of(text), body=self._ours(text), endpoint=endpoint)
        if file[1]:
            self._note("Variables in the file of a message are not replaced here.")
        return SavedMessage(kind="file", body=file[2].strip(), endpoint=endpoint)


def _trimmed(lines: list[str]) -> str:
    """Put the lines of a message together, without the empty ones around it."""
    first = next((at for at, line in enumerate(lines) if line.strip()), len(lines))
    last = next((at for at in range(len(lines), 0, -1) if lines[at - 1].strip()), first)
    return "\n".join(lines[first:last])
