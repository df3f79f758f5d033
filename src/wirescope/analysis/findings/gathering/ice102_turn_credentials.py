"""A TURN server answered 401 to a request with credentials.

## What it sees

A server answered 401 and gave no address after it. The first 401 of a server is how it asks for
credentials, and engines do not tell of it; this one is the answer to a request that had them.

## Why it matters

There is no relay, so that calls between networks which let nothing else through fail, and others
succeed: the kind of fault that only some users have.

## How to fix

Check user name and password against the configuration of the server; each character counts, also
spaces at the end. With a shared secret, the password is the HMAC-SHA1 of the user name under that
secret, in Base64, and the secret has to be the same at both places. See that the realm is
configured, and that the server is the one that you think it is.

## References

RFC 8489 section 9.2 (long-term credentials), RFC 8656 section 7.
"""

from collections.abc import Iterator

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.asked import quoted, ran_out_s, refused_with, server_found
from wirescope.analysis.findings.rule import AFTERWARDS, Found, call_rule


@call_rule("ICE102", "A TURN server refuses the credentials", "warning", *AFTERWARDS, page=__doc__)
def turn_credentials(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for servers that answered 401 and gave no address."""
    for server, said in refused_with(call, 401):
        if ran_out_s(server, said[0]) is None:
            cause = f"{server.url} does not take the credentials: 401{quoted(said)}."
            fix = "Check user name and password against the server's configuration."
            yield server_found(conversation, server, said, cause, fix)
