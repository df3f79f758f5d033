"""`wirescope.call`: a call joined with its capture and its verdict."""

import asyncio
from pathlib import Path

import pytest

import wirescope
from tests.support.peers import until
from tests.workbench.calling.others import over_http
from wirescope.transports.webrtc import ChannelOptions


async def test_a_call_in_python_is_recorded_and_has_a_verdict(tmp_path: Path) -> None:
    path = tmp_path / "call.wirescope"
    async with (
        over_http() as other,
        wirescope.call(other.url, capture=path, channels=(ChannelOptions(label="chat"),)) as call,
    ):
        await call.send("hello")
        assert (await call.channels[0].receive()).text == "hello"
        assert "is open" in call.verdict.sentence
        await call.close()
        assert call.verdict.sentence.startswith("This end ended the connection")
    with wirescope.open_capture(path) as capture:
        types = [event.type for event in capture.events()]
    assert types[0] == "connection.opening"
    assert types[-1] == "connection.closed"
    assert {"signaling.exchange", "ice.candidate", "data_channel.message"} < set(types)


async def test_two_ends_in_python_meet_by_codes() -> None:
    async with wirescope.call("webrtc:") as one, wirescope.call(one.code) as two:
        await asyncio.gather(one.accept(two.code), two.wait_open())
        await one.send("over a code")
        await until(lambda: two.channels)
        assert (await two.channels[0].receive()).text == "over a code"


async def test_a_mistake_is_told_before_there_is_a_capture(tmp_path: Path) -> None:
    path = tmp_path / "call.wirescope"
    with pytest.raises(wirescope.WirescopeError):
        async with wirescope.call("whep+https://a.test", capture=path, audio="tone"):
            pass
    assert not path.exists()
