"""Simulcast: one picture in several sizes at once, of which a server takes its pick (RFC 8853).

Only who offers can send layers, and the other side has to take them; else the first one is sent
alone. Browsers do not receive them, servers do.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from wirescope.errors import UsageError

MAX_LAYERS = 3
"""More than that no browser's engine sends."""

_RID = re.compile(r"[A-Za-z0-9]{1,16}")  # RFC 8851 section 10; short enough for a header extension


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One size of the picture.

    Attributes:
        rid: its name (RFC 8851).
        scale_down_by: how many times smaller each side is; 1 for the size of the source.
        max_bitrate_bps: bits in a second at most; None for as many as the engine likes.
    """

    rid: str
    scale_down_by: float = 1
    max_bitrate_bps: int | None = None

    def __post_init__(self) -> None:
        if not _RID.fullmatch(self.rid):
            raise UsageError(f"{self.rid!r} is no name of a layer: 1 to 16 letters and digits are.")
        if not 1 <= self.scale_down_by <= 64:
            raise UsageError(f"A layer cannot be {self.scale_down_by:g} times smaller.")
        if self.max_bitrate_bps is not None and self.max_bitrate_bps <= 0:
            raise UsageError(
                f"The layer {self.rid} cannot have {self.max_bitrate_bps} bits a second."
            )


def check_layers(layers: Sequence[Layer]) -> None:
    """Check that layers can be sent together.

    Raises:
        UsageError: there are too many, or two of one name.
    """
    if len(layers) > MAX_LAYERS:
        raise UsageError(f"{len(layers)} layers are too many; {MAX_LAYERS} can be sent at most.")
    if len({each.rid for each in layers}) < len(layers):
        raise UsageError("Two layers have the same name.")
