"""The picture of how the latencies at a place are distributed, out into the tail."""

from collections.abc import Sequence
from typing import Final

from wirescope.lab.report.drawing import (
    LINE,
    Box,
    area,
    bottom_axis,
    label,
    left_axis,
    line,
    marker,
    picture,
    plain,
    spread_out,
)
from wirescope.lab.report.lines import Line, figure, lines
from wirescope.lab.report.markup import Markup, joined
from wirescope.lab.report.places import Place
from wirescope.lab.report.scales import Scale, log_scale, share_in_words, tail, tail_scale
from wirescope.lab.verdicts import listing, milliseconds, percent

_BOX: Final = Box(44, 8, 262, 226)
_MARKED: Final = (0.5, 0.9, 0.99, 0.999, 0.9999)
_USUAL_END = 0.99  # of the axis, where there is nothing to show


def shown_latencies(place: Place, beside: Sequence[Place]) -> list[float]:
    """Return what the axis of a place shows: the least and the highest quantile.

    Those on which nothing drifts share an axis, to be compared; where latencies grow with the run,
    theirs would leave no room for the others.

    Args:
        place: which.
        beside: all places of its workload.
    """
    alike = [place] if place.drifts else [each for each in beside if not each.drifts]
    found = [each for other in alike for drawn in lines(other) for each in drawn.quantiles]
    values = [value for each in found for value in (each.low_ms, each.high_ms)]
    return [min(values), max(values)] if values else []


def distribution_figure(place: Place, latencies: Sequence[float]) -> Markup:
    """Draw how the latencies of each cell are distributed.

    Args:
        place: whose.
        latencies: in milliseconds, that the axis shows.
    """
    across = [each for each in lines(place) if each.quantiles]
    most = max((each.quantiles[-1].share for each in across), default=_USUAL_END)
    scale = log_scale(latencies, _BOX.bottom, _BOX.top)
    tails = tail_scale(most, _BOX.left, _BOX.right)
    caption = _caption(place, across)
    drawn = picture(
        _BOX.bottom + 36,
        f"One-way latency by percentile, {place.workload.name} on {place.link}. {caption}",
        left_axis(scale, _BOX, plain) if latencies else "",
        bottom_axis(tails, _BOX, share_in_words, "% of the messages that came took no longer"),
        *(_curve(each, tails, scale) for each in across),
        _names(across, tails, scale) if across else _nothing(place),
    )
    return figure("One-way latency by percentile", "ms, log", drawn, caption)


def _curve(drawn: Line, tails: Scale, scale: Scale) -> Markup:
    """Draw the median of the repeats, and behind it from the lowest to the highest of them."""
    found = [(tails.at(tail(each.share)), each) for each in drawn.quantiles]
    upper = [(x, scale.at(each.high_ms)) for x, each in found]
    lower = [(x, scale.at(each.low_ms)) for x, each in found]
    middle = [(x, scale.at(each.ms)) for x, each in found]
    marks = [marker(x, scale.at(each.ms), drawn.look) for x, each in found if each.share in _MARKED]
    band = area(upper, lower, f"band {drawn.look.hue}")
    return joined(band, line(middle, drawn.kind), *marks)


def _names(across: Sequence[Line], tails: Scale, scale: Scale) -> Markup:
    """Name each line at its end; where ends are close together, names stand below each other."""
    lasts = [each.quantiles[-1] for each in across]
    ends = [(tails.at(tail(last.share)), scale.at(last.ms)) for last in lasts]
    ys = spread_out([y for _, y in ends], LINE, _BOX.top + 4, _BOX.bottom - 4)
    parts = []
    for each, (x, y), name_y in zip(across, ends, ys, strict=True):
        parts.append(line([(x + 5, y), (_BOX.right + 9, name_y)], f"lead {each.look.hue}"))
        parts.append(label(_BOX.right + 12, name_y + 4, each.name, kind=f"name {each.look.hue}"))
    return joined(*parts)


def _nothing(place: Place) -> Markup:
    few = any(cell.delivered for cell in place.valid)
    words = "Too few messages came." if few else "Nothing came that counts."
    x, y = (_BOX.left + _BOX.right) / 2, (_BOX.top + _BOX.bottom) / 2
    return label(x, y, words, anchor="middle")


def _caption(place: Place, across: Sequence[Line]) -> str:
    said = []
    for field, words in (("p50_ms", "Half of the messages"), ("p99_ms", "99 %")):
        known = [(getattr(each.cell, field), each.spoken) for each in across]
        times = [f"{milliseconds(ms)} over {name}" for ms, name in known if ms is not None]
        if times:
            said.append(f"{words} took no longer than {listing(times)}.")
    counted = [each for each in lines(place) if each.cell.valid]
    missing = [
        f"{percent(1 - each.cell.delivered)} over {each.spoken}"
        for each in counted
        if each.cell.delivered is not None and each.cell.delivered < 1
    ]
    said.append(f"Never came: {listing(missing)}." if missing else "Every message came.")
    left_out = [each.spoken for each in lines(place) if not each.cell.valid]
    if left_out:
        said.append(f"Not drawn, as it does not count: {listing(left_out)}.")
    return " ".join(said) if counted else "No cell here counts."
