"""The table of a connection's states is that of the WebSocket interface."""

from itertools import product

import pytest

from wirescope.states import TRANSITIONS, IllegalTransitionError, ReadyState, Trigger, next_state

ORDER = list(ReadyState)


def test_the_states_are_those_of_the_interface():
    assert [state.value for state in ORDER] == ["connecting", "open", "closing", "closed"]


@pytest.mark.parametrize(("state", "trigger"), list(product(ReadyState, Trigger)))
def test_a_trigger_moves_on_or_is_refused(state, trigger):
    if (state, trigger) in TRANSITIONS:
        reached = next_state(state, trigger)
        assert ORDER.index(reached) >= ORDER.index(state)
    else:
        with pytest.raises(IllegalTransitionError, match=trigger.value):
            next_state(state, trigger)


def test_every_state_but_the_last_can_be_lost():
    for state in ReadyState:
        if state is not ReadyState.CLOSED:
            assert next_state(state, Trigger.LOST) is ReadyState.CLOSED


def test_nothing_leads_out_of_the_last_state():
    assert not [trigger for state, trigger in TRANSITIONS if state is ReadyState.CLOSED]
