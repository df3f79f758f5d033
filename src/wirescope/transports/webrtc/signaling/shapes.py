"""Descriptions and candidates in the JSON that pages write, whichever way they wrap it.

Every sample has a shape of its own: the object of the browser as it is, or under `description`,
`sdp`, `payload`, as text in text. Here they are found wherever they stand; what is neither is
passed over, since a signaling socket often carries other things too.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from wirescope.events import SdpType
from wirescope.transports.webrtc.description import (
    END_OF_CANDIDATES,
    MAX_SDP,
    Candidate,
    Description,
)

Said = Description | Candidate

MAX_TEXT = 2 * MAX_SDP
"""Characters of a message; a description takes more of them in JSON than by itself."""

_DEPTH = 4
_MOST = 256

_KINDS = ("offer", "answer", "pranswer", "rollback")
_CANDIDATES = ("candidate", "ice", "iceCandidate", "ice_candidate", "candidates")
_WRAPPERS = (
    *("description", "sessionDescription", "session_description", "desc", "jsep", "sdp"),
    *("offer", "answer", "payload", "data", "signal", "message", "msg", "body", "content"),
)
_LEAVING = ("bye", "leave", "hangup", "hang-up")


class Left:
    """The other side has taken leave."""


LEFT = Left()


def parse(text: str) -> Any:
    """Read a message's JSON; None where it is none."""
    if len(text) > MAX_TEXT:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def said_in(value: Any) -> list[Said] | Left:
    """Find what a message says of descriptions and candidates.

    Raises:
        DescriptionError: a description or candidate is in it that cannot be used.
    """
    if isinstance(value, dict):
        word = value.get("type", value.get("event", value.get("action")))
        if isinstance(word, str) and word.lower() in _LEAVING:
            return LEFT
    found: list[Said] = []
    for each in _find(value, _DEPTH):
        found.append(each)
        if len(found) == _MOST:
            break
    return found


def _find(value: Any, depth: int) -> Iterator[Said]:
    if isinstance(value, str):
        value = parse(value) if value[:1] in ("{", "[") else None
    if isinstance(value, list):
        for each in value:
            if depth:
                yield from _find(each, depth - 1)
    if not isinstance(value, dict):
        return
    description = _description(value)
    if description is not None:
        yield description
    elif depth:
        for name in _WRAPPERS:
            if isinstance(value.get(name), dict | list | str):
                yield from _find(value[name], depth - 1)
    for name in _CANDIDATES:
        if name in value:
            yield from _candidates(value, value[name], _DEPTH)


def _description(value: Mapping[str, Any]) -> Description | None:
    """Read an object that is a description itself, or has the text of one."""
    kind = value.get("type", value.get("event", value.get("kind")))
    kind = kind.lower() if isinstance(kind, str) else None
    if kind in _KINDS:
        if isinstance(value.get("sdp"), str) and value["sdp"][:1] != "{":
            return Description.from_json({"type": kind, "sdp": value["sdp"]})
        if kind == "rollback":
            return Description("rollback", "")
    for name in _WRAPPERS:
        text = value.get(name)
        if isinstance(text, str) and text.startswith("v=0"):
            named = name if name in _KINDS else kind
            if named in _KINDS:
                return Description.from_json({"type": cast("SdpType", named), "sdp": text})
    return None


def _candidates(around: Mapping[str, Any], value: Any, depth: int) -> Iterator[Candidate]:
    if not depth:
        return
    if value is None:
        yield END_OF_CANDIDATES
    elif isinstance(value, str):
        if value[:1] == "{":  # a candidate as text
            yield from _candidates(around, parse(value) or {}, depth - 1)
        else:
            yield _candidate(around, value)
    elif isinstance(value, dict):
        inner = value.get("candidate", "")
        if isinstance(inner, str):
            yield _candidate(value, inner)
        else:
            yield from _candidates(value, inner if isinstance(inner, dict) else {}, depth - 1)
    elif isinstance(value, list):
        for each in value[:_MOST]:
            inner = each if isinstance(each, dict | str) else {}
            yield from _candidates(around, inner, depth - 1)


def _candidate(value: Mapping[str, Any], text: str) -> Candidate:
    mid = _first(value, ("sdpMid", "sdp_mid", "mid", "id"), str)
    index = _first(value, ("sdpMLineIndex", "sdp_mline_index", "mLineIndex", "label"), int)
    fragment = _first(value, ("usernameFragment", "ufrag"), str)
    return Candidate.from_json(
        {
            "candidate": text.removeprefix("a="),
            "sdpMid": mid,
            "sdpMLineIndex": index,
            "usernameFragment": fragment,
        }
    )


def _first(value: Mapping[str, Any], names: Sequence[str], kind: type) -> Any:
    given = (value[name] for name in names if name in value)
    return next((each for each in given if type(each) is kind), None)


class JsonAdapter:
    """Writes what browsers write, unwrapped: `{"type": "offer", "sdp": …}`."""

    keep_alive_s = 0.0

    def read(self, text: str) -> list[Said] | Left:
        """Find what a message says."""
        return said_in(parse(text))

    def write(self, message: Said) -> str | None:
        """Write a description or a candidate."""
        if isinstance(message, Description):
            return json.dumps(message.as_json())
        return json.dumps({"type": "candidate", **message.as_json()})

    def keep_alive(self) -> str:
        """Nothing keeps it alive but what is said."""
        return "{}"


class NestedAdapter(JsonAdapter):
    """Writes as the example of perfect negotiation: `{"description": …}`, `{"candidate": …}`."""

    def write(self, message: Said) -> str | None:
        """Write a description or a candidate."""
        if isinstance(message, Description):
            return json.dumps({"description": message.as_json()})
        return json.dumps({"candidate": message.as_json() if message.text else None})
