"""A connection for each rule about the end and about breaches of the protocol."""

from tests.analysis.making import KEY, Story
from wirescope.events import AnyEvent

Events = list[AnyEvent]


def talked() -> Story:
    """An open connection on which both ends have said something."""
    story = Story().opened().wait(1)
    story.message("sent", "hello")
    story.wait(0.5).message("received", "hello")
    return story


def lost(cause: str, *, after: float = 0.5) -> Events:
    return talked().wait(after).closed(1006, "network", cause)


def closed_with(code: int | None, reason: str = "") -> Events:
    story = talked().wait(0.5).close_frame("received", code, reason)
    story.close_frame("sent", code)
    return story.closed(1005 if code is None else code, "remote", "close", reason)


def breached(clause: str, message: str, *, code: int = 1002, times: int = 1) -> Events:
    """A frame of the peer's that breaks a clause, for which this end closes."""
    story = talked()
    for _ in range(times):
        frame = story.frame("received", 1, b"x")
        story.violation(clause, message, frame.seq)
    story.close_frame("sent", code, message[:100])
    return story.closed(code, "local", "violation", message[:100])


def ping_unanswered() -> Events:
    story = talked()
    story.frame("sent", 9, b"one")
    return story.wait(20).closed(1006, "network", "ping-timeout")


def close_unanswered() -> Events:
    return talked().close_frame("sent", 1000).wait(5).closed(1006, "local", "close-timeout")


def cut() -> Events:
    story = talked()
    frame = story.frame("received", 2, b"x" * 10, announced=2000)
    story.violation("RFC 6455 7.1.4", "The connection ended inside a frame.", frame.seq)
    return story.closed(1006, "network", "eof")


def pong_missing() -> Events:
    story = talked()
    story.frame("received", 9, b"are you there")
    story.wait(20).close_frame("received", 1011, "keepalive ping timeout")
    return story.closed(1011, "remote", "close", "keepalive ping timeout")


def masked_by_the_server() -> Events:
    story = Story().phase("upgrade", 0.01).opened()
    for _ in range(3):
        frame = story.frame("received", 1, b"x", masking_key=KEY)
        story.violation("RFC 6455 5.1", "The server sent a masked frame.", frame.seq)
    return story.events  # a lenient client goes on


STORIES = {
    "WS201": lambda: lost("eof", after=60),
    "WS202": lambda: lost("reset"),
    "WS203": lambda: lost("eof"),
    "WS204": lambda: lost("tls"),
    "WS205": ping_unanswered,
    "WS206": close_unanswered,
    "WS207": cut,
    "WS208": lambda: breached("RFC 6455 5.2", "The opcode 0x3 is reserved."),
    "WS209": lambda: breached("RFC 6455 7.4.1", "The message is longer than 1024 bytes.",
                              code=1009),
    "WS210": lambda: closed_with(1011, "unhandled exception"),
    "WS211": lambda: closed_with(1002, "reserved bits"),
    "WS212": lambda: closed_with(1003, "text only"),
    "WS213": lambda: closed_with(1007, "invalid UTF-8"),
    "WS214": lambda: closed_with(1008, "token expired"),
    "WS215": lambda: closed_with(1009, "limit is 1 MiB"),
    "WS216": lambda: closed_with(1010, "permessage-deflate"),
    "WS217": lambda: closed_with(1012),
    "WS218": lambda: closed_with(1014),
    "WS219": lambda: closed_with(3000, "log in"),
    "WS220": lambda: closed_with(4401, "who are you"),
    "WS221": lambda: breached("RFC 6455 7.4", "The close code 1006 must not be sent."),
    "WS222": lambda: closed_with(1001, "restarting"),
    "WS223": pong_missing,
    "WS301": lambda: breached("RFC 6455 5.2", "The length 5 is written in 16 bits; the shortest"
                              " form is required."),
    "WS302": lambda: breached("RFC 6455 8.1", "The text is not UTF-8 at byte 3.", code=1007),
    "WS303": masked_by_the_server,
    "WS304": lambda: breached("RFC 6455 5.5.1", "A text frame follows the Close."),
    "WS305": lambda: breached("RFC 6455 5.4", "A continuation frame continues nothing."),
    "WS306": lambda: breached("RFC 6455 5.5", "A ping frame has 200 bytes of payload; 125 are"
                              " allowed."),
    "WS307": lambda: breached("RFC 7692 6.1", "RSV1 is set on a continuation frame; only a"
                              " message's first frame may have it."),
    "WS308": lambda: breached("RFC 7692 7.2.2", "The message cannot be inflated.", code=1007),
}  # fmt: skip
