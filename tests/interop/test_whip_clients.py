"""Clients that others wrote publish to our endpoints of WHIP and play from those of WHEP."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.interop.foreign_calls import (
    GOES_WITHOUT_A_WORD,
    PUBLIC_ONLY,
    passed_on,
    played,
    received,
)
from tests.interop.foreign_whip import (
    Endpoints,
    bundled,
    engine_endpoints,
    ffmpeg_publishing,
    foreign_pages,
    forwarding_endpoints,
)
from tests.support.peers import Capture, until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.quiet,
    pytest.mark.requires("chromium", "node", "npm"),
    pytest.mark.timeout(120),
]

FRAMES = 60
LEAST_DECODED = 0.95
"""`just show 5.2` asks for more."""


@pytest.fixture(scope="module")
def script(real_part: Callable[[str], str]) -> str:
    return bundled(real_part("npm"), real_part("node"))


async def ended(endpoints: Endpoints, *leaving: str) -> None:
    """Wait until all sessions are over; clients in `leaving` delete theirs, others just go."""
    deleted = [200 for each in leaving if each not in GOES_WITHOUT_A_WORD]
    await until(lambda: endpoints.answered("DELETE") == deleted and not endpoints.sessions)


@pytest.mark.parametrize(
    ("publisher", "player", "codec"),
    [
        ("whip-whep publishes", "mediamtx-webrtc-react plays", "H264"),
        ("@eyevinn/whip-web-client publishes", "whip-whep plays", "VP8"),
    ],
)
async def test_what_one_foreign_client_publishes_another_one_plays(
    real_part: Callable[[str], str], script: str, publisher: str, player: str, codec: str
) -> None:
    is_public = player in PUBLIC_ONLY
    async with (
        foreign_pages(real_part("chromium"), script, 2) as (sends, watches),
        forwarding_endpoints(Capture(), sends.origin, is_public=is_public) as endpoints,
    ):
        await sends.begin(publisher, endpoints.whip, codec)
        if codec == "VP8":  # the engine has no H.264
            assert (await passed_on(endpoints, 5)).codecs == ("VP8", "opus")
        await watches.begin(player, endpoints.whep)
        saw = await played(watches, FRAMES)
        await watches.stop()
        await sends.stop()
        await ended(endpoints, publisher, player)
        assert endpoints.answered("POST") == [201, 201]
    assert saw.codecs == (codec, "opus")
    assert saw.share > LEAST_DECODED
    assert saw.sound_s > 0.5


async def test_the_engine_receives_from_a_foreign_client_and_is_played_by_another_one(
    real_part: Callable[[str], str], script: str
) -> None:
    async with (
        foreign_pages(real_part("chromium"), script, 2) as (sends, watches),
        engine_endpoints(Capture(), sends.origin) as endpoints,
    ):
        await sends.begin("whip-whep publishes", endpoints.whip)
        await watches.begin("@eyevinn/webrtc-player plays", endpoints.whep)
        there, here = await played(watches, FRAMES), await received(endpoints, FRAMES)
        await until(lambda: endpoints.answered("PATCH"))
        await sends.stop()
        await watches.stop()
        await ended(endpoints, "publisher", "player")
        assert set(endpoints.answered("PATCH")) == {204}
        assert all(each.with_if_match for each in endpoints.asked if each.method == "PATCH")
    for saw in (there, here):
        assert saw.codecs == ("VP8", "opus")
        assert saw.share > LEAST_DECODED


async def test_what_ffmpeg_publishes_as_h264_is_played_by_a_page(
    real_part: Callable[[str], str], script: str, tmp_path: Path
) -> None:
    async with (
        foreign_pages(real_part("chromium"), script) as (page,),
        forwarding_endpoints(Capture(), page.origin) as endpoints,
    ):
        async with ffmpeg_publishing(endpoints.whip, tmp_path):
            assert endpoints.forwarder is not None
            forwarder = endpoints.forwarder
            await until(lambda: forwarder.record().publisher, 20)
            await page.begin("whip-whep plays", endpoints.whep)
            saw = await played(page, FRAMES)
            await page.stop()
        await ended(endpoints, "publisher", "player")
    assert saw.codecs == ("H264", "opus")
    assert saw.share > LEAST_DECODED
