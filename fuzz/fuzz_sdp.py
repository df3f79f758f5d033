"""Session descriptions: given back to the byte, judged, changed and read again."""

import contextlib

from tests.wire.sdp.samples import OFFER
from wirescope.errors import DescriptionError
from wirescope.wire.sdp import (
    MediaSection,
    check_description,
    parse_candidate,
    parse_fragment,
    parse_sdp,
)

SEEDS = [
    OFFER.encode(),
    OFFER.replace("\r\n", "\n").encode(),
    b"v=0\r\n\r\rm=\n\n a=x\xff\xed\xa0\x80\r",
    b"a=ice-ufrag:abcd\r\nm=audio 9 P 0\r\na=mid:0\r\na=candidate:1 1 udp 1 a 9 typ host\r\n",
]

_ACCESSORS = [
    name
    for kind in MediaSection.__mro__
    for name, member in vars(kind).items()
    if isinstance(member, property)
]


def check(data: bytes) -> None:
    """No byte is lost, every accessor answers, and a change changes what it should."""
    try:
        description = parse_fragment(data)
    except DescriptionError:
        return
    assert description.encode() == data
    count = len(description.lines)
    for fragment in (False, True):
        for problem in check_description(description, fragment=fragment):
            assert 0 < problem.line <= max(count, 1)
    with contextlib.suppress(DescriptionError):
        parse_sdp(data)
    for index, section in enumerate(description.media):
        for name in _ACCESSORS:
            getattr(section, name)
        for candidate in section.candidates:
            assert parse_candidate(str(candidate)) == candidate
        changed = section.with_attribute("mid", "new").with_direction("inactive")
        again = parse_fragment(str(description.with_media(index, changed)))
        assert again.mids[index] == "new"
        assert again.media[index].direction == "inactive"
        assert [line.text for line in again.session.lines] == [
            line.text for line in description.session.lines
        ]
