"""A picture is sent in several sizes at once."""

import asyncio

import pytest

from tests.support.peers import Capture
from wirescope.errors import UsageError
from wirescope.transports.webrtc import Description, open_peer
from wirescope.transports.webrtc.media import ColourBars, Layer

LAYERS = (
    Layer(rid="q", scale_down_by=4, max_bitrate_bps=100_000),
    Layer(rid="h", scale_down_by=2, max_bitrate_bps=300_000),
    Layer(rid="f", max_bitrate_bps=900_000),
)


def taking_layers(answer: Description) -> Description:
    """Make of an answer one of a server, which takes all layers."""
    lines = "".join(f"a=rid:{layer.rid} recv\r\n" for layer in LAYERS)
    return Description(answer.kind, f"{answer.sdp}{lines}a=simulcast:recv q;h;f\r\n")


@pytest.mark.slow
async def test_layers_are_offered_and_each_is_sent_in_its_size() -> None:
    capture = Capture()
    async with (
        open_peer(timeline=capture.timeline, sink=capture.sink) as one,
        open_peer(timeline=capture.timeline, sink=capture.sink) as two,
    ):
        one.media.send_video(ColourBars(width=1280, height=720, frame_rate=10), layers=LAYERS)
        offer = await one.offer(gather=True)
        assert "a=simulcast:send q;h;f" in offer.sdp
        await two.take(offer)
        await one.take(taking_layers(await two.answer(gather=True)))
        await one.wait_open()
        widths: dict[str, int] = {}
        async with asyncio.timeout(20):
            while widths != {"q": 320, "h": 640, "f": 1280}:
                await asyncio.sleep(0.2)
                widths = {
                    each["rid"]: each["frameWidth"]
                    for each in (await one.statistics()).values()
                    if each["type"] == "outbound-rtp" and each.get("framesSent")
                }
        in_use = {(each.rid, each.name) for each in await one.media.codecs()}
    assert in_use == {("q", "VP8"), ("h", "VP8"), ("f", "VP8")}


def test_layers_that_cannot_be_are_refused() -> None:
    for rid in ("", "a b", "x" * 17):
        with pytest.raises(UsageError, match="name of a layer"):
            Layer(rid=rid)
    with pytest.raises(UsageError, match="times smaller"):
        Layer(rid="q", scale_down_by=0.5)
    with pytest.raises(UsageError, match="bits a second"):
        Layer(rid="q", max_bitrate_bps=0)


async def test_layers_that_cannot_be_sent_together_are_refused() -> None:
    capture = Capture()
    async with open_peer(timeline=capture.timeline, sink=capture.sink) as peer:
        for layers in ([Layer(rid="q")] * 2, [Layer(rid=str(number)) for number in range(4)]):
            with pytest.raises(UsageError):
                peer.media.send_video(ColourBars(), layers=layers)
        assert not peer.media.sent
