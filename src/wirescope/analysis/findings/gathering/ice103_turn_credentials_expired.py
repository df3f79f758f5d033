"""The user name of a TURN server says until when it holds, and that time is over.

## What it sees

Credentials for a time have the time of their end in the user name, in seconds since 1970, before a
colon. A server answered 401, and the time in the user name lay in the past when it was asked.

## Why it matters

Such credentials are handed out for hours. A page that stays open longer, a computer that was
asleep, or a client that keeps them in a configuration uses them after their end, so that it works
at first and not the day after.

## How to fix

Ask for new credentials right before each connection and before each restart of ICE, not once when
the program starts. See that the clocks of the server and of whoever makes the credentials agree.

## References

draft-uberti-behave-turn-rest-00 section 2.2, RFC 8489 section 9.2.
"""

from collections.abc import Iterator

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.asked import quoted, ran_out_s, refused_with, server_found
from wirescope.analysis.findings.rule import AFTERWARDS, Found, call_rule


def _duration(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    hours = seconds / 3600
    if hours < 2:
        return f"{seconds / 60:.0f} min"
    return f"{hours:.0f} h" if hours < 48 else f"{hours / 24:,.0f} days"


@call_rule(
    "ICE103", "The credentials of a TURN server have run out", "warning", *AFTERWARDS, page=__doc__
)
def turn_credentials_expired(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for servers that answered 401 to credentials whose time is over."""
    for server, said in refused_with(call, 401):
        late_s = ran_out_s(server, said[0])
        if late_s is not None:
            cause = (
                f"The credentials for {server.url} had run out {_duration(late_s)} before it"
                f" answered 401{quoted(said)}."
            )
            fix = "Ask for new credentials before each connection and each restart of ICE."
            yield server_found(conversation, server, said, cause, fix)
