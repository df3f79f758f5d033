"""Fields that carry a correlation key in protocols that nobody has told of.

Either a user names the paths, or the first messages are searched for a field of a telling name
whose values come back from the other end. What is found that way is marked as inferred.
"""

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import Any

import msgspec

from wirescope.analysis.metrics.matching import Recognised
from wirescope.decoders import Mark, Relation, key_of
from wirescope.errors import UsageError
from wirescope.events import Direction, MessageKind, WebSocketMessage

ECHOED = 3
"""Values that have to come back before a field is taken for a correlation key."""

_UNIQUE = 0.9
_DEPTH = 2
_NAMES = re.compile(
    r"(?:(?:request|req|message|msg|correlation|call|command|cmd|transaction|txn|trans|operation|op"
    r"|invocation|client_?msg|job|query|packet|reply|response)[_-]?id|id|cid|rid|mid|tid|uid|ref"
    r"|seq|sn|nonce|echo|token|in_?reply_?to|reply_?to|request|correlation)",
    re.IGNORECASE,
)
_STEP = re.compile(r"\.?([^.\[\]]+)|\[(\d+)\]")

_value = msgspec.json.Decoder()


def decoded(payload: bytes) -> Any:
    """Read JSON; None for anything else."""
    try:
        return _value.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError):
        return None


def parse_path(text: str) -> tuple[str | int, ...]:
    """Read a path as `id`, `$.meta.id` or `params[0].id`.

    Raises:
        UsageError: it is no path.
    """
    rest = text.removeprefix("$")
    steps: list[str | int] = []
    place = 0
    while place < len(rest):
        step = _STEP.match(rest, place)
        if step is None:
            raise UsageError(
                f"{text!r} is not a path into JSON.", hint="Write it as id, meta.id or list[0].id."
            )
        steps.append(step[1] if step[2] is None else int(step[2]))
        place = step.end()
    if not steps:
        raise UsageError("The path into JSON is empty.", hint="Write it as id or meta.id.")
    return tuple(steps)


def _follow(value: Any, path: Sequence[str | int]) -> str | None:
    for step in path:
        if isinstance(value, dict) and isinstance(step, str):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return key_of(value) if value != "" else None


def by_paths(request: str, response: str = "") -> Recognised:
    """Recognise messages by the user's paths to the key, in requests and in responses.

    With one path for both, a message answers if the other end has asked with the same key.

    Raises:
        UsageError: one of them is no path.
    """
    asks = parse_path(request)
    answers = parse_path(response) if response else asks

    def mark(data: bytes, _kind: MessageKind, _direction: Direction) -> list[Mark] | None:
        value = decoded(data)
        if asks == answers:
            key = _follow(value, asks)
            return None if key is None else [(Relation.EITHER, key)]
        if (key := _follow(value, answers)) is not None:
            return [(Relation.RESPONSE, key)]
        key = _follow(value, asks)
        return None if key is None else [(Relation.REQUEST, key)]

    shown = request if asks == answers else f"{request} -> {response}"
    return Recognised("json-path", lambda: mark, field=shown)


def infer(messages: Iterable[WebSocketMessage]) -> Recognised | None:
    """Search for a field whose values come back from the other end, under any telling name."""
    first: dict[str, dict[Hashable, Direction]] = {}
    counts: Counter[tuple[str, Direction]] = Counter()
    echoes: Counter[tuple[str, str, Direction]] = Counter()
    for message in messages:
        for path, key in _candidates(decoded(message.payload)):
            for asked, seen in first.items():
                asker = seen.get(key)
                if asker is not None and asker != message.direction:
                    echoes[asked, path, asker] += 1
            first.setdefault(path, {}).setdefault(key, message.direction)
            counts[path, message.direction] += 1
    for (asked, answered, asker), echoed in sorted(echoes.items(), key=_rank):
        keys = list(first[asked].values()).count(asker)
        if echoed >= ECHOED and keys >= _UNIQUE * counts[asked, asker]:
            found = by_paths(asked, answered)
            return Recognised("inferred", found.marker, inferred=True, field=found.field)
    return None


def _rank(item: tuple[tuple[str, str, Direction], int]) -> tuple[int, int, tuple[str, str, str]]:
    """Put first what came back most often, of those the shorter paths."""
    names, echoed = item
    return -echoed, len(names[0]) + len(names[1]), names


def _candidates(value: Any, path: str = "", depth: int = _DEPTH) -> Iterator[tuple[str, Hashable]]:
    if not isinstance(value, dict):
        return
    for name, each in value.items():
        here = f"{path}.{name}" if path else name
        if isinstance(each, dict) and depth > 1:
            yield from _candidates(each, here, depth - 1)
        elif _NAMES.fullmatch(name) and _may_be_key(each):
            yield here, each


def _may_be_key(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool) and value != ""
