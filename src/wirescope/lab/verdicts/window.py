"""What a sender that takes loss for congestion can keep sending, by the model of its window.

Mathis, Semke, Mahdavi and Ott, "The macroscopic behavior of the TCP congestion avoidance algorithm"
(1997): rate = segment / round trip * sqrt(3/2) / sqrt(loss). It is an estimate for Reno; CUBIC is
near it on short ways (RFC 9438 section 4.3), and the SCTP of data channels has the same rules (RFC
9260 section 7). BBR does not take loss alone for congestion, so it says nothing of that.
"""

import math
from typing import Final

from msgspec import Struct

SEGMENT_BYTES: Final = 1_200
"""What a packet of a data channel carries, and about that of TCP."""

_CONSTANT = math.sqrt(3 / 2)


class LinkFacts(Struct, frozen=True, kw_only=True):
    """What of a link's settings an explanation needs.

    Attributes:
        name: as in the results.
        round_trip_ms: of the link alone, both ways together.
        loss: share of the packets that are lost, of the way that loses more.
        rate_bps: what the slower way carries a second; None for any rate.
        down_bps: what the way to the client carries a second; None for any rate.
    """

    name: str
    round_trip_ms: float
    loss: float
    rate_bps: float | None = None
    down_bps: float | None = None


def window_bps(facts: LinkFacts) -> float | None:
    """Return what the window lets out in the long run, in bits a second; None without loss."""
    if not facts.loss or not facts.round_trip_ms:
        return None
    per_s = 1_000 / facts.round_trip_ms
    return 8 * SEGMENT_BYTES * per_s * _CONSTANT / math.sqrt(facts.loss)


def loss_that_allows(rate_bps: float, round_trip_ms: float) -> float:
    """Return the share of lost packets at which the window lets out just a rate."""
    per_s = 1_000 / round_trip_ms
    return min(1.0, (8 * SEGMENT_BYTES * per_s * _CONSTANT / rate_bps) ** 2)
