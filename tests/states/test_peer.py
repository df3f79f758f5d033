"""The tables of a WebRTC connection's machines are those of the specification."""

import pytest

from wirescope.states import (
    MACHINES,
    ChannelState,
    ConnectionState,
    DtlsState,
    GatheringState,
    IceState,
    SctpState,
    SignalingState,
    may_move,
)

STATES = {
    "connection": ConnectionState,
    "ice": IceState,
    "gathering": GatheringState,
    "signaling": SignalingState,
    "dtls": DtlsState,
    "sctp": SctpState,
    "channel": ChannelState,
}


def test_every_machine_has_a_table():
    assert set(MACHINES) == set(STATES)


@pytest.mark.parametrize("machine", STATES)
def test_a_table_knows_all_states_of_its_machine_and_no_others(machine):
    table = MACHINES[machine]
    assert set(table) == {state.value for state in STATES[machine]}
    assert set().union(*table.values()) <= set(table)


@pytest.mark.parametrize("machine", [each for each in STATES if each != "gathering"])
def test_nothing_leads_out_of_a_closed_machine_and_everything_into_it(machine):
    assert MACHINES[machine]["closed"] == frozenset()
    for state in MACHINES[machine]:
        if state != "closed":
            reached, frontier = {state}, [state]
            while frontier:
                for to in MACHINES[machine][frontier.pop()] - reached:
                    reached.add(to)
                    frontier.append(to)
            assert "closed" in reached


def test_an_answer_cannot_come_without_an_offer():
    assert not may_move("signaling", "stable", "have-remote-pranswer")
    assert may_move("signaling", "have-local-offer", "stable")


def test_encryption_that_failed_does_not_come_back():
    assert not may_move("dtls", "failed", "connected")


def test_a_path_that_was_lost_may_come_back():
    assert may_move("ice", "disconnected", "connected")
    assert may_move("connection", "failed", "connecting")


def test_there_is_no_machine_of_another_name():
    with pytest.raises(KeyError):
        may_move("coffee", "new", "closed")
