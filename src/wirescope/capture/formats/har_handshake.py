"""The HTTP half of a HAR entry of another program: heads, steps of connecting, why it failed.

A HAR has the parts of a head, so the heads are written as they will have been. Not here: messages.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import msgspec

LONGEST_MS = float(1 << 62) / 1e6
_STEPS = {"dns": "dns", "connect": "tcp", "ssl": "tls", "wait": "upgrade"}


class Field(msgspec.Struct):
    """A header."""

    name: str
    value: str


class Request(msgspec.Struct):
    """What was asked."""

    url: str
    method: str = "GET"
    headers: list[Field] = []


class Content(msgspec.Struct):
    """A body."""

    text: str | None = None


class Response(msgspec.Struct):
    """What was answered; status 0 for no answer."""

    status: int = 0
    statusText: str | None = ""  # noqa: N815 -- the name is HAR's
    headers: list[Field] = []
    content: Content | None = None


def websocket_url(url: str) -> str:
    """Give the address its own scheme; mitmproxy writes that of HTTP."""
    for http, websocket in (("http:", "ws:"), ("https:", "wss:")):
        if url.lower().startswith(http):
            return websocket + url[len(http) :]
    return url


def steps(timings: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """Yield the steps of connecting; `ssl` is a part of `connect` in HAR, and -1 is unknown."""
    ms = {
        name: float(value)
        for name, value in timings.items()
        if name in _STEPS and isinstance(value, int | float) and 0 <= value < LONGEST_MS
    }
    if "connect" in ms and "ssl" in ms:
        ms["connect"] = max(0.0, ms["connect"] - ms["ssl"])
    ms.setdefault("wait", 0.0)  # that there was a request says that somebody asked
    for name, step in _STEPS.items():
        if name in ms:
            yield step, round(ms[name] * 1e6)


def handshake(request: Request, response: Response) -> tuple[str, str, int, str, list[str]]:
    """Write the two heads as they will have been, and what was agreed in them."""
    try:
        parts = urlsplit(request.url)
    except ValueError:
        parts = urlsplit("")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    asked = _head(f"{request.method} {target} HTTP/1.1", request.headers)
    answered = ""
    if response.status:
        line = f"HTTP/1.1 {response.status} {response.statusText or ''}".rstrip()
        answered = _head(line, response.headers)
    values = {field.name.lower(): field.value for field in response.headers}
    extensions = values.get("sec-websocket-extensions", "")
    agreed = [part.strip() for part in extensions.split(",") if part.strip()]
    return asked, answered, response.status, values.get("sec-websocket-protocol", ""), agreed


def _head(first: str, fields: list[Field]) -> str:
    lines = [first, *(f"{each.name}: {each.value}" for each in fields if each.name[:1] != ":")]
    # A head is bytes, each the character of the same number; a line break would end the field.
    clean = (" ".join(line.split()) for line in lines)
    text = "".join(f"{line}\r\n" for line in clean)
    return text.encode("utf-8", "replace").decode("latin-1").removesuffix("\r\n")


def failure(response: Response) -> tuple[str, str, str, str, int | None, bytes | None]:
    """Say why there was no connection: the fields of a `connection.failed`."""
    text = response.content.text if response.content else None
    body = text.encode("utf-8", "replace") if text else None
    if response.status:
        said = f"The server answered {response.status} instead of 101."
        return "upgrade", "status", said, "", response.status, body
    said = "No connection came about; the HAR does not say why."
    return "tcp", "unknown", said, "", None, None
