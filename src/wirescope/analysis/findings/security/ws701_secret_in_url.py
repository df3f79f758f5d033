"""A secret stands in the address.

## What it sees

The address has a parameter whose name says that it is secret (`token`, `api_key`, `password`), a
value that looks like a token (a JSON Web Token, a key with a known prefix), or a user with a
password. The value itself is not repeated here.

## Why it matters

Addresses are written down: in the logs of servers, proxies and load balancers, in the history of a
browser, in error reports. TLS does not help against that.

## How to fix

Send the token in the first message, in a header where the client is not a browser, or in a cookie.
Where a browser cannot do otherwise, give out a ticket for one connection that is void after some
seconds.

## References

RFC 6750 section 5.3 (do not pass bearer tokens in page URLs). RFC 9110 section 17.9.
"""

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event

_NAMES = re.compile(
    r"(?:.*[_-]|access|auth|client|id|refresh|user)?(?:token|jwt|secret|password|passwd|pwd|api[_-]?key|apikey|access[_-]?key|auth"
    r"|authorization|signature|sig|session(?:[_-]?id)?|sid|credential|private[_-]?key|bearer)",
    re.IGNORECASE,
)
_HARMLESS = frozenset({"sid"})  # Engine.IO's session, made for this connection
_SHAPES = {
    "a JSON Web Token": re.compile(r"eyJ[\w-]{8,}\.eyJ[\w-]{4,}\.[\w-]*"),
    "a key with a known prefix": re.compile(
        r"(?:sk|pk|rk)_(?:live|test)_\w{10,}|sk-[\w-]{20,}|gh[pousr]_\w{30,}|xox[abprs]-[\w-]{10,}"
        r"|AKIA[0-9A-Z]{16}|AIza[\w-]{30,}|glpat-[\w-]{16,}"
    ),
}
SHORTEST = 4
"""Characters of a value from which it can be a secret; `auth=1` is a switch."""


@rule("WS701", "Secret in the address", "warning", Moment.OPENED, Moment.FAILED, page=__doc__)
def secret_in_url(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look at the parameters of the address, their names and the shape of their values."""
    opening = conversation.opening
    if opening is None:
        return
    found = sorted(set(_secrets(opening.url)))
    if found:
        yield Found(
            f"The address holds what should not be written down: {', '.join(found)}.",
            "Send it in the first message, a header or a cookie, or use a ticket for one use.",
            (opening.seq, event.seq),
        )


def _secrets(url: str) -> Iterator[str]:
    try:
        parts = urlsplit(url)
        password = parts.password
    except ValueError:
        return  # no address at all
    if password:
        yield "a password"
    for name, value in parse_qsl(parts.query):
        shape = next((what for what, sign in _SHAPES.items() if sign.search(value)), None)
        if shape is not None:
            yield f"{shape} as {name}"
        elif len(value) >= SHORTEST and _NAMES.fullmatch(name) and name.lower() not in _HARMLESS:
            yield name
    for what, sign in _SHAPES.items():
        if sign.search(parts.path):
            yield f"{what} in the path"
