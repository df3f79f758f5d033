"""The rows of the table of differences that the cells themselves fill.

Each says what was measured, per workload and link; where there are many of these, the first ones,
as the table of cells has all. What is not in the cells is tried out (`checks`).
"""

from collections.abc import Callable, Mapping, Sequence
from statistics import median

from wirescope.lab.results import CellResult, Row, Verdict
from wirescope.lab.verdicts.deciding import INVALID, NO_DIFFERENCE, NOT_SURE
from wirescope.lab.verdicts.window import LinkFacts
from wirescope.lab.verdicts.wording import (
    TRANSPORTS,
    cell_name,
    control_name,
    listing,
    milliseconds,
    percent,
    rate,
    some,
)

_MOST_PLACES = 4


def measured_rows(
    cells: Sequence[CellResult],
    verdicts: Sequence[Verdict],
    *,
    links: Mapping[str, LinkFacts],
) -> list[Row]:
    """Return the rows Latency, Complexity, Use cases, and Throughput and cost.

    Args:
        cells: of the whole comparison.
        verdicts: what follows from them.
        links: by their names.
    """
    valid = [cell for cell in cells if cell.valid]
    return [
        _row("Latency", valid, _latency, _OF_LATENCY),
        _complexity(valid, links),
        _use_cases(verdicts),
        _row("Throughput and cost", valid, _cost, _OF_COST),
    ]


_OF_LATENCY = (
    "one-way, of the messages that came; max is the longest of all repeats that count, the others "
    "are medians of theirs"
)
_OF_COST = "medians of the repeats that count; processor time and memory of both sides together"


def _row(
    aspect: str, cells: Sequence[CellResult], say: Callable[[CellResult], str], about: str
) -> Row:
    websocket, webrtc = (_places(each, say) for each in _sides(cells))
    count = len({(cell.workload, cell.link, cell.path) for cell in cells})
    left = f"; {count - _MOST_PLACES} more are there" if count > _MOST_PLACES else ""
    return Row(
        aspect=aspect,
        websocket=websocket,
        webrtc=webrtc,
        evidence=f"{about}; from the table of cells{left}",
    )


def _sides(cells: Sequence[CellResult]) -> tuple[list[CellResult], list[CellResult]]:
    """Split into those over WebSocket and those over WebRTC."""
    websocket = [cell for cell in cells if cell.transport == "websocket"]
    return websocket, [cell for cell in cells if cell.transport != "websocket"]


def _places(cells: Sequence[CellResult], say: Callable[[CellResult], str]) -> str:
    """Say something of each cell, by workload and link."""
    places: dict[str, list[str]] = {}
    for cell in cells:
        place = f"{cell.workload} on {cell.link}"
        if cell.path == "server":
            place += " through a server"
        of_whom = cell_name(cell) if cell.transport != "websocket" else ""
        control = control_name(cell.congestion_control)
        places.setdefault(place, []).append(f"{of_whom or control} {say(cell)}".lstrip())
    said = [f"{place}: {', '.join(each)}" for place, each in places.items()]
    return "; ".join(said[:_MOST_PLACES]) or "nothing was measured that counts"


def _latency(cell: CellResult) -> str:
    named = (("p50", cell.p50_ms), ("p99", cell.p99_ms), ("max", cell.max_ms))
    said = [f"{name} {milliseconds(value)}" for name, value in named if value is not None]
    if cell.age_p99_ms is not None:
        said.append(f"age p99 {milliseconds(cell.age_p99_ms)}")
    came = "" if cell.delivered is None or cell.is_complete else f", {percent(cell.delivered)} came"
    return f"{' / '.join(said)}{came}" if said else "nothing came"


def _cost(cell: CellResult) -> str:
    said = []
    if cell.goodput_bps is not None:
        said.append(rate(cell.goodput_bps))
    if cell.wire_bytes_per_byte is not None:
        said.append(f"{cell.wire_bytes_per_byte:.2f} B on the wire a byte")
    if cell.cpu_s is not None:
        said.append(f"{cell.cpu_s:.2f} s of CPU")
    if cell.memory_bytes is not None:
        said.append(f"{cell.memory_bytes / (1 << 20):.0f} MiB")
    return ", ".join(said)


def _complexity(cells: Sequence[CellResult], links: Mapping[str, LinkFacts]) -> Row:
    websocket, webrtc = (_set_ups(each, links) for each in _sides(cells))
    return Row(
        aspect="Complexity",
        websocket=websocket,
        webrtc=webrtc,
        evidence="from the order to connect until the first message can be sent, direct cells on "
        "links without loss: of each link the median of its cells, each a median of its repeats; "
        "round trips are warm set-up by the link's",
    )


def _set_ups(cells: Sequence[CellResult], links: Mapping[str, LinkFacts]) -> str:
    """Say how long it takes to connect, by link; through a server the way is another one."""
    by_link: dict[str, list[CellResult]] = {}
    for cell in cells:
        if cell.path == "direct" and links[cell.link].loss == 0:
            by_link.setdefault(cell.link, []).append(cell)
    told = [(name, _set_up(each, links[name])) for name, each in by_link.items()]
    said = [f"on {name} {words}" for name, words in told if words]
    more = len(said) - _MOST_PLACES
    left = [f"{more} more link{'s' if more > 1 else ''}"] if more > 0 else []
    return "; ".join(said[:_MOST_PLACES] + left) or (
        "no set-up was measured directly on a link without loss"
    )


def _set_up(cells: Sequence[CellResult], facts: LinkFacts) -> str:
    """Say how long it takes on a link, and how many of its round trips that is."""
    warm = [cell.setup_ms for cell in cells if cell.setup_ms is not None]
    cold = [cell.cold_setup_ms for cell in cells if cell.cold_setup_ms is not None]
    said = [
        f"{milliseconds(median(known))} {name}"
        for name, known in (("warm", warm), ("cold", cold))
        if known
    ]
    if warm and facts.round_trip_ms:
        said.append(f"{median(warm) / facts.round_trip_ms:.1f} round trips until the first byte")
    return ", ".join(said)


def _use_cases(verdicts: Sequence[Verdict]) -> Row:
    won = {"websocket": _won(verdicts, ("websocket",)), "webrtc": _won(verdicts, _CHANNELS)}
    words = {NO_DIFFERENCE: "no difference", NOT_SURE: "not sure", INVALID: "not measured"}
    rest = [
        f"{title}: {some([_place(each) for each in verdicts if each.winner == winner])}"
        for winner, title in words.items()
        if any(each.winner == winner for each in verdicts)
    ]
    beside = f" ({'; '.join(rest)})" if rest else ""
    return Row(
        aspect="Use cases",
        websocket=(won["websocket"] or "won nowhere in this run") + beside,
        webrtc=(won["webrtc"] or "won nowhere in this run") + beside,
        evidence=f"{len(verdicts)} verdicts, each with its figures",
    )


_CHANNELS = [each for each in TRANSPORTS if each != "websocket"]


def _won(verdicts: Sequence[Verdict], winners: Sequence[str]) -> str:
    said = []
    for winner in winners:
        places = [_place(each) for each in verdicts if each.winner == winner]
        if places:
            said.append(f"{TRANSPORTS[winner]} won {some(places)}")
    return listing(said)


def _place(verdict: Verdict) -> str:
    return f"{verdict.use_case} on {verdict.link}"
