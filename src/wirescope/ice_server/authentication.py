"""Who a request is from: long-term credentials (RFC 8489 section 9.2) and nonces of our own.

A credential is a user name and a password that the server knows, or one for a time, which it can
reckon from a secret (`wirescope.wire.turn`). A nonce has eight characters, so that the first answer
stays short: when it was made, and a MAC of that and of the client's address. So nothing is kept for
clients that have shown no credentials, and what one client has signed is of no use to another.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from wirescope.ice_server.flows import Flow, Moment
from wirescope.wire.stun import (
    MessageIntegrity,
    MessageIntegritySha256,
    Method,
    Nonce,
    Realm,
    StunMessage,
    Username,
    long_term_key,
    verify_integrity,
    verify_integrity_sha256,
)
from wirescope.wire.turn import read_username, timed_password

MAX_KEYS = 1024
"""Keys of credentials for a time that are remembered; reckoning one again costs little."""

_STEP_NS = 8_000_000_000
"""The nonce's clock; its 16 bits last for six days, and the MAC knows the whole of it."""


class Nonces:
    """Makes nonces and knows them again.

    Args:
        secret: known to this server alone.
        lifetime_s: how long a nonce is good.
    """

    def __init__(self, secret: bytes, *, lifetime_s: float) -> None:
        self._secret = secret
        self._steps = max(1, int(lifetime_s * 1e9 // _STEP_NS))

    def make(self, flow: Flow, now_ns: int) -> bytes:
        """Make a nonce for a client."""
        step = now_ns // _STEP_NS
        return base64.b64encode((step & 0xFFFF).to_bytes(2, "big") + self._mac(flow, step))

    def is_fresh(self, nonce: bytes, flow: Flow, now_ns: int) -> bool:
        """Whether a nonce was made here, for this client, not too long ago."""
        try:
            data = base64.b64decode(nonce, validate=True)
        except binascii.Error:
            return False
        if len(data) != 6:
            return False
        step = now_ns // _STEP_NS
        age = (step - int.from_bytes(data[:2], "big")) & 0xFFFF
        return age <= self._steps and hmac.compare_digest(self._mac(flow, step - age), data[2:])

    def _mac(self, flow: Flow, step: int) -> bytes:
        text = f"{step} {flow}".encode()
        return hashlib.blake2b(text, key=self._secret, digest_size=4).digest()


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom a request is from.

    Attributes:
        username: as the client gives it.
        user: whose quota it counts against: of credentials for a time the user in them.
        key: signs the answers.
        sha256: whether the request is signed with SHA-256, as the answer is to be then.
    """

    username: str
    user: str
    key: bytes
    sha256: bool = False


@dataclass(frozen=True, slots=True)
class Denial:
    """Why a request is nobody's.

    Attributes:
        code: of the answer: 400, 401 or 438.
        words: what happened, for people.
    """

    code: int
    words: str


class Authenticator:
    """Knows the credentials.

    Args:
        moment: says what time it is.
        realm: what the credentials belong to.
        users: user names and their passwords.
        secret: whoever knows it gives out credentials for a time; none of these without it.
        nonces: makes nonces and knows them again.
    """

    def __init__(
        self,
        moment: Moment,
        *,
        realm: str,
        users: Mapping[str, str],
        secret: bytes | None,
        nonces: Nonces,
    ) -> None:
        self._moment = moment
        self._realm = realm
        self._secret = secret
        self._nonces = nonces
        self._users = {
            name: long_term_key(name, realm, password) for name, password in users.items()
        }
        self._timed: dict[str, bytes] = {}

    def challenge(self, flow: Flow) -> tuple[Realm, Nonce]:
        """Give what a client needs to sign its next request."""
        return Realm(self._realm), Nonce(self._nonces.make(flow, self._moment.now_ns))

    def precheck(self, request: StunMessage, flow: Flow) -> Denial | None:
        """Look at what costs little, in the order of RFC 8489 section 9.2.4: form and nonce.

        Raises:
            PacketError: an attribute breaks its form.
        """
        if not (request.has(MessageIntegrity) or request.has(MessageIntegritySha256)):
            return Denial(401, "not signed")
        nonce = request.find(Nonce)
        if nonce is None or not request.has(Realm) or not request.has(Username):
            return Denial(400, "signed, but USERNAME, REALM or NONCE is missing")
        if not self._nonces.is_fresh(nonce.data, flow, self._moment.now_ns):
            return Denial(438, "the nonce has expired, or is not this client's")
        return None

    def identify(self, request: StunMessage, flow: Flow) -> Identity | Denial:
        """Find out whom a request that passed `precheck` is from.

        Raises:
            PacketError: an attribute breaks its form.
        """
        found = request.find(Username)
        name = "" if found is None else found.text
        key = self._remembered(request, flow, name) or self._key(name)
        if key is None:
            return Denial(401, self._unknown(name))
        sha256 = request.has(MessageIntegritySha256)
        # section 9.2.4: the stronger one counts where both are there
        verify = verify_integrity_sha256 if sha256 else verify_integrity
        if not verify(request, key):
            return Denial(401, "the password is wrong, or the request was changed on its way")
        return Identity(name, self._user(name), key, sha256)

    @staticmethod
    def _remembered(request: StunMessage, flow: Flow, name: str) -> bytes | None:
        """Give the key that made an allocation, which goes on when its credentials are over."""
        mine = flow.allocation
        if mine is None or mine.is_over or mine.identity.username != name:
            return None
        if request.method == Method.ALLOCATE and mine.made_by[0] != request.transaction_id:
            return None  # another one is made with credentials that hold
        return mine.identity.key

    def _user(self, name: str) -> str:
        timed = None if name in self._users else read_username(name)
        return timed.user if timed is not None and timed.user else name

    def _is_over(self, name: str) -> bool | None:
        """Whether the time in a user name is over; None where it has none that counts here."""
        timed = read_username(name) if self._secret is not None else None
        return None if timed is None else timed.expires_at_s <= self._moment.wall_s

    def _unknown(self, name: str) -> str:
        if self._is_over(name):
            return "the credentials have expired"
        return "no such user"

    def _key(self, name: str) -> bytes | None:
        key = self._users.get(name)
        if key is not None:
            return key
        if self._secret is None or self._is_over(name) is not False:
            return None
        key = self._timed.pop(name, None)
        if key is None:
            try:
                key = long_term_key(name, self._realm, timed_password(self._secret, name))
            except ValueError:  # characters that no user name has
                return None
            if len(self._timed) >= MAX_KEYS:
                del self._timed[next(iter(self._timed))]
        self._timed[name] = key
        return key
