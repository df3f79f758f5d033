"""Links that stay where they are: in a house, through a cable, by a dish, over an ocean.

Each says where its numbers come from. What no publication gives is chosen by us, and says so.
"""

from wirescope.link.settings import (
    Direction,
    GilbertElliott,
    Jitter,
    LinkSettings,
    Outage,
    Queue,
    RandomLoss,
    symmetric,
)

WEBPAGETEST = "Rates and round trip: WebPageTest, www/settings/connectivity.ini.sample, {}."
SPEEDTEST = "Rates and latency: Ookla, Speedtest Global Index, {}."
PER_KILOMETRE = "5 microseconds a kilometre of fibre: ITU-T G.114, Annex A."
HASSLINGER = (
    "Model of the loss: Hasslinger and Hohlfeld, The Gilbert-Elliott Model for Packet Loss in Real "
    "Time Services on the Internet, MMB 2008."
)
CHOSEN = "Chosen by us: {}."


def _line(
    name: str,
    title: str,
    down_mbps: float,
    up_mbps: float,
    round_trip_ms: float,
    *sources: str,
    queue_ms: float = 200,
) -> LinkSettings:
    """Make a line of two rates and a round trip, whose half is the delay each way."""
    down, up = (
        Direction(
            delay_ms=round_trip_ms / 2,
            rate_bps=round(rate * 1e6),
            queue=Queue(ms=queue_ms),
        )
        for rate in (down_mbps, up_mbps)
    )
    return LinkSettings(name=name, title=title, up=up, down=down, sources=sources)


_IN_THE_HOUSE = CHOSEN.format("order of magnitude of {}")

FIXED = (
    symmetric(
        "lan",
        Direction(delay_ms=0.25, rate_bps=1_000_000_000, queue=Queue(ms=10)),
        title="Two machines on one switch",
        sources=("Rate: gigabit Ethernet, IEEE 802.3.", _IN_THE_HOUSE.format("delay and queue")),
    ),
    _line(
        "fibre",
        "Fibre to the home",
        300,
        300,
        10,
        "Latency: Ookla, Speedtest Global Index, November 2022, median of fixed lines, 10 ms.",
        CHOSEN.format("rates and queue"),
        queue_ms=50,
    ),
    _line(
        "broadband",
        "A fixed line as the world had it on average in 2020",
        85.73,
        45.74,
        21,
        SPEEDTEST.format("September 2020, global average of fixed lines"),
        CHOSEN.format("the queue"),
        queue_ms=100,
    ),
    _line(
        "cable",
        "Cable, a small contract",
        5,
        1,
        28,
        WEBPAGETEST.format("Cable"),
        CHOSEN.format("the queue"),
    ),
    _line(
        "dsl",
        "DSL, a small contract",
        1.5,
        0.384,
        50,
        WEBPAGETEST.format("DSL"),
        CHOSEN.format("the queue"),
    ),
    symmetric(
        "wifi",
        Direction(
            delay_ms=3,
            jitter=Jitter(ms=1.5, shape="pareto"),
            loss=RandomLoss(share=0.001),
            rate_bps=50_000_000,
            queue=Queue(ms=100),
        ),
        title="Wi-Fi in the same room",
        sources=(CHOSEN.format("all of it, order of magnitude of a home"),),
    ),
    symmetric(
        "lossy-wifi",
        Direction(
            delay_ms=8,
            jitter=Jitter(ms=4, shape="pareto"),
            loss=GilbertElliott(enter=0.01, leave=0.33),
            rate_bps=20_000_000,
            queue=Queue(ms=200),
        ),
        title="Wi-Fi through two walls: 3 % lost, three in a row",
        sources=(HASSLINGER, CHOSEN.format("all numbers")),
    ),
    LinkSettings(
        name="bad-hotel",
        title="Wi-Fi of a full hotel",
        up=Direction(
            delay_ms=40,
            jitter=Jitter(ms=20, shape="pareto"),
            loss=RandomLoss(share=0.02),
            rate_bps=1_000_000,
            queue=Queue(ms=1000),
        ),
        down=Direction(
            delay_ms=40,
            jitter=Jitter(ms=20, shape="pareto"),
            loss=RandomLoss(share=0.02),
            rate_bps=2_000_000,
            queue=Queue(ms=1000),
        ),
        sources=(
            "Queue: RFC 8868, which calls 1,000 to 2,000 ms buffer-bloated.",
            CHOSEN.format("the other numbers"),
        ),
    ),
    _line(
        "transatlantic",
        "From Europe to North America",
        100,
        100,
        80,
        PER_KILOMETRE,
        CHOSEN.format(
            "8,000 km of fibre from end to end each way, for London to New York, 5,570 km"
        ),
        queue_ms=50,
    ),
    _line(
        "antipodes",
        "To the other side of the Earth",
        50,
        50,
        300,
        PER_KILOMETRE,
        CHOSEN.format("30,000 km of fibre each way, half more than half round the Earth"),
        queue_ms=50,
    ),
    LinkSettings(
        name="satellite-geo",
        title="A satellite that stands still, 36,000 km away",
        up=Direction(
            delay_ms=280,
            loss=RandomLoss(share=0.001),
            rate_bps=10_000_000,
            queue=Queue(ms=300),
        ),
        down=Direction(
            delay_ms=280,
            loss=RandomLoss(share=0.001),
            rate_bps=100_000_000,
            queue=Queue(ms=300),
        ),
        sources=(
            "Delay: ITU-T G.114, Annex A, 260 ms for a geostationary satellite; 20 ms for the rest "
            "of the way are chosen by us.",
            "Rates: the contract in Michel et al., A First Look at Starlink Performance, IMC 2022.",
            CHOSEN.format("loss and queue"),
        ),
    ),
    LinkSettings(
        name="satellite-leo",
        title="Satellites that pass by, 550 km away",
        up=Direction(
            delay_ms=25,
            jitter=Jitter(ms=5, shape="pareto"),
            loss=GilbertElliott(enter=0.0025, leave=0.25),
            rate_bps=15_000_000,
            queue=Queue(ms=200),
            outages=(Outage(start_s=5, length_s=0.05, every_s=15, held=True),),
        ),
        down=Direction(
            delay_ms=25,
            jitter=Jitter(ms=5, shape="pareto"),
            loss=GilbertElliott(enter=0.0025, leave=0.25),
            rate_bps=150_000_000,
            queue=Queue(ms=200),
            outages=(Outage(start_s=5, length_s=0.05, every_s=15, held=True),),
        ),
        sources=(
            "Round trip of 50 ms in the median: Michel et al., A First Look at Starlink "
            "Performance, IMC 2022.",
            "A change every 15 s: Mohan et al., A Multifaceted Look at Starlink Performance, WWW "
            "2024.",
            CHOSEN.format("rates, loss, jitter, and 50 ms of standstill at a change"),
        ),
    ),
)
