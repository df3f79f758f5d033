"""The engine where it is not ours alone."""

import pytest

from tests.support.programs import run_program
from wirescope.transports.webrtc import is_there

pytestmark = pytest.mark.slow

AFTER_ANOTHER = """
import asyncio, webrtc
from tests.support.peers import Capture, two_peers
from wirescope.transports.webrtc import ChannelOptions

async def main():
    others = webrtc.RTCPeerConnection()
    chat = ChannelOptions(label="chat")
    prepare = lambda one, _other: one.create_channel(chat)
    async with two_peers(Capture(), prepare=prepare) as both:
        assert [each.failed for each in both] == [None, None]
    others.close()

asyncio.run(main())
"""


def test_a_connection_that_the_program_made_itself_before_is_no_obstacle() -> None:
    assert is_there()
    done = run_program(AFTER_ANOTHER)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
