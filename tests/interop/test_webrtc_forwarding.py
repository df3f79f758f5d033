"""Chromium publishes and watches; what is between them forwards without decoding."""

import asyncio
import statistics
from collections.abc import Callable
from typing import Any

import pytest
from playwright.async_api import Browser

from tests.support.forwarding import forwarding, lose, watching
from tests.support.forwarding_pages import Tab, chromium, open_tab
from tests.support.peers import Capture, until
from wirescope.transports.webrtc.packets import Forwarder

pytestmark = [pytest.mark.requires("chromium"), pytest.mark.slow, pytest.mark.quiet]


async def publish(
    browser: Browser, forwarder: Forwarder, codec: str, *, layers: bool = False
) -> Tab:
    made = await open_tab(browser)
    session = await forwarder.publish()
    await made.publish(session.answer, codec, layers=layers)
    await until(lambda: session.is_open)
    return made


async def watch(browser: Browser, forwarder: Forwarder) -> Tab:
    made = await open_tab(browser)
    await made.watch((await forwarder.watch()).answer)
    return made


async def flaws(viewer: Tab) -> tuple[float, float]:
    """Give, of an ordinary moment, how often the picture froze and which share of the sound was
    made up: the medians of five moments, as a busy machine may spoil one."""
    freezes, shares, last = [], [], await both(viewer)
    for _ in range(5):
        await asyncio.sleep(0.3)
        now = await both(viewer)
        frozen, made_up, all_of_it = (
            now[name] - last[name]
            for name in ("freezeCount", "concealedSamples", "totalSamplesReceived")
        )
        freezes.append(frozen)
        shares.append(made_up / all_of_it)
        last = now
    return statistics.median(freezes), statistics.median(shares)


async def both(viewer: Tab) -> dict[str, Any]:
    return await viewer.inbound("video") | await viewer.inbound("audio")


@pytest.mark.parametrize("codec", ["VP8", "VP9"])
async def test_a_page_and_an_engine_peer_see_and_hear_what_a_page_publishes(
    codec: str, real_part: Callable[[str], str]
) -> None:
    async with chromium(real_part("chromium")) as browser, forwarding(Capture()) as forwarder:
        publisher = await publish(browser, forwarder, codec)
        viewer = await watch(browser, forwarder)
        await viewer.until("video.currentTime > 0", timeout_s=3)
        async with watching(forwarder) as engine:
            await until(lambda: engine.frames > 60)
            assert engine.sizes == {(640, 360)}
        seen, heard = [await viewer.inbound(kind) for kind in ("video", "audio")]
        assert seen["framesDecoded"] > 0.95 * seen["framesReceived"]
        assert (seen["packetsLost"], heard["packetsLost"], seen["nackCount"]) == (0, 0, 0)
        freezes, made_up = await flaws(viewer)
        assert freezes == 0
        assert made_up < 0.05
        (sent,) = await publisher.statistics("outbound-rtp", "video")
        assert sent["pliCount"] == 2  # one for each viewer that joined
        record = forwarder.record().publisher
        assert record is not None
        assert {each.codec for each in record.streams} == {codec, "opus"}


async def test_the_publishers_estimate_of_the_bandwidth_rises(
    real_part: Callable[[str], str],
) -> None:
    async with chromium(real_part("chromium")) as browser, forwarding(Capture()) as forwarder:
        publisher = await publish(browser, forwarder, "VP8")
        estimates: list[float] = []
        for _ in range(60):
            await asyncio.sleep(0.1)
            pairs = await publisher.statistics("candidate-pair")
            estimates += [
                e["availableOutgoingBitrate"] for e in pairs if "availableOutgoingBitrate" in e
            ]
            if estimates and estimates[-1] > 1_500_000:
                break
        assert estimates[-1] > 1_500_000  # it begins with 300 000


async def test_a_page_that_loses_packets_recovers_them(real_part: Callable[[str], str]) -> None:
    async with chromium(real_part("chromium")) as browser, forwarding(Capture()) as forwarder:
        await publish(browser, forwarder, "VP8")
        bad, good = [await watch(browser, forwarder) for _ in range(2)]
        await bad.until("video.currentTime > 0", timeout_s=5)
        lose(forwarder.viewers[0], 0.03)
        await asyncio.sleep(5)
        lossy, clean = [await each.inbound("video") for each in (bad, good)]
        assert lossy["nackCount"] > 0
        assert lossy["framesDecoded"] > 0.95 * clean["framesDecoded"]
        assert (clean["nackCount"], clean["packetsLost"], clean["pliCount"]) == (0, 0, 0)


@pytest.mark.alone  # a freeze of a picture is a matter of milliseconds
async def test_a_viewer_gets_the_layer_that_is_chosen(real_part: Callable[[str], str]) -> None:
    async with chromium(real_part("chromium")) as browser, forwarding(Capture()) as forwarder:
        publisher = await publish(browser, forwarder, "VP8", layers=True)
        viewer = await watch(browser, forwarder)
        for rid, pixels in (("q", 320), ("h", 640), ("q", 320)):
            # higher layers are sent once the estimate has risen
            while rid not in layers(forwarder):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
            forwarder.choose_layer(forwarder.viewers[0], rid)
            await viewer.until(f"video.videoWidth === {pixels}", timeout_s=3)
            before = (await viewer.inbound("video"))["framesDecoded"]
            await asyncio.sleep(1)
            after = (await viewer.inbound("video"))["framesDecoded"]
            assert after - before > 10
        seen = await viewer.inbound("video")
        assert (seen["pliCount"], seen["packetsLost"], seen["nackCount"]) == (0, 0, 0)
        assert seen["freezeCount"] == 0
        path_bps = forwarder.viewers[0].record().path_bps
        assert path_bps is not None  # it says when each packet came
        assert path_bps > 100_000
        rids = {each["rid"] for each in await publisher.statistics("outbound-rtp", "video")}
        assert rids == {"q", "h", "f"}


def layers(forwarder: Forwarder) -> set[str]:
    record = forwarder.record().publisher
    assert record is not None
    return {each.rid for each in record.streams if each.packets > 100}
