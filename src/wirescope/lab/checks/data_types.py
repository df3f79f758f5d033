"""Which data each transport carries: text, binary, nothing at all, sound and pictures.

Every message goes there and back and is compared byte for byte. What is above a limit is sent, too,
to see what becomes of it: over WebSocket the receiver closes with 1009 (RFC 6455 section 7.4.1), on
a data channel the sender refuses, as the other side has said what it takes (RFC 8841 section 6).
Sound and pictures are generated; the receiving peer decodes them, reads the number of each picture
from its pixels and counts the tone's waves.
"""

import asyncio
from array import array
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from itertools import pairwise
from random import Random
from typing import NamedTuple, cast

from wirescope.errors import ConnectionClosedError, LabError, MessageTooLongError
from wirescope.events import Timeline
from wirescope.lab.checks.deadlines import LIMIT_S, within
from wirescope.lab.checks.pairs import NO_ENGINE, echoing, forget, joined, received_codec, send_back
from wirescope.lab.results import Row
from wirescope.transports.messages import MessageConnection
from wirescope.transports.webrtc import ChannelOptions, DataChannel, Peer, is_there, make_ready
from wirescope.transports.webrtc.media import (
    AudioData,
    ColourBars,
    Due,
    Media,
    Tone,
    VideoFrame,
    read_number,
)
from wirescope.transports.websocket import (
    Acceptance,
    ConnectOptions,
    ServerOptions,
    Settings,
    WebSocketConnection,
    connect,
    serve,
)

ASPECT = "Data types"

KIB, MIB = 1 << 10, 1 << 20
SIZES = (0, 1, 16 * KIB, 64 * KIB, 256 * KIB, MIB, 16 * MIB)
"""Bytes of the messages that are tried; the last is what an end of ours takes unless told."""

WIDTH, HEIGHT = 320, 180
PICTURES = 15
BLOCKS_PER_S = 100
TONE_HZ = 440


async def data_types() -> Row:
    """Send every kind of data over each transport, up to the limits and above.

    Raises:
        LabError: something came otherwise than it was sent, or not in time.
        WirescopeError: a connection did not come about.
    """
    async with within(LIMIT_S, ASPECT):
        websocket = await _over_websocket()
        webrtc = NO_ENGINE
        if is_there():
            await make_ready()
            webrtc = f"{await _over_channel()} {await _over_rtp()}"
    return Row(
        aspect=ASPECT,
        websocket=websocket,
        webrtc=webrtc,
        evidence=(
            "Echoed on 127.0.0.1 in this run and compared byte for byte; pictures and tone"
            " decoded by the receiving peer."
        ),
    )


# Messages


def text_of(size: int) -> str:
    """Make a text of so many bytes of UTF-8, with characters of one to four."""
    return "aé€😀" * (size // 10) + "x" * (size % 10)


async def echoed(connection: MessageConnection, sizes: Sequence[int]) -> int:
    """Send text and binary of each size and compare what comes back; how many messages.

    Raises:
        LabError: something else came back.
    """
    chance = Random(1)
    for size in sizes:
        for data in (text_of(size), chance.randbytes(size)):
            kind = "text" if isinstance(data, str) else "binary"
            await connection.send(data)
            came = await connection.receive()
            if came.kind != kind or came.payload != (
                data.encode() if isinstance(data, str) else data
            ):
                raise LabError(f"A {kind} message of {size:,} bytes came back as another one.")
    return 2 * len(sizes)


@asynccontextmanager
async def _echo_socket() -> AsyncIterator[WebSocketConnection]:
    limit = SIZES[-1]
    options = ServerOptions(
        compression=None, settings=Settings(max_message_size=limit, close_timeout_s=2)
    )
    async with serve(lambda _: Acceptance(handler=send_back), options=options) as server:
        asked = ConnectOptions(compression=None, max_message_size=limit, close_timeout_s=2)
        async with await connect(
            server.url, options=asked, timeline=Timeline(), sink=forget
        ) as connection:
            yield connection


async def _over_websocket() -> str:
    async with _echo_socket() as connection:
        count = await echoed(connection, SIZES)
        picture, sound = await _raw_media_echoed(connection)
        limit = SIZES[-1]
        try:
            await connection.send(bytes(limit + 1))
            await connection.receive()
        except ConnectionClosedError as error:
            code = error.code
        else:
            raise LabError(f"A message of {limit + 1:,} bytes was taken, above the limit.")
    return (
        f"Text and binary, 0 to {limit:,} bytes: {count} of {count} messages intact."
        f" {limit + 1:,}: closed with {code}, the receiver's limit being {limit // MIB} MiB."
        f" A picture and 1 s of sound: binary, uncoded, {picture:,} and {sound:,} bytes."
    )


async def _raw_media_echoed(connection: MessageConnection) -> tuple[int, int]:
    """Send a picture and a second of sound as what they are to this transport; their bytes."""
    bars, tone = ColourBars(width=WIDTH, height=HEIGHT), Tone(frequency_hz=TONE_HZ)
    begun = cast("AsyncGenerator[Due[VideoFrame]]", bars.begin(0))
    async with aclosing(begun) as pictures:
        picture = (await anext(pictures)).make()
    sound = b"".join(tone.block(number).data for number in range(BLOCKS_PER_S))
    for data in (picture.data, sound):
        await connection.send(data)
        if (await connection.receive()).payload != data:
            raise LabError("A picture or sound came back as another one.")
    return len(picture.data), len(sound)


async def _over_channel() -> str:
    made: list[DataChannel] = []

    async with asyncio.TaskGroup() as echoes:

        def prepare(one: Peer, other: Peer) -> None:
            made.append(one.create_channel(ChannelOptions(label="data types")))
            other.on_channel = echoing(echoes)

        async with joined(prepare) as pair:
            channel, limit = made[0], pair.answers[-1].media[0].max_message_size
            if not limit:
                raise LabError("The answer has no max-message-size, so there is no limit to try.")
            sizes = [size for size in SIZES if size < limit] + [limit]
            count = await echoed(channel, sizes)
            try:
                await channel.send(bytes(limit + 1))
            except MessageTooLongError:
                count += await echoed(channel, [1])  # it is open as before
            else:
                raise LabError(f"The channel took {limit + 1:,} bytes, above max-message-size.")
    return (
        f"Channel: text and binary, 0 to {limit:,} bytes (max-message-size): {count} of {count}"
        f" intact; {limit + 1:,} refused before sending."
    )


# Sound and pictures


class Heard(NamedTuple):
    """What came of a tone.

    Attributes:
        samples: of one channel.
        frequency_hz: by the waves that were counted.
    """

    samples: int
    frequency_hz: float


async def _over_rtp() -> str:
    def prepare(one: Peer, _: Peer) -> None:
        one.media.send_video(ColourBars(width=WIDTH, height=HEIGHT))
        one.media.send_audio(Tone(frequency_hz=TONE_HZ))

    async with joined(prepare) as pair:
        media = pair.other.media
        async with asyncio.TaskGroup() as group:
            watching = group.create_task(_watch(media))
            hearing = group.create_task(_hear(media))
        video = await received_codec(pair.other, "video")
        audio = await received_codec(pair.other, "audio")
    numbers, heard = watching.result(), hearing.result()
    return (
        f"RTP: {len(numbers)} pictures ({video}, numbers {numbers[0]} to {numbers[-1]}"
        f" read), {heard.samples:,} samples ({audio}, {heard.frequency_hz:.0f} Hz"
        f" of {TONE_HZ}) decoded."
    )


async def _watch(media: Media) -> list[int]:
    """Read the numbers of pictures, as many as are wanted."""
    track = next(each for each in media.received if each.kind == "video")
    numbers: list[int] = []
    async for frame in track.frames():
        if (number := read_number(frame)) is not None:
            numbers.append(number)
        if len(numbers) == PICTURES:
            return numbers
    raise LabError(f"The pictures ended after {len(numbers)}.")


async def _hear(media: Media) -> Heard:
    """Hear half a second of sound once there is any."""
    track = next(each for each in media.received if each.kind == "audio")
    blocks: list[AudioData] = []
    async for block in track.blocks():
        if blocks or any(block.data):
            blocks.append(block)
        if len(blocks) == BLOCKS_PER_S // 2:
            return heard_in(blocks)
    raise LabError(f"The sound ended after {len(blocks)} blocks.")


def heard_in(blocks: Sequence[AudioData]) -> Heard:
    """Count the samples of sound, and the waves of its first channel in the last half of it."""
    samples = sum(each.number_of_frames for each in blocks)
    late = blocks[len(blocks) // 2 :]  # the decoder has settled by then
    wave = array("h")
    for block in late:
        wave.extend(array("h", block.data)[:: block.number_of_channels])
    rising = sum(before < 0 <= now for before, now in pairwise(wave))
    return Heard(samples, rising * late[0].sample_rate / len(wave))
