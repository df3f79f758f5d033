"""Calls over each kind of signaling, against engine peers on real ports."""

import asyncio
from pathlib import Path

import pytest

from tests.support.peers import until
from tests.workbench.calling.others import Log, over_a_websocket, over_http
from wirescope.errors import DescriptionError, SignalingError, UsageError
from wirescope.events import (
    ConnectionClosed,
    ConnectionOpening,
    DataChannelMessage,
    SignalingExchange,
    WebSocketMessage,
)
from wirescope.transports.webrtc import ChannelOptions
from wirescope.workbench.calling import Call

CHAT = ChannelOptions(label="chat")


async def said_back(call: Call, text: str = "hello") -> None:
    """Send a text and see it come back."""
    await call.send(text)
    assert (await call.channel().receive()).text == text


async def test_whep_asks_for_sound_and_picture_and_the_channels_that_are_wanted() -> None:
    log = Log()
    async with over_http(media=True) as other, log.call(other.url, channels=(CHAT,)) as call:
        await call.wait_open()
        await said_back(call)
        await until(lambda: len(call.media.received) == 2)
        assert {each.kind for each in call.media.received} == {"audio", "video"}
        assert call.rejected == ()
    assert log.sdp().count("a=recvonly") == 2
    own = log.capture.of(SignalingExchange, call.id)
    exchanges = [(each.method, each.status) for each in own]
    assert (exchanges[0], exchanges[-1]) == (("POST", 201), ("DELETE", 200))


async def test_whip_sends_bars_and_a_tone_unless_told_otherwise() -> None:
    log = Log()
    async with over_http("whip") as other, log.call(other.url, codecs=("VP9", "opus")) as call:
        await call.wait_open()
        await until(lambda: all(track.sent for track in call.media.sent))
        assert {each.kind for each in call.media.sent} == {"audio", "video"}
    assert log.sdp().count("a=sendonly") == 2
    assert "VP8/90000" not in log.sdp()


async def test_messages_over_a_websocket_agree_on_a_channel() -> None:
    log = Log()
    async with over_a_websocket() as url, log.call(url) as call:
        await call.wait_open()
        await said_back(call)
        assert [each.label for each in call.channels] == ["chat"]
    kinds = [each.transport for each in log.capture.of(ConnectionOpening)]
    assert kinds == ["websocket", "webrtc"]
    assert log.capture.of(WebSocketMessage)[0].direction == "sent"
    assert [each.connection for each in log.capture.of(ConnectionClosed)] == ["c2", "c1"]


@pytest.mark.parametrize("signaling", [over_http, over_a_websocket])
async def test_ice_is_restarted_whatever_carries_the_signaling(signaling: object) -> None:
    log = Log()
    async with signaling() as other:  # type: ignore[operator]
        url = other if isinstance(other, str) else other.url
        async with log.call(url, channels=(CHAT,)) as call:
            await call.wait_open()
            await said_back(call)
            await call.restart_ice()
            await until(lambda: len(log.fragments) == 2 and call.peer.is_stable)
            await said_back(call, "again")


async def test_two_calls_meet_by_codes() -> None:
    log = Log()
    async with log.call("webrtc:") as one, log.call(one.code) as two:
        assert one.awaits_code
        assert not two.awaits_code
        await one.accept(f"  {two.code[:40]}\n{two.code[40:]} ")
        await asyncio.gather(one.wait_open(), two.wait_open())
        await one.send("ping")
        await until(lambda: two.channels)
        assert (await two.channel("chat").receive()).text == "ping"
        await two.send("pong", "chat")
        assert (await one.channel().receive()).text == "pong"
        with pytest.raises(UsageError, match="No code is awaited"):
            await one.accept(two.code)
        with pytest.raises(SignalingError, match="nothing carries a new offer"):
            await one.restart_ice()
    urls = [each.url for each in log.capture.of(ConnectionOpening)]
    assert urls == ["webrtc:", "webrtc:"]


async def test_a_code_that_is_not_the_answer_can_be_followed_by_the_right_one() -> None:
    log = Log()
    async with log.call("webrtc:") as one, log.call(one.code) as two:
        for code, words in (
            (one.code, "this end's own code"),
            (two.code[:-8], "Only a part"),
            ("hello", "no code"),
        ):
            with pytest.raises(DescriptionError, match=words):
                await one.accept(code)
        await one.accept(two.code)
        await one.wait_open()


async def test_what_was_sent_before_the_end_arrives() -> None:
    log = Log()
    async with log.call("webrtc:") as one, log.call(one.code) as two:
        await one.accept(two.code)
        await one.wait_open()
        for number in range(200):
            await one.send(f"{number} {'x' * 1000}")
        await one.close()
        await two.wait_ended()
    assert len(log.capture.of(DataChannelMessage, two.id)) == 200


async def test_what_comes_is_recorded(tmp_path: Path) -> None:
    log, path = Log(), tmp_path / "call.webm"
    async with over_http(media=True) as other, log.call(other.url, record=path) as call:
        await call.wait_open()
        assert call.recording is not None
        await until(lambda: call.recording.length_s > 0.3)
    assert path.stat().st_size > 1000


async def test_a_channel_is_found_by_label_and_by_id_and_one_that_is_not_is_named() -> None:
    log = Log()
    channels = (ChannelOptions(label="a", id=7), ChannelOptions(label="b", ordered=False))
    async with (
        log.call("webrtc:", channels=channels) as one,
        log.call(one.code, channels=channels[:1]) as two,
    ):
        await one.accept(two.code)
        await one.wait_open()
        await asyncio.gather(*(each.wait_open() for each in one.channels))
        assert one.channel(7).label == "a"
        assert not one.channel("b").ordered
        with pytest.raises(UsageError) as caught:
            one.channel("c")
        assert "a, b" in caught.value.hint
        await one.open_channel(ChannelOptions(label="late")).wait_open()
