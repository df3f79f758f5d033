"""One transition table a machine; state names are those of the specifications."""

from wirescope.states.peer import (
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
from wirescope.states.websocket import (
    TRANSITIONS,
    IllegalTransitionError,
    ReadyState,
    Trigger,
    next_state,
)

__all__ = [
    "MACHINES",
    "TRANSITIONS",
    "ChannelState",
    "ConnectionState",
    "DtlsState",
    "GatheringState",
    "IceState",
    "IllegalTransitionError",
    "ReadyState",
    "SctpState",
    "SignalingState",
    "Trigger",
    "may_move",
    "next_state",
]
