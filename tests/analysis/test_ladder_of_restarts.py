"""The connect ladder of a restart of ICE, and of a path that changes after it was found."""

import pytest

from tests.analysis.test_ladder import MS, REMOTE, Story, sdp, story
from wirescope.events import ConnectionClosed, IcePair, SignalingDescription

NEW = "host udp 192.0.2.1:77"
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


def test_a_pair_that_was_chosen_before_the_answer_counts_from_the_answer_on() -> None:
    told = story()
    told.tell(10_000, SignalingDescription, "local", "offer", sdp(ufrag="cccc"))
    told.candidate(10_001, "local", port=77)
    told.tell(10_005, IcePair, NEW, REMOTE, "in-progress", False, False, 1, 0, 0)
    told.tell(10_006, IcePair, NEW, REMOTE, "succeeded", True, True, 2, 2, 0)
    assert told.ladders()[1].state == "climbing"
    told.tell(10_400, SignalingDescription, "remote", "answer", sdp(ufrag="dddd"))
    again = told.ladders()[1]
    assert (again.state, again.took_ns) == ("stands", 400 * MS)
    assert again.rung("answer").state == "done"
    chosen = again.rung("nominated")
    assert (chosen.state, chosen.at_most) == ("done", True)
    assert chosen.words == f"Direct: {NEW} to {REMOTE}."
    check = again.rung("first-check")
    assert (check.began_ns, check.took_ns) == (10_000 * MS, 6 * MS)


def test_an_address_that_is_told_again_says_nothing_before_the_answer() -> None:
    told = story()
    told.tell(10_000, SignalingDescription, "local", "offer", sdp(ufrag="cccc"))
    told.candidate(10_001, "local")  # the same port as before
    told.pair(10_002, "succeeded", 9, 9, 9, chosen=True)
    told.tell(10_400, SignalingDescription, "remote", "answer", sdp(ufrag="dddd"))
    assert told.ladders()[1].state == "climbing"


def test_a_restart_over_a_path_that_is_kept_has_not_failed() -> None:
    told = story()
    told.tell(10_000, SignalingDescription, "remote", "offer", sdp(ufrag="cccc"))
    told.candidate(10_001, "remote", port=78)
    told.tell(10_010, SignalingDescription, "local", "answer", sdp(ufrag="dddd"))
    assert told.ladders(now_ms=20_000)[1].state == "climbing"
    again = told.ladders(now_ms=20_020)[1]
    assert (again.state, again.failing, again.took_ns) == ("stands", None, None)
    for name in ("first-check", "first-answer", "nominated"):
        assert again.rung(name).state == "not-needed"
        assert again.rung(name).words.startswith("The path that stood before works")
    told.move(22_000, "ice", "closed")
    told.tell(22_000, *CLOSED, "local", True, "close")
    assert (told.ladders()[1].state, told.ladders()[1].failing) == ("ended", None)


def test_a_path_that_is_lost_was_not_kept() -> None:
    told = story()
    told.tell(10_000, SignalingDescription, "remote", "offer", sdp(ufrag="cccc"))
    told.tell(10_010, SignalingDescription, "local", "answer", sdp(ufrag="dddd"))
    told.move(20_000, "ice", "disconnected").tell(25_000, *CLOSED, "network", False, "ice")
    assert told.ladders()[1].state == "failed"


def test_the_nominated_pair_is_the_one_with_which_the_rung_was_done() -> None:
    told = story()
    relayed = "relay udp 192.0.2.9:3"
    told.tell(5_000, IcePair, relayed, REMOTE, "succeeded", True, True, 9, 9, 9)
    rung = told.ladder().rung("nominated")
    assert rung.words.startswith("Direct: host udp")
    assert max(rung.evidence) < told.events[-1].seq
