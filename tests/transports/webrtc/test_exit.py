"""A program may end with connections open, and says nothing of its own about it."""

import pytest

from tests.support.programs import run_program
from wirescope.transports.webrtc import is_there

pytestmark = pytest.mark.slow

ABANDONS = """
import asyncio, sys
from tests.support.peers import Capture, Wire
from wirescope.transports.webrtc import ChannelOptions, negotiate, open_peer

kept = []

async def main(ending):
    capture, wires = Capture(), Wire.pair()
    for wire in wires:
        peers = open_peer(timeline=capture.timeline, sink=capture.sink)
        peer = await peers.__aenter__()
        negotiation = negotiate(peer, wire, polite=wire is wires[0])
        await negotiation.__aenter__()
        kept.extend((peers, negotiation))
    peer.create_channel(ChannelOptions(label="chat"))
    await peer.wait_open()
    if ending == "dropped":
        kept.clear()
    if ending == "exit":
        sys.exit(3)

asyncio.run(main(sys.argv[1]))
"""


@pytest.mark.parametrize(("ending", "status"), [("kept", 0), ("dropped", 0), ("exit", 3)])
def test_contexts_that_nobody_leaves_say_nothing_at_the_end(ending: str, status: int) -> None:
    assert is_there()
    done = run_program(ABANDONS, ending)
    assert (done.returncode, done.stdout, done.stderr) == (status, "", "")
