"""What of an offer was not taken: media sections whose port is 0 in the answer (RFC 8829 5.3.1)."""

from collections.abc import Sequence

from wirescope.errors import ConnectError, WirescopeError
from wirescope.events import Side
from wirescope.wire.sdp import parse_sdp

_WORDS = {"application": "data channels"}


def rejected_kinds(offer: str, answer: str) -> tuple[tuple[str, ...], bool]:
    """Give the kinds of media that an answer rejects, and whether it rejects everything.

    Sections that are stopped in the offer already count for neither.
    """
    try:
        offered, answered = parse_sdp(offer).media, parse_sdp(answer).media
    except WirescopeError:
        return (), False  # the engine took them; what it makes of them shows
    pairs = [
        (ours.media, theirs.is_rejected)
        for ours, theirs in zip(offered, answered, strict=False)
        if ours.media is not None and not ours.is_rejected
    ]
    rejected = [media.kind for media, is_rejected in pairs if is_rejected]
    return tuple(dict.fromkeys(rejected)), bool(pairs) and len(rejected) == len(pairs)


def words_of(kinds: Sequence[str]) -> list[str]:
    """Name kinds of media as a person does.

    >>> words_of(["video", "application"])
    ['video', 'data channels']
    """
    return [_WORDS.get(kind, kind) for kind in kinds]


def explain_rejection(
    kinds: Sequence[str], codecs: Sequence[str], offered_by: Side
) -> ConnectError:
    """Say that nothing was taken of an offer."""
    what = " and ".join(words_of(kinds))
    who, whom = "The other side", "this end"
    if offered_by == "remote":
        who, whom = "This end", "the other side"
    message = f"{who} took nothing of what {whom} offered: {what}."
    is_media = "application" not in kinds
    if codecs and is_media:
        message = f"{who} took none of the media in {', '.join(codecs)}: no codec in common."
    hint = (
        "Allow more codecs with --codec, or leave it out to offer all that there are."
        if codecs and is_media
        else "See its codecs, and whether it takes what is asked for here."
    )
    return ConnectError(message, phase="signaling", kind="rejected", hint=hint)
