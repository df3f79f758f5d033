"""The connect ladder as a person reads it: a line a rung, and what to do where it stuck.

Nothing depends on colour. What was not needed has no line, and the rungs that were not reached
share one.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator

from wirescope.analysis import Ladder, Rung
from wirescope.cli.escape import cut, escape
from wirescope.cli.width import folded

_WORDS = {"waiting": "waits", "running": "goes on", "done": "done", "failed": "FAILED"}
_RED, _RESET = "\x1b[31m", "\x1b[0m"
_INDENT = 2


def lines_of(
    ladder: Ladder, *, width: int, colour: bool = False, told: Collection[str] = ()
) -> Iterator[str]:
    """Yield the lines of a ladder.

    Args:
        ladder: the try.
        width: columns that a line may have.
        colour: whether to paint the rung on which it stuck.
        told: sentences that stand elsewhere and are not said again.
    """
    yield _head(ladder)
    ends = ladder.state in ("failed", "ended")
    needed = [each for each in ladder.rungs if each.state != "not-needed"]
    left = [each for each in needed if ends and each.state == "waiting" and each.began_ns is None]
    for rung in needed:
        if rung not in left:
            line = cut(_line(ladder, rung), width)
            painted = colour and rung.state == "failed"
            yield f"{_RED}{line}{_RESET}" if painted else line
    if left:
        names = ", ".join(each.title for each in left)
        yield from _paragraph(f"Not reached: {names}.", width)
    for sentence in (ladder.happened, ladder.advice):
        if rest := _untold(sentence, told):
            yield from _paragraph(escape(rest), width)


def summed(ladders: Iterable[Ladder]) -> str:
    """Say of ladders that stuck how many did on which rung, most of them first."""
    stuck = [each.rung(each.failing).title for each in ladders if each.failing is not None]
    where = [f"{count:,} at {_named(title)}" for title, count in Counter(stuck).most_common()]
    return f"{len(stuck):,} more stuck: {', '.join(where)}."


def _head(ladder: Ladder) -> str:
    what = "Connect ladder" if ladder.attempt == 1 else f"Restart {ladder.attempt - 1} of ICE"
    if ladder.failing is not None:
        return f"{what}: stuck at {_named(ladder.rung(ladder.failing).title)}."
    if ladder.took_ns is not None:
        return f"{what}: it stood after {_time(ladder.took_ns)}."
    return f"{what}:"


def _untold(sentence: str, told: Collection[str]) -> str:
    """Give what is left of a sentence that may begin with one that stands elsewhere."""
    for each in filter(None, told):
        sentence = sentence.removeprefix(each).lstrip()
    return sentence


def _named(title: str) -> str:
    return title if title.isupper() else title[0].lower() + title[1:]


def _line(ladder: Ladder, rung: Rung) -> str:
    at = ""
    if rung.began_ns is not None and ladder.began_ns is not None:
        at = f"+{_time(rung.began_ns - ladder.began_ns)}"
    took = "" if rung.took_ns is None else f"{'≤ ' if rung.at_most else ''}{_time(rung.took_ns)}"
    state = "not done" if rung.state == "waiting" and rung.began_ns is not None else ""
    state = state or _WORDS[rung.state]
    line = f"{rung.title:<13} {state:<8} {at:>10} {took:>10}  {escape(rung.words)}"
    return " " * _INDENT + line.rstrip()


def _time(ns: int) -> str:
    """Write a time for a column.

    >>> _time(1_234_567), _time(45_600_000), _time(30_012_000_000)
    ('1.2 ms', '46 ms', '30.0 s')
    """
    ms = ns / 1e6
    if ms >= 10_000:
        return f"{ms / 1000:,.1f} s"
    return f"{ms:,.0f} ms" if ms >= 10 else f"{ms:.1f} ms"


def _paragraph(text: str, width: int) -> list[str]:
    lines = folded(text, max(20, width - _INDENT)).split("\n")
    return [" " * _INDENT + line for line in lines]
