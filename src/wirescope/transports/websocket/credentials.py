"""HTTP authentication of a client: basic (RFC 7617), bearer (RFC 6750) and digest (RFC 7616)."""

import os
import re
from base64 import b64encode
from collections.abc import Callable, Iterable
from hashlib import md5, sha256
from typing import NamedTuple

from wirescope.transports.websocket.options import BasicAuth, BearerAuth, DigestAuth

_CHALLENGE = re.compile(r"(?:^|,)\s*digest\s+", re.IGNORECASE)
_NEXT_SCHEME = re.compile(r",\s*[A-Za-z][\w-]*\s+[A-Za-z][\w-]*\s*=")
_PARAMETER = re.compile(r'([\w*-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))')


def authorization(auth: BasicAuth | BearerAuth | DigestAuth | None) -> str | None:
    """Write the Authorization header that goes with the first request, if one does."""
    if isinstance(auth, BasicAuth):
        credentials = f"{auth.user}:{auth.password}".encode()
        return f"Basic {b64encode(credentials).decode('ascii')}"
    if isinstance(auth, BearerAuth):
        return f"Bearer {auth.token}"
    return None


class Challenge(NamedTuple):
    """A Digest challenge (RFC 7616 section 3.3)."""

    realm: str
    nonce: str
    algorithm: str
    opaque: str | None
    qop: bool


def read_challenge(values: Iterable[str]) -> Challenge | None:
    """Find the strongest Digest challenge that can be answered among WWW-Authenticate values."""
    found = [each for value in values for each in _digest_challenges(value)]
    return max(found, key=lambda each: each.algorithm.startswith("SHA"), default=None)


def _digest_challenges(value: str) -> list[Challenge]:
    challenges = []
    for begin in _CHALLENGE.finditer(value):
        text = value[begin.end() :]
        other = _NEXT_SCHEME.search(text)
        text = text[: other.start()] if other else text
        fields = {
            name.lower(): re.sub(r"\\(.)", r"\1", quoted) if quoted else plain
            for name, quoted, plain in _PARAMETER.findall(text)
        }
        algorithm = fields.get("algorithm", "MD5").upper()
        qops = [each.strip() for each in fields.get("qop", "").split(",") if each.strip()]
        if algorithm.removesuffix("-SESS") not in _HASHES or "nonce" not in fields:
            continue
        if qops and "auth" not in qops:
            continue
        challenges.append(
            Challenge(
                fields.get("realm", ""),
                fields["nonce"],
                algorithm,
                fields.get("opaque"),
                bool(qops),
            )
        )
    return challenges


# MD5 is what RFC 7616 section 3.2 keeps for servers that know nothing better.
_HASHES: dict[str, Callable[[bytes], str]] = {
    "MD5": lambda data: md5(data, usedforsecurity=False).hexdigest(),
    "SHA-256": lambda data: sha256(data).hexdigest(),
}


def answer_challenge(
    challenge: Challenge, auth: DigestAuth, *, target: str, cnonce: str | None = None
) -> str:
    """Write the Authorization header that answers a challenge to a GET (RFC 7616 section 3.4).

    `cnonce` is random unless given.
    """
    digest = _HASHES[challenge.algorithm.removesuffix("-SESS")]

    def hashed(*parts: str) -> str:
        return digest(":".join(parts).encode())

    cnonce = cnonce or os.urandom(8).hex()
    secret = hashed(auth.user, challenge.realm, auth.password)
    if challenge.algorithm.endswith("-SESS"):
        secret = hashed(secret, challenge.nonce, cnonce)
    request = hashed("GET", target)
    if challenge.qop:
        response = hashed(secret, challenge.nonce, "00000001", cnonce, "auth", request)
    else:
        response = hashed(secret, challenge.nonce, request)
    fields = [
        f"username={_quoted(auth.user)}",
        f"realm={_quoted(challenge.realm)}",
        f"nonce={_quoted(challenge.nonce)}",
        f"uri={_quoted(target)}",
        f'response="{response}"',
        f"algorithm={challenge.algorithm}",
    ]
    if challenge.opaque is not None:
        fields.append(f"opaque={_quoted(challenge.opaque)}")
    if challenge.qop:
        fields += ["qop=auth", "nc=00000001", f'cnonce="{cnonce}"']
    elif challenge.algorithm.endswith("-SESS"):
        fields.append(f'cnonce="{cnonce}"')
    return "Digest " + ", ".join(fields)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
