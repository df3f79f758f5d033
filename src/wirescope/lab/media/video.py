"""Video over RTP or over WebSocket, once: numbered pictures are made, carried, shown and read."""

from functools import partial
from typing import Final

from msgspec import Struct

from wirescope.lab.cells import Cell
from wirescope.lab.ends import Starter
from wirescope.lab.ends.media_orders import WARM_UP_S, Picture, Show, Watch, Watched
from wirescope.lab.ends.orders import Late
from wirescope.lab.measures import Watching, watching
from wirescope.lab.media.joining import carry
from wirescope.link import LinkSettings

WIDTH: Final = 320
HEIGHT: Final = 180
FRAME_RATE: Final = 30
BITS_PER_S: Final = 300_000
"""What pictures are coded with over WebSocket; over RTP the engine chooses by what it measures."""

_FIRST: Final = round(WARM_UP_S * FRAME_RATE)


class VideoRun(Struct, frozen=True, kw_only=True):
    """What came of the pictures over one transport.

    Attributes:
        cell: what was run.
        watching: what was seen, by the numbers that were read.
        statistics: of the stream (W3C webrtc-stats), from the start on; empty without RTP.
        late: how late the sender was by its own fault.
        problems: what the link did not keep of its settings; such a run does not count.
        pictures: some that were shown.
        start_ns: when the first picture that counts was made.
    """

    cell: Cell
    watching: Watching
    statistics: dict[str, float]
    late: Late
    problems: tuple[str, ...]
    pictures: tuple[Picture, ...]
    start_ns: int


async def run_video(
    cell: Cell, *, link: LinkSettings, starter: Starter, seconds: float = 10.0, keeps: int = 3
) -> VideoRun:
    """Carry the pictures once.

    Args:
        cell: the transport, `media` or `websocket`, and the seed.
        link: over what; the cell's seed takes the place of its own.
        starter: starts its network and its ends.
        seconds: how long they are made.
        keeps: how many of those that were shown are kept.

    Raises:
        LabError: an end could not do what it was told.
        LinkError: there can be no such network here.
    """
    carried = await carry(
        cell,
        link,
        starter,
        seconds=seconds,
        send=partial(
            Show, width=WIDTH, height=HEIGHT, frame_rate=FRAME_RATE, bits_per_s=BITS_PER_S
        ),
        receive=partial(Watch, keeps=keeps),
        answer=Watched,
    )
    watched: Watched = carried.got
    seen = watching(
        watched.shown,
        start_ns=carried.start_ns,
        numbers=range(_FIRST, _FIRST + round(seconds * FRAME_RATE)),
        frame_rate=FRAME_RATE,
    )
    return VideoRun(
        cell=cell,
        watching=seen,
        statistics=watched.statistics,
        late=carried.spoken.late,
        problems=carried.problems,
        pictures=tuple(watched.pictures),
        start_ns=carried.start_ns,
    )
