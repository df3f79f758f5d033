"""What the collections of API clients have in common: query tables, path variables, credentials.

Postman, Insomnia and Bruno keep a table of query parameters beside a URL that may have them, too,
write variables of a path as `:name`, and know kinds of credentials that a WebSocket has no use for.
"""

import re
from collections.abc import Mapping
from urllib.parse import quote, unquote

from msgspec.structs import replace

from wirescope.workbench.exchange.handshake import Asked
from wirescope.workbench.exchange.model import Tell
from wirescope.workbench.exchange.templates import fit_name
from wirescope.workbench.workspace import Auth, Header, Parameter

_PATH_VARIABLE = re.compile(r"(?<=/):([A-Za-z_][\w-]*)(?=[/?#]|$)")
_UNESCAPED = "/?:@!$'()*,;"

NO_AUTH = ("", "none", "noauth", "no-auth", "inherit")


def take_query(asked: Asked, table: list[Parameter]) -> None:
    """Join a table of parameters with those that stand in the URL already.

    Args:
        asked: what is being read; its URL may lose its query to the table.
        table: parameters beside the URL, disabled ones included.
    """
    before, mark, rest = asked.url.partition("?")
    query, hash_mark, fragment = rest.partition("#")
    in_url = [part.partition("=")[0] for part in query.split("&")] if mark and query else []
    enabled = [each.name for each in table if each.enabled]
    names = [unquote(name) for name in in_url]
    if in_url and (names == enabled or in_url == enabled):
        bare = {unquote(part) for part in query.split("&") if "=" not in part}
        table = [
            replace(each, value=None) if each.name in bare and not each.value else each
            for each in table
        ]
        asked.url = f"{before}{hash_mark}{fragment}"
    else:
        table = [each for each in table if not each.enabled or each.name not in names]
    asked.query += [_decoded(each) for each in table]


def _decoded(parameter: Parameter) -> Parameter:
    """The tools leave alone what is percent-encoded already."""
    value = parameter.value
    if value is None or "%" not in value:
        return parameter
    plain = unquote(value)
    encoded = quote(plain, safe=_UNESCAPED) == value
    return Parameter(name=parameter.name, value=plain if encoded else value,
                     enabled=parameter.enabled)  # fmt: skip


def fill_path(url: str, values: Mapping[str, str]) -> str:
    """Replace `:name` in a path by its value, or by a variable where it has none.

    >>> fill_path("wss://a.example/rooms/:id/x", {"id": "7"})
    'wss://a.example/rooms/7/x'
    >>> fill_path("{{base}}/:room", {})
    '{{base}}/{{room}}'
    """
    before, mark, rest = url.partition("?")
    filled = _PATH_VARIABLE.sub(
        lambda match: values.get(match[1]) or f"{{{{{fit_name(match[1])}}}}}", before
    )
    return f"{filled}{mark}{rest}"


def take_auth(asked: Asked, kind: str, fields: Mapping[str, str], place: str, tell: Tell) -> None:
    """Put credentials of a client into what is asked for.

    Args:
        asked: what is being read.
        kind: the tool's name for the kind.
        fields: its fields, whose names differ a little between the tools.
        place: where it stands.
        tell: where notes go.
    """
    kind = kind.lower()
    user = fields.get("username", fields.get("user", ""))
    if kind in NO_AUTH:
        return
    if kind == "basic":
        asked.auth = Auth(kind="basic", user=user, password=fields.get("password", ""))
    elif kind == "digest":
        asked.auth = Auth(kind="digest", user=user, password=fields.get("password", ""))
    elif kind in ("bearer", "singletoken"):
        _take_token(asked, fields)
    elif kind == "apikey":
        _take_key(asked, fields)
    elif kind == "oauth2" and (token := fields.get("accessToken") or fields.get("access_token")):
        asked.auth = Auth(kind="bearer", token=token)
        tell(place, "Of OAuth 2 only the token is kept; it is not fetched anew.")
    else:
        tell(place, f"Credentials of the kind {kind} have no counterpart here and are left out.")


def _take_token(asked: Asked, fields: Mapping[str, str]) -> None:
    prefix = fields.get("prefix", "")
    if prefix and prefix.lower() != "bearer":
        value = f"{prefix} {fields.get('token', '')}".strip()
        asked.headers.append(Header(name="Authorization", value=value))
        return
    asked.auth = Auth(kind="bearer", token=fields.get("token", ""))


def _take_key(asked: Asked, fields: Mapping[str, str]) -> None:
    where = fields.get("in") or fields.get("addTo") or fields.get("placement") or "header"
    name, value = fields.get("key", ""), fields.get("value", "")
    if not name:
        return
    if "query" in where.lower():
        asked.query.append(Parameter(name=name, value=value))
    elif "cookie" in where.lower():
        asked.headers.append(Header(name="Cookie", value=f"{name}={value}"))
    else:
        asked.headers.append(Header(name=name, value=value))
