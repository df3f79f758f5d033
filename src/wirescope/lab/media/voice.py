"""Voice over RTP or over WebSocket, once: the known sound is said, carried, played and heard."""

from array import array
from functools import partial

from msgspec import Struct

from wirescope.lab.cells import Cell
from wirescope.lab.ends import Starter
from wirescope.lab.ends.media_orders import Hear, Heard, Speak
from wirescope.lab.ends.orders import Late
from wirescope.lab.measures import Block, Hearing, hear
from wirescope.lab.media.joining import carry
from wirescope.lab.workloads import PIECE_SAMPLES, SOUND_RATE, known_sound
from wirescope.link import LinkSettings


class VoiceRun(Struct, frozen=True, kw_only=True):
    """What came of the known sound over one transport.

    Attributes:
        cell: what was run.
        hearing: what was heard, found in what was played.
        own_concealed: the share of the samples that the receiver put in the place of missing ones,
            by its own count: the engine's `concealedSamples` of `totalSamplesReceived` over RTP,
            those of its playout buffer over WebSocket; None where it played none.
        statistics: of the stream (W3C webrtc-stats), while the sound was there; empty without RTP.
        late: how late the sender was by its own fault.
        problems: what the link did not keep of its settings; such a run does not count.
        sent: the samples of the sound.
        played: the samples that were played from the sound's start on.
        blocks: when.
        start_ns: when the sound began.
    """

    cell: Cell
    hearing: Hearing
    own_concealed: float | None
    statistics: dict[str, float]
    late: Late
    problems: tuple[str, ...]
    sent: bytes
    played: bytes
    blocks: tuple[Block, ...]
    start_ns: int


async def run_voice(
    cell: Cell,
    *,
    link: LinkSettings,
    starter: Starter,
    seconds: float = 10.0,
    playout_ms: float = 100.0,
) -> VoiceRun:
    """Carry the known sound once.

    Args:
        cell: the transport, `media` or `websocket`, and the seed.
        link: over what; the cell's seed takes the place of its own.
        starter: starts its network and its ends.
        seconds: how long the sound is.
        playout_ms: the size of the playout buffer over WebSocket.

    Raises:
        LabError: an end could not do what it was told.
        LinkError: there can be no such network here.
    """
    listening = partial(Hear, playout_ms=playout_ms)
    carried = await carry(
        cell, link, starter, seconds=seconds, send=Speak, receive=listening, answer=Heard
    )
    heard: Heard = carried.got
    sound = known_sound(seconds, cell.seed)
    blocks = tuple(Block(*each) for each in heard.blocks)
    hearing = hear(
        sound,
        array("h", heard.samples),
        blocks,
        start_ns=carried.start_ns,
        rate=SOUND_RATE,
        piece_samples=PIECE_SAMPLES,
    )
    played = heard.played_samples
    return VoiceRun(
        cell=cell,
        hearing=hearing,
        own_concealed=heard.concealed_samples / played if played else None,
        statistics=heard.statistics,
        late=carried.spoken.late,
        problems=carried.problems,
        sent=sound.tobytes(),
        played=heard.samples,
        blocks=blocks,
        start_ns=carried.start_ns,
    )
