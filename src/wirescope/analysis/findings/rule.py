"""What a rule is. Each stands in a module of its own, whose docstring is its page.

A rule looks at the connections of its transport, at what is known of each at certain moments of its
life; it never sees every message, so that a hundred rules cost no more than one. What it finds
carries the numbers of the events that show it: no evidence, no finding.
"""

from collections.abc import Callable, Iterable
from enum import Enum
from inspect import cleandoc
from typing import TYPE_CHECKING

import msgspec

from wirescope.events import Event, Gain, Severity, Transport

if TYPE_CHECKING:
    from wirescope.analysis.call import Call
    from wirescope.analysis.conversation import Conversation


class Moment(Enum):
    """When a rule looks."""

    FAILED = "no connection came about"
    OPENED = "the opening handshake succeeded"
    VIOLATION = "the specification was broken"
    CLOSED = "the connection is over"
    END = "nothing more will come, whether the connection is over or not"


AFTERWARDS = (Moment.FAILED, Moment.CLOSED, Moment.END)
"""When as much is known of a connection as there will be."""


class Stability(Enum):
    """How far a rule's word can be relied on in scripts."""

    STABLE = "stable"
    PREVIEW = "preview"


class Found(msgspec.Struct, frozen=True):
    """What a rule found.

    Attributes:
        cause: what happened, with the figures seen.
        fix: what to do.
        evidence: the numbers of the events that show it, at least one.
        severity: another than the rule's own; None for that one.
        gain: what the fix would save, computed on this traffic.
        about: tells findings of one rule on one connection apart; each is given once.
    """

    cause: str
    fix: str
    evidence: tuple[int, ...]
    severity: Severity | None = None
    gain: Gain | None = None
    about: str = ""


Look = Callable[["Conversation", Event], Iterable[Found]]
"""Takes the connection and the event of the moment (at the END the last one)."""


class Rule(msgspec.Struct, frozen=True):
    """A rule.

    Attributes:
        code: two to four letters and three digits, as `WS203`.
        title: what it says, in a few words.
        severity: of what it finds, unless that says otherwise.
        moments: when it looks.
        look: looks.
        page: its documentation, Markdown with the headings of `HEADINGS`.
        stability: whether its code and meaning stay.
        transport: the connections that it looks at.
    """

    code: str
    title: str
    severity: Severity
    moments: frozenset[Moment]
    look: Look
    page: str
    stability: Stability = Stability.STABLE
    transport: Transport = "websocket"


HEADINGS = ("What it sees", "Why it matters", "How to fix", "References")


def rule(
    code: str,
    title: str,
    severity: Severity,
    *moments: Moment,
    page: str | None,
    stability: Stability = Stability.STABLE,
) -> Callable[[Look], Rule]:
    """Make a rule of the function that looks; `page` is its module's docstring."""

    def make(look: Look) -> Rule:
        text = cleandoc(page or "")
        return Rule(code, title, severity, frozenset(moments), look, text, stability)

    return make


LookAtCall = Callable[["Conversation", "Call"], Iterable[Found]]
"""Takes the connection, and what it has of a WebRTC connection."""


def call_rule(
    code: str, title: str, severity: Severity, *moments: Moment, page: str | None
) -> Callable[[LookAtCall], Rule]:
    """Make a rule on WebRTC connections of the function that looks."""

    def make(look: LookAtCall) -> Rule:
        def look_at(conversation: "Conversation", event: Event) -> Iterable[Found]:
            return () if conversation.call is None else look(conversation, conversation.call)

        text = cleandoc(page or "")
        return Rule(
            code, title, severity, frozenset(moments), look_at, text, Stability.STABLE, "webrtc"
        )

    return make
