"""The messages of PeerJS, whose broker takes them from one page to another by the pages' ids.

The connection leads to `wss://HOST/peerjs?key=peerjs&id=ID&token=TOKEN`. Pages answer offers of
kind `data` or `media`; every message names the connection that it belongs to.
"""

import json
import secrets
from typing import Any

from wirescope.errors import SignalingError, UsageError
from wirescope.transports.webrtc.description import Description
from wirescope.transports.webrtc.signaling.shapes import LEFT, Left, Said, parse, said_in

_REFUSALS = {
    "ID-TAKEN": "Somebody else has this id on the PeerJS server already; choose another one.",
    "INVALID-KEY": "The PeerJS server does not take this key; it is part of the address.",
    "ERROR": "The PeerJS server refused",
}


class PeerJsAdapter:
    """Speaks with one page by way of the broker.

    Args:
        to: the other page's id; empty waits for whoever makes an offer.
        kind: `data` or `media`, what a connection of ours is for.
        label: the data channel's label; empty makes one up.
        serialization: what the other page takes messages for: `raw`, `json` or `binary`.
    """

    keep_alive_s = 5.0

    def __init__(
        self, to: str = "", kind: str = "data", label: str = "", serialization: str = "raw"
    ) -> None:
        if kind not in ("data", "media"):
            raise UsageError(f"A PeerJS connection is for data or media, not for {kind!r}.")
        prefix = {"data": "dc", "media": "mc"}[kind]
        self.connection = f"{prefix}_{secrets.token_hex(8)}"
        self._to = to
        self._kind = kind
        self._label = label or self.connection
        self._serialization = serialization

    def write(self, message: Said) -> str | None:
        """Write a message to the other page; the end of candidates is not said in PeerJS."""
        about: dict[str, Any] = {"type": self._kind, "connectionId": self.connection}
        if isinstance(message, Description):
            kind = message.kind.upper()
            about["sdp"] = message.as_json()
            if kind == "OFFER" and self._kind == "data":
                about |= {
                    "label": self._label,
                    "reliable": True,
                    "serialization": self._serialization,
                }
        elif not message.text:
            return None
        else:
            kind, about["candidate"] = "CANDIDATE", message.as_json()
        if not self._to:
            raise SignalingError(
                "There is no page to send this to.",
                hint="Name its PeerJS id, or wait until it makes an offer.",
            )
        return json.dumps({"type": kind, "dst": self._to, "payload": about})

    def read(self, text: str) -> list[Said] | Left:
        """Read a message of the broker; those of other connections are passed over."""
        value = parse(text)
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(kind, str):
            return []
        if kind in _REFUSALS:
            raise SignalingError(_refusal(kind, value.get("payload")))
        if kind not in ("OFFER", "ANSWER", "CANDIDATE", "LEAVE", "EXPIRE"):
            return []  # OPEN, and what is none of ours
        source, payload = value.get("src"), value.get("payload")
        if kind == "OFFER" and not self._to and isinstance(source, str):
            self._to = source
            if isinstance(payload, dict) and isinstance(payload.get("connectionId"), str):
                self.connection = payload["connectionId"]
                self._kind = "media" if payload.get("type") == "media" else "data"
        if source is not None and source != self._to:
            return []
        if kind in ("LEAVE", "EXPIRE"):
            return LEFT
        if not isinstance(payload, dict):
            return []
        if payload.get("connectionId", self.connection) != self.connection:
            return []
        return said_in(
            {name: payload.get(name) for name in ("sdp", "candidate") if name in payload}
        )

    def keep_alive(self) -> str:
        """Write what the broker wants to hear every so often."""
        return json.dumps({"type": "HEARTBEAT"})


def _refusal(kind: str, payload: Any) -> str:
    said = payload.get("msg") if isinstance(payload, dict) else None
    words = _REFUSALS[kind]
    return words if words.endswith(".") else f"{words}: {said or 'it did not say why'}."
