"""One link as several in a row, for a server that stands in the middle of it.

What a packet meets on the whole way is shared out, so that the hops together do what the link
does: delays add up, so do variances, and of what one hop lets through the next one loses its part.
"""

from math import pow as power

from msgspec.structs import replace

from wirescope.errors import UsageError
from wirescope.link.settings import Direction, GilbertElliott, Jitter, LinkSettings, RandomLoss

MAX_HOPS = 16
"""How many hops a link is split into at most."""

_SEED_STEP = 1_000_003


def split(settings: LinkSettings, parts: int) -> tuple[LinkSettings, ...]:
    """Give the hops of a link, the first of them at the client.

    Delay, variance of the jitter, loss and duplication are shared out evenly; a burst of losses
    stays as long as it was. Rate and queue are those of the link at each hop, since a server that
    reads and sends again would have no limit behind it otherwise; a packet is so sent once more at
    the rate at each hop. A trace and outages are the first hop's alone, or two hops would have to
    be without them at once. Of reordered packets each hop holds back its part, for as long.

    Args:
        settings: the link.
        parts: how many hops it is to have.

    Raises:
        UsageError: the jitter is too much for the delay that is left to a hop; or there would be
            fewer hops than one, or more than `MAX_HOPS`.
    """
    if not 1 <= parts <= MAX_HOPS:
        raise UsageError(f"A link has 1 to {MAX_HOPS} hops; {parts} were asked for.")
    if parts == 1:
        return (settings,)
    return tuple(
        replace(
            settings,
            name=f"{settings.name} ({part + 1} of {parts})",
            up=_share(settings.up, parts, is_first=part == 0),
            down=_share(settings.down, parts, is_first=part == 0),
            seed=(settings.seed + part * _SEED_STEP) % (1 << 53),
        )
        for part in range(parts)
    )


def _share(direction: Direction, parts: int, *, is_first: bool) -> Direction:
    jitter = direction.jitter
    delay_ms = direction.delay_ms / parts
    if jitter is not None:
        jitter = replace(jitter, ms=jitter.ms / power(parts, 0.5))
        _check_jitter(jitter, delay_ms, parts)
    shared = replace(
        direction,
        delay_ms=delay_ms,
        jitter=jitter,
        loss=_share_loss(direction.loss, parts),
        duplicate=power(1 + direction.duplicate, 1 / parts) - 1,
        reorder=_part_of(direction.reorder, parts),
    )
    if is_first or not (direction.trace or direction.outages):
        return shared
    paced = direction.rate_bps is not None
    return replace(shared, trace=None, outages=(), queue=direction.queue if paced else None)


def _check_jitter(jitter: Jitter, delay_ms: float, parts: int) -> None:
    if jitter.below_ms > delay_ms:
        message = (
            f"A hop of {parts} has a delay of {delay_ms:g} ms and {jitter.ms:.3g} ms of "
            f"{jitter.shape} jitter, which needs {jitter.below_ms:.3g} ms at least."
        )
        hint = "Give the link less jitter or more delay, or fewer hops."
        raise UsageError(message, hint=hint)


def _share_loss(
    loss: RandomLoss | GilbertElliott | None, parts: int
) -> RandomLoss | GilbertElliott | None:
    if loss is None:
        return None
    if isinstance(loss, RandomLoss):
        return RandomLoss(share=_part_of(loss.share, parts))
    good, bad = _part_of(loss.loss_good, parts), loss.loss_bad
    wanted = _part_of(loss.stationary, parts)
    bad_share = (wanted - good) / (bad - good) if bad > good else 0.0
    if not 0 < bad_share < 1:  # both states lose alike
        return RandomLoss(share=wanted)
    enter = loss.leave * bad_share / (1 - bad_share)
    return GilbertElliott(enter=enter, leave=loss.leave, loss_good=good, loss_bad=bad)


def _part_of(share: float, parts: int) -> float:
    """Give the share at one of several places that together have this one."""
    return 1 - power(1 - share, 1 / parts)
