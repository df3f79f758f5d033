"""The rows that the cells fill: what they say is what was measured."""

from typing import Any

from wirescope.lab.measures import Figures
from wirescope.lab.results import CellResult, Repeat, Verdict
from wirescope.lab.verdicts import LinkFacts, measured_rows

LINKS = {
    "clean": LinkFacts(name="clean", round_trip_ms=50, loss=0),
    "long": LinkFacts(name="long", round_trip_ms=200, loss=0),
    "lossy": LinkFacts(name="lossy", round_trip_ms=50, loss=0.05),
}


def cell(transport: str, link: str = "clean", **more: Any) -> CellResult:
    told: dict[str, Any] = {
        "workload": "ticker",
        "transport": transport,
        "link": link,
        "congestion_control": "cubic" if transport == "websocket" else "",
        "delivered": 1.0,
        "repeats": (Repeat(seed=1, figures=Figures(sent=9, received=9, delivered=1.0)),),
    }
    return CellResult(**told | more)


def verdict(winner: str, link: str = "clean") -> Verdict:
    return Verdict(
        use_case="live ticker",
        link=link,
        winner=winner,
        why="",
        confidence=0.9,
        workload="ticker",
        path="direct",
    )


def rows(cells: list[CellResult], verdicts: list[Verdict] | None = None) -> dict[str, Any]:
    return {row.aspect: row for row in measured_rows(cells, verdicts or [], links=LINKS)}


def test_latencies_are_told_of_each_place_by_transport() -> None:
    found = rows(
        [
            cell("websocket", p50_ms=25.4, p99_ms=131.0, max_ms=260.0, age_p99_ms=150.0),
            cell("data-channel-unreliable", p50_ms=25.2, p99_ms=27.0, max_ms=28.0, delivered=0.95,
                 repeats=()),
        ]
    )["Latency"]  # fmt: skip
    assert found.websocket == (
        "ticker on clean: CUBIC p50 25.4 ms / p99 131 ms / max 260 ms / age p99 150 ms"
    )
    assert found.webrtc == (
        "ticker on clean: the unreliable data channel p50 25.2 ms / p99 27.0 ms / max 28.0 ms, "
        "95 % came"
    )
    assert "max is the longest of all repeats" in found.evidence


def test_of_many_places_the_first_are_told_and_how_many_are_left() -> None:
    cells = [cell("websocket", workload=f"w{number}", p50_ms=number + 1.0) for number in range(7)]
    found = rows(cells)["Latency"]
    assert found.websocket.count(";") == 3
    assert "3 more are there" in found.evidence


def test_set_up_is_told_of_each_link_without_loss_where_nobody_is_in_between() -> None:
    found = rows(
        [
            cell("websocket", setup_ms=101.0, cold_setup_ms=104.0),
            cell("websocket", "long", setup_ms=404.0),
            cell("websocket", "long", setup_ms=408.0, congestion_control="bbr"),
            cell("websocket", "lossy", setup_ms=900.0, cold_setup_ms=900.0),
            cell("websocket", path="server", setup_ms=51.0, cold_setup_ms=52.0),
            cell("data-channel-reliable", setup_ms=400.0),
        ]
    )["Complexity"]
    assert found.websocket == (
        "on clean 101 ms warm, 104 ms cold, 2.0 round trips until the first byte; "
        "on long 406 ms warm, 2.0 round trips until the first byte"
    )
    assert found.webrtc == "on clean 400 ms warm, 8.0 round trips until the first byte"


def test_nothing_is_told_of_set_ups_that_were_not_measured() -> None:
    found = rows([cell("websocket"), cell("websocket", path="server", setup_ms=51.0)])["Complexity"]
    nothing = "no set-up was measured directly on a link without loss"
    assert (found.websocket, found.webrtc) == (nothing, nothing)


def test_use_cases_name_who_won_where_and_where_nobody_did() -> None:
    found = rows(
        [cell("websocket")],
        [verdict("no difference"), verdict("data-channel-unreliable", "lossy")],
    )["Use cases"]
    beside = " (no difference: live ticker on clean)"
    assert found.websocket == f"won nowhere in this run{beside}"
    assert found.webrtc == f"the unreliable data channel won live ticker on lossy{beside}"
    assert found.evidence.startswith("2 verdicts")


def test_what_does_not_count_is_told_nowhere() -> None:
    found = rows([cell("websocket", valid=False, p50_ms=5.0, setup_ms=5.0)])
    assert found["Latency"].websocket == "nothing was measured that counts"
    assert found["Complexity"].websocket.startswith("no set-up was measured")
    assert found["Throughput and cost"].webrtc == "nothing was measured that counts"
