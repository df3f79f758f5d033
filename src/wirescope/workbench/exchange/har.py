"""A HAR as endpoints: each WebSocket of it once, and what it sent as messages.

Connections to one URL with the same headers are one endpoint, since a page that reconnects makes a
hundred of them. What was received and when is a capture's matter: `wirescope import` makes one.
"""

from collections.abc import Iterator

from wirescope.errors import ForeignFormatError
from wirescope.workbench.exchange.documents import load_json
from wirescope.workbench.exchange.handshake import Asked, host_of, to_endpoint
from wirescope.workbench.exchange.labels import kind_of, numbered
from wirescope.workbench.exchange.model import Imported
from wirescope.workbench.exchange.reading import Reading, join_name
from wirescope.workbench.exchange.tree import Tree
from wirescope.workbench.workspace import Endpoint, Header, SavedMessage

FORM = "har"
MOST_MESSAGES = 200
"""Different messages that are kept of one endpoint."""

_TEXT, _BINARY = 1, 2
_SWITCHING = 101

_Message = tuple[float | None, str]
"""The opcode of a message, and its data."""


def recognise(data: bytes) -> bool:
    """Say whether a file begins as a HAR does."""
    beginning = data[: 1 << 16].lstrip()
    return beginning.startswith(b"{") and b'"log"' in beginning and b'"entries"' in beginning


def read(data: bytes, name: str) -> Imported:
    """Read the WebSocket entries.

    Raises:
        ForeignFormatError: it is no HAR, or no WebSocket is in it.
    """
    reading = Reading(FORM)
    log = Tree(load_json(data), "", reading.note).mapping("log")
    found: dict[Endpoint, str] = {}
    sent: dict[str, dict[_Message, None]] = {}
    entries = list(log.mappings("entries"))
    sockets = [entry for entry in entries if _is_websocket(entry)]
    if others := len(entries) - len(sockets):
        reading.note("", f"Entries that are no WebSocket, passed over: {others:,}.")
    for entry in sockets:
        endpoint = _endpoint(entry, reading)
        if endpoint not in found:
            wanted = join_name(host_of(endpoint.url) or name)
            found[endpoint] = reading.endpoint(wanted, endpoint)
        messages = sent.setdefault(found[endpoint], {})
        messages.update(dict.fromkeys(_sent(entry)))
    if not found:
        raise ForeignFormatError(
            "The HAR has no WebSocket connection in it.",
            hint="Chrome saves messages when the tools were open before the connection was.",
        )
    for endpoint_name, messages in sent.items():
        _keep_messages(endpoint_name, messages, reading)
    return reading.done()


def _is_websocket(entry: Tree) -> bool:
    if "_webSocketMessages" in entry or entry.get("_resourceType").value == "websocket":
        return True
    if entry.mapping("request").text("url").lower().startswith(("ws:", "wss:")):
        return True
    # Some write the address that was asked for, which is of HTTP; the answer tells.
    return entry.mapping("response").number("status") == _SWITCHING and any(
        each.text("name").lower() == "upgrade" and each.text("value").lower() == "websocket"
        for each in entry.mapping("request").mappings("headers")
    )


def _endpoint(entry: Tree, reading: Reading) -> Endpoint:
    request = entry.mapping("request")
    headers = [
        Header(name=each.text("name"), value=each.text("value"))
        for each in request.mappings("headers")
        if each.text("name") and not each.text("name").startswith(":")
    ]
    if not request.text("url"):
        raise ForeignFormatError("The entry has no URL.", where=request.place)
    return to_endpoint(Asked(request.text("url"), headers), entry.place, reading.note)


def _sent(entry: Tree) -> Iterator[_Message]:
    for message in entry.mappings("_webSocketMessages"):
        if message.text("type") == "send":
            yield message.number("opcode"), message.text("data")


def _keep_messages(endpoint: str, sent: dict[_Message, None], reading: Reading) -> None:
    known = [(opcode, data) for opcode, data in sent if opcode in (_TEXT, _BINARY)]
    if others := len(sent) - len(known):
        reading.note(endpoint, f"Messages that are neither text nor binary, left out: {others}.")
    if further := len(known) - MOST_MESSAGES:
        if further > 0:
            reading.note(endpoint, f"Of its messages, {further:,} further ones are left out.")
        known = known[:MOST_MESSAGES]
    labels = numbered([data for _, data in known])
    for label, (opcode, data) in zip(labels, known, strict=True):
        kind = kind_of(data) if opcode == _TEXT else "base64"
        message = SavedMessage(kind=kind, body=data, endpoint=endpoint)
        reading.message(join_name(*endpoint.split("/"), label), message)
