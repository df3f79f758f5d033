"""What the prompt of a WebRTC connection says of its channels."""

from tests.support.peers import Capture, two_peers
from wirescope.cli.call_prompt import line_of
from wirescope.transports.webrtc import ChannelOptions


async def test_a_channel_that_is_not_open_yet_has_no_number() -> None:
    async with two_peers(Capture()) as (one, _):
        channel = one.create_channel(ChannelOptions(label="chat"))
        before = line_of(channel)
        await channel.wait_open()
        assert before == "'chat', connecting"
        assert line_of(channel) == f"#{channel.id} 'chat', open"
