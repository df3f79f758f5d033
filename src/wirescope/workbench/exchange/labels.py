"""What a message is called that has no name: by what it says it is, where it is JSON."""

from collections.abc import Sequence

import msgspec

from wirescope.workbench.exchange.templates import VARIABLE
from wirescope.workbench.workspace import MessageKind
from wirescope.workbench.workspace.names import usable_name

_TELLING = ("type", "event", "op", "action", "method", "command", "cmd", "kind", "name")
_LONGEST_READ = 1 << 16


def label_of(body: str, number: int) -> str:
    """Give a name for a message.

    >>> label_of('{"type": "subscribe"}', 1), label_of("hello", 2)
    ('subscribe', 'message 2')
    """
    if body.lstrip().startswith("{") and len(body) <= _LONGEST_READ:
        try:
            value = msgspec.json.decode(VARIABLE.sub("0", body))
        except (msgspec.DecodeError, RecursionError, UnicodeError):
            value = None
        if isinstance(value, dict):
            for key in _TELLING:
                if isinstance(value.get(key), str) and value[key].strip():
                    return usable_name(value[key][:40])
    return f"message {number}"


def numbered(bodies: Sequence[str]) -> list[str]:
    """Give names that keep the order of several messages in a list that is sorted.

    >>> numbered(["hello"]), numbered(["a", '{"op": "x"}'])
    (['message 1'], ['1 message', '2 x'])
    """
    if len(bodies) == 1:
        return [label_of(bodies[0], 1)]
    digits = len(str(len(bodies)))
    labels = (label_of(body, 0).removesuffix(" 0") for body in bodies)
    return [f"{number:0{digits}} {label}" for number, label in enumerate(labels, 1)]


def kind_of(body: str) -> MessageKind:
    """Say whether a text is JSON with a structure, or text.

    >>> kind_of('{"a": 1}'), kind_of("12"), kind_of("{not}"), kind_of('{"a": {{x}}}')
    ('json', 'text', 'text', 'json')
    """
    if body.lstrip()[:1] not in ("{", "["):
        return "text"
    for text in (body, VARIABLE.sub("0", body)):  # a variable may stand for a number
        try:
            msgspec.json.decode(text, type=msgspec.Raw)
            msgspec.json.decode(text)
        except (msgspec.DecodeError, RecursionError, UnicodeError):
            continue
        return "json"
    return "text"
