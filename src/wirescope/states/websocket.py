"""The states of a WebSocket connection, as a table.

The states are those of the WebSocket interface (https://websockets.spec.whatwg.org/, `readyState`);
the triggers are the steps of RFC 6455 sections 4 and 7. Whoever drives the machine reads and
writes; nothing here does.
"""

from enum import StrEnum


class ReadyState(StrEnum):
    """Where a connection is in its life."""

    CONNECTING = "connecting"
    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"


class Trigger(StrEnum):
    """What moves a connection on."""

    ESTABLISHED = "established"  # RFC 6455 4.1: the WebSocket connection is established
    CLOSE_SENT = "close sent"  # 7.1.2: start the WebSocket closing handshake
    CLOSE_RECEIVED = "close received"  # 7.1.3: the WebSocket closing handshake is started
    LOST = "lost"  # 7.1.4: the WebSocket connection is closed


class IllegalTransitionError(Exception):
    """The trigger does not belong into the state."""


TRANSITIONS: dict[tuple[ReadyState, Trigger], ReadyState] = {
    (ReadyState.CONNECTING, Trigger.ESTABLISHED): ReadyState.OPEN,
    (ReadyState.CONNECTING, Trigger.LOST): ReadyState.CLOSED,
    (ReadyState.OPEN, Trigger.CLOSE_SENT): ReadyState.CLOSING,
    (ReadyState.OPEN, Trigger.CLOSE_RECEIVED): ReadyState.CLOSING,
    (ReadyState.OPEN, Trigger.LOST): ReadyState.CLOSED,
    (ReadyState.CLOSING, Trigger.CLOSE_SENT): ReadyState.CLOSING,
    (ReadyState.CLOSING, Trigger.CLOSE_RECEIVED): ReadyState.CLOSING,
    (ReadyState.CLOSING, Trigger.LOST): ReadyState.CLOSED,
}


def next_state(state: ReadyState, trigger: Trigger) -> ReadyState:
    """Follow the table.

    Raises:
        IllegalTransitionError: the table has no such move.
    """
    try:
        return TRANSITIONS[state, trigger]
    except KeyError:
        raise IllegalTransitionError(f"{trigger.value!r} cannot happen while {state}") from None
