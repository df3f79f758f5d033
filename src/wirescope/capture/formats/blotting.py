"""Blots out what is in payloads, byte for byte: a payload is as long afterwards as it was before.

What goes: credentials that are known by their name or their form, the fields that were asked for,
host names and addresses; or all of it, when only lengths shall stay. A payload is looked at a
character a byte, so that text and binary are the same here and nothing moves.
"""

import re
from collections.abc import Callable, Sequence

from wirescope.capture.formats.json_spans import (
    Segment,
    Span,
    names_pattern,
    parse_path,
    spans_of_names,
    spans_of_paths,
)
from wirescope.capture.formats.pseudonyms import Pseudonyms
from wirescope.capture.redaction import REDACTED, blot_secrets, redact_text

FILLER = b"x"

_CREDENTIALS = (
    *("authorization", "password", "passwd", "pwd", "passphrase", "secret", "client_secret"),
    *("token", "access_token", "accesstoken", "refresh_token", "refreshtoken", "id_token"),
    *("auth_token", "authtoken", "session_token", "sessionid", "session_id", "jwt", "cookie"),
    *("api_key", "apikey", "api-key", "x-api-key", "access_key", "private_key", "credential"),
)
_BY_FORM = re.compile(
    r"(?i)(?:(?<=\bbearer[ .])|(?<=\bbearer, )|(?<=\bbearer\.authorization\.k8s\.io\.))"
    r"[\w.~+/-]{8,}=*"
    r"|(?-i:\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?)"  # a JSON Web Token (RFC 7519)
)
_SECRET_FIELD = re.compile(
    r"(?im)^((?![ \t]*sec-websocket-(?:key|accept))[\w-]*"
    r"(?:auth|token|secret|passw|api-?key|session|signature|credential)[\w-]*[ \t]*:[ \t]*)"
    r"([^\r\n]+)"
)
# What opens a WebRTC connection, or says whose it is, in a description (RFC 8839 section 5.4, RFC
# 8122 section 5) or in the JSON of a candidate.
_OF_ICE = re.compile(
    r"(?i)(ice-(?:pwd|ufrag):[ \t]*|\"usernameFragment\"[ \t]*:[ \t]*\"|\bufrag[ \t]+)"
    r"([^\s\\\"',;]+)"
)
_FINGERPRINT = re.compile(r"(?i)(fingerprint:[\w-]+[ \t]+)([0-9a-f]{2}(?::[0-9a-f]{2}){15,63})")
_PART = re.compile(r'"(?:[^"\\]|\\.)*"?(?P<key>[ \t\r\n]*:)?|[0-9]|true|false')


class Blotter:
    """Blots out payloads and texts.

    Args:
        pseudonyms: for hosts and addresses; has learnt already.
        fields: names or paths of what has to go from JSON.
        whole: whether all of each payload goes.
    """

    def __init__(
        self, pseudonyms: Pseudonyms, *, fields: Sequence[str] = (), whole: bool = False
    ) -> None:
        self.whole = whole
        self._pseudonyms = pseudonyms
        self._paths: list[tuple[Segment, ...]] = []
        names = list(_CREDENTIALS)
        for each in fields:
            if each.startswith("$"):
                self._paths.append(parse_path(each))
            else:
                names.append(each)
        self._names = names_pattern(names)
        self._asked = bool(fields)
        self._last = (b"", b"")

    def payload(self, data: bytes) -> bytes:
        """Blot out a whole payload, decoded and unmasked; it keeps its length."""
        if self.whole:
            return FILLER * len(data)
        before, after = self._last
        if data != before:  # a message comes right behind the frame that it is
            after = self._searched(data)
            self._last = (data, after)
        return after

    def _searched(self, data: bytes) -> bytes:
        text = data.decode("latin-1")
        spans = [*spans_of_names(text, self._names), *self._path_spans(text)]
        text = blot_secrets(_without_tokens(_blotted(text, spans), _crossed_out))
        for pattern in (_OF_ICE, _FINGERPRINT):
            text = pattern.sub(lambda match: match[1] + "x" * len(match[2]), text)
        result = self._pseudonyms.in_payload(text).encode("latin-1", "replace")
        assert len(result) == len(data), "a payload keeps its length"
        return result

    def can_search(self, data: bytes) -> bool:
        """Whether the fields that were asked for, if any, can be looked for in a payload."""
        return not self._asked or self.whole or not data or data.lstrip()[:1] in (b"{", b"[")

    def text(self, text: str) -> str:
        """Take names and credentials out of a URL, a head or a sentence."""
        text = _SECRET_FIELD.sub(rf"\1{REDACTED}", redact_text(text))
        return self._pseudonyms.in_text(_without_tokens(text, lambda _match: REDACTED))

    def holder(self, name: str) -> str:
        """Put a pseudonym in the place of whom a certificate is about or from."""
        return self._pseudonyms.of_holder(name)

    def reason(self, text: str) -> str:
        """Blot out a close reason, which is a part of a payload."""
        return self.payload(text.encode()).decode("utf-8", "replace")

    def _path_spans(self, text: str) -> list[Span]:
        if not self._paths or text.lstrip()[:1] not in ("{", "["):
            return []
        try:
            return list(spans_of_paths(text, self._paths))
        except ValueError:
            return [(0, len(text))]  # where the fields are in it is not known


def _without_tokens(text: str, instead: Callable[[re.Match[str]], str]) -> str:
    """Replace what is a credential by its form; most texts have nothing that looks like one."""
    if "eyJ" in text or "bearer" in text.lower():
        return _BY_FORM.sub(instead, text)
    return text


def _crossed_out(match: re.Match[str]) -> str:
    return "x" * len(match[0])


def _blotted(text: str, spans: list[Span]) -> str:
    """Blot out the values that stand there; the JSON stays JSON."""
    parts, at = [], 0
    for start, end in sorted(spans):
        if end <= at:
            continue  # inside of what is gone already
        start = max(start, at)
        parts += [text[at:start], _PART.sub(_blotted_part, text[start:end])]
        at = end
    return "".join([*parts, text[at:]])


def _blotted_part(match: re.Match[str]) -> str:
    part = match[0]
    if match["key"]:
        return part
    if part[0] == '"':
        closed = len(part) > 1 and part[-1] == '"'
        return '"' + "x" * (len(part) - 1 - closed) + '"' * closed
    return {"true": "null", "false": "null "}.get(part, "1")
