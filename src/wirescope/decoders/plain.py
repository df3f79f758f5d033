r"""Text and hex: the two formats that can show any payload.

Text is UTF-8; what is not, is written out as `\xHH`. Hex is the bytes themselves; the summary has
their beginning. They are what is left when no other format fits.
"""

from collections.abc import Sequence

from wirescope.decoders.payload import Conversation, Decoded, Payload
from wirescope.decoders.spelling import decode_hex
from wirescope.decoders.tree import Tree
from wirescope.errors import ComposeError

_SHOWN_CHARACTERS = 200
_SHOWN_BYTES = 64
_KEPT = 1 << 20
_KEPT_BROKEN = 64 << 10  # writing out what is no text takes long


class TextDecoder:
    """Any payload as text."""

    name = "text"
    priority = 0
    subprotocols: tuple[str, ...] = ()

    def recognises(self, payload: Payload) -> float:
        """Claim every text message, weakly."""
        return 0.1 if payload.kind == "text" else 0.0

    def conversation(self) -> Conversation:
        """Nothing has to be remembered."""
        return self

    def decode(self, payload: Payload) -> Decoded:
        """Read UTF-8."""
        text = _text(payload.data)
        summary = text[:_SHOWN_CHARACTERS] + ("…" if len(text) > _SHOWN_CHARACTERS else "")
        return Decoded(format=self.name, summary=summary, value=text)

    def compose(self, value: Tree) -> Sequence[Payload]:
        """Write a text message."""
        if not isinstance(value, str):
            raise ComposeError("A text message is made of a text.")
        return [Payload(data=value.encode("utf-8", "replace"), kind="text", direction="sent")]


class HexDecoder:
    """Any payload as bytes."""

    name = "hex"
    priority = 0
    subprotocols: tuple[str, ...] = ()

    def recognises(self, payload: Payload) -> float:
        """Claim every binary message, weakly."""
        return 0.1 if payload.kind == "binary" else 0.05

    def conversation(self) -> Conversation:
        """Nothing has to be remembered."""
        return self

    def decode(self, payload: Payload) -> Decoded:
        """Keep the bytes."""
        data = payload.data
        summary = data[:_SHOWN_BYTES].hex(" ") + ("…" if len(data) > _SHOWN_BYTES else "")
        return Decoded(format=self.name, summary=summary, value=data[:_KEPT])

    def compose(self, value: Tree) -> Sequence[Payload]:
        """Write a binary message of bytes, or of a text of hex digits."""
        if isinstance(value, str):
            try:
                value = decode_hex(value)
            except ValueError:
                raise ComposeError("The text is not hex.") from None
        if not isinstance(value, bytes):
            raise ComposeError("A binary message is made of bytes or of hex digits.")
        return [Payload(data=value, kind="binary", direction="sent")]


def _text(data: bytes) -> str:
    try:
        return data[:_KEPT].decode()
    except UnicodeDecodeError:
        return data[:_KEPT_BROKEN].decode("utf-8", "backslashreplace")


TEXT = TextDecoder()
HEX = HexDecoder()
FALLBACKS: dict[str, Conversation] = {"text": TEXT, "binary": HEX}
"""What shows a payload that nothing else could read, by the kind of its message."""


def undecoded(payload: Payload) -> Decoded:
    """Show a payload as it is: a text message as text, a binary one as hex."""
    return FALLBACKS[payload.kind].decode(payload)
