"""Known sound over a connection: said at one end, played at the other and kept.

Over RTP it is a track, which the engine codes, sends and plays as it does in a call. Over messages
it is what a voice agent makes of it: Opus packets of 20 ms, one a message after its number, and a
playout buffer of a fixed size (`playout`) at the other end. Both are heard where a loudspeaker
would take the samples. What follows from what was heard is in `measures`.
"""

import asyncio
from array import array
from collections.abc import AsyncIterator
from contextlib import aclosing
from itertools import count
from typing import Final

from wirescope.clock import SystemClock
from wirescope.errors import UsageError
from wirescope.lab.ends.alarm import Alarm
from wirescope.lab.ends.carrier import Carrier, forget
from wirescope.lab.ends.lateness import late_of
from wirescope.lab.ends.media_orders import TAIL_S, WARM_UP_S, Hear, Heard, Known, Speak
from wirescope.lab.ends.orders import Spoken
from wirescope.lab.ends.playout import PlayoutBuffer
from wirescope.lab.ends.tracks import change, inbound, track_of, until_sent
from wirescope.lab.workloads import SOUND_RATE, known_sound
from wirescope.transports.webrtc import Peer
from wirescope.transports.webrtc.media import (
    PACKET_SAMPLES,
    AudioData,
    OpusDecoder,
    OpusEncoder,
)

NUMBER_BYTES: Final = 4
"""Before each packet: its place, from 0, big-endian."""

_BLOCK_SAMPLES: Final = SOUND_RATE // 100  # what the engine takes and gives
_PACKET_NS: Final = PACKET_SAMPLES * 1_000_000_000 // SOUND_RATE
_WARM_UP_NS: Final = round(WARM_UP_S * 1e9)


# Saying it


class _Mouth:
    """Gives the sound piece by piece, each when its last sample was said."""

    def __init__(self, order: Speak, alarm: Alarm) -> None:
        silence = array("h", bytes(2 * round(WARM_UP_S * SOUND_RATE)))
        tail = array("h", bytes(2 * round(TAIL_S * SOUND_RATE)))
        self._samples = silence + known_sound(order.seconds, order.seed) + tail
        self._begin_ns = order.start_ns - _WARM_UP_NS
        self._alarm = alarm
        self._late_ns: list[int] = []

    async def pieces(self, size: int) -> AsyncIterator[AudioData]:
        """Give it in pieces of so many samples; those that were due before now are left out."""
        now_ns = SystemClock.monotonic_ns
        asked_ns = now_ns()
        for first in range(0, len(self._samples) - size + 1, size):
            due_ns = self._begin_ns + (first + size) * 1_000_000_000 // SOUND_RATE
            if due_ns < asked_ns:
                continue
            await self._alarm.until(due_ns)
            self._late_ns.append(now_ns() - due_ns)
            yield AudioData(SOUND_RATE, 1, self._samples[first : first + size].tobytes())

    def spoken(self) -> Spoken:
        """Say how late it was."""
        return Spoken(late=late_of(self._late_ns))


async def speak(carrier: Carrier, order: Speak) -> Spoken:
    """Say the known sound.

    Raises:
        LabError: the connection did not take it.
        WirescopeError: the connection has ended.
    """
    with Alarm() as alarm:
        mouth = _Mouth(order, alarm)
        if carrier.peer is None:
            encoder = OpusEncoder()
            numbers = count()
            async for each in mouth.pieces(PACKET_SAMPLES):
                number = next(numbers).to_bytes(NUMBER_BYTES, "big")
                await carrier.connection.send(number + encoder.encode(each))
        else:
            await until_sent(carrier.peer.media.send_audio(mouth.pieces(_BLOCK_SAMPLES)))
        return mouth.spoken()


# Hearing it


class _Ear:
    """Keeps what is played from the start of the known sound on."""

    def __init__(self, order: Known) -> None:
        self.begin_ns = order.start_ns
        self.end_ns = order.start_ns + round((order.seconds + TAIL_S) * 1e9)
        self.samples = array("h")
        self.blocks: list[tuple[int, int]] = []

    def play(self, samples: "array[int]", at_ns: int) -> None:
        if at_ns >= self.begin_ns:
            self.blocks.append((at_ns, len(self.samples)))
            self.samples.extend(samples)

    def heard(self, played: int, concealed: int, statistics: dict[str, float]) -> Heard:
        return Heard(
            samples=self.samples.tobytes(),
            blocks=self.blocks,
            played_samples=played,
            concealed_samples=concealed,
            statistics=statistics,
        )


async def hear(carrier: Carrier, order: Hear) -> Heard:
    """Play the known sound that comes.

    Raises:
        LabError: no sound came.
        WirescopeError: the connection has ended.
    """
    if carrier.peer is None:
        return await _hear_messages(carrier, order)
    return await _hear_track(carrier.peer, order)


async def _hear_track(peer: Peer, order: Hear) -> Heard:
    ear = _Ear(order)
    before: dict[str, float] = {}
    track = await track_of(peer, "audio")
    async with aclosing(track.blocks()) as blocks:
        async for block in blocks:
            now_ns = SystemClock.monotonic_ns()
            if now_ns >= ear.begin_ns and not before:
                before = await inbound(peer, "audio")
            if now_ns >= ear.end_ns:
                break
            ear.play(_one_channel(block), now_ns)
    grown = change(before, await inbound(peer, "audio"))
    played, concealed = grown["totalSamplesReceived"], grown["concealedSamples"]
    return ear.heard(round(played), round(concealed), grown)


def _one_channel(block: AudioData) -> "array[int]":
    if block.sample_rate != SOUND_RATE:
        raise UsageError(f"The engine plays {block.sample_rate} samples in a second.")
    samples = array("h", block.data)
    return samples[:: block.number_of_channels]


async def _hear_messages(carrier: Carrier, order: Hear) -> Heard:
    buffer = PlayoutBuffer(size_ns=round(order.playout_ms * 1e6), packet_ns=_PACKET_NS)
    came = asyncio.Event()

    def take(message: bytes, now_ns: int) -> None:
        number = int.from_bytes(message[:NUMBER_BYTES], "big")
        buffer.take(number, message[NUMBER_BYTES:], now_ns)
        came.set()

    carrier.take = take
    try:
        await came.wait()
        return await _play_messages(buffer, order)
    finally:
        carrier.take = forget


async def _play_messages(buffer: PlayoutBuffer, order: Hear) -> Heard:
    """Play what is in a buffer, a packet at a time, until the end."""
    ear, decoder = _Ear(order), OpusDecoder()
    silence = array("h", bytes(2 * PACKET_SAMPLES))
    played = concealed = 0
    with Alarm() as alarm:
        while (due_ns := buffer.due_ns()) is not None and due_ns < ear.end_ns:
            await alarm.until(due_ns)
            packet = buffer.play()
            samples = silence if packet is None else array("h", decoder.decode(packet).data)
            ear.play(samples, SystemClock.monotonic_ns())
            if due_ns >= ear.begin_ns:
                played += PACKET_SAMPLES
                concealed += 0 if packet is not None else PACKET_SAMPLES
    return ear.heard(played, concealed, {})
