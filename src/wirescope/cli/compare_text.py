"""A comparison as a person reads it on a terminal: verdicts, cells, differences, how to repeat it.

Columns are as wide as what is in them. Where a terminal has no room for them they are stacked, so
that nothing is left out. What was measured beyond these figures is in JSON and in the report.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final, NamedTuple

from wirescope.cli.escape import column_width, escape, text_width
from wirescope.cli.width import folded
from wirescope.lab.report import (
    Column,
    columns,
    link_words,
    short_name,
    sure,
    title,
    what_does_not_count,
    what_was_run,
    winner_name,
)
from wirescope.lab.results import CellResult, Comparison, Row, Verdict
from wirescope.lab.workloads import Workload
from wirescope.link import LinkSettings

_BOLD, _DIM, _YELLOW, _RESET = "\x1b[1m", "\x1b[2m", "\x1b[33m", "\x1b[0m"
_NARROWEST: Final = 40
_STACKED_BELOW: Final = 80
_MOST_ASPECT = 22
_GAP = 2
_GAPS = (2, 1)
_LEFT_TO_THE_REPORT = ("in_order",)
_BRIEF_HEADS = {"delivered": "deliv.", "wire_bytes_per_byte": "wire"}
_BRIEF_UNITS = {"wire_bytes_per_byte": "B/B"}
_FROM_WHOLE_MS = 100


class _Page:
    """What is written for a terminal.

    Args:
        width: its columns.
        colour: whether to paint.
    """

    def __init__(self, *, width: int, colour: bool) -> None:
        self.width = max(_NARROWEST, width)
        self._colour = colour

    def painted(self, text: str, sign: str) -> str:
        """Paint a text, where that is wanted."""
        return f"{sign}{text}{_RESET}" if self._colour and text else text

    def paragraph(self, text: str, indent: int = 0, sign: str = "") -> Iterator[str]:
        """Fold sentences; `text` is escaped already."""
        for line in wrapped(text, self.width - indent):
            yield " " * indent + (self.painted(line, sign) if sign else line)


def lines_of(
    comparison: Comparison,
    *,
    workloads: Mapping[str, Workload],
    links: Mapping[str, LinkSettings],
    width: int,
    colour: bool,
) -> Iterator[str]:
    """Yield the lines that tell of a comparison.

    Args:
        comparison: what was found.
        workloads: by their names, those of all cells, as long as they were run.
        links: by their names, those of all cells.
        width: columns that a line may have; only a command is longer, so that it can be copied.
        colour: whether to paint.
    """
    page = _Page(width=width, colour=colour)
    yield from page.paragraph(title(comparison.verdicts), sign=_BOLD)
    yield from page.paragraph(escape(what_was_run(comparison, workloads)))
    for verdict in comparison.verdicts:
        yield ""
        yield from _verdict(verdict, page)
    for _, cells in groupby(comparison.cells, lambda cell: cell.workload):
        yield ""
        yield from _cells(list(cells), links, page)
    if comparison.rows:
        yield from ("", *page.paragraph("The well-known comparison, measured", sign=_BOLD))
        yield from _differences(comparison.rows, page)
    yield from _again(comparison, page)


def wrapped(text: str, width: int) -> list[str]:
    """Break a text into lines between its words, and a word only that is longer than a line.

    >>> wrapped("a long-word here", 6)
    ['a', 'long-w', 'ord', 'here']
    """
    lines: list[str] = []
    for line in folded(text.strip(), width).split("\n"):
        lines += _pieces(line, width)
    return lines


def _pieces(line: str, width: int) -> Iterator[str]:
    piece, used = "", 0
    for character in line:
        columns_of_it = column_width(character)
        if used + columns_of_it > width:
            yield piece
            piece, used = "", 0
        piece += character
        used += columns_of_it
    yield piece


def _verdict(verdict: Verdict, page: _Page) -> Iterator[str]:
    via = "" if verdict.path == "direct" else ", through a server"
    where = f"{verdict.use_case} on {verdict.link}{via}: {winner_name(verdict.winner)}"
    confidence = "" if not verdict.confidence else f", {sure(verdict.confidence)} sure"
    yield from page.paragraph(escape(where + confidence), sign=_BOLD)
    yield from page.paragraph(escape(verdict.headline or verdict.why), indent=2)


# Cells


class _Table(NamedTuple):
    """How the cells of a workload stand in columns.

    Attributes:
        shown: the figures.
        widths: of their columns.
        label: the width of the names before them.
        gap: blanks between two columns; 0 where there is no room for a table.
    """

    shown: Sequence[Column]
    widths: Sequence[int]
    label: int
    gap: int

    def heads(self) -> Iterator[str]:
        """Give the names of the figures, and their units below."""
        names = [_BRIEF_HEADS.get(each.field, each.head) for each in self.shown]
        units = [_BRIEF_UNITS.get(each.field, each.unit) for each in self.shown]
        yield from (self.row("", values) for values in (names, units))

    def row(self, name: str, values: Iterable[str]) -> str:
        """Put values in their columns."""
        columns_of_it = zip(values, self.widths, strict=True)
        figures = "".join(f"{value:>{self.gap + width}}" for value, width in columns_of_it)
        return f"{name}{' ' * (self.label - text_width(name))}{figures}".rstrip()


def _table(cells: Sequence[CellResult], names: Iterable[str], width: int) -> _Table:
    shown = [each for each in columns(cells) if each.field not in _LEFT_TO_THE_REPORT]
    widths = [_column_width(column, cells) for column in shown]
    label = max(map(text_width, names))
    fitting = (gap for gap in _GAPS if label + sum(gap + each for each in widths) <= width)
    gap = next(fitting, 0) if width >= _STACKED_BELOW else 0
    return _Table(shown, widths, label, gap)


def _column_width(column: Column, cells: Sequence[CellResult]) -> int:
    head = _BRIEF_HEADS.get(column.field, column.head)
    unit = _BRIEF_UNITS.get(column.field, column.unit)
    return max(map(text_width, (head, unit, *(_brief(column, cell) for cell in cells))))


def _brief(column: Column, cell: CellResult) -> str:
    """Write a figure; of long times, the tenths of a millisecond would be noise."""
    is_long = column.unit == "ms" and (getattr(cell, column.field) or 0) >= _FROM_WHOLE_MS
    return column._replace(places=0).shown(cell) if is_long else column.shown(cell)


def _cells(
    cells: Sequence[CellResult], links: Mapping[str, LinkSettings], page: _Page
) -> Iterator[str]:
    """Tell of the cells of a workload: a line for each, or where that is too long a few."""
    places = [list(of) for _, of in groupby(cells, lambda cell: (cell.link, cell.path))]
    named = [[(_name(cell, place), cell) for cell in place] for place in places]
    table = _table(cells, [name for place in named for name, _ in place], page.width)
    yield page.painted(escape(cells[0].workload), _BOLD)
    if table.gap:
        yield from (page.painted(each, _DIM) for each in table.heads())
    for place in named:
        first = place[0][1]
        yield from page.paragraph(_where(first, links[first.link]), indent=1)
        for name, cell in place:
            yield from _cell(name, cell, table, page)


def _cell(name: str, cell: CellResult, table: _Table, page: _Page) -> Iterator[str]:
    if table.gap and cell.valid:
        yield table.row(name, [_brief(each, cell) for each in table.shown])
    else:
        yield from page.paragraph(name, indent=2)
        if cell.valid:
            yield from _stacked(cell, table.shown, page)
    if why := what_does_not_count(cell):
        yield from page.paragraph(escape(f"{why}."), indent=4, sign=_YELLOW)


def _name(cell: CellResult, among: Sequence[CellResult]) -> str:
    return "  " + escape(short_name(cell, among)).replace("channel", "chan.")


def _where(cell: CellResult, link: LinkSettings) -> str:
    via = "" if cell.path == "direct" else ", through a server"
    return escape(f"{cell.link} ({link_words(link)}{via})")


def _stacked(cell: CellResult, shown: Sequence[Column], page: _Page) -> Iterator[str]:
    """Tell of a cell with the names of its figures beside them."""
    said = [f"{each.head} {_brief(each, cell)} {each.unit}".rstrip() for each in shown]
    # kept together by a blank that is none for the folding
    joined = ", ".join(each.replace(" ", "\u00a0") for each in said)
    for line in page.paragraph(joined, indent=4):
        yield line.replace("\u00a0", " ")


# Differences


def _differences(rows: Sequence[Row], page: _Page) -> Iterator[str]:
    if page.width < _STACKED_BELOW:
        for row in rows:
            yield ""
            yield from page.paragraph(escape(row.aspect), sign=_BOLD)
            yield from page.paragraph(escape(f"WebSocket: {row.websocket}"), indent=2)
            yield from page.paragraph(escape(f"WebRTC: {row.webrtc}"), indent=2)
            yield from page.paragraph(escape(f"Evidence: {row.evidence}"), indent=2, sign=_DIM)
        return
    first = min(_MOST_ASPECT, max(text_width(escape(row.aspect)) for row in rows))
    each = (page.width - first - 2 * _GAP) // 2
    yield page.painted(_beside([("Aspect", first), ("WebSocket", each), ("WebRTC", each)]), _DIM)
    for row in rows:
        aspect, *both = (
            wrapped(escape(text), width)
            for text, width in ((row.aspect, first), (row.websocket, each), (row.webrtc, each))
        )
        for number in range(max(map(len, (aspect, *both)))):
            parts = [lines[number] if number < len(lines) else "" for lines in (aspect, *both)]
            name = parts[0] + " " * (first - text_width(parts[0]))
            rest = _beside([(parts[1], each), (parts[2], each)])
            yield f"{page.painted(name, _BOLD)}{' ' * _GAP}{rest}".rstrip()
        evidence = escape(f"Evidence: {row.evidence}")
        yield from page.paragraph(evidence, indent=first + _GAP, sign=_DIM)


def _beside(parts: Sequence[tuple[str, int]]) -> str:
    said = [text + " " * (width - text_width(text)) for text, width in parts]
    return (" " * _GAP).join(said).rstrip()


# How to repeat it


def _again(comparison: Comparison, page: _Page) -> Iterator[str]:
    command, runs = (comparison.environment.get(name) for name in ("command", "runs"))
    if command:
        yield from ("", *page.paragraph("The same again, with the same seeds:"))
        yield f"  {escape(f'{command}')}"
    if runs:
        yield from page.paragraph(f"Each run is in {escape(f'{runs}')}.")
