"""Which knobs each transport has: what is asked for here, and what the other side agreed to.

Nothing is read from what was asked: the subprotocol and the extension come from the answer of the
server, a channel's reliability from the peer that did not make it, codecs from the answer of the
other peer and from the statistics of the one that decodes.
"""

import asyncio
from dataclasses import dataclass

from wirescope.errors import LabError
from wirescope.events import Timeline
from wirescope.lab.checks.deadlines import LIMIT_S, within
from wirescope.lab.checks.pairs import NO_ENGINE, Pair, forget, joined, received_codec
from wirescope.lab.results import Row
from wirescope.transports.webrtc import ChannelOptions, DataChannel, Peer, is_there, make_ready
from wirescope.transports.webrtc.media import ColourBars, Tone
from wirescope.transports.websocket import (
    Acceptance,
    ConnectOptions,
    ServerOptions,
    WebSocketConnection,
    connect,
    serve,
)
from wirescope.wire.sdp import SessionDescription
from wirescope.wire.websocket import DeflateOffer, DeflateParameters

ASPECT = "Customization"

SUBPROTOCOLS = ("v3.example", "v2.example")
"""What the client offers; the server knows the second one."""

WINDOW_BITS = 10

CHANNELS = (
    ChannelOptions(label="reliable"),
    ChannelOptions(label="unordered", ordered=False, max_retransmits=0),
    ChannelOptions(label="timed", max_packet_life_time_ms=150, protocol=SUBPROTOCOLS[1]),
)

COMPANIONS = {"rtx", "red", "ulpfec", "flexfec-03", "cn", "telephone-event"}
"""Formats that accompany a codec and are none themselves, in small letters."""

CHOSEN = ("VP9", "opus")
"""The codecs that the other peer takes in the second call."""


async def customization() -> Row:
    """Ask for what can be asked for, and see what was agreed on.

    Raises:
        LabError: something was agreed on that was not asked for, or nothing in time.
        WirescopeError: a connection did not come about.
    """
    async with within(LIMIT_S, ASPECT):
        websocket = await _over_websocket()
        webrtc = NO_ENGINE
        if is_there():
            await make_ready()
            webrtc = await _over_webrtc()
    return Row(
        aspect=ASPECT,
        websocket=websocket,
        webrtc=webrtc,
        evidence=(
            "Negotiated in this run: the server's 101, channels as the other peer saw them,"
            " offers, answers, the receiver's statistics."
        ),
    )


async def _over_websocket() -> str:
    async def wait(connection: WebSocketConnection) -> None:
        await connection.wait_closed()

    options = ServerOptions(
        subprotocols=SUBPROTOCOLS[1:],
        compression=DeflateParameters(
            server_no_context_takeover=True, client_max_window_bits=WINDOW_BITS
        ),
    )
    async with serve(lambda _: Acceptance(handler=wait), options=options) as server:
        asked = ConnectOptions(subprotocols=SUBPROTOCOLS, compression=DeflateOffer())
        async with await connect(
            server.url, options=asked, timeline=Timeline(), sink=forget
        ) as connection:
            chosen, extensions = connection.subprotocol, connection.handshake.extensions
    if chosen not in SUBPROTOCOLS or not extensions:
        raise LabError(f"The server agreed to {chosen!r} and {extensions}, which is too little.")
    return f"Subprotocol {chosen} of {len(SUBPROTOCOLS)} offered; {'; '.join(extensions)}."


# WebRTC


async def _over_webrtc() -> str:
    modes: list[str] = []
    seen: asyncio.Queue[DataChannel] = asyncio.Queue()

    def prepare(one: Peer, other: Peer) -> None:
        other.on_channel = seen.put_nowait
        for each in CHANNELS:
            one.create_channel(each)
        _send_media(one, other)

    async with joined(prepare) as pair:
        for _ in CHANNELS:
            channel = await seen.get()
            await channel.wait_open()
            modes.append(mode_of(channel))
        default = await _codec_once_seen(pair)
        offer, answer = pair.offers[-1], pair.answers[-1]
    async with joined(_send_media, codecs=CHOSEN) as pair:
        chosen = await _codec_once_seen(pair)
        narrowed = codecs_in(pair.answers[-1], "video")
    offered, agreed = codecs_in(offer, "video"), media_of(answer)
    return (
        f"Channels {'; '.join(modes)}. Video: {', '.join(offered)} offered, {default} in use;"
        f" once answered with {', '.join(narrowed)} alone: {chosen}."
        f" Audio: {', '.join(codecs_in(answer, 'audio'))}. Agreed: {agreed.profiles} profiles,"
        f" {agreed.extensions} header extensions, {agreed.feedback} kinds of feedback."
    )


def _send_media(one: Peer, _: Peer) -> None:
    one.media.send_video(ColourBars(width=320, height=180))
    one.media.send_audio(Tone())


async def _codec_once_seen(pair: Pair) -> str:
    """Name the codec of the picture, once one was decoded."""
    track = next(each for each in pair.other.media.received if each.kind == "video")
    async for _ in track.frames():
        return await received_codec(pair.other, "video")
    raise LabError("No picture came.")


def mode_of(channel: DataChannel) -> str:
    """Say how reliable a channel is, and what is spoken on it."""
    words = ["ordered" if channel.ordered else "unordered"]
    if channel.max_retransmits is not None:
        words.append(f"{channel.max_retransmits} resends")
    elif channel.max_packet_life_time_ms is not None:
        words.append(f"{channel.max_packet_life_time_ms} ms")
    else:
        words.append("reliable")
    if channel.protocol:
        words.append(f"({channel.protocol})")
    return " ".join(words)


@dataclass(frozen=True, slots=True)
class Agreed:
    """What a description agrees on beside codecs.

    Attributes:
        profiles: how many formats have a profile.
        extensions: how many header extensions there are, each counted once.
        feedback: how many kinds of it, such as `nack pli`.
    """

    profiles: int
    extensions: int
    feedback: int


def codecs_in(description: SessionDescription, kind: str) -> list[str]:
    """Name the codecs of a kind of media, the best first, without what accompanies them."""
    names = [
        each.encoding
        for section in description.media
        if section.media is not None and section.media.kind == kind
        for each in section.rtpmaps
    ]
    return [each for each in dict.fromkeys(names) if each.lower() not in COMPANIONS]


def media_of(description: SessionDescription) -> Agreed:
    """Count what the media sections of a description agree on."""
    fmtps = [each for section in description.media for each in section.fmtps]
    extensions = {each.uri for section in description.media for each in section.extmaps}
    feedback = {
        (each.kind, each.parameter)
        for section in description.media
        for each in section.rtcp_feedback
    }
    profiles = sum("profile" in each.parameters for each in fmtps)
    return Agreed(profiles, len(extensions), len(feedback))
