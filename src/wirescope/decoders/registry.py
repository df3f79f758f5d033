"""The decoders that there are, and which of them a payload asks for.

Nothing is loaded when this is imported. Decoders of other people's packages are found by the entry
point group `wirescope.decoders`, when somebody asks for them.
"""

import math
from collections.abc import Callable, Iterator
from typing import Any

from wirescope.decoders.payload import Decoder, Payload
from wirescope.errors import UnknownDecoderError, UsageError

ENTRY_POINTS = "wirescope.decoders"
"""The group in which a package lists its decoders: a name, and where the decoder is."""


SURE = 0.5
"""From this on, a decoder that recognises a payload is kept for the connection."""


class Registry:
    """Decoders by name, those with the highest priority first."""

    def __init__(self) -> None:
        self._decoders: dict[str, Decoder] = {}
        self._sorted: tuple[Decoder, ...] = ()

    def register(self, decoder: Decoder) -> Callable[[], None]:
        """Add a decoder; what is returned takes it out again.

        Raises:
            UsageError: its name is taken, or it is no decoder.
        """
        check_decoder(decoder)
        name = decoder.name
        if name in self._decoders:
            raise UsageError(
                f"There is a decoder called {name!r} already.", hint="Give this one another name."
            )
        self._decoders[name] = decoder
        self._sort()

        def dispose() -> None:
            if self._decoders.get(name) is decoder:
                del self._decoders[name]
                self._sort()

        return dispose

    def _sort(self) -> None:
        ranked = sorted(self._decoders.values(), key=lambda each: (-each.priority, each.name))
        self._sorted = tuple(ranked)

    def __iter__(self) -> Iterator[Decoder]:
        return iter(self._sorted)

    def __len__(self) -> int:
        return len(self._decoders)

    def __contains__(self, name: object) -> bool:
        return name in self._decoders

    def __getitem__(self, name: str) -> Decoder:
        """Give the decoder of that name.

        Raises:
            UnknownDecoderError: there is none.
        """
        if name in self._decoders:
            return self._decoders[name]
        listed = ", ".join(sorted(self._decoders))
        raise UnknownDecoderError(f"There is no decoder {name!r}.", hint=f"There are {listed}.")

    def by_subprotocol(self, subprotocol: str) -> Decoder | None:
        """Give the decoder that a negotiated subprotocol asks for."""
        wanted = subprotocol.lower()
        if not wanted:
            return None
        return next((each for each in self if wanted in each.subprotocols), None)

    def surest(self, payload: Payload) -> Decoder | None:
        """Give the decoder that recognises a payload well enough to be kept for the connection."""
        best, highest = None, 0.0
        for decoder in self:
            if (score := _score(decoder, payload)) > highest:
                best, highest = decoder, score
        return best if highest >= SURE else None

    def ranked(self, payload: Payload) -> list[tuple[float, Decoder]]:
        """Give the decoders that recognise a payload, the likeliest first.

        One that throws while it looks does not recognise it.
        """
        scores = [(_score(decoder, payload), decoder) for decoder in self]
        claimed = [pair for pair in scores if pair[0] > 0]
        return sorted(claimed, key=lambda pair: -pair[0])  # stable, so priority decides ties


def check_decoder(decoder: object) -> None:
    """Refuse what is not a decoder.

    Raises:
        UsageError: it lacks something, or has it in another type.
    """
    kind = type(decoder).__name__
    given: Any = decoder
    if not isinstance(decoder, Decoder):
        raise UsageError(
            f"{kind} is not a decoder.",
            hint="It needs name, priority, subprotocols, recognises(payload) and conversation().",
        )
    if not isinstance(given.name, str) or not given.name.isprintable() or not given.name:
        raise UsageError(f"The name of {kind} is not a printable text.")
    if not isinstance(given.priority, int):
        raise UsageError(f"The priority of {decoder.name} is not an integer.")
    words = given.subprotocols
    if not isinstance(words, tuple) or not all(isinstance(each, str) for each in words):
        raise UsageError(f"The subprotocols of {decoder.name} are not a tuple of texts.")


def _score(decoder: Decoder, payload: Payload) -> float:
    try:
        score = float(decoder.recognises(payload))
    except Exception:  # noqa: BLE001  it is anybody's code
        return 0.0
    return 0.0 if math.isnan(score) else min(score, 1.0)


def decoders_of_packages() -> list[tuple[str, str]]:
    """List the decoders that installed packages offer, by name and place, without loading them."""
    from importlib.metadata import entry_points  # it takes as long to load as all decoders do

    return sorted((each.name, each.value) for each in entry_points(group=ENTRY_POINTS))
