"""Secrets are blotted out before anything is written.

Known by name: the values of `Authorization`, `Proxy-Authorization`, `Cookie` and `Set-Cookie`
headers, the user name and credential of a TURN server in a `Link` header, the user and password of
a URL, also of one like `turn:user:password@host`, and URL parameters that usually carry a token;
known by value: the texts that the caller names. Each becomes `[redacted]`; every other byte stays
as it was.

Only records that carry a URL, a head, a description, a name or statistics are looked at. Frames and
messages are not: their bytes are what the user records, and a search through each of them would be
paid for by every connection.
"""

import re
from collections.abc import Callable, Iterable

import msgspec

from wirescope.events import (
    AnyEvent,
    ConnectionFailed,
    ConnectionOpening,
    ConnectionReached,
    DataChannelOpened,
    Finding,
    IceCandidate,
    IceError,
    SignalingDescription,
    SignalingExchange,
    Statistics,
    StatisticValue,
    WebSocketHandshake,
)

REDACTED = "[redacted]"

SECRET_HEADERS = ("authorization", "proxy-authorization", "cookie", "set-cookie")

SECRET_PARAMETERS = (
    *("token", "access_token", "refresh_token", "id_token", "auth_token", "session_token"),
    *("api_key", "api-key", "apikey", "key", "access_key", "password", "passwd", "pwd"),
    *("secret", "client_secret", "signature", "sig", "auth", "authorization", "jwt", "ticket"),
    *("session", "sessionid", "session_id", "sid", "code", "credential"),
    *("x-amz-signature", "x-amz-credential", "x-amz-security-token"),
)

Secrets = re.Pattern[str] | None
"""Texts to blot out wherever they stand; None when there are none."""

# Obsolete line folding (RFC 9112 section 5.2) continues a value on a line that begins with a blank.
_HEADER = re.compile(
    rf"(?im)^((?:{'|'.join(SECRET_HEADERS)})[ \t]*:[ \t]*)([^\r\n]+(?:\r?\n[ \t][^\r\n]*)*)"
)
# WHIP, RFC 9725 section 4.6: <turn:…>; rel="ice-server"; username="…"; credential="…"
_LINK_PARAMETER = re.compile(
    r"(?i)(;[ \t]*(?:username|credential)[ \t]*=[ \t]*)"
    r'("(?:[^"\\\r\n]|\\[^\r\n])*"?|[^;,\s"]+)'  # quoted-string: RFC 9110 section 5.6.4
)
# RFC 3986 section 3.2.1: all up to the last "@" before the path.
_USERINFO = re.compile(r"(?i)(\b[a-z][a-z0-9+.-]*://)([^/?#\s\"'<>]+)(?=@)")
# RFC 7065 has no user in these, but people write one; bounded, or `turn:turn:…` would take long.
_TURN_USERINFO = re.compile(r"(?i)(\b(?:stun|turn)s?:)(?!//)([^/?#\s\"'<>]{1,1024})(?=@)")
# A short number is the code of something else than a login, as in `/close?code=1011`.
_PARAMETER = re.compile(
    r"(?i)([?&;#](?!code=\d{1,5}(?![^&;#\s\"'<>]))"
    rf"(?:{'|'.join(map(re.escape, SECRET_PARAMETERS))})=)([^&;#\s\"'<>]+)"
)


def known_secrets(values: Iterable[str]) -> Secrets:
    """Prepare texts to be blotted out; empty ones are passed over."""
    # The longest first, so that none is left in part because another is its beginning.
    texts = sorted(filter(None, values), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, texts))) if texts else None


def redact(event: AnyEvent, secrets: Secrets = None) -> AnyEvent:
    """Return the event without secrets: the very same object when there was none in it."""
    if isinstance(event, WebSocketHandshake):
        # A server that agrees to a token as the subprotocol has it in its answer as well.
        fields = ("request", "response", "subprotocol")
        return _replace(event, fields, lambda text: redact_head(text, secrets))
    if isinstance(event, ConnectionOpening):
        return _replace(event, ("url",), lambda text: redact_text(text, secrets))
    if isinstance(event, ConnectionReached):
        if event.proxy is None:
            return event
        return _replace(event, ("proxy",), lambda text: redact_text(text, secrets))
    if isinstance(event, ConnectionFailed):
        changed = _replace(event, ("message", "hint"), lambda text: redact_text(text, secrets))
        return _redact_body(changed, secrets)
    if isinstance(event, Finding):
        return _replace(event, ("cause", "fix"), lambda text: redact_text(text, secrets))
    if isinstance(event, SignalingExchange):
        texts = ("url", "request_body", "response_body")
        changed = _replace(event, texts, lambda text: redact_text(text, secrets))
        heads = ("request", "response")
        return _replace(changed, heads, lambda text: redact_head(text, secrets))
    if isinstance(event, SignalingDescription | DataChannelOpened):
        # What looks like a parameter in a description is one of its own format, and no secret.
        if secrets is None:
            return event
        names = ("sdp",) if isinstance(event, SignalingDescription) else ("label", "protocol")
        return _replace(event, names, lambda text: secrets.sub(REDACTED, text))
    if isinstance(event, IceCandidate):
        return (
            event
            if event.url is None
            else _replace(event, ("url",), lambda text: redact_text(text, secrets))
        )
    if isinstance(event, Statistics):
        return _redact_values(event, secrets)
    if isinstance(event, IceError):
        return _replace(event, ("url", "message"), lambda text: redact_text(text, secrets))
    return event


def redact_head(head: str, secrets: Secrets = None) -> str:
    """Blot out secrets in the head of an HTTP request or response."""
    head = _LINK_PARAMETER.sub(rf'\1"{REDACTED}"', _HEADER.sub(rf"\1{REDACTED}", head))
    return redact_text(head, secrets)


def redact_text(text: str, secrets: Secrets = None) -> str:
    """Blot out secrets in a URL, or in a sentence that quotes one.

    >>> redact_text("wss://ada:pw@example.com/feed?room=7&token=abc")
    'wss://[redacted]@example.com/feed?room=7&token=[redacted]'
    """
    text = _USERINFO.sub(rf"\1{REDACTED}", text)
    text = _TURN_USERINFO.sub(rf"\1{REDACTED}", text)
    text = _PARAMETER.sub(rf"\1{REDACTED}", text)
    return secrets.sub(REDACTED, text) if secrets else text


def blot_secrets(text: str) -> str:
    """Cross out secrets without changing the length, as in a payload.

    >>> blot_secrets("GET /?token=abc&room=7")
    'GET /?token=xxx&room=7'
    """
    text = _PARAMETER.sub(_crossed_out, _HEADER.sub(_crossed_out, text))
    if "@" in text:
        text = _TURN_USERINFO.sub(_crossed_out, text)
    return _USERINFO.sub(_crossed_out, text) if "://" in text else text


def _crossed_out(match: re.Match[str]) -> str:
    return match[1] + "x" * len(match[2])


def _replace(event: AnyEvent, fields: tuple[str, ...], clean: Callable[[str], str]) -> AnyEvent:
    changes = {}
    for name in fields:
        before: str = getattr(event, name)
        if (after := clean(before)) != before:
            changes[name] = after
    return msgspec.structs.replace(event, **changes) if changes else event


def _redact_values(event: Statistics, secrets: Secrets) -> Statistics:
    """Blot out secrets in what an object says: a channel's label, the address of a server."""

    def clean(name: str, value: StatisticValue) -> StatisticValue:
        if isinstance(value, str):
            if name == "url":
                return redact_text(value, secrets)
            return secrets.sub(REDACTED, value) if secrets else value
        if isinstance(value, list) and secrets:
            return [secrets.sub(REDACTED, v) if isinstance(v, str) else v for v in value]
        return value

    values = {name: clean(name, value) for name, value in event.values.items()}
    return event if values == event.values else msgspec.structs.replace(event, values=values)


def _redact_body(event: AnyEvent, secrets: Secrets) -> AnyEvent:
    if not isinstance(event, ConnectionFailed) or event.body is None or secrets is None:
        return event
    before = event.body.decode("utf-8", "surrogateescape")
    after = secrets.sub(REDACTED, before)
    if after == before:
        return event
    return msgspec.structs.replace(event, body=after.encode("utf-8", "surrogateescape"))
