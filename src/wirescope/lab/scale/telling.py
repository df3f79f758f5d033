"""A sweep in words: a table of its sizes, the model, what it foretold, and what ended it."""

from collections.abc import Iterator

from wirescope.lab.measures import Curve, Line, Point, Topology, copies

SAID: dict[Topology, str] = {
    "server": "WebSocket server, a message goes to all n",
    "mesh": "mesh of data channels, each sends its message n-1 times",
    "sfu": "forwarder of media, a packet goes to n viewers",
}

WHO: dict[Topology, str] = {"server": "server", "mesh": "each", "sfu": "forwarder"}

_COLUMNS = (
    ("n", 6),
    ("µs a message", 14),
    ("foretold", 15),
    ("µs at one", 9),
    ("µs all", 9),
    ("processor", 10),
    ("machine", 8),
    ("MiB", 6),
    ("KiB at one", 10),
    ("p99 ms", 8),
    ("came", 8),
)


def lines(curve: Curve) -> Iterator[str]:
    """Give the lines of a sweep; costs are processor time."""
    who = WHO[curve.topology]
    yield f"{SAID[curve.topology]} ({who}: who makes the copies)"
    yield "  " + _row(tuple(name for name, _ in _COLUMNS))
    errors = {each.number: each for each in curve.forecasts}
    for point in curve.points:
        forecast = errors.get(copies(curve.topology, point.participants))
        foretold = "–" if forecast is None else f"{forecast.foretold:,.0f} ({forecast.error:+.0%})"
        yield "  " + _row(_cells(point, foretold))
    model, checked = curve.model, curve.checked
    if model is not None:
        yield f"  model of all sizes but the last: {formula(curve.topology, model)}"
    if checked is not None:
        yield (
            f"  for n = {_participants(curve.topology, checked.number)} the smaller sizes foretell"
            f" {checked.foretold:,.0f} µs, measured {checked.measured:,.0f}"
            f" ({checked.error:+.0%})"
        )
    if curve.full_at is not None:
        whose = "all together need" if curve.topology == "mesh" else f"the {who} needs"
        pace = f"{1e3 / curve.every_ms:.0f} messages a second of the room"
        yield f"  extrapolated: {whose} a whole processor at n = {curve.full_at:,.0f} ({pace})"
    yield f"  ended by {curve.ended.cause}: {curve.ended.words}"


def formula(topology: Topology, model: Line) -> str:
    """Say a model; of a mesh also what all participants need for a message each."""
    if topology == "mesh":
        cost = f"{model.base:.0f} + {model.slope:.0f} (n-1) µs"
        return f"{cost} a message at each participant, n times that for a message of everybody"
    return f"{model.base:.0f} + {model.slope:.0f} n µs a message at the {WHO[topology]}"


def _participants(topology: Topology, number: float) -> int:
    return round(number) + (topology == "mesh")


def _cells(point: Point, foretold: str) -> tuple[str, ...]:
    return (
        str(point.participants),
        f"{point.sender_us:,.0f} ±{point.spread:.0%}",
        foretold,
        f"{point.participant_us:,.0f}",
        f"{point.all_us:,.0f}",
        f"{point.sender_share:.0%}",
        f"{point.machine_share:.0%}",
        f"{point.sender_bytes >> 20:,}",
        f"{point.participant_bytes >> 10:,}",
        "–" if point.p99_ms is None else f"{point.p99_ms:.1f}",
        f"{point.delivered:.1%}",
    )


def _row(cells: tuple[str, ...]) -> str:
    return " ".join(f"{each:>{width}}" for each, (_, width) in zip(cells, _COLUMNS, strict=True))
