"""Links over the networks of mobile phones, standing and moving.

Each says where its numbers come from. What no publication gives is chosen by us, and says so.
"""

from wirescope.link.fixed_profiles import CHOSEN, HASSLINGER, SPEEDTEST, WEBPAGETEST
from wirescope.link.settings import (
    Direction,
    GilbertElliott,
    Jitter,
    LinkSettings,
    Outage,
    Queue,
)
from wirescope.link.trace import trace_of_rates

_CHOSEN_AIR = CHOSEN.format("queue and jitter")


def _phone(
    name: str,
    title: str,
    down_mbps: float,
    up_mbps: float,
    round_trip_ms: float,
    *sources: str,
    jitter_ms: float,
    queue_ms: float,
    loss: GilbertElliott | None = None,
    outages: tuple[Outage, ...] = (),
) -> LinkSettings:
    """Make a link of two rates and a round trip, whose half is the delay each way."""
    down, up = (
        Direction(
            delay_ms=round_trip_ms / 2,
            jitter=Jitter(ms=jitter_ms, shape="pareto"),
            loss=loss,
            rate_bps=round(rate * 1e6),
            queue=Queue(ms=queue_ms),
            outages=outages,
        )
        for rate in (down_mbps, up_mbps)
    )
    return LinkSettings(name=name, title=title, up=up, down=down, sources=sources)


# a drive past a mast and on to the next one, Mbit/s second by second
_DRIVE = (20, 24, 30, 28, 22, 15, 9, 6, 4, 2, 1, 0.5, 0.5, 1, 3, 8, 12, 18, 25, 30)

MOBILE = (
    _phone(
        "edge",
        "EDGE, what is left in a valley",
        0.24,
        0.2,
        840,
        WEBPAGETEST.format("Edge"),
        _CHOSEN_AIR,
        jitter_ms=50,
        queue_ms=1000,
    ),
    _phone(
        "3g",
        "3G",
        1.6,
        0.768,
        300,
        WEBPAGETEST.format("3G"),
        _CHOSEN_AIR,
        jitter_ms=20,
        queue_ms=500,
    ),
    _phone(
        "lte",
        "LTE, a small contract",
        12,
        12,
        70,
        WEBPAGETEST.format("LTE"),
        _CHOSEN_AIR,
        jitter_ms=5,
        queue_ms=300,
    ),
    _phone(
        "4g",
        "A phone as the world had it on average in 2020",
        35.96,
        11.22,
        40,
        SPEEDTEST.format("September 2020, global average of mobile networks"),
        _CHOSEN_AIR,
        jitter_ms=5,
        queue_ms=300,
    ),
    _phone(
        "5g",
        "5G",
        166.13,
        21.08,
        28,
        "Rates: Ookla, Growing and Slowing, The State of 5G Worldwide in 2021, medians of the "
        "third quarter.",
        "Latency: Ookla, Speedtest Global Index, November 2022, median of mobile networks of any "
        "kind, 28 ms.",
        _CHOSEN_AIR,
        jitter_ms=3,
        queue_ms=200,
    ),
    _phone(
        "4g-edge-of-cell",
        "4G where it is about to end",
        2,
        0.5,
        100,
        "Loss of 1 %: what 3GPP TS 23.203, table 6.1.7, lets a voice bearer lose (QCI 1).",
        HASSLINGER,
        CHOSEN.format("the other numbers"),
        jitter_ms=15,
        queue_ms=500,
        loss=GilbertElliott(enter=0.0025, leave=0.25, loss_bad=1),
    ),
    _phone(
        "train",
        "A fast train, from cell to cell",
        10,
        3,
        80,
        "Handovers that raise delay and loss: Wang et al., An Active-Passive Measurement Study of "
        "TCP Performance over LTE on High-speed Rails, MobiCom 2019.",
        HASSLINGER,
        CHOSEN.format("all numbers"),
        jitter_ms=20,
        queue_ms=1000,
        loss=GilbertElliott(enter=0.005, leave=0.25),
        outages=(Outage(start_s=10, length_s=1, every_s=30, held=True),),
    ),
    LinkSettings(
        name="4g-drive",
        title="4G in a car, its rate by a trace that begins again after 20 s",
        up=Direction(
            delay_ms=25,
            trace=trace_of_rates([rate * 1e6 / 3 for rate in _DRIVE]),
            queue=Queue(ms=500),
        ),
        down=Direction(
            delay_ms=25,
            trace=trace_of_rates([rate * 1e6 for rate in _DRIVE]),
            queue=Queue(ms=500),
        ),
        sources=(
            "Form of the trace: Netravali et al., Mahimahi, USENIX ATC 2015.",
            CHOSEN.format("all numbers; no trace of anybody's is in it"),
        ),
    ),
)
