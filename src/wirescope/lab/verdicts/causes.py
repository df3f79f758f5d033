"""Reasons why a bulk transfer does not fill its link, one after the other.

Each function looks at what a run met (`measures.limits`) for one reason and says it with the figure
that shows it, a part of a sentence, or nothing. Not here: of which transfers that is asked, and
what is made of it (`limiting`).
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from wirescope.lab.measures import Limits
from wirescope.lab.results import CellResult
from wirescope.lab.verdicts.window import LinkFacts, window_bps
from wirescope.lab.verdicts.wording import milliseconds, percent, rate

_BUSY = 0.8  # of a processor: a program that took so much of one had no more to give
_ALL_BUSY = 0.85  # of all of them
_STOOD_S = 0.3  # without a message; no window that is only smaller stops for so long
_STILL = 0.1  # of the time without a message
_LIMITED = 0.1  # of the time that TCP was busy
_FULL_WIRE = 0.9  # of the rate, in whole packets
_RAMP = 0.03  # of what could have come
_MODEL_ERROR = 2  # the model of the window is an estimate within about this factor


class Met(NamedTuple):
    """What a transfer met, and over what.

    Attributes:
        limits: of the run.
        rate_bps: of the link, the way of the messages.
        facts: of the link.
        pace_bps: that the workload has; None for what the path takes.
        cell: that was run.
    """

    limits: Limits
    rate_bps: float
    facts: LinkFacts
    pace_bps: float | None
    cell: CellResult

    @property
    def is_tcp(self) -> bool:
        """Whether TCP carried it."""
        return self.cell.transport == "websocket"

    @property
    def product_bytes(self) -> float:
        """What has to be under way to fill the link: its rate times its round trip."""
        return self.rate_bps * self.facts.round_trip_ms / 8_000


def _link(met: Met) -> Iterator[str]:
    limits = met.limits
    if limits.link_cpu >= _BUSY:
        per_s = limits.packets / limits.seconds
        yield (
            f"what emulates the link took {percent(limits.link_cpu)} of a processor for "
            f"{per_s:,.0f} packets a second, so the link itself was slower than it says"
        )


def _processor(met: Met) -> Iterator[str]:
    limits = met.limits
    ends = (
        ("the sender", limits.sender_cpu),
        ("the receiver", limits.receiver_cpu),
        ("the server in the middle", limits.server_cpu),
    )
    busy = [f"{name} took {percent(part)} of a processor" for name, part in ends if part >= _BUSY]
    whole = sum(part for _, part in ends) + limits.link_cpu
    if not busy and whole >= _ALL_BUSY * limits.processors:
        yield (
            f"both ends and the link together took {whole:.1f} of {limits.processors} processors"
        )
    yield from busy


def _is_busy(met: Met) -> bool:
    return any(True for look in (_link, _processor) for _ in look(met))


def stands(limits: Limits) -> bool:
    """Tell whether a transfer stood still again and again, after packets found no room."""
    still = limits.stood_s >= _STOOD_S and limits.still_share >= _STILL
    return limits.queue_drops > 0 and still


def _collapse(met: Met) -> Iterator[str]:
    limits = met.limits
    if met.is_tcp or not stands(limits):
        return
    if met.cell.transport == "data-channel-reliable":
        then = "sends about a packet a round trip until all of it was sent again"
    else:
        then = "begins anew with a window of a packet"
    yield (
        "the channel's sender fills the queue before the link until that drops a whole burst "
        f"({limits.queue_drops:,} of {limits.packets:,} packets), then waits for its timer and "
        f"{then}: "
        f"{percent(limits.still_share)} of the time nothing came, up to "
        f"{milliseconds(1_000 * limits.stood_s)} in a row, and at best it was "
        f"{rate(limits.best_bps)}"
    )


def _queue(met: Met) -> Iterator[str]:
    limits = met.limits
    full = limits.link_bps >= _FULL_WIRE * met.rate_bps
    if not limits.queue_drops or full or (stands(limits) and not met.is_tcp):
        return
    again = "" if limits.retransmits is None else f", {limits.retransmits:,} were sent again"
    # BBR does not take loss alone for congestion
    shrank = f", and each time the congestion window shrank{_largest_window(met, 'which was')}"
    yield (
        f"the queue before the link dropped {limits.queue_drops:,} of {limits.packets:,} "
        f"packets{again}{'' if met.cell.congestion_control == 'bbr' else shrank}"
    )


def _loss(met: Met) -> Iterator[str]:
    limits, window = met.limits, window_bps(met.facts)
    if not limits.losses:
        return
    said = f"{limits.losses:,} of {limits.packets:,} packets were lost"
    if window is not None and window <= _MODEL_ERROR * met.rate_bps:
        said += (
            f", and a sender that takes loss for congestion keeps about {rate(window)} then "
            "(Mathis et al. 1997)"
        )
    yield f"{said}{_largest_window(met, 'with a congestion window of')}"


def _largest_window(met: Met, begin: str) -> str:
    window = met.limits.congestion_window_bytes
    if window is None or window >= met.product_bytes:
        return ""
    return (
        f", {begin} {_size(window)} at most, where {_size(met.product_bytes)} fill the link (its "
        "rate times its round trip)"
    )


def _windows_of_tcp(met: Met) -> Iterator[str]:
    limits = met.limits
    if _is_busy(met):  # a window fills up behind what is slow
        return
    for part, name in (
        (limits.receive_window_share, "the receiver's window was full"),
        (limits.send_buffer_share, "the system's send buffer was too small"),
    ):
        if part is not None and part >= _LIMITED:
            under_way = limits.later_bps * met.facts.round_trip_ms / 8_000
            yield (
                f"{name} for {percent(part)} of the time that there was something to send: "
                f"{_size(under_way)} went in a round trip, where {_size(met.product_bytes)} fill "
                "the link"
            )


def _idle(met: Met) -> Iterator[str]:
    busy = met.limits.busy_share
    if busy is not None and busy < 1 - _LIMITED:
        yield f"TCP had nothing to send for {percent(1 - busy)} of the time"


def _window_of_sctp(met: Met) -> Iterator[str]:
    """Say that a channel had more to send than it sent, though nothing was dropped."""
    limits = met.limits
    unhindered = not (limits.queue_drops or limits.losses)
    slow = limits.later_bps * limits.wire_bytes_per_byte < _FULL_WIRE * met.rate_bps
    if met.is_tcp or not (unhindered and slow and limits.buffered_bytes):
        return
    if _is_busy(met):
        return
    under_way = limits.later_bps * met.facts.round_trip_ms / 8_000
    yield (
        f"SCTP's window: {_size(limits.buffered_bytes)} waited at the sender and no packet was "
        f"dropped, yet only {_size(under_way)} went in a round trip, where "
        f"{_size(met.product_bytes)} fill the link"
    )


def _headers(met: Met) -> Iterator[str]:
    limits = met.limits
    if limits.link_bps < _FULL_WIRE * met.rate_bps:
        return
    again = limits.queue_drops or limits.losses
    what = "headers and what was sent more than once" if again else "headers"
    yield (
        f"the link was full, with {rate(limits.link_bps)} of packets, of which {what} took "
        f"{percent(1 - 1 / limits.wire_bytes_per_byte)}"
    )


def _ramp(met: Met) -> Iterator[str]:
    limits = met.limits
    stood = not met.is_tcp and stands(limits)  # then it is no beginning that took so long
    if limits.ramp_share < _RAMP or stood:
        return
    what = "slow start, and sending again what that lost," if limits.queue_drops else "slow start"
    yield (
        f"{what} took {milliseconds(limits.ramp_s * 1_000)} of {limits.seconds:.1f} s, over a "
        f"round trip of {milliseconds(met.facts.round_trip_ms)}, which cost "
        f"{percent(limits.ramp_share)} of what could have come; later it was "
        f"{rate(limits.later_bps)}"
    )


LOOKS: tuple[Callable[[Met], Iterator[str]], ...] = (
    _link,
    _processor,
    _collapse,
    _queue,
    _loss,
    _windows_of_tcp,
    _idle,
    _window_of_sctp,
    _headers,
    _ramp,
)
"""In the order in which they are said."""


def _size(count: float) -> str:
    for unit, size in (("MB", 1e6), ("kB", 1e3)):
        if count >= size:
            return f"{count / size:.3g} {unit}"
    return f"{count:.0f} bytes"
