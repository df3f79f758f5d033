"""One connection's payloads, each read by the decoder that fits.

The negotiated subprotocol decides; without one that is known, the first payload that a decoder
recognises well does, and that decoder is kept. Until then, and where it fails, each payload is
shown by a format that always can. Nothing that a decoder does comes out of here as an exception.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from wirescope.decoders.payload import Conversation, Decoded, Decoder, Payload
from wirescope.decoders.plain import FALLBACKS
from wirescope.decoders.registry import SURE, Registry
from wirescope.decoders.validation import validated
from wirescope.errors import DecodeError, WirescopeError

_LONGEST_PROBLEM = 300


@dataclass(frozen=True, slots=True)
class Problem:
    """A decoder failed on a connection; told once for each decoder.

    Attributes:
        decoder: its name.
        message: what happened, in a sentence.
        fault: whether the decoder is to blame, and not the payload; it is not used again then.
    """

    decoder: str
    message: str
    fault: bool


class ConnectionDecoder:
    """Reads the payloads of one connection, in order and in both directions.

    Args:
        registry: the decoders to choose from.
        name: the decoder to use; None chooses.
        report: is told when a decoder fails, once for each.

    Raises:
        UnknownDecoderError: there is no decoder of that name.
    """

    def __init__(
        self,
        registry: Registry,
        *,
        name: str | None = None,
        report: Callable[[Problem], None] = lambda problem: None,
    ) -> None:
        self._registry = registry
        self._report = report
        self._reported: set[str] = set()
        self._faulty: set[str] = set()
        self._conversations: dict[str, Conversation] = {}
        self._kept: Decoder | None = registry[name] if name else None
        self._subprotocol_seen = False

    @property
    def chosen(self) -> str:
        """The name of the decoder that is kept for the connection; empty while there is none."""
        return self._kept.name if self._kept else ""

    def choose(self, name: str | None) -> None:
        """Use this decoder from now on; None chooses anew.

        Raises:
            UnknownDecoderError: there is no decoder of that name.
        """
        self._kept = self._registry[name] if name else None
        self._subprotocol_seen = False

    def decode(self, payload: Payload) -> Decoded:
        """Read the next payload. What no decoder can read comes as text or hex."""
        problem = ""
        for decoder in self._candidates(payload):
            if decoder.name in self._faulty:
                continue
            try:
                return self._decoded(decoder, payload, problem)
            except DecodeError as error:
                words = _words(error)
                if decoder is self._kept:  # of the others it was a guess
                    self._tell(decoder.name, words, fault=False)
            except Exception as error:  # noqa: BLE001  it is anybody's code
                words = _cause(error)
                self._give_up(decoder, words)
            if decoder is self._kept or decoder.name in self._faulty:
                problem = problem or f"{decoder.name}: {words}"
        return replace(FALLBACKS[payload.kind].decode(payload), problem=problem)

    def _candidates(self, payload: Payload) -> Iterator[Decoder]:
        if self._kept is None and not self._subprotocol_seen and payload.subprotocol:
            self._subprotocol_seen = True
            self._kept = self._registry.by_subprotocol(payload.subprotocol)
        if self._kept is not None and self._kept.name not in self._faulty:
            # The others are asked only when it could not read the payload.
            yield self._kept
            yield from (each for score, each in self._registry.ranked(payload) if score < SURE)
            return
        ranked = self._registry.ranked(payload)
        if ranked and ranked[0][0] >= SURE and ranked[0][1].name not in self._faulty:
            self._kept = ranked[0][1]
        yield from (decoder for _, decoder in ranked)

    def _decoded(self, decoder: Decoder, payload: Payload, problem: str) -> Decoded:
        conversation = self._conversations.get(decoder.name)
        if conversation is None:
            conversation = self._conversations[decoder.name] = decoder.conversation()
        try:
            returned = conversation.decode(payload)
        except RecursionError:
            raise DecodeError("It is nested too deep.") from None
        decoded = validated(returned)
        return replace(decoded, problem=problem) if problem else decoded

    def _give_up(self, decoder: Decoder, words: str) -> None:
        self._faulty.add(decoder.name)
        if decoder is self._kept:
            self._kept = None
        self._tell(decoder.name, words, fault=True)

    def _tell(self, name: str, words: str, *, fault: bool) -> None:
        if name not in self._reported:
            self._reported.add(name)
            self._report(Problem(name, words, fault))


def _words(error: DecodeError) -> str:
    return f"{error.message} ({error.where})" if error.where else error.message


def _cause(error: Exception) -> str:
    if isinstance(error, WirescopeError):
        return error.message
    return f"{type(error).__name__}: {error}"[:_LONGEST_PROBLEM]
