"""Events of WebRTC with what must not be shared taken out of them.

Hosts and addresses have the pseudonyms that they have everywhere. What opens a connection or says
whose it is goes from descriptions, heads, bodies and statistics: ICE passwords, addresses of
signaling sessions, names and certificates. What only has to be told apart gets a number instead,
the same one wherever it stands: user name fragments (a new one means a restart of ICE),
fingerprints, and foundations, which are often computed from an address.
"""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import msgspec

from wirescope.capture.formats.blotting import FILLER, Blotter
from wirescope.capture.redaction import REDACTED
from wirescope.events import (
    AnyEvent,
    DataChannelClosed,
    DataChannelMessage,
    DataChannelOpened,
    IceCandidate,
    IceError,
    IcePair,
    IceServersSet,
    MediaTrack,
    PeerState,
    RelayAllocated,
    RelayEnded,
    RelayRefused,
    SignalingDescription,
    SignalingExchange,
    Statistics,
    StatisticValue,
)

# SDP (RFC 8866, RFC 8839), also inside of JSON, where an escape ends the line.
_VALUE = r"[^\s\\\"',;]+"
_PASSWORD = re.compile(rf"(?i)(ice-pwd:[ \t]*)({_VALUE})")
_KEY = re.compile(r"(?im)^(k=|a=crypto:\d+[ \t]+\S+[ \t]+)([^\r\n]+)")
_OWNER = re.compile(r"(?m)^(o=)(?!- )(\S+)")
_ABOUT = re.compile(r"(?m)^([siuep]=)(?!-?[ \t]*\r?$)([^\r\n]+)")
_NUMBERED = {
    "ufrag": re.compile(
        rf"(?i)(ice-ufrag:[ \t]*|\bufrag[ \t]+|\"usernameFragment\"\s*:\s*\")({_VALUE})"
    ),
    "foundation": re.compile(rf"(?i)(candidate:)({_VALUE})"),
    "cname": re.compile(rf"(?i)(\bcname:)({_VALUE})"),
    "fingerprint": re.compile(r"(?i)()((?:[0-9a-f]{2}:){15,63}[0-9a-f]{2})"),
}
_IS_SDP = re.compile(r"(?m)^(?:v=0|a=[a-z])")

# RFC 9725 section 4.2: who knows its URL can end the session; an ETag may hold its ICE names.
_SESSION_FIELD = re.compile(
    r"(?im)^((?:content-)?location|etag|if-match|if-none-match)([ \t]*:[ \t]*)([^\r\n]+)"
)
_LAST_SEGMENT = re.compile(r"(?<=[^/:]/)[^/?#\s]+(?=/*(?:[?#]|$))|(?<=^/)[^/?#\s]+(?=/*(?:[?#]|$))")
_SEGMENT = re.compile(r"(?<=/)[^/?#\s\"'<>,;]+")
_TO_A_SESSION = frozenset(("PATCH", "DELETE"))


class Calls:
    """Retouches the events of WebRTC connections; has to `learn` all before it changes the first.

    Args:
        blotter: says what has to go from texts and payloads.
    """

    def __init__(self, blotter: Blotter) -> None:
        self._blotter = blotter
        self._given: dict[tuple[str, str], str] = {}
        self._sessions: set[str] = set()

    def learn(self, event: AnyEvent) -> None:
        """Take note of the signaling sessions that an event names."""
        if not isinstance(event, SignalingExchange):
            return
        if event.status == 201:
            for name, _, value in _SESSION_FIELD.findall(event.response):
                if name.lower() == "location":
                    self._sessions.update(_LAST_SEGMENT.findall(value.strip()))
        if event.method.upper() in _TO_A_SESSION:
            self._sessions.update(_LAST_SEGMENT.findall(event.url))

    def retouched(self, event: AnyEvent) -> AnyEvent | None:
        """Give an event as it may be shared; None where its type is not known here."""
        clean = _CLEAN.get(type(event))
        return None if clean is None else msgspec.structs.replace(event, **clean(self, event))

    def _description(self, event: SignalingDescription) -> dict[str, Any]:
        return {"sdp": self._sdp(event.sdp)}

    def _exchange(self, event: SignalingExchange) -> dict[str, Any]:
        return {
            "method": self._text(event.method),
            "url": self._text(self._without_sessions(event.url)),
            "request": self._head(event.request),
            "response": self._head(event.response),
            "request_body": self._body(event.request_body),
            "response_body": self._body(event.response_body),
        }

    def _candidate(self, event: IceCandidate) -> dict[str, Any]:
        related = event.related
        if related is not None:
            related = msgspec.structs.replace(related, address=self._text(related.address))
        return {
            "address": self._text(event.address),
            "foundation": self._numbered("foundation", event.foundation),
            "mid": self._text(event.mid),
            "related": related,
            "url": None if event.url is None else self._text(event.url),
            "ufrag": None if event.ufrag is None else self._numbered("ufrag", event.ufrag),
        }

    def _servers(self, event: IceServersSet) -> dict[str, Any]:
        replace = msgspec.structs.replace
        return {"servers": [replace(each, url=self._text(each.url)) for each in event.servers]}

    def _ice_error(self, event: IceError) -> dict[str, Any]:
        return self._texts(event, "url", "message", "address")

    def _pair(self, event: IcePair) -> dict[str, Any]:
        return self._texts(event, "local", "remote")

    def _allocated(self, event: RelayAllocated) -> dict[str, Any]:
        return self._texts(event, "client", "relayed")

    def _refused(self, event: RelayRefused) -> dict[str, Any]:
        peer = None if event.peer is None else self._text(event.peer)
        return {**self._texts(event, "client", "method", "reason"), "peer": peer}

    def _relay_ended(self, event: RelayEnded) -> dict[str, Any]:
        return self._texts(event, "relayed")

    def _state(self, event: PeerState) -> dict[str, Any]:
        return self._texts(event, "from_", "to")

    def _opened(self, event: DataChannelOpened) -> dict[str, Any]:
        return self._texts(event, "label", "protocol")

    def _message(self, event: DataChannelMessage) -> dict[str, Any]:
        if len(event.payload) < event.length:  # what was cut off cannot be searched
            return {"payload": FILLER * len(event.payload)}
        return {"payload": self._blotter.payload(event.payload)}

    def _closed(self, _event: DataChannelClosed) -> dict[str, Any]:
        return {}

    def _track(self, event: MediaTrack) -> dict[str, Any]:
        streams = list(map(self._text, event.streams))
        return {**self._texts(event, "mid", "track"), "streams": streams}

    def _statistics(self, event: Statistics) -> dict[str, Any]:
        values = {name: self._value(name, value) for name, value in event.values.items()}
        return {**self._texts(event, "object", "id"), "values": values}

    def _value(self, name: str, value: StatisticValue) -> StatisticValue:
        if isinstance(value, str):
            kind = name.lower()
            if kind.endswith("usernamefragment"):
                return self._numbered("ufrag", value)
            if kind == "foundation":
                return self._numbered(kind, value)
            return REDACTED if kind == "base64certificate" else self._text(value)
        if isinstance(value, list):
            return [self._text(each) if isinstance(each, str) else each for each in value]
        if isinstance(value, dict):
            return {self._text(key): each for key, each in value.items()}
        return value

    def _texts(self, event: AnyEvent, *names: str) -> dict[str, Any]:
        return {name: self._text(getattr(event, name)) for name in names}

    def _text(self, text: str) -> str:
        return self._blotter.text(self._told_apart(text))

    def _sdp(self, text: str) -> str:
        for pattern in (_KEY, _OWNER, _ABOUT):
            text = pattern.sub(rf"\1{REDACTED}", text)
        return self._text(text)

    def _head(self, head: str) -> str:
        head = _SESSION_FIELD.sub(rf"\1\2{REDACTED}", head)
        return self._text(self._without_sessions(head))

    def _body(self, text: str) -> str:
        if self._blotter.whole:
            return self._blotter.reason(text)
        text = self._without_sessions(text)
        if _IS_SDP.search(text):
            return self._sdp(text)
        return self._blotter.reason(self._told_apart(text))

    def _told_apart(self, text: str) -> str:
        """Put numbers in the place of what only has to be told apart; passwords go."""
        for kind, pattern in _NUMBERED.items():
            text = pattern.sub(partial(self._with_number, kind), text)
        return _PASSWORD.sub(rf"\1{REDACTED}", text)

    def _with_number(self, kind: str, match: re.Match[str]) -> str:
        return match[1] + self._numbered(kind, match[2])

    def _numbered(self, kind: str, value: str) -> str:
        key = (kind, value.upper() if kind == "fingerprint" else value)
        if value and key not in self._given:
            number = 1 + sum(other == kind for other, _ in self._given)
            self._given[key] = f"{kind}{number}"
        return self._given.get(key, value)

    def _without_sessions(self, text: str) -> str:
        def cleaned(match: re.Match[str]) -> str:
            return REDACTED if match[0] in self._sessions else match[0]

        return _SEGMENT.sub(cleaned, text) if self._sessions else text


_CLEAN: Mapping[type[Any], Callable[[Calls, Any], dict[str, Any]]] = {
    SignalingDescription: Calls._description,
    SignalingExchange: Calls._exchange,
    IceServersSet: Calls._servers,
    IceCandidate: Calls._candidate,
    IceError: Calls._ice_error,
    IcePair: Calls._pair,
    RelayAllocated: Calls._allocated,
    RelayRefused: Calls._refused,
    RelayEnded: Calls._relay_ended,
    PeerState: Calls._state,
    DataChannelOpened: Calls._opened,
    DataChannelMessage: Calls._message,
    DataChannelClosed: Calls._closed,
    MediaTrack: Calls._track,
    Statistics: Calls._statistics,
}
