"""Long-term credentials: how a request is signed once the server has asked for it (RFC 8489 9.2).

The server's first answer, 401, names a realm and gives a nonce; from then on each request carries
both, the user name, and a signature. A server that offers password algorithms gets the first one
that is known here, and SHA-256 signatures (section 9.2.4).
"""

from wirescope.errors import ConnectError, StunRefusedError
from wirescope.wire.stun import (
    Algorithm,
    KeyDerivation,
    MessageIntegrity,
    MessageIntegritySha256,
    Nonce,
    PasswordAlgorithm,
    PasswordAlgorithms,
    Realm,
    SecurityFeatures,
    StunMessage,
    Username,
    add_integrity,
    add_integrity_sha256,
    long_term_key,
    read_features,
    verify_integrity,
    verify_integrity_sha256,
)
from wirescope.wire.turn import Credentials


class LongTerm:
    """Signs the requests of one client to one server.

    Args:
        credentials: user name and password; None signs nothing.

    Attributes:
        realm: what the server said; empty before it did.
        nonce: the one that is used now.
    """

    def __init__(self, credentials: Credentials | None) -> None:
        self.credentials = credentials
        self.realm = ""
        self.nonce = b""
        self._key = b""
        self._offered: PasswordAlgorithms | None = None
        self._chosen: Algorithm | None = None

    @property
    def can_sign(self) -> bool:
        """Whether the server has asked, and there are credentials to answer with."""
        return bool(self._key)

    def take(self, challenge: StunMessage) -> bool:
        """Take realm and nonce out of a 401 or 438; False where it lacks one (section 9.2.4).

        Raises:
            ConnectError: the nonce promises password algorithms that the answer does not list.
            PacketError: one of them breaks its form.
            StunRefusedError: user name, realm or password cannot be made a key of.
        """
        realm, nonce = challenge.find(Realm), challenge.find(Nonce)
        if nonce is None or (realm is None and not self.realm):
            return False
        self.realm = self.realm if realm is None else realm.text
        self.nonce = nonce.data
        self._offered, self._chosen = _choose(challenge, nonce.data)
        if self.credentials is not None:
            self._key = self._make_key(self.credentials)
        return True

    def _make_key(self, credentials: Credentials) -> bytes:
        number = KeyDerivation.MD5 if self._chosen is None else self._chosen.number
        try:
            return long_term_key(
                credentials.username,
                self.realm,
                credentials.password,
                derivation=KeyDerivation(number),
            )
        except ValueError as error:
            raise StunRefusedError(
                f"No key can be made of the credentials and the realm: {error}.",
                code=401,
                method="Allocate",
                hint="Check user name and password for characters that cannot be seen.",
            ) from None

    def sign(self, message: StunMessage) -> StunMessage:
        """Give the message with credentials and signature; as it is before the server has asked."""
        if not self._key or self.credentials is None:
            return message
        signed = message.with_values(
            Username(self.credentials.username), Realm(self.realm), Nonce(self.nonce)
        )
        if self._offered is None or self._chosen is None:
            return add_integrity(signed, self._key)
        signed = signed.with_values(self._offered, PasswordAlgorithm(self._chosen))
        return add_integrity_sha256(signed, self._key)

    def trusts(self, answer: StunMessage) -> bool:
        """Whether an answer to a signed request is signed rightly (section 9.2.5)."""
        if answer.has(MessageIntegritySha256):
            return verify_integrity_sha256(answer, self._key)
        return answer.has(MessageIntegrity) and verify_integrity(answer, self._key)


def _choose(
    challenge: StunMessage, nonce: bytes
) -> tuple[PasswordAlgorithms | None, Algorithm | None]:
    """Choose the first of the server's password algorithms that is known here.

    A nonce that promises a list where there is none may have lost it to somebody on the way, who
    wants the weaker signature; such a challenge must not be answered (section 9.2.5).
    """
    features = read_features(nonce)
    if features is None or SecurityFeatures.PASSWORD_ALGORITHMS not in features:
        return None, None
    offered = challenge.find(PasswordAlgorithms)
    if offered is None:
        raise ConnectError(
            "The server's nonce promises PASSWORD-ALGORITHMS, and its answer has none.",
            phase="stun",
            kind="not-trusted",
            hint="Somebody on the way may have taken them out, to have the password signed weakly.",
        )
    known = [each for each in offered.algorithms if each.number in (1, 2)]
    if not known:
        raise ConnectError(
            "The server takes none of the password algorithms that are known here.",
            phase="stun",
            kind="not-trusted",
            hint="RFC 8489 section 18.5 has MD5 (1) and SHA-256 (2); configure one of them.",
        )
    return offered, known[0]
