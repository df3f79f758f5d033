"""The picture of how latencies went in the course of the runs, a panel for each transport.

It is drawn where something drifts: what piles up at a sender is hidden in a distribution, which
does not tell whether a longer run would have been worse.
"""

from collections.abc import Sequence
from typing import Final

from wirescope.lab.report.drawing import (
    WIDTH,
    Box,
    area,
    bottom_axis,
    label,
    left_axis,
    line,
    picture,
    plain,
)
from wirescope.lab.report.lines import Line, figure, lines
from wirescope.lab.report.markup import Markup, joined
from wirescope.lab.report.places import Place
from wirescope.lab.report.scales import Scale, linear_scale, log_scale
from wirescope.lab.report.words import signed
from wirescope.lab.results import CellResult
from wirescope.lab.verdicts import listing, milliseconds

_LEFT: Final = 44
_RIGHT: Final = WIDTH - 10
_PANEL: Final = 38
_NAME: Final = 22  # above each panel
_GREW_MS = 1

_Course = Sequence[tuple[float, float, float]]


def course_figure(place: Place) -> Markup:
    """Draw how latencies went in the course of the runs."""
    across = [each for each in lines(place) if course(each.cell)]
    courses = [course(each.cell) for each in across]
    seconds = linear_scale(0, max(_length_s(each.cell) for each in across), _LEFT, _RIGHT)
    latencies = [value for found in courses for _, *both in found for value in both]
    height = len(across) * (_NAME + _PANEL)
    parts = [
        bottom_axis(
            seconds,
            Box(_LEFT, _NAME, _RIGHT, height),
            plain,
            "seconds since the first message that counts",
        )
    ]
    for number, (each, found) in enumerate(zip(across, courses, strict=True)):
        top = _NAME + number * (_NAME + _PANEL)
        scale = log_scale(latencies, top + _PANEL, top)
        parts.append(_panel(each, found, seconds, scale))
    caption = _caption(across)
    drawn = picture(
        height + 36,
        f"One-way latency over time, {place.workload.name} on {place.link}. {caption}",
        *parts,
    )
    return figure("In the course of the runs", "ms, log: median up to longest", drawn, caption)


def course(cell: CellResult) -> _Course:
    """Return the steps in which something came: its middle in s, the median and the longest."""
    found = cell.distribution
    if found is None or not cell.valid:
        return []
    return [
        ((number + 0.5) * found.step_s, step.p50_ms, step.max_ms)
        for number, step in enumerate(found.steps)
        if step.p50_ms is not None and step.max_ms is not None
    ]


def _length_s(cell: CellResult) -> float:
    found = cell.distribution
    return len(found.steps) * found.step_s if found is not None else 0.0


def _panel(drawn: Line, found: _Course, seconds: Scale, scale: Scale) -> Markup:
    box = Box(_LEFT, scale.end, _RIGHT, scale.start)
    middle = [(seconds.at(at_s), scale.at(p50)) for at_s, p50, _ in found]
    upper = [(seconds.at(at_s), scale.at(most)) for at_s, _, most in found]
    ends = (scale.ticks[0], scale.ticks[-1]) if scale.ticks else ()
    return joined(
        left_axis(scale._replace(ticks=ends), box, plain),
        area(upper, middle, f"band {drawn.look.hue}"),
        line(upper, f"thin {drawn.look.hue}"),
        line(middle, drawn.kind),
        label(box.left, box.top - 6, drawn.name, kind=f"name {drawn.look.hue}"),
        label(box.right, box.top - 6, _drift(drawn.cell), anchor="end"),
    )


def _drift(cell: CellResult) -> str:
    if cell.drift_ms is None:
        return ""
    sign = "+" if cell.drift_ms >= _GREW_MS else ""
    return f"drift {sign}{signed(cell.drift_ms)}"


def _caption(across: Sequence[Line]) -> str:
    known = [(each.cell.drift_ms or 0, each.spoken) for each in across]
    grew = [f"{milliseconds(ms)} over {name}" for ms, name in known if ms >= _GREW_MS]
    steady = [name for ms, name in known if ms < _GREW_MS]
    said = f"From the first third of the messages to the last the median grew by {listing(grew)}"
    return f"{said}; it did not over {listing(steady, 'or')}." if steady else f"{said}."
