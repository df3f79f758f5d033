"""A decoder for messages like `say: hello`, and what it makes of one.

python examples/own_decoder.py 'say: hello'
"""

import sys

from wirescope.decoders import Decoded, Payload, tree_to_json
from wirescope.errors import DecodeError


class ChatDecoder:
    """Messages of the chat."""

    name = "chat"
    priority = 100
    subprotocols = ("chat",)

    def recognises(self, payload: Payload) -> float:
        return 0.6 if payload.data.startswith((b"say:", b"join:")) else 0.0

    def conversation(self) -> "ChatDecoder":
        return self

    def decode(self, payload: Payload) -> Decoded:
        command, colon, rest = payload.data.decode().partition(":")
        if not colon:
            raise DecodeError("There is no colon.", where="its end")
        value = {"command": command, "text": rest.strip()}
        return Decoded(format="chat", name=command, summary=rest.strip(), value=value)


if __name__ == "__main__":
    decoded = ChatDecoder().decode(Payload(data=sys.argv[1].encode()))
    print(decoded.summary)
    print(tree_to_json(decoded.value).decode())
