"""Secrets are compressed together with what others may choose.

## What it sees

permessage-deflate is in use with context takeover, and messages that were compressed hold fields
with the names of secrets, as `token` or `password`, and a value of eight characters or more without
a space. Whether somebody else can choose what stands beside them is not to be seen from here, so
this is information only.

## Why it matters

What repeats a secret compresses better. Whoever can put chosen text beside the secret and see the
length of what is sent can guess it piece by piece, in spite of TLS.

## How to fix

Send messages with secrets uncompressed; the extension lets the sender choose for each message. Or
agree on no context takeover for that direction, so that only what stands in one message is
compressed together.

## References

RFC 7692 section 8 (security considerations). RFC 7457 section 2.6 (CRIME and its kin).
"""

import re
from collections.abc import Iterator

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.measures import looked_at, ways, window
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event

_SECRET = re.compile(
    rb'"(\w*(?:token|password|passwd|secret|api_?key|authorization|session_?id))"\s*:\s*"[^"\s]{8,}"',
    re.IGNORECASE,
)


@rule("WS704", "Secret in a compressed message", "info", Moment.CLOSED, Moment.END, page=__doc__)
def compressed_secret(conversation: Conversation, _: Event) -> Iterator[Found]:
    """Look for fields with the names of secrets in compressed messages."""
    for way in ways(conversation):
        agreed_on = window(conversation, way)
        if agreed_on is not None and not agreed_on.kept:
            continue  # nothing but the message itself stands beside it
        found = [
            (message.seq, match[1].decode("ascii", "replace"))
            for message in looked_at(way.flow)
            if message.compressed and (match := _SECRET.search(message.payload)) is not None
        ]
        if found and len(found) < way.flow.compressed:  # something else stands beside it
            names = ", ".join(sorted({name for _, name in found})[:3])
            yield Found(
                f"Compressed messages that {way.sender} sent hold a secret ({names}),"
                f" {len(found):,} of them.",
                "Send messages with secrets uncompressed.",
                tuple(seq for seq, _ in found[:5]),
                about=way.direction,
            )
