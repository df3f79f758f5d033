"""JSON (RFC 8259), read with msgspec.

Of a name that stands twice in an object, the last value counts. NaN and Infinity are no JSON.
"""

from collections.abc import Sequence

from wirescope.decoders.payload import Conversation, Decoded, Payload
from wirescope.decoders.tree import Tree, brief, read_json, readable, tree_to_json

_BLANKS = b" \t\r\n"


def looks_like_json(data: bytes) -> bool:
    """Whether it begins and ends as an object or an array does."""
    begin = data[:64].lstrip(_BLANKS)[:1]
    end = data[-64:].rstrip(_BLANKS)[-1:]
    return (begin, end) in ((b"{", b"}"), (b"[", b"]"))


class JsonDecoder:
    """A JSON document."""

    name = "json"
    priority = 0
    subprotocols: tuple[str, ...] = ("json",)

    def recognises(self, payload: Payload) -> float:
        """Look at the first and the last character."""
        if not looks_like_json(payload.data):
            return 0.0
        return 0.4 if payload.kind == "text" else 0.3

    def conversation(self) -> Conversation:
        """Nothing has to be remembered."""
        return self

    def decode(self, payload: Payload) -> Decoded:
        """Read the document."""
        value = readable(read_json(payload.data))
        return Decoded(format=self.name, summary=brief(value), value=value)

    def compose(self, value: Tree) -> Sequence[Payload]:
        """Write a text message; bytes become `{"base64": "…"}`."""
        return [Payload(data=tree_to_json(value), kind="text", direction="sent")]


JSON = JsonDecoder()
