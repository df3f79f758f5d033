"""A link's settings in words, short enough to stand beside its name."""

from collections.abc import Iterator

from wirescope.lab.verdicts import percent, rate
from wirescope.link import Direction, GilbertElliott, LinkSettings, Outage, Queue

_USUAL_MTU = 1500


def link_words(link: LinkSettings) -> str:
    """Say what a link does: `25 ms each way, 5 % lost`."""
    if link.up == link.down:
        said = ", ".join(_words(link.up, "each way"))
    else:
        up, down = (", ".join(_words(each, "one way")) for each in (link.up, link.down))
        said = f"up {up}; down {down}"
    return said if link.mtu == _USUAL_MTU else f"{said}; packets of up to {link.mtu:,} bytes"


def _words(way: Direction, which: str) -> Iterator[str]:
    jitter = way.jitter
    wander = "" if jitter is None else f" ± {jitter.ms:g} ms ({jitter.shape})"
    yield f"{way.delay_ms:g} ms{wander} {which}"
    loss = way.loss
    if loss is not None and loss.stationary:
        bursts = isinstance(loss, GilbertElliott)
        yield f"{percent(loss.stationary)} lost" + (
            f" in bursts of {loss.mean_burst:.3g}" if bursts else ""
        )
    if way.mean_rate_bps is not None:
        by = " on average" if way.trace is not None else ""
        yield f"{rate(way.mean_rate_bps)}{by}"
    if way.queue is not None:
        yield _queue(way.queue)
    if way.reorder:
        yield f"{percent(way.reorder)} held back by {way.reorder_by_ms:g} ms"
    if way.duplicate:
        yield f"{percent(way.duplicate)} twice"
    yield from map(_outage, way.outages)


def _queue(queue: Queue) -> str:
    if queue.bytes is not None:
        room = f" of {queue.bytes:,} bytes"
    elif queue.packets is not None:
        room = f" of {queue.packets:,} packets"
    else:
        room = "" if queue.ms is None else f" of {queue.ms:g} ms"
    return f"queue{room}" + (" with CoDel" if queue.discipline == "codel" else "")


def _outage(outage: Outage) -> str:
    what = "stands still" if outage.held else "nothing passes"
    again = "" if outage.every_s is None else f", every {outage.every_s:g} s"
    return f"{what} for {outage.length_s:g} s at {outage.start_s:g} s{again}"
