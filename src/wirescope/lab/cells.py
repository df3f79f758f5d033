"""A cell of the comparison: what is run once, over what, and what comes of one message.

Here are only the records that all rooms of the lab share. What is sent is in `workloads`, who sends
it in `ends`, what follows from it in `measures`.
"""

from typing import Literal, NamedTuple

import msgspec

TransportName = Literal["websocket", "data-channel-reliable", "data-channel-unreliable", "media"]
"""How messages travel; the channels are ordered and reliable, or neither (no retransmission)."""

PathName = Literal["direct", "server"]
"""Whether the two sides talk to each other, or a server in the middle of the path passes it on."""

CONGESTION_CONTROLS = ("cubic", "bbr", "reno")
"""Of TCP, as Linux names them; most servers have the first."""


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """One cell of the comparison.

    Attributes:
        workload: its name.
        transport: how its messages travel.
        link: the name of the emulated network.
        path: whether a server is in the middle.
        stack: the implementation that is measured: `wirescope` or `chromium`.
        congestion_control: of TCP; empty where no TCP is used.
        seed: of the workload and of the link; repeats differ by it.
    """

    workload: str
    transport: TransportName
    link: str
    path: PathName = "direct"
    stack: str = "wirescope"
    congestion_control: str = ""
    seed: int = 1

    @property
    def file_prefix(self) -> str:
        """What the names of the files of its runs begin with; a dash and the seed follow."""
        words = [self.workload, self.transport, self.link, self.path, self.congestion_control]
        name = "-".join(each for each in words if each)
        safe = "".join(each if each.isalnum() or each in "-." else "_" for each in name)
        return safe[:100]


class Sample(NamedTuple):
    """What came of one message.

    Attributes:
        side: who sent it: `a`, the client, or `b`, the far side.
        number: its place among those of its side, from 0.
        size: its bytes, head included.
        sent_ns: when it was handed to the transport, on the machine's monotonic clock.
        received_ns: when the other side had it; None if it never came.
    """

    side: Literal["a", "b"]
    number: int
    size: int
    sent_ns: int
    received_ns: int | None
