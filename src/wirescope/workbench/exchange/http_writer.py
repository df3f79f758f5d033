"""Endpoints and messages as a `.http` file, and environments as `http-client.env.json` beside it.

The syntax has no place for binary messages, for empty ones, and for a line that begins with `===`
or `###`; a comment in the file says what is left out.
"""

import re

import msgspec
from msgspec.structs import replace

from wirescope.workbench.exchange.handshake import authorization, full_headers, full_url
from wirescope.workbench.exchange.model import Exported, Note, Written
from wirescope.workbench.exchange.templates import common_name, to_theirs
from wirescope.workbench.exchange.untold import BARE_PARAMETERS, DISABLED_HEADERS, untold
from wirescope.workbench.workspace import Auth, Endpoint, SavedMessage
from wirescope.workbench.workspace.names import usable_name

CARRIED = frozenset(
    {
        *(BARE_PARAMETERS, DISABLED_HEADERS),
        *("url", "description", "query", "headers", "origin", "cookies", "auth", "subprotocols"),
        "limits.open_timeout_s",
    }
)
_UNFIT = re.compile(r"\s*===|###|<@?\w*\s|[<>]\s*\{%|>+!?\s|\?\?\s|\{\{@|\{\{\w*\s*$")
ENVIRONMENTS = "http-client.env.json"


def write(exported: Exported) -> Written:
    """Write a block for each endpoint, with its messages."""
    exported = to_theirs(exported, common_name)
    notes: list[Note] = []
    blocks = [_block(name, each, exported, notes) for name, each in exported.endpoints.items()]
    files = {f"{usable_name(exported.name)}.http": "\n".join(blocks).encode()}
    if exported.environments:
        values = {name: each.variables for name, each in exported.environments.items()}
        files[ENVIRONMENTS] = msgspec.json.format(msgspec.json.encode(values)) + b"\n"
    for name, each in exported.environments.items():
        if each.secrets:
            listed = ", ".join(each.secrets)
            text = f"Put the values of {listed} into http-client.private.env.json."
            notes.append(Note(f"environment {name}", text))
    return Written(files, notes)


def _block(name: str, endpoint: Endpoint, exported: Exported, notes: list[Note]) -> str:
    place = f"endpoint {name}"
    notes += untold(place, endpoint, CARRIED)
    lines = [f"### {name}"]
    lines += [f"# {_line(line)}" for line in endpoint.description.splitlines()]
    if endpoint.limits.open_timeout_s != 30:
        milliseconds = round(endpoint.limits.open_timeout_s * 1000)
        lines.append(f"# @connection-timeout {milliseconds} ms")
    lines.append(f"WEBSOCKET {_line(full_url(endpoint))}")
    for header in full_headers(replace(endpoint, auth=Auth())):
        comment = "" if header.enabled else "# "
        lines.append(f"{comment}{header.name}: {_line(header.value or '')}")
    if value := _authorization(endpoint.auth):
        lines.append(f"Authorization: {value}")
    messages = exported.messages_of(name)
    written = [text for each in messages.items() if (text := _message(*each, notes)) is not None]
    return "\n".join([*lines, "", "\n===\n".join(written), ""] if written else [*lines, ""])


def _authorization(auth: Auth) -> str:
    """The tools encode a user and a password themselves, so that both may be variables."""
    if auth.kind in ("none", "bearer"):
        return authorization(auth) if auth.kind == "bearer" else ""
    return f"{auth.kind.title()} {auth.user} {auth.password}"


def _message(name: str, message: SavedMessage, notes: list[Note]) -> str | None:
    if message.kind == "file":
        return f"< {_line(message.body)}"
    text = message.body
    is_text = message.kind in ("text", "json")
    lines = text.split("\n")
    unfit = any(map(_UNFIT.match, lines)) or "\r" in text
    # Empty lines around a message belong to the syntax.
    if not is_text or unfit or not lines[0].strip() or not lines[-1].strip():
        why = "it is binary" if not is_text else "it would be read as something else"
        notes.append(Note(f"message {name}", f"It cannot stand in a .http file: {why}."))
        return None
    return text


def _line(text: str) -> str:
    return " ".join(text.split("\n")).replace("\r", " ")
