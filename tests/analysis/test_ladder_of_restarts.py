"""The connect ladder of a restart of ICE, and of a path that changes after it was found."""

import pytest

from tests.analysis.test_ladder import REMOTE, Story, sdp, story
from wirescope.events import ConnectionClosed, IcePair, SignalingDescription

CLOSED = (ConnectionClosed, 0, "")


def restarted() -> Story:
    told = story()
    told.tell(10_000, SignalingDescription, "local", "offer", sdp(ufrag="cccc"))
    told.candidate(10_001, "local")
    told.tell(10_010, SignalingDescription, "remote", "answer", sdp(ufrag="dddd"))
    return told.move(10_011, "ice", "checking").pair(10_060, "in-progress", 1, 0, 0)


@pytest.mark.parametrize("initiator", ["local", "remote"])
def test_who_hangs_up_during_a_restart_has_missed_nothing(initiator: str) -> None:
    told = restarted().tell(11_000, *CLOSED, initiator, True, "close")
    _, again = told.ladders()
    assert (again.failing, again.state) == (None, "ended")


@pytest.mark.parametrize(
    ("at_ms", "initiator", "cause"),
    [(11_000, "network", "ice"), (25_000, "local", "close")],
    ids=["lost", "out-of-patience"],
)
def test_a_restart_that_goes_nowhere_is_stuck(at_ms: int, initiator: str, cause: str) -> None:
    told = restarted().tell(at_ms, *CLOSED, initiator, cause == "close", cause)
    assert told.ladders()[1].failing == "first-answer"


def test_the_nominated_pair_is_the_one_with_which_the_rung_was_done() -> None:
    told = story()
    relayed = "relay udp 192.0.2.9:3"
    told.tell(5_000, IcePair, relayed, REMOTE, "succeeded", True, True, 9, 9, 9)
    rung = told.ladder().rung("nominated")
    assert rung.words.startswith("Direct: host udp")
    assert max(rung.evidence) < told.events[-1].seq
