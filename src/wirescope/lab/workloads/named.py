"""The workloads that have a name, one for each use case that the two transports are chosen for.

The numbers are typical ones, chosen by us, but where a source is named. What they lead to holds for
them alone, which is why a recording of one's own application can take their place (`recorded`).
"""

from typing import Final

from wirescope.errors import UsageError
from wirescope.lab.workloads.definition import Workload
from wirescope.lab.workloads.flows import Frames, Irregular, Pieces, Regular

_ALL = (
    Workload(
        name="chat",
        title="short texts both ways, many more to the client than from it",
        use_case="chat",
        payload="text",
        flows=(
            Irregular(side="a", per_s=0.5, size=120, longest=4_000),
            Irregular(side="b", per_s=4, size=120, longest=4_000),
        ),
        duration_s=60,
    ),
    Workload(
        name="ticker",
        title="50 prices a second of 200 bytes to the client",
        use_case="live ticker",
        payload="text",
        flows=(Regular(side="b", per_s=50, size=200),),
        duration_s=60,
        is_state=True,
    ),
    Workload(
        name="game",
        title="inputs 60 times a second up, the state of the game 30 times a second down",
        use_case="multiplayer game",
        payload="binary",
        flows=(
            Regular(side="a", per_s=60, size=40),
            Regular(side="b", per_s=30, size=400, size_spread=0.3),
        ),
        duration_s=60,
        is_state=True,
        useful_for_ms=100,
    ),
    # A packet of 20 ms: RFC 7587 section 4.2. The time: ITU-T G.114, up to 150 ms from mouth to ear
    # most applications are not affected.
    Workload(
        name="voice",
        title="Opus at 32 kbit/s in frames of 20 ms, both ways",
        use_case="voice agent",
        payload="audio",
        flows=(
            Regular(side="a", per_s=50, size=80, size_spread=0.2),
            Regular(side="b", per_s=50, size=80, size_spread=0.2),
        ),
        duration_s=60,
        useful_for_ms=150,
    ),
    Workload(
        name="video",
        title="30 pictures a second at 1 Mbit/s, both ways",
        use_case="video call",
        payload="video",
        flows=(
            Frames(side="a", per_s=30, rate_bps=1_000_000, key_every=120, key_times=6),
            Frames(side="b", per_s=30, rate_bps=1_000_000, key_every=120, key_times=6),
        ),
        duration_s=60,
        useful_for_ms=150,
    ),
    Workload(
        name="feed",
        title="125 records a second of 1,000 bytes from the client, 1 Mbit/s in all",
        use_case="sensor feed",
        payload="binary",
        flows=(Regular(side="a", per_s=125, size=1_000),),
        duration_s=60,
        is_state=True,
    ),
    # Messages of 16 KiB are what every implementation takes (RFC 8831 section 6.6).
    Workload(
        name="file",
        title="pieces of 16 KiB to the client, as fast as they go",
        use_case="file transfer",
        payload="binary",
        flows=(Pieces(side="b", size=16_384),),
        duration_s=60,
        pace="bulk",
    ),
    Workload(
        name="request-response",
        title="10 requests a second, each answered after 5 ms",
        use_case="request and response",
        payload="text",
        flows=(Irregular(side="a", per_s=10, size=250, longest=8_000),),
        duration_s=60,
        pace="answered",
        think_ms=5,
    ),
)

WORKLOADS: Final = {each.name: each for each in _ALL}
"""By their names, in the order in which they are shown."""


def workload(name: str) -> Workload:
    """Return a workload by its name; UsageError when there is none."""
    found = WORKLOADS.get(name)
    if found is None:
        raise UsageError(
            f"There is no workload called {name!r}.", hint=f"There are {', '.join(WORKLOADS)}."
        )
    return found
