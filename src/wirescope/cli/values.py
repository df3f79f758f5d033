"""Option values that people write with units or in a small grammar: sizes, durations, headers.

Each is a click parameter type: it converts, or says what was expected. Nothing here opens anything
but the file that `@FILE` names.
"""

import math
import re
import sys
from pathlib import Path
from typing import Any

import click

_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*(k|m|g|t)?(i)?b?", re.IGNORECASE)
_POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}
_DURATION = re.compile(r"(\d+(?:\.\d+)?|\.\d+)\s*(ms|s|m|h)?", re.IGNORECASE)
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


def parse_size(text: str) -> int | None:
    """Read a number of bytes; `16M` counts in 1024s like `16MiB`; `none` is None.

    >>> parse_size("16MiB"), parse_size("1kB"), parse_size("64k"), parse_size("none")
    (16777216, 1000, 65536, None)
    """
    if text.lower() in ("none", "unlimited"):
        return None
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a size; write it as 500, 64k, 16MiB, 2GB or none")
    number, unit, binary = match.groups()
    # `kB` is 1000 bytes, `KiB` 1024; a bare `k` is what curl and dd mean by it: 1024.
    decimal = text.strip().lower().endswith("b") and not binary
    return int(float(number) * (1000 if decimal else 1024) ** _POWERS[(unit or "").lower()])


def parse_duration(text: str) -> float:
    """Read a duration in seconds.

    >>> parse_duration("30"), parse_duration("500ms"), parse_duration("1.5m")
    (30.0, 0.5, 90.0)
    """
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a duration; write it as 30, 1.5s, 500ms, 2m or 1h")
    number, unit = match.groups()
    return float(number) * _SECONDS[(unit or "s").lower()]


_HOST = re.compile(r"\*|[\w.-]+|\[[0-9a-f:.]+\]", re.IGNORECASE)
_ORIGIN = re.compile(r"\*|null|[a-z][a-z0-9+.-]*://[^/?#\s]+", re.IGNORECASE)


class HostName(click.ParamType[Any]):
    """A name as in Host, without port; in lower case, an IPv6 address in brackets."""

    name = "name"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read the name."""
        bracketed = f"[{value}]" if value.count(":") > 1 and "[" not in value else value
        if not _HOST.fullmatch(bracketed):
            self.fail(f"{value!r} is not a host's name; write it as dev.example or *.", param, ctx)
        return bracketed.lower()


class Origin(click.ParamType[Any]):
    """The origin of a page (RFC 6454 section 6.1), in lower case as browsers send it."""

    name = "origin"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read the origin."""
        if not _ORIGIN.fullmatch(value):
            example = "write it as https://dev.example or *"
            self.fail(f"{value!r} is not an origin; {example}.", param, ctx)
        return value.lower()


class Size(click.ParamType[Any]):
    """Bytes with a unit; None for `none`."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read the size."""
        if not isinstance(value, str):
            return value
        try:
            size = parse_size(value)
        except ValueError as error:
            self.fail(f"{error}.", param, ctx)
        return -1 if size is None else size  # click takes None for "not given"


class Duration(click.ParamType[Any]):
    """Seconds, or a number with a unit."""

    name = "seconds"

    def __init__(self, *, positive: bool = False) -> None:
        self._positive = positive

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read the duration."""
        if not isinstance(value, str):
            return value
        try:
            seconds = parse_duration(value)
        except ValueError as error:
            self.fail(f"{error}.", param, ctx)
        if not math.isfinite(seconds) or (self._positive and seconds == 0):
            self.fail(f"{value!r} is too short; it has to be more than 0.", param, ctx)
        return seconds


def read_headers(values: tuple[str, ...]) -> list[str]:
    """Read `-H`'s values: a header line each, or `@FILE` with a line each (`@-` is stdin)."""
    lines: list[str] = []
    for value in values:
        if not value.startswith("@"):
            lines.append(value)
            continue
        text = _read_file(value[1:], "-H").decode("latin-1")
        lines += [line.rstrip("\r") for line in text.split("\n") if line.strip()]
    return lines


def _read_file(name: str, flag: str) -> bytes:
    try:
        if name == "-":
            return sys.stdin.buffer.read()
        return Path(name).read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise click.BadParameter(f"{name!r} cannot be read: {reason}.", param_hint=flag) from None
