"""The tables of a report: verdicts in a sentence each, cells with all figures, differences.

Each value carries its column's head with it, so that a narrow screen can set them below each other;
the roles say that they are tables there as well.
"""

from collections.abc import Iterable, Sequence

from wirescope.lab.report.lines import lines
from wirescope.lab.report.markup import Markup, element, joined
from wirescope.lab.report.places import Look, Place
from wirescope.lab.report.words import (
    Column,
    columns,
    further,
    name,
    seeds,
    sure,
    what_does_not_count,
)
from wirescope.lab.results import CellResult, Row
from wirescope.lab.verdicts import TRANSPORTS, winner_name


def _table(kind: str, heads: Iterable[Markup], *bodies: str) -> Markup:
    head = element("thead", element("tr", *heads, role="row"), role="rowgroup")
    return element("table", head, *bodies, class_=f"grid {kind}", role="table")


def _head(words: str, unit: str = "", *, about: str = "", is_number: bool = False) -> Markup:
    below = element("span", unit, class_="unit") if is_number else ""
    return element(
        "th",
        words,
        below,
        scope="col",
        role="columnheader",
        class_="num" if is_number else None,
        title=about or None,
    )


def _row_head(*words: str, **more: str) -> Markup:
    return element("th", *words, scope="row", role="rowheader", **more)


def _value(head: str, *words: str, kind: str = "") -> Markup:
    return element("td", *words, role="cell", data_head=head, class_=kind or None)


def _body(rows: Iterable[str], kind: str = "") -> Markup:
    return element("tbody", *rows, role="rowgroup", class_=kind or None)


# Verdicts


def headlines(places: Sequence[Place]) -> Markup:
    """Make the table of verdicts, a sentence each."""
    heads = ("Use case", "Link", "Better", "By how much", "Sure")
    rows = []
    before = ""
    for place in places:
        if place.verdict is None:
            continue
        use_case = place.verdict.use_case
        rows.append(_headline(place, is_again=use_case == before))
        before = use_case
    return _table("headlines stack", [_head(each) for each in heads], _body(rows))


def _headline(place: Place, *, is_again: bool) -> Markup:
    verdict = place.verdict
    assert verdict is not None
    where = place.link if place.path == "direct" else f"{place.link}, through a server"
    link = element("a", where, href=f"#{place.anchor}")
    return element(
        "tr",
        _row_head(verdict.use_case),
        _value("Link", link),
        _value("Better", winner(verdict.winner)),
        _value("How much", verdict.headline),
        _value("Sure", sure(verdict.confidence), kind="num"),
        role="row",
        class_="again" if is_again else None,
    )


def winner(of: str) -> Markup:
    """Name the winner of a verdict, in its colour; nobody has none."""
    if of not in TRANSPORTS:
        return element("span", winner_name(of), class_="muted")
    return element("b", winner_name(of), class_="ws" if of == "websocket" else "rtc")


# Cells


def cells_table(places: Sequence[Place]) -> Markup:
    """Make the table of all cells of a workload."""
    shown = columns(cell for place in places for cell in place.cells)
    heads = [
        _head("Transport"),
        *(_head(each.head, each.unit, about=each.about, is_number=True) for each in shown),
    ]
    bodies = [body for place in places for body in _bodies(place, shown)]
    return _table("cells", heads, *bodies)


def _bodies(place: Place, shown: Sequence[Column]) -> Iterable[Markup]:
    """Give a body for each cell, so that none is torn apart; the first says where it was."""
    via = "" if place.path == "direct" else ", through a server"
    where = element(
        "tr",
        element("th", f"{place.link}{via}", colspan=len(shown) + 1, scope="rowgroup", role="cell"),
        class_="place",
        role="row",
    )
    for number, drawn in enumerate(lines(place)):
        cell = drawn.cell
        rows = [_figures(cell, drawn.look, shown), _trace(cell, len(shown) + 1)]
        yield _body([where, *rows] if not number else rows)


def _figures(cell: CellResult, look: Look, shown: Sequence[Column]) -> Markup:
    called = element("span", name(cell), class_=None if cell.valid else "struck")
    return element(
        "tr",
        _row_head(key(look), called),
        *(
            _value(f"{each.head}, {each.unit}".rstrip(", "), each.shown(cell), kind="num")
            for each in shown
        ),
        class_="figures",
        role="row",
    )


def key(look: Look) -> Markup:
    """Draw a short line as a cell's is."""
    kind = f"line {look.hue} {look.dash}".rstrip()
    stroke = element("path", d="M0 5h26", class_=kind)
    return element("svg", stroke, class_="key", viewBox="0 0 26 10", aria_hidden="true")


def _trace(cell: CellResult, across: int) -> Markup:
    """Say where the figures come from, what else was measured, and what does not count."""
    said: list[Markup] = []
    if why := what_does_not_count(cell):
        said.append(element("span", f"{why[0].upper()}{why[1:]}.", class_="out"))
    more = further(cell)
    said.append(joined(f"{seeds(cell)}; {', '.join(more)}" if more else seeds(cell)))
    said.append(joined("runs ", element("code", f"{cell.cell.file_prefix}-*")))
    parts = [part for each in said for part in (joined(" · "), each)][1:]
    return element(
        "tr", element("td", *parts, colspan=across, role="cell"), class_="trace", role="row"
    )


# Differences


def differences(rows: Iterable[Row]) -> Markup:
    """Make the table of differences."""
    heads = ("Aspect", "WebSocket", "WebRTC", "Evidence")
    made = [
        element(
            "tr",
            _row_head(row.aspect),
            _value("WebSocket", row.websocket),
            _value("WebRTC", row.webrtc),
            _value("Evidence", row.evidence),
            role="row",
        )
        for row in rows
    ]
    return _table("differences stack", [_head(each) for each in heads], _body(made))
