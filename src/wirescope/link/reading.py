"""A link's file as a record: what a YAML or JSON reader made of it, checked key by key.

A file has the keys of `LinkSettings`; `both` stands for `up` and `down` where they are alike. A
number is enough for `loss` (its share) and `jitter` (its milliseconds), and a text for `trace`: the
name of a file in the form of Mahimahi, which is asked for, since nothing here opens one.
"""

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any, TypeVar, get_args, get_type_hints

import msgspec

from wirescope.errors import ForeignFormatError, UsageError
from wirescope.link.settings import (
    Direction,
    GilbertElliott,
    Jitter,
    LinkSettings,
    Outage,
    Queue,
    RandomLoss,
)
from wirescope.link.trace import Trace, parse_trace

ReadFile = Callable[[str], bytes]
_StructT = TypeVar("_StructT", bound=msgspec.Struct)
_LOSSES: dict[str, type[msgspec.Struct]] = {
    "random": RandomLoss,
    "gilbert-elliott": GilbertElliott,
}
_INNER: dict[str, type[msgspec.Struct]] = {"jitter": Jitter, "queue": Queue}

# how msgspec says what is wrong, and how it is said here
_MISSING = re.compile(r"Object missing required field `(\w+)`")
_WRONG = re.compile(r"Expected `([\w| ]+)`(?: (<=|>=|<|>) ([-\d.e+]+))?(?:, got `(\w+)`)?")
_CHOICE = re.compile(r"Invalid enum value (.+)")
_LENGTH = re.compile(r"Expected `(array|str)` of length ([<>]=) (\d+)")
_BOUNDS = {"<=": "of at most", ">=": "of at least", "<": "below", ">": "above"}
_KINDS = {
    "float": "a number",
    "int": "a whole number",
    "str": "a text",
    "bool": "true or false",
    "array": "a list",
    "object": "keys with values",
    "null": "nothing",
}


def read_link(data: Mapping[str, Any], *, read_file: ReadFile | None = None) -> LinkSettings:
    """Read what a link's file says.

    Args:
        data: the file's keys and values.
        read_file: gives the bytes of the file of a name that the link's file mentions; None where
            a trace must stand in the file itself.

    Raises:
        UsageError: a key is unknown, missing or has a value that it does not take; the message
            names the key as `up.loss.share`.
        ForeignFormatError: a file of a trace is none.
    """
    if not isinstance(data, Mapping):
        raise UsageError("A link is described by keys with values, as `name` and `up`.")
    fields = dict(data)
    if "both" in fields:
        if taken := [each for each in ("up", "down") if each in fields]:
            message = f"{taken[0]}: `both` has said it already; write `up` and `down`, or `both`."
            raise UsageError(message)
        fields["up"] = fields["down"] = _direction(fields.pop("both"), "both", read_file)
    else:
        for key in ("up", "down"):
            if key in fields:
                fields[key] = _direction(fields[key], key, read_file)
    if missing := [each for each in ("name", "up", "down") if each not in fields]:
        hint = "A link has a `name`, and `up` and `down`, or `both` where they are alike."
        raise UsageError(f"{missing[0]}: this key is missing.", hint=hint)
    return _convert(fields, LinkSettings, "", known=("both",))


def _direction(value: Any, where: str, read_file: ReadFile | None) -> Direction:
    if not isinstance(value, Mapping):
        raise UsageError(f"{where}: keys with values are expected, as `delay_ms: 25`.")
    fields = dict(value)
    if _is_number(loss := fields.get("loss")):
        fields["loss"] = {"kind": "random", "share": loss}
    if _is_number(jitter := fields.get("jitter")):
        fields["jitter"] = {"ms": jitter}
    for key, type_ in _INNER.items():
        if isinstance(fields.get(key), Mapping):
            fields[key] = _convert(fields[key], type_, f"{where}.{key}")
    if isinstance(fields.get("loss"), Mapping):
        fields["loss"] = _loss(fields["loss"], f"{where}.loss")
    if isinstance(fields.get("outages"), list | tuple):
        fields["outages"] = tuple(
            _convert(each, Outage, f"{where}.outages[{index}]")
            for index, each in enumerate(fields["outages"])
        )
    if fields.get("trace") is not None:
        fields["trace"] = _trace(fields["trace"], f"{where}.trace", read_file)
    return _convert(fields, Direction, where)


def _loss(value: Mapping[str, Any], where: str) -> msgspec.Struct:
    fields = dict(value)
    kind = fields.get("kind", "random" if "share" in fields else "gilbert-elliott")
    type_ = _LOSSES.get(kind) if isinstance(kind, str) else None
    if type_ is None:
        raise UsageError(f"{where}.kind: {kind!r} is none; there are {' and '.join(_LOSSES)}.")
    return _convert({**fields, "kind": kind}, type_, where, known=("kind",))


def _trace(value: Any, where: str, read_file: ReadFile | None) -> Trace:
    if not isinstance(value, str):
        return _convert(value, Trace, where)
    if read_file is None:
        hint = "Write the times under `at_ms`."
        raise UsageError(f"{where}: {value!r} names a file, which cannot be read here.", hint=hint)
    try:
        return parse_trace(read_file(value))
    except ForeignFormatError as error:
        place = f"{where} ({value}), {error.where}" if error.where else f"{where} ({value})"
        raise ForeignFormatError(error.message, where=place, hint=error.hint) from None


def _convert(
    value: Any, type_: type[_StructT], where: str, *, known: tuple[str, ...] = ()
) -> _StructT:
    """Make a record of keys and values; what is wrong is said with the place where it stands."""
    lead = f"{where}." if where else ""
    if not isinstance(value, Mapping):
        raise UsageError(f"{where}: keys with values are expected.")
    names = (*type_.__struct_fields__, *known)
    for key in value:
        if key not in names:
            close = get_close_matches(str(key), names, n=1)
            hint = f"Is `{close[0]}` meant?" if close else f"There are {', '.join(names)}."
            raise UsageError(f"{lead}{key}: there is no such key.", hint=hint)
    # a YAML reader makes a float of 1e6, which is a whole number all the same
    whole = {
        key: int(each) if isinstance(each, float) and each.is_integer() else each
        for key, each in value.items()
    }
    try:
        return msgspec.convert(whole, type_)
    except msgspec.ValidationError as error:
        raise UsageError(_in_words(str(error), where, type_)) from None


def _in_words(text: str, where: str, type_: type[Any]) -> str:
    """Turn "Expected `float` - at `$.key`" into "key: a number is expected."."""
    said, _, path = text.partition(" - at `$")
    place = (where + path.rstrip("`")).lstrip(".")
    if missing := _MISSING.fullmatch(said):
        place, words = f"{place}.{missing[1]}".lstrip("."), "this key is missing"
    elif wrong := _WRONG.fullmatch(said):
        kinds = " or ".join(_KINDS.get(each, each) for each in wrong[1].split(" | "))
        bound, got = wrong[3], wrong[4]
        words = kinds + (f" {_BOUNDS[wrong[2]]} {_number(bound)}" if bound else "")
        words += " is expected" + (f", not {_KINDS.get(got, got)}" if got else "")
    elif choice := _CHOICE.fullmatch(said):
        known = get_args(get_type_hints(type_)[path.rstrip("`").rpartition(".")[2]])
        words = f"{choice[1]} is none; there are {', '.join(known)}"
    elif length := _LENGTH.fullmatch(said):
        unit = "item" if length[1] == "array" else "character"
        is_one = length[3] == "1"
        count = f"1 {unit} is" if is_one else f"{int(length[3]):,} {unit}s are"
        words = f"{_BOUNDS[length[2]].removeprefix('of ')} {count} expected"
    else:
        words = said
    return f"{place}: {words}." if place else f"{words[:1].upper()}{words[1:]}."


def _number(text: str) -> str:
    return f"{int(text):,}" if text.isdigit() else f"{float(text):g}"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
