"""What has changed between two samples is written down, and what is gone is forgotten."""

from tests.support.peers import Capture
from wirescope.events import IcePair
from wirescope.transports.webrtc.journal import Journal
from wirescope.transports.webrtc.statistics import Sampler


async def test_pairs_that_are_gone_are_forgotten() -> None:
    capture = Capture()
    sampler = Sampler(Journal(capture.timeline, capture.sink, "c1"))
    for number in range(50):
        pair = {"type": "candidate-pair", "state": "waiting", "nominated": False}
        sampler.take_pairs({"old": pair, f"pair{number}": pair})
    assert len(capture.of(IcePair)) == 51  # each once
    assert len(sampler._pairs) == 2
