"""How a connection that was open ended, and the words for it (RFC 6455 section 7).

A close code says what its sender meant; 1006 is sent by nobody and says only that no Close frame
came. It is told apart here by what the events show: who gave up and how, a Close or a ping of ours
without an answer, a frame cut short, a silence as long as some gateway's limit. The verdict and the
rules about the end both go by `manner_of`, so that they cannot contradict each other.
"""

import re
from dataclasses import dataclass, field
from enum import Enum

from wirescope.analysis.refusal import status_name
from wirescope.analysis.violations import explain_violation
from wirescope.events import (
    CaptureGap,
    ConnectionClosed,
    WebSocketFrame,
    WebSocketViolation,
    opcode_name,
)
from wirescope.wire.websocket import close_code


@dataclass(slots=True)
class Ending:
    """What is remembered of an open connection for the day it ends."""

    closed: ConnectionClosed | None = None
    opened_ns: int | None = None
    is_client: bool = False  # known to be
    last_frame: WebSocketFrame | None = None
    last_sent: WebSocketFrame | None = None
    last_received: WebSocketFrame | None = None
    messages_sent: int = 0
    messages_received: int = 0
    close_sent: WebSocketFrame | None = None
    close_received: WebSocketFrame | None = None
    sent_before_close: WebSocketFrame | None = None  # what the peer closed for, if for a frame
    unanswered_ping_ns: int | None = None
    gap: CaptureGap | None = None  # the last one
    violations: list[WebSocketViolation] = field(
        default_factory=list
    )  # the peer's first ones and its last

    @property
    def peer(self) -> str:
        """Who is at the other end; clients mask, servers do not (section 5.1).

        What this end sent says it best, as the other one may mask wrongly.
        """
        if self.is_client:
            return "server"
        if self.last_sent is not None:
            return "server" if self.last_sent.masked else "client"
        masked = self.last_received is not None and self.last_received.masked
        return "client" if masked else "server"

    @property
    def silent_ns(self) -> int:
        """For how long nothing had passed when it ended, in either direction; 0 if unknown."""
        if self.closed is None:
            return 0
        last_ns = self.last_frame.at_ns if self.last_frame is not None else self.opened_ns
        if self.gap is not None and (self.last_frame is None or self.gap.seq > self.last_frame.seq):
            return 0  # what is missing may have passed in that time
        return max(0, self.closed.at_ns - (self.closed.at_ns if last_ns is None else last_ns))


class Manner(Enum):
    """How a connection that was open ended."""

    CLOSED_BY_PEER = "the peer closed it"
    CLOSED_BY_US = "this end closed it, and the peer confirmed"
    VIOLATION = "this end failed it, because the peer broke the protocol"
    TOO_BIG = "this end failed it, because a message was above its limit"
    PING_UNANSWERED = "this end gave it up, because no pong came"
    CLOSE_UNANSWERED = "this end closed it, and the peer did nothing"
    HUNG_UP = "this end closed it, and the peer hung up without a Close frame"
    DROPPED = "this end dropped it"
    CUT_FRAME = "it broke inside a frame"
    SILENCE = "it broke after a silence that looks like a limit"
    FIN = "the peer or something in between ended the TCP connection"
    RESET = "the peer or something in between reset the TCP connection"
    TLS = "TLS ended it"


_BY_CAUSE = {
    "ping-timeout": Manner.PING_UNANSWERED,
    "close-timeout": Manner.CLOSE_UNANSWERED,
    "aborted": Manner.DROPPED,
}
_BROKEN = {"reset": Manner.RESET, "tls": Manner.TLS}


def manner_of(ending: Ending) -> Manner:
    """Tell how it ended; `ending.closed` is there."""
    closed = ending.closed
    assert closed is not None
    if closed.cause == "violation":
        return Manner.TOO_BIG if closed.code == 1009 else Manner.VIOLATION
    if closed.cause in _BY_CAUSE:
        return _BY_CAUSE[closed.cause]
    if closed.code != 1006 or ending.close_received is not None:
        return Manner.CLOSED_BY_PEER if closed.initiator == "remote" else Manner.CLOSED_BY_US
    if ending.last_received is not None and ending.last_received.incomplete:
        return Manner.CUT_FRAME
    if ending.close_sent is not None:
        return Manner.HUNG_UP
    silent_ns = ending.silent_ns
    if silent_ns >= _LONG_NS and (known_limit(silent_ns / 1e9) or is_round(silent_ns / 1e9)):
        return Manner.SILENCE
    return _BROKEN.get(closed.cause, Manner.FIN)


_ADVICE = {
    1000: "",
    1001: "It goes down or restarts, or a page was left; connect again.",
    1002: "It says that this end broke the protocol; look at the frames sent last.",
    1003: "It does not take this type of data; try text instead of binary, or the other way round.",
    1005: "",
    1007: "Look at the message sent last: its bytes do not fit its type, for text UTF-8.",
    1008: "The usual reasons are a missing or expired token, a rate limit, a message it rejects.",
    1009: "Send smaller messages, or raise the limit of the {peer}.",
    1010: "Offer the extensions that it needs.",
    1011: "The {peer} failed; its log has the cause.",
    1012: "The service restarts; connect again after a few seconds.",
    1013: "The service is overloaded; connect again later, with growing pauses.",
    1014: "The server behind the gateway failed; check that it runs.",
    3000: "Give credentials, or a fresh token.",
    3003: "These credentials may not do this; check their rights.",
    3008: "Something took too long for the {peer}; send what it expects sooner, or a heartbeat.",
}

SILENCE_LIMITS = {
    30: "the default limit of many load balancers",
    55: "the limit of Heroku's router",
    60: "the default limit of nginx and of AWS load balancers",
    100: "the limit of Cloudflare",
    120: "the default limit of several gateways",
    240: "the default limit of Azure's load balancer",
    300: "the default limit of several gateways",
    350: "the limit of AWS network load balancers",
    600: "the limit of AWS API Gateway and of Google's load balancers",
}


def explain_close(ending: Ending) -> tuple[str, str]:
    """Say who closed, how, and what to do; `ending.closed` is there."""
    closed = ending.closed
    assert closed is not None
    match manner_of(ending):
        case Manner.VIOLATION | Manner.TOO_BIG:
            return _failed_by_us(ending, closed)
        case Manner.PING_UNANSWERED:
            return _ping_unanswered(ending, closed)
        case Manner.CLOSE_UNANSWERED:
            return _close_unanswered(ending, closed)
        case Manner.DROPPED if ending.close_sent is not None:
            code = code_words(_code_of(ending.close_sent) or 1005)
            return f"This end closed with {code} and did not wait for an answer.", ""
        case Manner.DROPPED:
            return f"This end dropped the connection{_after(ending)} without a Close frame.", ""
        case Manner.CLOSED_BY_PEER:
            return _closed_by_peer(ending, closed)
        case Manner.CLOSED_BY_US:
            return _closed_by_us(ending, closed)
        case Manner.CUT_FRAME:
            return _cut_frame(ending)
        case Manner.HUNG_UP:
            return _hung_up(ending, closed)
    return _without_close_frame(ending, closed)


def code_words(code: int, reason: str = "") -> str:
    """Write a close code with its name and the reason, as `1001 (going away): "bye"`."""
    name = close_code(code).name
    return f'{code} ({name}): "{reason}"' if reason else f"{code} ({name})"


def _closed_by_peer(ending: Ending, closed: ConnectionClosed) -> tuple[str, str]:
    how = (
        "without a code"
        if closed.code == 1005
        else f"with {code_words(closed.code, closed.reason)}"
    )
    sentence = f"The {ending.peer} closed the connection {how}{_after(ending)}."
    return sentence, _advice(ending, closed)


_ABOUT_PONGS = re.compile(r"\b(pings?|pongs?|keep-?alive|heartbeats?)\b", re.IGNORECASE)


def misses_pongs(ending: Ending) -> bool:
    """Whether the peer closed because no pong of this end came, as some libraries say in 1011."""
    closed = ending.closed
    if closed is None or closed.code != 1011:
        return False
    return _ABOUT_PONGS.search(closed.reason) is not None


def _advice(ending: Ending, closed: ConnectionClosed) -> str:
    code = closed.code
    if misses_pongs(ending):
        return f"The {ending.peer} waited in vain for a pong; answer its pings without delay."
    if code in _ADVICE:
        return _ADVICE[code].format(peer=ending.peer)
    if 4000 <= code <= 4999:
        like = f", often like HTTP's {status_name(code - 4000)}" if 4400 <= code < 4600 else ""
        return f"The application defines this code{like}; its documentation says what it means."
    if 3000 <= code <= 3999:
        return "A library or framework defines this code; its documentation says what it means."
    return "The code must not be used; tell those who run the other end."


def _closed_by_us(ending: Ending, closed: ConnectionClosed) -> tuple[str, str]:
    sent = _code_of(ending.close_sent) or 1005
    sentence = f"This end closed the connection with {code_words(sent)}{_after(ending)}"
    if closed.code not in (sent, 1005):
        answer = code_words(closed.code, closed.reason)
        return f"{sentence}; the {ending.peer} answered {answer}.", _advice(ending, closed)
    return f"{sentence}; the {ending.peer} confirmed.", ""


def _failed_by_us(ending: Ending, closed: ConnectionClosed) -> tuple[str, str]:
    violation = what_failed(ending, closed)
    if closed.code == 1009:
        what = violation.message.rstrip(".") if violation else "a message was too big"
        sentence = f"This end closed with 1009 (message too big): {what}."
        return sentence, "Raise the maximum message size if such messages are wanted."
    if violation is None:
        advice = f"Correct the {ending.peer}; to look further regardless, connect leniently."
        return f"The {ending.peer} broke the protocol; this end closed with {closed.code}.", advice
    return explain_violation(violation, ending.peer)


def what_failed(ending: Ending, closed: ConnectionClosed) -> WebSocketViolation | None:
    """Find the violation that this end closed for: the Close frame's reason begins its message.

    What came after it in the same breath, and what the end left incomplete, is not the cause.
    """
    for violation in ending.violations:
        if closed.reason and violation.message.startswith(closed.reason):
            return violation
    return ending.violations[0] if ending.violations else None


def _ping_unanswered(ending: Ending, closed: ConnectionClosed) -> tuple[str, str]:
    waited = ""
    if ending.unanswered_ping_ns is not None:
        waited = f" within {seconds(closed.at_ns - ending.unanswered_ping_ns)}"
    return (
        f"The {ending.peer} did not answer a ping{waited}, so this end gave the connection up.",
        f"The network path broke or the {ending.peer} hangs; connect again.",
    )


def _close_unanswered(ending: Ending, closed: ConnectionClosed) -> tuple[str, str]:
    sent = ending.close_sent
    code = code_words(_code_of(sent) or 1005)
    waited = f" within {seconds(closed.at_ns - sent.at_ns)}" if sent is not None else ""
    sentence = f"This end closed with {code}; the {ending.peer} did not answer{waited}."
    return sentence, f"The {ending.peer} hangs or skips the closing handshake; see its log."


def _hung_up(ending: Ending, closed: ConnectionClosed) -> tuple[str, str]:
    code = code_words(_code_of(ending.close_sent) or 1005)
    how = (
        f"the {ending.peer} hung up without a Close frame"
        if closed.cause in ("eof", "reset", "tls")
        else f"no Close frame of the {ending.peer} came"
    )
    return f"This end closed with {code}; {how}.", _ANSWER_IT.format(peer=ending.peer)


_ANSWER_IT = "Nothing of yours is wrong; the {peer} should answer a Close frame with its own."


def _code_of(frame: WebSocketFrame | None) -> int | None:
    return frame.close_code if frame is not None else None


def _cut_frame(ending: Ending) -> tuple[str, str]:
    frame = ending.last_received
    assert frame is not None
    sentence = (
        f"The connection broke inside a {opcode_name(frame.opcode)} frame: "
        f"{len(frame.payload):,} of {frame.payload_length:,} bytes had come."
    )
    return sentence, f"The {ending.peer} or a gateway crashed or cut the connection; see its log."


_LONG_NS = 4_500_000_000  # a shorter silence is nobody's limit
_WHY = {
    "eof": "A handler that ended, a restart or a limit of a gateway",
    "reset": "A crash, a process that was killed or a cut on the way",
}
_HOW = {
    "eof": "the {peer} or a gateway hung up (TCP FIN)",
    "reset": "the {peer} or a gateway reset it (TCP RST)",
    "tls": "TLS ended it",
}


def _without_close_frame(ending: Ending, closed: ConnectionClosed) -> tuple[str, str]:
    how = _HOW.get(closed.cause, "").format(peer=ending.peer)
    how = f"; {how}" if how else ""
    if ending.silent_ns >= _LONG_NS:
        silent = seconds(ending.silent_ns)
        sentence = f"Closed by the network after {silent} of silence, no Close frame{how}."
        return sentence, _advice_on_silence(ending.silent_ns / 1e9)
    if ending.messages_received or ending.messages_sent:
        sentence = f"The connection ended without a Close frame{_after(ending)}{how}."
    else:
        after = _after(ending)
        sentence = f"The connection ended without a Close frame{after}, before any message{how}."
    if closed.cause == "tls":
        log = "the log of whatever ends TLS names the alert"
        return sentence, f"Bytes were changed on the way, or TLS gave up: {log}."
    log = f"the log of the {ending.peer} or of the gateway in front of it says why"
    return sentence, f"{_WHY.get(closed.cause, 'A crash, a restart or a cut')}: {log}."


def _advice_on_silence(silent_s: float) -> str:
    limit = known_limit(silent_s)
    if limit:
        return (
            f"That is {limit}. Send a heartbeat, such as a ping, twice as often as that, or raise"
            " the limit."
        )
    if is_round(silent_s):
        return (
            f"{round(silent_s)} s is a round number, as limits on silence are: look for one in the"
            " server and in each gateway, and send a heartbeat more often."
        )
    return "A limit on idle connections is usual; send a heartbeat more often."


def known_limit(silent_s: float) -> str:
    """Say whose limit on silence so many seconds are; empty if nobody's is known."""
    for limit_s, whose in SILENCE_LIMITS.items():
        if abs(silent_s - limit_s) <= max(0.5, limit_s * 0.02):
            return whose
    return ""


def is_round(silent_s: float) -> bool:
    """Whether it is a multiple of five seconds, which nobody's crash would be but by chance."""
    return abs(silent_s - 5 * round(silent_s / 5)) <= 0.3


def explain_standing(ending: Ending, *, seen_ns: int, url: str, over: bool) -> str:
    """Say how a connection stands of whose end nothing was seen.

    Args:
        ending: what is remembered of it.
        seen_ns: when it was seen last.
        url: where it leads; empty if that is not known.
        over: whether nothing more will be seen of it.
    """
    leads = f" to {url}" if url else ""
    closes = [each for each in (ending.close_sent, ending.close_received) if each is not None]
    if closes:
        first = min(closes, key=_seq)
        who = "This end" if first.direction == "sent" else f"The {ending.peer}"
        code = code_words(_code_of(first) or 1005)
        state = "that was answered" if len(closes) == 2 else "that is not answered yet"
        if over:
            state = "the capture ends " + ("with" if len(closes) == 2 else "before") + " the answer"
        return f"{who} began to close the connection{leads} with {code}; {state}."
    if not over:
        return "The connection is open."
    opened_ns = ending.opened_ns
    after = f", {seconds(seen_ns - opened_ns)} after it was opened" if opened_ns is not None else ""
    return f"The connection{leads} was still open at the end of the capture{after}."


def _seq(frame: WebSocketFrame) -> int:
    return frame.seq


def _after(ending: Ending) -> str:
    closed = ending.closed
    if ending.opened_ns is None or closed is None:
        return ""
    return f" after {seconds(closed.at_ns - ending.opened_ns)}"


def seconds(duration_ns: int) -> str:
    """Write a duration with the precision it deserves.

    >>> seconds(3_400_000), seconds(2_340_000_000), seconds(60_000_000_000)
    ('3.4 ms', '2.3 s', '60.0 s')
    >>> seconds(12_345), seconds(3_600_000_000_000), seconds(90_000_000_000_000)
    ('12 µs', '1 h 0 min', '25 h 0 min')
    """
    if 0 < duration_ns < 100_000:
        return f"{duration_ns / 1e3:.0f} µs"
    if duration_ns < 999_950_000:
        return f"{duration_ns / 1e6:.1f} ms"
    if duration_ns < 3_600_000_000_000:  # limits on silence are given in seconds
        return f"{duration_ns / 1e9:.1f} s"
    hours, minutes = divmod(round(duration_ns / 60e9), 60)
    return f"{hours} h {minutes} min"
