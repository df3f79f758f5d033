"""What is told to a link process and what it answers, as JSON, a line each."""

from typing import Literal

import msgspec

from wirescope.link import LinkCounts, LinkSettings

DeviceKind = Literal["tun", "veth"]
"""What a host's device is: the end of a tunnel, or, where the user may have none, of a cable."""


class NetworkPlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a link process is to make, its first line.

    Attributes:
        hosts: their names in a row.
        links: what is between each and the next; `up` leads to the next.
        by: what the hosts' devices are to be; None for TUN where this user may have it.
        realtime: whether to ask for a priority above that of other programs.
        record: the file that packets of the first link are written into; None writes none.
    """

    hosts: tuple[str, ...]
    links: tuple[LinkSettings, ...]
    by: DeviceKind | None = None
    realtime: bool = True
    record: str | None = None


class Tell(msgspec.Struct, frozen=True, tag="tell"):
    """Asks for a report.

    Attributes:
        afresh: whether punctuality counts anew from then on.
    """

    afresh: bool = False


class End(msgspec.Struct, frozen=True, tag="end"):
    """Asks for the last report and ends what runs in the network, and it."""


class Standing(msgspec.Struct, frozen=True, kw_only=True, tag="standing"):
    """The network stands.

    Attributes:
        namespaces: the descriptors by which the process holds them, a host each.
        user: whether the process is in a user namespace of its own.
        by: what the hosts' devices are.
        has_6: whether the hosts have IPv6 addresses.
        realtime: whether the process runs before all other programs, as it was allowed to.
        started_ns: when the links' time began, on CLOCK_MONOTONIC.
    """

    namespaces: tuple[int, ...]
    user: bool
    by: DeviceKind
    has_6: bool
    realtime: bool
    started_ns: int


class Refused(msgspec.Struct, frozen=True, kw_only=True, tag="refused"):
    """The network cannot be made; what happened, and what to do."""

    message: str
    hint: str


class Lateness(msgspec.Struct, frozen=True, kw_only=True):
    """How long after their time packets left, in microseconds; each is given that of its batch.

    A batch is what leaves at once, and its lateness that of its first packet once its last one has
    left. What is passed on at once counts as 0 late.

    Attributes:
        packets: how many left.
        p50_us: half were at most as late.
        p99_us: 99 of 100 were.
        p999_us: 999 of 1,000 were.
        max_us: the latest.
    """

    packets: int
    p50_us: float
    p99_us: float
    p999_us: float
    max_us: float


class DirectionReport(msgspec.Struct, frozen=True, kw_only=True):
    """What one direction of a link did.

    Attributes:
        link: the link's name.
        source: the host that sent.
        target: the next one.
        counts: of the machine, from packets offered to packets passed.
        missed: packets that the sender's kernel dropped before the link saw them.
        refused: packets that passed and that the receiver's kernel did not take.
        behind_ms: the longest time that there was more to read than the relay could; packets waited
            for it that long at most, beside what the settings ask for.
        lateness: how punctual it was; of both since they began to count.
    """

    link: str
    source: str
    target: str
    counts: LinkCounts
    missed: int
    refused: int
    behind_ms: float
    lateness: Lateness


class RecordingReport(msgspec.Struct, frozen=True, kw_only=True):
    """What was written down of the first link, in both directions.

    Attributes:
        packets: that are in the file.
        left_out: that came once nothing was written any more.
        stopped: why nothing is written any more, a sentence; empty where all is.
    """

    packets: int
    left_out: int
    stopped: str


class NetworkReport(msgspec.Struct, frozen=True, kw_only=True, tag="report"):
    """What a network did from its start.

    Attributes:
        at_ns: when this was written, on CLOCK_MONOTONIC.
        started_ns: when the links' time began.
        cpu_s: seconds of CPU that relaying took.
        directions: of each link first the one that leads to the next host, then the one back.
        recording: of the first link; None where none was asked for.
    """

    at_ns: int
    started_ns: int
    cpu_s: float
    directions: tuple[DirectionReport, ...]
    recording: RecordingReport | None = None


Order = Tell | End
Answer = Standing | Refused | NetworkReport
