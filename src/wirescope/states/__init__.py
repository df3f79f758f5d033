"""One transition table a machine; state names are those of the specifications."""

from wirescope.states.websocket import (
    TRANSITIONS,
    IllegalTransitionError,
    ReadyState,
    Trigger,
    next_state,
)

__all__ = ["TRANSITIONS", "IllegalTransitionError", "ReadyState", "Trigger", "next_state"]
