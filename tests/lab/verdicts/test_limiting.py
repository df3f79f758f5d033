"""What a bulk transfer met in, why it did not fill its link out; the figures are like real ones."""

from typing import Any

import pytest
from msgspec.structs import replace

from tests.lab.verdicts.telling import RELIABLE, UNRELIABLE, WEBSOCKET
from wirescope.lab.cells import Cell
from wirescope.lab.measures import Figures, Limits
from wirescope.lab.results import CellResult, Repeat, cell_result
from wirescope.lab.verdicts import (
    NOT_KNOWN,
    LinkFacts,
    goodput_bps,
    reasons,
    share,
    stands_still,
    verdicts,
)
from wirescope.lab.workloads import workload

FILE = workload("file")
LINK = LinkFacts(name="l", round_trip_ms=100, loss=0, rate_bps=100e6)  # 1.25 MB fill it

UNHINDERED = Limits(
    seconds=4,
    ramp_s=0.1,
    ramp_share=0.01,
    later_bps=50e6,
    best_bps=60e6,
    still_share=0,
    stood_s=0.05,
    sender_cpu=0.1,
    receiver_cpu=0.2,
    link_cpu=0.4,
    server_cpu=0,
    processors=2,
    packets=20_000,
    link_bps=55e6,
    wire_bytes_per_byte=1.09,
    queue_drops=0,
    losses=0,
    buffered_bytes=0,
)
TCP: dict[str, Any] = {
    "retransmits": 0,
    "busy_share": 1.0,
    "receive_window_share": 0.0,
    "send_buffer_share": 0.0,
    "congestion_window_bytes": 2_000_000,
    "round_trip_ms": 100.0,
}


def transfer(
    transport: str, *, of_the_rate: float = 0.5, control: str = "", problem: str = "", **met: Any
) -> CellResult:
    """Make a cell of one run."""
    values = {**(TCP if transport == WEBSOCKET else {}), **met}
    repeat = Repeat(
        seed=1,
        figures=Figures(sent=9, received=9, delivered=1, goodput_bps=of_the_rate * 100e6),
        limits=replace(UNHINDERED, **values),
        problems=(problem,) if problem else (),
    )
    cell = Cell(workload="file", transport=transport, link="l", congestion_control=control)  # type: ignore[arg-type]
    return cell_result(cell, [repeat])


def why(cell: CellResult, facts: LinkFacts = LINK) -> str:
    return "; ".join(reasons(cell, FILE, facts))


CASES = [
    (
        transfer(WEBSOCKET, receive_window_share=0.6),
        "the receiver's window was full for 60 % of the time that there was something to send: "
        "625 kB went in a round trip, where 1.25 MB fill the link",
    ),
    (
        transfer(WEBSOCKET, send_buffer_share=0.6),
        "the system's send buffer was too small for 60 % of the time that there was something to "
        "send: 625 kB went in a round trip, where 1.25 MB fill the link",
    ),
    (transfer(WEBSOCKET, busy_share=0.6), "TCP had nothing to send for 40 % of the time"),
    (transfer(RELIABLE, sender_cpu=0.97), "the sender took 97 % of a processor"),
    (
        transfer(RELIABLE, sender_cpu=0.6, receiver_cpu=0.6, link_cpu=0.7),
        "both ends and the link together took 1.9 of 2 processors",
    ),
    (
        transfer(WEBSOCKET, link_cpu=0.96, send_buffer_share=0.6),
        "what emulates the link took 96 % of a processor for 5,000 packets a second, so the link "
        "itself was slower than it says",
    ),
    (
        transfer(WEBSOCKET, queue_drops=189, retransmits=189, congestion_window_bytes=900_000),
        "the queue before the link dropped 189 of 20,000 packets, 189 were sent again, and each "
        "time the congestion window shrank, which was 900 kB at most, where 1.25 MB fill "
        "the link (its rate times its round trip)",
    ),
    (
        transfer(WEBSOCKET, control="bbr", queue_drops=189, retransmits=189),
        "the queue before the link dropped 189 of 20,000 packets, 189 were sent again",
    ),
    (
        transfer(RELIABLE, buffered_bytes=700_000),
        "SCTP's window: 700 kB waited at the sender and no packet was dropped, yet only 625 kB "
        "went in a round trip, where 1.25 MB fill the link",
    ),
    (
        transfer(UNRELIABLE, link_bps=99e6, wire_bytes_per_byte=2.0),
        "the link was full, with 99 Mbit/s of packets, of which headers took 50 %",
    ),
    (
        transfer(RELIABLE, link_bps=99e6, wire_bytes_per_byte=1.25, queue_drops=289),
        "the link was full, with 99 Mbit/s of packets, of which headers and what was sent more "
        "than once took 20 %",
    ),
    (
        transfer(WEBSOCKET, ramp_s=0.8, ramp_share=0.15, later_bps=96e6),
        "slow start took 800 ms of 4.0 s, over a round trip of 100 ms, which cost 15 % of what "
        "could have come; later it was 96 Mbit/s",
    ),
    (transfer(WEBSOCKET), NOT_KNOWN),
    (transfer(WEBSOCKET, of_the_rate=0.95), ""),
]


@pytest.mark.parametrize(("cell", "said"), CASES, ids=[said[:30] for _, said in CASES])
def test_a_reason_is_said_with_the_figure_that_shows_it(cell: CellResult, said: str) -> None:
    assert why(cell) == said


def test_loss_is_held_against_the_model_of_the_window() -> None:
    lossy = replace(LINK, loss=0.01)
    assert why(transfer(WEBSOCKET, losses=200, congestion_window_bytes=60_000), lossy) == (
        "200 of 20,000 packets were lost, and a sender that takes loss for congestion keeps about "
        "1.18 Mbit/s then (Mathis et al. 1997), with a congestion window of 60 kB at most, "
        "where 1.25 MB fill the link (its rate times its round trip)"
    )


COLLAPSED: dict[str, Any] = {
    "of_the_rate": 0.05,
    "queue_drops": 1_366,
    "still_share": 0.742,
    "stood_s": 1.007,
    "best_bps": 90.4e6,
    "ramp_share": 0.15,
}


def test_a_channel_that_stands_still_is_named_with_what_to_do() -> None:
    cell = transfer(RELIABLE, **COLLAPSED)
    assert stands_still(cell)
    assert why(cell) == (
        "the channel's sender fills the queue before the link until that drops a whole burst "
        "(1,366 of 20,000 packets), then waits for its timer and sends about a packet a round trip "
        "until all of it was sent again: 74.2 % of the time nothing came, up to 1.0 s in a row, "
        "and at best it was 90.4 Mbit/s"
    )
    (found,) = verdicts(
        [cell, transfer(WEBSOCKET, of_the_rate=0.96)],
        workloads={"file": FILE},
        links={"l": LINK},
    )
    assert "Why it is 5 % over the reliable data channel: the channel's sender fills" in found.why
    assert found.why.endswith(
        "A pace below the link's rate keeps a channel from standing still (its option "
        "`pace_bytes_per_s`)."
    )


def test_tcp_does_not_stand_still_and_a_channel_without_drops_neither() -> None:
    assert not stands_still(transfer(WEBSOCKET, **COLLAPSED))
    assert not stands_still(transfer(RELIABLE, **{**COLLAPSED, "queue_drops": 0}))


def test_what_has_a_pace_and_keeps_it_was_not_to_be_quicker() -> None:
    paced = replace(FILE, bulk_bytes_per_s=6_250_000.0)
    cell = transfer(RELIABLE, buffered_bytes=700_000)
    assert reasons(cell, paced, LINK) == ("no more was sent than its pace, 50 Mbit/s",)


def test_a_cell_that_does_not_count_says_what_it_met_as_well() -> None:
    busy = transfer(WEBSOCKET, problem="From b to a, the relay stood still.", link_cpu=0.96)
    assert busy.goodput_bps is None
    assert goodput_bps(busy) == 50e6
    (found,) = verdicts([busy, transfer(RELIABLE)], workloads={"file": FILE}, links={"l": LINK})
    assert "does not count: From b to a, the relay stood still." in found.why
    assert "Why it is 50 % over WebSocket: what emulates the link took 96 %" in found.why
    assert "Why it is 50 % over the reliable data channel:" in found.why


def test_a_share_is_that_of_the_way_the_messages_go() -> None:
    apart = LinkFacts(name="l", round_trip_ms=50, loss=0, rate_bps=10e6, down_bps=200e6)
    assert share(transfer(WEBSOCKET), FILE, apart) == 0.25
    endless = LinkFacts(name="l", round_trip_ms=50, loss=0)
    assert share(transfer(WEBSOCKET), FILE, endless) is None
    assert reasons(transfer(WEBSOCKET), FILE, endless) == ()
