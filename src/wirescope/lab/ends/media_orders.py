"""What an end is told to do with known media, and what it answers: orders like those in `orders`.

Times are nanoseconds on the machine's monotonic clock, which all ends share. Nothing is done here.
"""

from typing import Annotated

from msgspec import Meta, Struct

from wirescope.lab.ends.order import Order

WARM_UP_S = 1.5
"""Seconds of silence, or of pictures that do not count, before known media."""

TAIL_S = 1.0
"""Seconds after known media in which the last of it may be late."""


class Known(Order, frozen=True, kw_only=True):
    """What both ends have to know of known media: when, and which.

    Media flow from `WARM_UP_S` before the start on, as a second of a call goes by before anybody
    speaks, and for `TAIL_S` after the end.

    Attributes:
        start_ns: when what is known begins.
        seconds: how long it is.
        seed: which sound it is.
    """

    start_ns: int
    seconds: Annotated[float, Meta(gt=0, le=600)]
    seed: int = 1


class Speak(Known, frozen=True, kw_only=True, tag="speak"):
    """Send a known sound: as a track over RTP, or as packets of Opus, a message each."""


class Hear(Known, frozen=True, kw_only=True, tag="hear"):
    """Play the known sound that comes, and keep what was played.

    Attributes:
        playout_ms: the size of the playout buffer for messages; RTP has one of its own.
    """

    playout_ms: Annotated[float, Meta(gt=0, le=4_000)] = 100


class Show(Known, frozen=True, kw_only=True, tag="show"):
    """Send numbered pictures: as a track over RTP, or as VP8, a coded picture a message.

    Attributes:
        width: in pixels.
        height: in pixels.
        frame_rate: pictures in a second.
        bits_per_s: what they are coded with over messages; the engine chooses that itself.
    """

    width: Annotated[int, Meta(ge=128, le=4096)] = 320
    height: Annotated[int, Meta(ge=128, le=4096)] = 180
    frame_rate: Annotated[int, Meta(ge=1, le=240)] = 30
    bits_per_s: Annotated[int, Meta(ge=10_000)] = 300_000


class Watch(Known, frozen=True, kw_only=True, tag="watch"):
    """Show the numbered pictures that come.

    Attributes:
        keeps: how many of them are answered whole, evenly over the time.
    """

    keeps: Annotated[int, Meta(ge=0, le=20)] = 3


# Answers


class Heard(Struct, frozen=True, kw_only=True):
    """What was played of the sound that came, from the start of what is known on.

    Attributes:
        samples: of one channel, 16 bits each in the machine's byte order, at `SOUND_RATE`.
        blocks: when the first of some samples was played, and its place among all, ascending.
        played_samples: that should have been played from what came, by the receiver's own count.
        concealed_samples: that were played in the place of what was missing, by the same count.
        statistics: of the stream, over the same time, with their W3C names; empty without RTP.
    """

    samples: bytes
    blocks: list[tuple[int, int]]
    played_samples: int
    concealed_samples: int
    statistics: dict[str, float]


class Picture(Struct, frozen=True, kw_only=True):
    """A picture that was shown, whole.

    Attributes:
        at_ns: when.
        width: in pixels.
        height: in pixels.
        i420: its planes.
    """

    at_ns: int
    width: int
    height: int
    i420: bytes


class Watched(Struct, frozen=True, kw_only=True):
    """The pictures that were shown, from the start of what is known on.

    Attributes:
        shown: when each was, and its number as it was read; None where that could not be read.
        pictures: some of them.
        statistics: of the stream, over the same time, with their W3C names; empty without RTP.
    """

    shown: list[tuple[int, int | None]]
    pictures: list[Picture]
    statistics: dict[str, float]
