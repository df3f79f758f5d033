"""The picture of what each repeat at a place found of the figure that decides there."""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from wirescope.lab.measures import spread
from wirescope.lab.report.drawing import (
    WIDTH,
    Box,
    bottom_axis,
    cross,
    label,
    line,
    marker,
    picture,
    plain,
)
from wirescope.lab.report.lines import Line, figure, lines
from wirescope.lab.report.markup import Markup, joined
from wirescope.lab.report.places import Place
from wirescope.lab.report.scales import Scale, log_scale
from wirescope.lab.results import Repeat
from wirescope.lab.verdicts import listing, milliseconds, rate

_ROW: Final = 40
_TOP: Final = 4
_DOTS: Final = 26  # below the top of a row
_LEFT: Final = 8
_RIGHT: Final = WIDTH - 12
_TICK = 7


class _Shown(NamedTuple):
    """What is drawn of each repeat.

    Attributes:
        field: of figures and cells.
        title: how it is said.
        unit: of the axis.
        factor: that makes the axis's unit of the field's.
        say: says a value of the field.
    """

    field: str
    title: str
    unit: str
    factor: float
    say: Callable[[float], str]

    def of(self, run: Repeat) -> float | None:
        """Return the value of a repeat, in the field's unit."""
        value: float | None = getattr(run.figures, self.field)
        return value


def repeats_figure(place: Place) -> Markup:
    """Draw what each repeat found, the median, the spread and the interval."""
    shown = _shown(place)
    across = lines(place)
    values = [value * shown.factor for each in across for value in _values(each, shown)]
    box = Box(_LEFT, _TOP, _RIGHT, _TOP + _ROW * len(across))
    scale = log_scale(values, box.left, box.right)
    caption = _caption(across, shown)
    title = f"{shown.title[0].upper()}{shown.title[1:]} of each repeat"
    drawn = picture(
        box.bottom + 20,
        f"{title}, {place.workload.name} on {place.link}. {caption}",
        bottom_axis(scale, box, plain) if values else "",
        *(_row(each, shown, scale, _TOP + _ROW * number) for number, each in enumerate(across)),
    )
    return figure(title, f"{shown.unit}, log", drawn, caption)


def _values(drawn: Line, shown: _Shown) -> list[float]:
    """Return all that is drawn of a cell, so that the axis shows it."""
    found = [shown.of(run) for run in drawn.cell.repeats]
    bounds = drawn.cell.intervals.get(shown.field)
    if bounds is not None and bounds.low is not None and bounds.high is not None:
        found += [bounds.low, bounds.high]
    return [value for value in found if value is not None]


def _shown(place: Place) -> _Shown:
    deciding = place.criterion
    if place.workload.pace == "bulk":
        return _Shown("goodput_bps", "goodput", "Mbit/s", 1e-6, rate)
    if deciding is None:
        return _Shown("p99_ms", "p99 latency", "ms", 1, milliseconds)
    return _Shown(deciding.field, deciding.title, "ms", 1, milliseconds)


def _row(drawn: Line, shown: _Shown, scale: Scale, top: float) -> Markup:
    """Draw the repeats of a cell in a row, below its name and its figures."""
    y = top + _DOTS
    value: float | None = getattr(drawn.cell, shown.field)
    said = _said(drawn, shown)
    parts = [
        line([(_LEFT, y), (_RIGHT, y)], "grat"),
        label(_LEFT, top + 13, drawn.name, kind=f"name {drawn.look.hue}"),
        label(_RIGHT, top + 13, said, anchor="end"),
    ]
    bounds = drawn.cell.intervals.get(shown.field)
    if bounds is not None and bounds.low is not None and bounds.high is not None:
        ends = [scale.at(each * shown.factor) for each in (bounds.low, bounds.high)]
        parts.append(line([(x, y) for x in ends], f"range {drawn.look.hue}"))
    if value is not None:
        x = scale.at(value * shown.factor)
        parts.append(line([(x, y - _TICK), (x, y + _TICK)], f"median {drawn.look.hue}"))
    return joined(*parts, *_dots(drawn, shown, scale, y))


def _dots(drawn: Line, shown: _Shown, scale: Scale, y: float) -> list[Markup]:
    known = [(run, value) for run in drawn.cell.repeats if (value := shown.of(run)) is not None]
    return [
        cross(scale.at(value * shown.factor), y)
        if run.problems
        else marker(scale.at(value * shown.factor), y, drawn.look)
        for run, value in known
    ]


def _said(drawn: Line, shown: _Shown) -> str:
    found = spread(shown.of(run) for run in drawn.cell.counted)
    if found is None:
        return "does not count" if not drawn.cell.valid else "too few messages"
    low, middle, high = map(shown.say, (found.low, found.median, found.high))
    return middle if low == high else f"{middle} ({low} to {high})"


def _has(drawn: Line, shown: _Shown) -> bool:
    return getattr(drawn.cell, shown.field) is not None


def _caption(across: Sequence[Line], shown: _Shown) -> str:
    known = [
        f"{shown.say(value)} over {each.spoken}"
        for each in across
        if (value := getattr(each.cell, shown.field)) is not None
    ]
    said = [f"Median of the repeats: {listing(known)}."] if known else []
    few = [each.spoken for each in across if each.cell.valid and not _has(each, shown)]
    if few:
        said.append(f"Too few messages came over {listing(few)}.")
    out = [each for each in across if each.cell.problems and _values(each, shown)]
    if out:
        names = listing([each.spoken for each in out])
        said.append(f"Crossed out, as they do not count: runs over {names}.")
    return " ".join(said) or "No repeat counts."
