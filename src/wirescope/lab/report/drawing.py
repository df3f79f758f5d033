"""What all pictures of a report are made of: frames with axes, lines, markers, labels that fit.

Colours and dashes are classes of the style sheet, so that a picture follows the reader's theme and
the printer. Widths of text are estimated, as there is no font here to measure with.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

from wirescope.lab.report.markup import Markup, element, joined
from wirescope.lab.report.places import Look
from wirescope.lab.report.scales import Scale

WIDTH: Final = 390
"""Of every picture, in its own units, which are about pixels."""

LINE: Final = 14
"""From one line of text to the next."""

_MARK = 3.6

Point = tuple[float, float]

_CORNERS: Final[dict[str, tuple[Point, ...]]] = {
    "square": ((-1, -1), (1, -1), (1, 1), (-1, 1)),
    "diamond": ((0, -1.35), (1.35, 0), (0, 1.35), (-1.35, 0)),
    "triangle": ((0, -1.25), (1.2, 0.9), (-1.2, 0.9)),
}


class Box(NamedTuple):
    """The part of a picture that is inside its axes.

    Attributes:
        left: its edges, in the picture's units.
        top: y grows downwards.
        right: of the picture's width.
        bottom: where the horizontal axis is.
    """

    left: float
    top: float
    right: float
    bottom: float


def picture(height: float, summary: str, *parts: str) -> Markup:
    """Make a picture.

    Args:
        height: in its own units.
        summary: what it shows, for whoever does not see it.
        parts: what is in it.
    """
    return element(
        "svg",
        element("title", summary),
        *parts,
        class_="fig",
        viewBox=f"0 0 {WIDTH} {height:g}",
        role="img",
    )


def label(x: float, y: float, words: str, *, anchor: str = "start", kind: str = "") -> Markup:
    """Write a text with its base line at y."""
    return element(
        "text",
        words,
        x=round(x, 1),
        y=round(y, 1),
        text_anchor=None if anchor == "start" else anchor,
        class_=kind or None,
    )


def line(points: Iterable[Point], kind: str) -> Markup:
    """Draw a line through some points."""
    return element("path", d=_path(points), class_=kind)


def area(upper: Sequence[Point], lower: Sequence[Point], kind: str) -> Markup:
    """Fill what is between two lines."""
    return element("path", d=f"{_path([*upper, *reversed(lower)])}z", class_=kind)


def _path(points: Iterable[Point]) -> str:
    return "M" + " ".join(f"{x:.1f} {y:.1f}" for x, y in points)


def marker(x: float, y: float, look: Look) -> Markup:
    """Draw a marker."""
    filled = "" if look.filled else " hollow"
    kind = f"mark {look.hue}{filled}"
    size = _MARK
    if look.marker == "circle":
        return element("circle", cx=round(x, 1), cy=round(y, 1), r=size - 0.4, class_=kind)
    corners = _CORNERS[look.marker]
    reach = size * 0.85
    return element(
        "path", d=f"{_path([(x + reach * dx, y + reach * dy) for dx, dy in corners])}z", class_=kind
    )


def cross(x: float, y: float) -> Markup:
    """Draw the mark of what does not count."""
    size = _MARK + 1
    return element(
        "path",
        d=f"M{x - size:.1f} {y - size:.1f}l{2 * size:g} {2 * size:g}"
        f"M{x - size:.1f} {y + size:.1f}l{2 * size:g} {-2 * size:g}",
        class_="cross",
    )


def left_axis(scale: Scale, box: Box, words: Callable[[float], str]) -> Markup:
    """Draw a grid line for each tick, with its value at the left."""
    return joined(
        *(
            joined(
                line([(box.left, scale.at(tick)), (box.right, scale.at(tick))], "grat"),
                label(box.left - 6, scale.at(tick) + 4, words(tick), anchor="end"),
            )
            for tick in scale.ticks
        )
    )


def bottom_axis(scale: Scale, box: Box, words: Callable[[float], str], title: str = "") -> Markup:
    """Draw a grid line for each tick, its value below it, and the title below all of them."""
    parts = [
        joined(
            line([(scale.at(tick), box.top), (scale.at(tick), box.bottom)], "grat"),
            label(scale.at(tick), box.bottom + LINE + 2, words(tick), anchor="middle"),
        )
        for tick in _apart(scale, words)
    ]
    middle = (box.left + box.right) / 2
    if title:
        parts.append(label(middle, box.bottom + 2 * LINE + 3, title, anchor="middle"))
    return joined(*parts)


def _apart(scale: Scale, words: Callable[[float], str]) -> list[float]:
    """Leave out ticks whose words would run into those before."""
    kept: list[float] = []
    until = float("-inf")
    for tick in scale.ticks:
        half = text_width(words(tick)) / 2
        if scale.at(tick) - half >= until:
            kept.append(tick)
            until = scale.at(tick) + half + 6
    return kept


def text_width(words: str) -> float:
    """Estimate how wide a text is, in a picture's units."""
    return 6.0 * len(words)


def plain(value: float) -> str:
    """Write an axis's value: `0.05`, `25`, `1,000`."""
    return f"{value:,.0f}" if value >= 1_000 else f"{value:g}"


def spread_out(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move positions apart so that each is a gap from the next, as near to the wanted as can be.

    The order stays. Where there is not room for all they go beyond the high end.

    >>> spread_out([10, 12, 50], 10, 0, 60)
    [6.0, 16.0, 50.0]
    """
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    groups: list[tuple[list[int], float]] = []  # those that touch, and where the first of them is
    for index in order:
        members, first = [index], _first([index], wanted, gap, low, high)
        while groups and groups[-1][1] + gap * len(groups[-1][0]) > first:
            members = groups.pop()[0] + members
            first = _first(members, wanted, gap, low, high)
        groups.append((members, first))
    placed = {
        index: first + gap * place
        for members, first in groups
        for place, index in enumerate(members)
    }
    return [placed[index] for index in range(len(wanted))]


def _first(
    members: Sequence[int], wanted: Sequence[float], gap: float, low: float, high: float
) -> float:
    middle = sum(wanted[index] - gap * place for place, index in enumerate(members)) / len(members)
    return max(low, min(middle, high - gap * (len(members) - 1)))
