"""What audio and video a connection sends and asks for, before it is described."""

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from wirescope.errors import UsageError
from wirescope.events import MediaKind
from wirescope.transports.webrtc import Peer
from wirescope.transports.webrtc.media import ColourBars, MediaFile, Tone
from wirescope.workbench.calling.address import Address
from wirescope.workbench.calling.call import Call
from wirescope.workbench.calling.options import CHAT, CallOptions

KINDS: tuple[MediaKind, ...] = ("video", "audio")


def prepare(
    call: Call, address: Address, options: CallOptions, *, without: Collection[str] = ()
) -> None:
    """Give a call the channels and the media that are asked for.

    WHEP asks for sound and picture. WHIP sends colour bars and a tone unless told otherwise. Where
    neither channel nor media is asked for, a peer that makes the offer has the channel `chat`.

    Args:
        call: gets them.
        address: where it leads.
        options: what is asked for.
        without: kinds of media that the other side has rejected before.

    Raises:
        MediaFileError: a file cannot be read.
        UsageError: a track or channel cannot be made.
    """
    peer = call.peer
    for each in options.channels:
        call.note_channel(peer.create_channel(each))
    if address.way == "whep":
        receive(peer, without=without)
        return
    if address.way == "whip" and not options.sends:
        options = replace(options, audio="tone", video="bars")
    send_media(peer, _leaving_out(options, without))
    if options.sends or options.channels or address.offer is not None or address.way == "whip":
        return
    if options.record is not None:
        receive(peer)
    else:
        call.note_channel(peer.create_channel(CHAT))


def _leaving_out(options: CallOptions, kinds: Collection[str]) -> CallOptions:
    return replace(
        options,
        audio=None if "audio" in kinds else options.audio,
        video=None if "video" in kinds else options.video,
    )


def receive(peer: Peer, *, without: Collection[str] = ()) -> None:
    """Ask for picture and sound."""
    for kind in KINDS:
        if kind not in without:
            peer.media.receive(kind)


def send_media(peer: Peer, options: CallOptions) -> None:
    """Send what is asked for; sound and picture of one file are in step."""
    audio, video = options.audio, options.video
    if isinstance(video, Path) and audio == video:
        peer.media.send_file(video)
        return
    if isinstance(video, Path):
        picture = MediaFile(video).video
        if picture is None:
            raise UsageError(f"{video} has no video.")
        peer.media.send_video(picture)
    elif video is not None:
        peer.media.send_video(ColourBars())
    if isinstance(audio, Path):
        sound = MediaFile(audio).audio
        if sound is None:
            raise UsageError(f"{audio} has no audio.")
        peer.media.send_audio(sound)
    elif audio is not None:
        peer.media.send_audio(Tone())
