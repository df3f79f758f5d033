"""Offers of publishers and viewers: read and answered, or refused in words."""

from tests.transports.webrtc.packets.test_answer import LOCAL, WHOLE
from wirescope.errors import DescriptionError
from wirescope.transports.webrtc.description import Description
from wirescope.transports.webrtc.packets.answer import (
    agree_with_publisher,
    agree_with_viewer,
    write_answer,
)
from wirescope.transports.webrtc.packets.offer import read_offer

SEEDS = [
    WHOLE.replace("\n", "\r\n").encode(),
    WHOLE.replace("sendonly", "recvonly").encode(),
    (WHOLE + "a=rid:q send\na=rid:h send\na=simulcast:send q;~h,f\n").encode(),
]

CODECS = ("opus", "VP8", "VP9", "H264", "AV1")


def check(data: bytes) -> None:
    """What is answered has a section for each that was offered, and can be read by a line."""
    try:
        offer = read_offer(Description("offer", data.decode("utf-8", "replace")))
    except DescriptionError:
        return
    published = agree_with_publisher(offer, CODECS)
    watched = agree_with_viewer(offer, {e.kind: e for e in published}, [1, 2, 3, 4], CODECS)
    for agreed, sends in ((published, False), (watched, True)):
        lines = write_answer(offer, agreed, LOCAL, sends=sends).split("\r\n")
        assert len([each for each in lines if each[:2] == "m="]) == len(offer.sections)
        assert all(each[1:2] == "=" for each in lines if each)
