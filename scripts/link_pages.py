"""The reference of links: the keys of their file, and those that have names with their sources."""

import inspect
import re
from typing import Any

import msgspec
from msgspec import inspect as types

from wirescope.link import (
    PROFILES,
    Direction,
    GilbertElliott,
    Jitter,
    LinkSettings,
    Outage,
    Queue,
    RandomLoss,
    Trace,
)

HEAD = """\
# Links

Written by `just docs` from the settings and the profiles themselves; do not edit.

A link stands between a client and a far side and does to their packets what a network would: it
delays, loses, repeats and reorders them, sends them at a rate with a queue before it, and has
outages. Each direction is a way: queue and transmitter, then outage, loss, delay with its jitter,
duplication. Everything random comes from the seed, so that the same packets at the same times meet
the same fates. [Why it is like that](../decisions/0024-the-emulated-link.md).

## The file

A link of your own is a file of keys and values, in YAML or JSON. Shares are from 0 to 1, times in
the unit that the key names, rates in bits a second of whole IP packets.

```yaml
name: office
title: The line to the office, at noon
up:
  delay_ms: 12
  rate_bps: 10_000_000
  queue:
    ms: 300
down:
  delay_ms: 12
  jitter: 3
  loss: 0.002
  rate_bps: 50_000_000
  queue:
    ms: 300
    discipline: codel
  outages:
    - start_s: 20
      length_s: 1.5
      held: true
```

`both` stands for `up` and `down` where they are alike. A number is enough for `loss` (the share of
random loss) and for `jitter` (its milliseconds). `loss` with `share` is random, with `enter` and
`leave` it comes in bursts; `kind` may say it. A text under `trace` names a file beside this one in
the form of Mahimahi: a whole number of milliseconds a line, at which 1,500 bytes can go; empty
lines and what follows a `#` are passed over. A key that is not known, or a value that cannot be, is
refused with its place, as `down.loss.share`.
"""

PROFILES_HEAD = """\
## Links that have names

Each carries the sources of its numbers. They are there to be alike wherever an experiment is run;
nobody's line is quite like one of them. Where both directions are unlike, up stands before down.

| Name | Is | Delay, ms | Rate, Mbit/s | Queue | Lost | Further |
|---|---|---|---|---|---|---|
"""

TABLES: dict[type[msgspec.Struct], str] = {
    LinkSettings: "A link",
    Direction: "`up`, `down` and `both`",
    RandomLoss: "`loss`, random",
    GilbertElliott: "`loss`, in bursts",
    Jitter: "`jitter`",
    Queue: "`queue`",
    Outage: "`outages`",
    Trace: "`trace`",
}
_ITEM = re.compile(r"^(\w+): ", re.MULTILINE)
_RECORDS: dict[type, str] = {
    RandomLoss: "a share",
    Jitter: "a number or keys with values",
    Trace: "a file's name or keys with values",
}


def links_page() -> str:
    """Write the page of links."""
    parts = [HEAD.rstrip("\n"), *(_table(type_, title) for type_, title in TABLES.items())]
    rows = [_row(link) for link in PROFILES.values()]
    parts.append(PROFILES_HEAD + "\n".join(rows))
    parts.append("### Sources")
    parts += [
        f"`{link.name}`: {' '.join(link.sources)}" for link in PROFILES.values() if link.sources
    ]
    return "\n\n".join(parts) + "\n"


def _table(type_: type[msgspec.Struct], title: str) -> str:
    text = inspect.getdoc(type_) or ""
    about, _, attributes = text.partition("Attributes:\n")
    said = _ITEM.split(inspect.cleandoc(attributes))[1:]
    meanings = dict(zip(said[::2], said[1::2], strict=True))
    info = types.type_info(type_)
    assert isinstance(info, types.StructType)
    rows = ["| Key | Takes | By default | Means |", "|---|---|---|---|"]
    for field in info.fields:
        default = "" if field.required else f"`{_shown(field.default)}`"
        meaning = re.sub(r"\s+", " ", meanings[field.name]).strip()
        rows.append(f"| `{field.name}` | {_takes(field.type)} | {default} | {meaning} |")
    prose = re.sub(r"(?<!\n)\n(?!\n)", " ", about.strip())
    return f"### {title}\n\n{prose}\n\n" + "\n".join(rows)


def _shown(default: Any) -> str:
    return msgspec.json.encode(default).decode()


def _takes(kind: types.Type) -> str:
    """Say what values a key takes."""
    if isinstance(kind, types.UnionType):
        told = dict.fromkeys(_takes(each) for each in kind.types)
        return " or ".join(told)
    if isinstance(kind, types.FloatType | types.IntType):
        unit = "a whole number" if isinstance(kind, types.IntType) else "a number"
        least = f" above {kind.gt:g}" if kind.gt is not None else ""
        if kind.ge is not None:
            least = f" from {kind.ge:,}"
        return f"{unit}{least}{f' to {kind.le:,}' if kind.le is not None else ''}"
    if isinstance(kind, types.LiteralType):
        return " or ".join(f"`{each}`" for each in kind.values)
    if isinstance(kind, types.VarTupleType):
        return f"a list; each {_takes(kind.item_type)}"
    if isinstance(kind, types.StructType):
        return _RECORDS.get(kind.cls, "keys with values")
    names: dict[type[types.Type], str] = {
        types.StrType: "a text",
        types.BoolType: "true or false",
        types.NoneType: "null",
    }
    return names[type(kind)]


def _row(link: LinkSettings) -> str:
    columns = (_delay, _rate, _queue, _lost, _further)
    cells = [_both(column(link.up), column(link.down)) for column in columns]
    return f"| `{link.name}` | {link.title} | {' | '.join(cells)} |"


def _both(up: str, down: str) -> str:
    return up if up == down else f"{up}; {down}"


def _delay(direction: Direction) -> str:
    jitter = direction.jitter
    if jitter is None:
        return f"{direction.delay_ms:g}"
    return f"{direction.delay_ms:g}, deviation {jitter.ms:g}, {jitter.shape}"


def _rate(direction: Direction) -> str:
    if direction.trace is not None:
        return f"a trace of {direction.trace.rate_bps / 1e6:.3g} on average"
    return f"{direction.rate_bps / 1e6:g}" if direction.rate_bps is not None else "any"


def _queue(direction: Direction) -> str:
    queue = direction.queue
    return f"{queue.ms:g} ms, {queue.discipline}" if queue is not None and queue.ms else ""


def _lost(direction: Direction) -> str:
    loss = direction.loss
    if loss is None:
        return ""
    share = f"{100 * loss.stationary:.3g} %"
    return share if isinstance(loss, RandomLoss) else f"{share}, {loss.mean_burst:.3g} in a row"


def _further(direction: Direction) -> str:
    said = []
    if direction.reorder:
        said.append(f"{100 * direction.reorder:g} % late by {direction.reorder_by_ms:g} ms")
    if direction.duplicate:
        said.append(f"{100 * direction.duplicate:g} % twice")
    for each in direction.outages:
        way = "held" if each.held else "lost"
        again = f", every {each.every_s:g} s" if each.every_s is not None else ""
        said.append(f"{way} for {each.length_s:g} s from {each.start_s:g} s{again}")
    return ", ".join(said)
