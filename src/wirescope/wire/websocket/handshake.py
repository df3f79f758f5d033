"""The opening handshake as bytes, for both sides (RFC 6455 section 4, on HTTP/1.1 of RFC 9112).

Here request and response are built as asked for and checked against the specification: a head that
breaks a rule raises nothing, the checks return every `Problem` with its clause, and the caller
decides. Heads are cut out and read in `heads`. Not here: sockets, redirects, authentication,
response bodies and what permessage-deflate's parameters mean.
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Sequence
from hashlib import sha1
from http import HTTPStatus

import msgspec

from wirescope.errors import HandshakeError, UsageError
from wirescope.wire.websocket.extension_header import (
    Extension,
    parse_extensions,
    parse_subprotocols,
)
from wirescope.wire.websocket.heads import (
    HEAD_LIMIT,
    Headers,
    HeadReader,
    HeadTooLargeError,
    RequestedHeaders,
    RequestHead,
    ResponseHead,
    build_head,
    is_token,
    parse_request,
    parse_response,
    shown,
    to_bytes,
)

__all__ = [
    "HEAD_LIMIT",
    "Extension",
    "HeadReader",
    "HeadTooLargeError",
    "Headers",
    "Problem",
    "RequestHead",
    "RequestedHeaders",
    "ResponseHead",
    "accept_key",
    "build_refusal",
    "build_request",
    "build_response",
    "check_request",
    "check_response",
    "is_token",
    "make_key",
    "parse_extensions",
    "parse_request",
    "parse_response",
    "parse_subprotocols",
]

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # section 1.3
_OPENING = "RFC 6455 4.1"
_SERVER = "RFC 6455 4.2.1"
_SYNTAX = "RFC 9112 2.1"


class Problem(msgspec.Struct, frozen=True):
    """A rule that a head breaks.

    Attributes:
        clause: the rule, as `RFC 6455 4.1`.
        message: one sentence, what was found and what was expected.
        hint: one sentence, what to do; empty when there is nothing to advise.
        fatal: whether the connection has to fail; False where endpoints are known to get along.
        status: the HTTP status that a server answers with.
        headers: the header fields that belong into that answer.
        kind: what of the handshake it is about, in one word, as in `connection.failed`.
    """

    clause: str
    message: str
    hint: str = ""
    fatal: bool = True
    status: int = 400
    headers: Headers = ()
    kind: str = "handshake"


def accept_key(key: str) -> str:
    """Compute Sec-WebSocket-Accept from Sec-WebSocket-Key (section 4.2.2, item 5.4).

    >>> accept_key("dGhlIHNhbXBsZSBub25jZQ==")
    's3pPLMBiTxaQ9kYGzzhZRbK+xOo='
    """
    digest = sha1(to_bytes(key.strip()) + _GUID, usedforsecurity=False).digest()
    return b64encode(digest).decode("ascii")


def make_key(nonce: bytes) -> str:
    """Write 16 random bytes as Sec-WebSocket-Key (section 4.1, item 7 of the request)."""
    return b64encode(nonce).decode("ascii")


# Building


def build_request(
    target: str,
    host: str,
    key: str,
    *,
    headers: RequestedHeaders = (),
    origin: str | None = None,
    subprotocols: Sequence[str] = (),
    extensions: str | None = None,
    cookies: Sequence[str] = (),
    user_agent: str | None = None,
    authorization: str | None = None,
) -> bytes:
    """Write the client's request (section 4.1).

    `headers` come last, as typed and in that order; a name among them replaces the default of the
    same name in any case, also when its value is None, which sends none. Text goes out as UTF-8.

    Raises:
        UsageError: a carriage return, line feed or NUL, or a name that is not a token.
    """
    defaults: list[tuple[str, str | None]] = [
        ("Host", host),
        ("User-Agent", user_agent),
        ("Upgrade", "websocket"),
        ("Connection", "Upgrade"),
        ("Sec-WebSocket-Key", key),
        ("Sec-WebSocket-Version", "13"),
        ("Origin", origin),
        ("Sec-WebSocket-Protocol", ", ".join(subprotocols) or None),
        ("Sec-WebSocket-Extensions", extensions),
        ("Authorization", authorization),
        ("Cookie", "; ".join(cookies) or None),
    ]
    if not target or re.search(r"[\x00-\x20\x7f]", target):
        raise UsageError(
            f"The request target {target!r} has a blank or a control character in it.",
            hint="Write them as percent codes: %20 for a blank.",
        )
    return build_head(f"GET {target} HTTP/1.1", _overridden(defaults, headers))


def build_response(
    key: str,
    *,
    subprotocol: str | None = None,
    extensions: str | None = None,
    headers: RequestedHeaders = (),
) -> bytes:
    """Write the server's 101 (section 4.2.2); `headers` as for `build_request`."""
    defaults: list[tuple[str, str | None]] = [
        ("Upgrade", "websocket"),
        ("Connection", "Upgrade"),
        ("Sec-WebSocket-Accept", accept_key(key)),
        ("Sec-WebSocket-Protocol", subprotocol),
        ("Sec-WebSocket-Extensions", extensions),
    ]
    return build_head("HTTP/1.1 101 Switching Protocols", _overridden(defaults, headers))


def build_refusal(
    status: int, *, reason: str | None = None, headers: RequestedHeaders = (), body: bytes = b""
) -> bytes:
    """Write an answer that is not 101, head and body; the connection ends after it.

    `reason` is HTTP's own phrase for the status unless given.
    """
    if reason is None:
        known = {each.value: each.phrase for each in HTTPStatus}
        reason = known.get(status, "")
    defaults: list[tuple[str, str | None]] = [
        ("Content-Length", str(len(body))),
        ("Content-Type", "text/plain; charset=utf-8" if body else None),
        ("Connection", "close"),
    ]
    return build_head(f"HTTP/1.1 {status} {reason}", _overridden(defaults, headers)) + body


def _overridden(
    defaults: RequestedHeaders, headers: RequestedHeaders
) -> list[tuple[str, str | None]]:
    own = {name.lower() for name, _ in headers}
    return [field for field in defaults if field[0].lower() not in own] + list(headers)


# Checking


def check_response(
    head: ResponseHead,
    *,
    key: str,
    subprotocols: Sequence[str] = (),
    extensions: Sequence[str] = (),
) -> list[Problem]:
    """Check the answer to a request that carried this key and these offers (section 4.1).

    `extensions` are names. Whether an accepted extension's parameters fit is not judged here.
    """
    problems: list[Problem] = []
    if head.status != 101:
        problems.append(Problem(_OPENING, f"The status is {head.status}; 101 was expected."))
    problems += _check_upgrade(head, clause=_OPENING)
    problems += _check_accept(head, key)
    problems += _check_offers(head, subprotocols, extensions)
    problems += _check_lines(head)
    for name in ("Content-Length", "Transfer-Encoding"):
        if head.get(name) is not None:
            clause = "RFC 9110 8.6" if name == "Content-Length" else "RFC 9112 6.1"
            message = f"The 101 has a {name} header; an answer without a body must not."
            problems.append(Problem(clause, message, fatal=False))
    return problems


def check_request(head: RequestHead) -> list[Problem]:
    """Check a client's request (section 4.2.1); each problem has the status to answer with.

    Host and Origin policy and the subprotocols' choice are the server's own matter.
    """
    problems: list[Problem] = []
    if head.method != "GET":
        message = f"The method is {shown(head.method)}; GET was expected."
        problems.append(Problem(_SERVER, message, status=405, headers=(("Allow", "GET"),)))
    if head.version < "HTTP/1.1":
        problems.append(Problem(_SERVER, f"The version is {head.version}; HTTP/1.1 was expected."))
    if len(head.get_all("Host")) != 1:
        count = len(head.get_all("Host"))
        message = f"There are {count} Host headers; exactly one was expected."
        problems.append(Problem("RFC 9112 3.2", message))
    problems += _check_upgrade(head, clause=_SERVER)
    problems += _check_key(head)
    problems += _check_version(head)
    if head.get("Transfer-Encoding") is not None or (head.get("Content-Length") or "0") != "0":
        message = "The request has a body; what follows its head must be frames."
        problems.append(Problem(_SERVER, message))
    problems += _check_lines(head)
    return problems


def _check_upgrade(head: RequestHead | ResponseHead, *, clause: str) -> list[Problem]:
    problems = []
    # RFC 9110 section 15.5.22: 426 says which protocol would do, in Upgrade
    answer = (("Upgrade", "websocket"), ("Connection", "Upgrade"))
    upgrade = head.get_list("Upgrade")
    if not upgrade:
        message = "The header Upgrade: websocket is missing."
        problems.append(Problem(clause, message, _REMOVED, status=426, headers=answer))
    elif "websocket" not in [each.lower() for each in upgrade] or (
        isinstance(head, ResponseHead) and len(upgrade) != 1
    ):
        found = shown(", ".join(upgrade))
        message = f"The Upgrade header is {found}; websocket was expected."
        problems.append(Problem(clause, message, status=426, headers=answer))
    if "upgrade" not in [each.lower() for each in head.get_list("Connection")]:
        value = head.get("Connection")
        seen = "is missing" if value is None else f"is {shown(value)}"
        message = f"The Connection header {seen}; Upgrade was expected in it."
        problems.append(Problem(clause, message, _REMOVED, status=426, headers=answer))
    return problems


_REMOVED = (
    "A proxy in between may have removed it: it has to forward Upgrade and Connection"
    " (nginx: proxy_http_version 1.1 and proxy_set_header Upgrade, Connection)."
)


def _check_accept(head: ResponseHead, key: str) -> list[Problem]:
    values = head.get_all("Sec-WebSocket-Accept")
    if not values:
        missing = "The header Sec-WebSocket-Accept is missing."
        return [Problem(_OPENING, missing, kind="accept")]
    if len(values) > 1:  # section 11.3.3
        message = f"Sec-WebSocket-Accept appears {len(values)} times; once was expected."
        return [Problem("RFC 6455 11.3.3", message, kind="accept")]
    expected = accept_key(key)
    if values[0] == expected:
        return []
    return [
        Problem(
            _OPENING,
            f"Sec-WebSocket-Accept is {shown(values[0])}; {expected} was expected for the key"
            f" {key}.",
            hint=_why_accept_differs(values[0], key),
            kind="accept",
        )
    ]


def _why_accept_differs(value: str, key: str) -> str:
    if value == key:
        return "The server sent the key back instead of its hash."
    if value == b64encode(sha1(to_bytes(key), usedforsecurity=False).digest()).decode("ascii"):
        return "The server hashed the key without the GUID of RFC 6455 section 1.3."
    return "Something in between may answer from a cache, or the server computes it wrongly."


def _check_offers(
    head: ResponseHead, subprotocols: Sequence[str], extensions: Sequence[str]
) -> list[Problem]:
    problems = []
    chosen = head.get_all("Sec-WebSocket-Protocol")
    if len(chosen) > 1:
        message = f"Sec-WebSocket-Protocol appears {len(chosen)} times; once was expected."
        problems.append(Problem("RFC 6455 11.3.4", message, kind="subprotocol"))
    elif chosen and chosen[0] not in subprotocols:
        offered = ", ".join(subprotocols) or "none"
        message = f"The server chose the subprotocol {shown(chosen[0])}; offered: {offered}."
        hint = "Offer it with --subprotocol."
        problems.append(Problem(_OPENING, message, hint, kind="subprotocol"))
    try:
        accepted = parse_extensions(head.get_all("Sec-WebSocket-Extensions"))
    except HandshakeError as error:
        return [*problems, Problem(error.clause, error.message, error.hint, kind="extension")]
    for extension in accepted:
        if extension.name not in extensions:
            message = f"The server uses the extension {extension.name}, which was not offered."
            problems.append(Problem(_OPENING, message, kind="extension"))
    return problems


def _check_key(head: RequestHead) -> list[Problem]:
    keys = head.get_all("Sec-WebSocket-Key")
    if len(keys) != 1:
        message = f"There are {len(keys)} Sec-WebSocket-Key headers; exactly one was expected."
        return [Problem(_SERVER, message)]
    try:
        length = len(b64decode(keys[0], validate=True))
    except (Base64Error, ValueError):
        length = -1
    if length == 16:
        return []
    message = f"Sec-WebSocket-Key is {shown(keys[0])}; 16 bytes in base64 were expected."
    return [Problem(_SERVER, message)]


def _check_version(head: RequestHead) -> list[Problem]:
    versions = head.get_all("Sec-WebSocket-Version")
    if versions == ["13"]:
        return []
    found = shown(", ".join(versions)) if versions else "missing"
    # section 4.4: the answer names the versions that the server speaks
    return [
        Problem(
            "RFC 6455 4.4",
            f"Sec-WebSocket-Version is {found}; 13 was expected.",
            status=426,
            headers=(
                ("Upgrade", "websocket"),
                ("Connection", "Upgrade"),
                ("Sec-WebSocket-Version", "13"),
            ),
        )
    ]


def _check_lines(head: RequestHead | ResponseHead) -> list[Problem]:
    return [
        Problem(_SYNTAX, f"The line {shown(line)} is not a header field.", fatal=False)
        for line in head.malformed
    ]
