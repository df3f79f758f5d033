"""Credentials in the opening handshake: Basic, Bearer, and the answer to a Digest challenge.

Basic (RFC 7617) and Bearer (RFC 6750) go with the first request. Digest (RFC 7616) answers a 401:
challenges are read, the strongest that can be answered is chosen, and the answer computed. Pure:
the client nonce comes in as an argument. Not here: sending anything a second time.
"""

import hashlib
import re
from base64 import b64encode
from collections.abc import Callable, Iterable

import msgspec

from wirescope.transports.websocket.options import BasicAuth, BearerAuth, DigestAuth
from wirescope.wire.websocket import is_token


def preemptive_authorization(auth: BasicAuth | BearerAuth | DigestAuth | None) -> str | None:
    """Write the Authorization header that goes with a first request; None sends none."""
    match auth:
        case BasicAuth(user, password):
            # RFC 7617 section 2.1: UTF-8 is the only charset that a server can ask for
            pair = f"{user}:{password}".encode("utf-8", "surrogateescape")
            return f"Basic {b64encode(pair).decode('ascii')}"
        case BearerAuth(token):
            return f"Bearer {token}"
        case _:
            return None


_LEAST_SECRET = 4
"""Characters below which a text is not blotted out: it would blot out half of a log."""


def secrets_of(auth: BasicAuth | BearerAuth | DigestAuth | None, *further: str) -> tuple[str, ...]:
    """Return what is to be blotted out wherever it turns up, of credentials and further secrets."""
    secret = auth.token if isinstance(auth, BearerAuth) else auth.password if auth else ""
    texts = dict.fromkeys((secret, *further))
    return tuple(text for text in texts if len(text) >= _LEAST_SECRET)


class Challenge(msgspec.Struct, frozen=True):
    """One challenge of a WWW-Authenticate header (RFC 9110 section 11.6.1).

    Attributes:
        scheme: in lower case, as `digest`.
        parameters: by name in lower case, quotes and backslashes taken off.
    """

    scheme: str
    parameters: dict[str, str]


_PART = re.compile(
    r"""[ \t]*(?:(?P<scheme>[^\s,="]+)(?=[ \t]|[ \t]*(?:,|\Z)))?[ \t]*
        (?:(?P<name>[^\s,="]+)[ \t]*=[ \t]*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<plain>[^\s,"=]*))
          |(?P<token68>[A-Za-z0-9\-._~+/]+=*))?
        [ \t]*(?:,|\Z)""",
    re.VERBOSE,
)


def parse_challenges(values: Iterable[str]) -> list[Challenge]:
    """Read the values of WWW-Authenticate; what cannot be read ends the reading of its value."""
    return [challenge for value in values for challenge in _parse_challenges(value)]


def _parse_challenges(value: str) -> list[Challenge]:
    found: list[Challenge] = []
    position = 0
    while position < len(value):
        part = _PART.match(value, position)
        if part is None or part.end() == position:
            break
        position = part.end()
        if part["scheme"] and is_token(part["scheme"]):
            found.append(Challenge(part["scheme"].lower(), {}))
        if part["name"] and found:
            quoted = part["quoted"]
            text = part["plain"] if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
            found[-1].parameters.setdefault(part["name"].lower(), text)
    return found


# RFC 7616 section 6.1, strongest first; a server lists its challenges in its own order
_HASHES: dict[str, Callable[[bytes], str]] = {
    "SHA-512-256": lambda data: hashlib.new("sha512_256", data).hexdigest(),
    "SHA-256": lambda data: hashlib.sha256(data).hexdigest(),
    "MD5": lambda data: hashlib.md5(data, usedforsecurity=False).hexdigest(),
}
if "sha512_256" not in hashlib.algorithms_available:
    del _HASHES["SHA-512-256"]


def choose_challenge(values: Iterable[str]) -> Challenge | None:
    """Choose the strongest Digest challenge that can be answered; None if there is none."""
    strength = list(_HASHES)
    usable = [
        challenge
        for challenge in parse_challenges(values)
        if challenge.scheme == "digest"
        and {"realm", "nonce"} <= challenge.parameters.keys()
        and _algorithm(challenge) in _HASHES
        and ("qop" not in challenge.parameters or "auth" in _qops(challenge))
    ]
    return min(usable, key=lambda each: strength.index(_algorithm(each)), default=None)


def _algorithm(challenge: Challenge) -> str:
    return challenge.parameters.get("algorithm", "MD5").upper().removesuffix("-SESS")


def _qops(challenge: Challenge) -> list[str]:
    return [qop.strip().lower() for qop in challenge.parameters["qop"].split(",")]


def digest_authorization(
    challenge: Challenge, auth: DigestAuth, *, target: str, cnonce: str, method: str = "GET"
) -> str:
    """Answer a Digest challenge (RFC 7616 section 3.4); the value of Authorization.

    Args:
        challenge: one that `choose_challenge` gave.
        auth: whose answer it is.
        target: the request target as it stands in the request line.
        cnonce: the client's nonce, random and never used before.
        method: of the request.
    """
    given = challenge.parameters
    realm, nonce = given["realm"], given["nonce"]
    digest = _HASHES[_algorithm(challenge)]

    def h(*parts: str) -> str:
        return digest(":".join(parts).encode("utf-8", "surrogateescape"))

    # section 3.4.2: A1, with the session's nonces where the algorithm ends in -sess
    a1 = h(auth.user, realm, auth.password)
    if given.get("algorithm", "").lower().endswith("-sess"):
        a1 = h(a1, nonce, cnonce)
    a2 = h(method, target)
    fields = {"username": f'"{_quoted(auth.user)}"', "realm": f'"{_quoted(realm)}"'}
    if given.get("userhash", "").lower() == "true":  # section 3.4.4
        fields["username"] = f'"{h(auth.user, realm)}"'
    elif not auth.user.isascii():
        del fields["username"]
        fields["username*"] = "UTF-8''" + _percent(auth.user)
    fields |= {"nonce": f'"{_quoted(nonce)}"', "uri": f'"{_quoted(target)}"'}
    if "qop" in given:
        fields["response"] = f'"{h(a1, nonce, "00000001", cnonce, "auth", a2)}"'
        fields |= {"cnonce": f'"{cnonce}"', "nc": "00000001", "qop": "auth"}
    else:  # RFC 2069, which section 3.4 of RFC 2617 kept
        fields["response"] = f'"{h(a1, nonce, a2)}"'
    if "algorithm" in given:
        fields["algorithm"] = given["algorithm"]
    if "opaque" in given:
        fields["opaque"] = f'"{_quoted(given["opaque"])}"'
    if given.get("userhash", "").lower() == "true":
        fields["userhash"] = "true"
    return "Digest " + ", ".join(f"{name}={value}" for name, value in fields.items())


def _quoted(text: str) -> str:
    return re.sub(r'(["\\])', r"\\\1", text)


def _percent(text: str) -> str:
    # RFC 8187 section 3.2.1: attr-char stays, all else as percent codes of its UTF-8
    kept = b"!#$&+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    data = text.encode("utf-8", "surrogateescape")
    return "".join(chr(byte) if byte in kept else f"%{byte:02X}" for byte in data)
