"""Links for experiments: 50 ms of round trip, and one thing that is not as it should be.

What they show is one effect each, with nothing else in its way; nobody's line is like that.
"""

from wirescope.link.fixed_profiles import CHOSEN, HASSLINGER, WEBPAGETEST
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

_MBIT = 1_000_000
_ROUND_TRIP = CHOSEN.format("50 ms of round trip, which RFC 8868 calls low for one way")
_LOSS = "Loss: one of the shares that RFC 8868 asks to test, 0, 1, 5, 10 and 20 %."
_BLOATED = "Queue: RFC 8868, which calls 1,000 to 2,000 ms buffer-bloated."

BARE = (
    symmetric("none", Direction(), title="Nothing in between", sources=()),
    symmetric("clean", Direction(delay_ms=25), title="Delay alone", sources=(_ROUND_TRIP,)),
    symmetric(
        "loss-1",
        Direction(delay_ms=25, loss=RandomLoss(share=0.01)),
        title="1 % lost",
        sources=(_LOSS, _ROUND_TRIP),
    ),
    symmetric(
        "loss-5",
        Direction(delay_ms=25, loss=RandomLoss(share=0.05)),
        title="5 % lost",
        sources=(_LOSS, _ROUND_TRIP),
    ),
    symmetric(
        "bursts-5",
        Direction(delay_ms=25, loss=GilbertElliott(enter=0.2 / 19, leave=0.2)),
        title="5 % lost, five in a row",
        sources=(_LOSS, HASSLINGER, _ROUND_TRIP, CHOSEN.format("the length of the bursts")),
    ),
    symmetric(
        "narrow-1mbit",
        Direction(delay_ms=25, rate_bps=_MBIT, queue=Queue(ms=200)),
        title="1 Mbit/s",
        sources=(_ROUND_TRIP, CHOSEN.format("rate and queue")),
    ),
    symmetric(
        "narrow-lossy",
        Direction(delay_ms=25, rate_bps=_MBIT, queue=Queue(ms=200), loss=RandomLoss(share=0.05)),
        title="1 Mbit/s, 5 % lost",
        sources=(_LOSS, _ROUND_TRIP, CHOSEN.format("rate and queue")),
    ),
    LinkSettings(
        name="bufferbloat",
        title="Cable with a queue of a second",
        up=Direction(delay_ms=14, rate_bps=_MBIT, queue=Queue(ms=1000)),
        down=Direction(delay_ms=14, rate_bps=5 * _MBIT, queue=Queue(ms=1000)),
        sources=(_BLOATED, WEBPAGETEST.format("Cable")),
    ),
    LinkSettings(
        name="codel",
        title="The same cable, its queue kept short",
        up=Direction(delay_ms=14, rate_bps=_MBIT, queue=Queue(ms=1000, discipline="codel")),
        down=Direction(delay_ms=14, rate_bps=5 * _MBIT, queue=Queue(ms=1000, discipline="codel")),
        sources=("Discipline: RFC 8289.", _BLOATED, WEBPAGETEST.format("Cable")),
    ),
    symmetric(
        "jitter",
        Direction(
            delay_ms=50, rate_bps=_MBIT, queue=Queue(ms=300), jitter=Jitter(ms=5, shape="normal")
        ),
        title="50 ms each way that wander, as congestion control for media is tested",
        sources=(
            "Delay, rate, queue: RFC 8867, section 5.1.",
            CHOSEN.format("5 ms of deviation, within the 30 ms that RFC 8867 allows"),
        ),
    ),
    symmetric(
        "reordering",
        Direction(delay_ms=25, reorder=0.02, reorder_by_ms=10, duplicate=0.005),
        title="2 % held back for 10 ms, 0.5 % twice",
        sources=(_ROUND_TRIP, CHOSEN.format("shares and time")),
    ),
    symmetric(
        "outage",
        Direction(delay_ms=25, outages=(Outage(start_s=10, length_s=3, every_s=60),)),
        title="Three seconds of nothing, each minute",
        sources=(_ROUND_TRIP, CHOSEN.format("the schedule")),
    ),
)
