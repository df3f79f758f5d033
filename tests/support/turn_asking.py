"""What every TURN client for tests does alike, whatever it sends over: sign, learn, read codes.

It is made of this project's own messages, without the transport's client, so that a test decides
about each request itself.
"""

from wirescope.wire.stun import (
    ErrorCode,
    Nonce,
    Realm,
    StunMessage,
    Username,
    add_integrity,
    long_term_key,
)

REALM = "wirescope"
"""The realm of the servers here, for a key before the server has said one."""


class Asking:
    """A client's credentials, and what the server has asked for last.

    Attributes:
        user: its name.
        password: what belongs to it.
        realm: what the server said; empty before.
        nonce: likewise.
    """

    def __init__(self, user: str, password: str) -> None:
        self.user, self.password = user, password
        self.realm, self.nonce = "", b""

    @property
    def key(self) -> bytes:
        """The key of its signatures (RFC 8489 section 9.2.2)."""
        return long_term_key(self.user, self.realm or REALM, self.password)

    def sign(self, request: StunMessage) -> StunMessage:
        """Sign a request with what the server asked for last."""
        values = Username(self.user), Realm(self.realm), Nonce(self.nonce)
        return add_integrity(request.with_values(*values), self.key)

    def learn_from(self, answer: StunMessage) -> None:
        """Take realm and nonce from an answer, which has to have them."""
        realm, nonce = answer.find(Realm), answer.find(Nonce)
        assert realm is not None
        assert nonce is not None
        self.realm, self.nonce = realm.text, nonce.data


def code_of(answer: StunMessage) -> int:
    """Give the code of an error response; 0 of a success."""
    error = answer.find(ErrorCode)
    return 0 if error is None else error.code
