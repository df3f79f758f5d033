"""Secrets that stand in an endpoint's file as they are: advice to give them a name instead.

Nothing is proven, so it is a warning. What counts as a secret is known by its place: credentials,
headers and parameters whose names usually carry one. A value with a `{{variable}}` is fine.
"""

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

from wirescope.capture import SECRET_HEADERS, SECRET_PARAMETERS
from wirescope.workbench.workspace.model import Endpoint
from wirescope.workbench.workspace.nodes import Node, Path, node_at, parse
from wirescope.workbench.workspace.problems import Problem

SECRET_HEADER = re.compile(
    rf"{'|'.join(SECRET_HEADERS)}|.*(api-?key|token|secret|password).*", re.IGNORECASE
)
"""Names of headers that usually carry a secret; in words that JavaScript reads as well."""

_PARAMETERS = frozenset(SECRET_PARAMETERS)
_SHORT = 6
"""Characters below which a value is no secret worth the name: a `code=1011`, a `session=1`."""


def literal_secrets(endpoint: Endpoint, text: str) -> tuple[Problem, ...]:
    """Return a warning for each value of an endpoint that looks like a secret."""
    found = [*_found(endpoint)]
    if not found:
        return ()
    node = parse(text.replace("\r\n", "\n"))
    return tuple(_problem(node, path, what) for path, what in found)


def _found(endpoint: Endpoint) -> Iterator[tuple[Path, str]]:
    auth = endpoint.auth
    if auth.kind != "none":
        for name in ("password", "token"):
            if _is_literal(getattr(auth, name), least=1):
                yield ("auth", name), f"The {name}"
    for number, header in enumerate(endpoint.headers):
        if SECRET_HEADER.fullmatch(header.name) and _is_literal(header.value or ""):
            yield ("headers", number, "value"), f"The header {header.name}"
    for number, parameter in enumerate(endpoint.query):
        if parameter.value is not None and _is_secret_name(parameter.name, parameter.value):
            yield ("query", number, "value"), f"The parameter {parameter.name}"
    for number, cookie in enumerate(endpoint.cookies):
        if _is_secret_name(cookie.name, cookie.value):
            yield ("cookies", number, "value"), f"The cookie {cookie.name}"
    yield from _in_urls(endpoint)
    if _is_literal(endpoint.tls.key_password or "", least=1):
        yield ("tls", "key_password"), "The private key's password"
    for number, server in enumerate(endpoint.webrtc.ice_servers):
        if _is_literal(server.credential, least=1):
            yield ("webrtc", "ice_servers", number, "credential"), "The TURN server's password"


def _in_urls(endpoint: Endpoint) -> Iterator[tuple[Path, str]]:
    proxy = endpoint.network.proxy or ""
    paths: tuple[tuple[Path, str], ...] = (("url",), endpoint.url), (("network", "proxy"), proxy)
    for path, url in paths:
        try:
            parts = urlsplit(url)
            password = parts.password
        except ValueError:
            continue
        if password and _is_literal(password, least=1):
            yield path, f"The password in {path[-1]}"
        for name, value in parse_qsl(parts.query):
            if _is_secret_name(name, value):
                yield path, f"The parameter {name} in {path[-1]}"


def _is_secret_name(name: str, value: str) -> bool:
    return name.lower() in _PARAMETERS and _is_literal(value)


def _is_literal(value: str, *, least: int = _SHORT) -> bool:
    return len(value) >= least and "{{" not in value


def _problem(node: Node | None, path: Path, what: str) -> Problem:
    found = node_at(node, path)
    return Problem(
        message=f"{what} looks like a secret that stands in the file.",
        line=found.span.line if found else 0,
        column=found.span.column if found else 0,
        severity="warning",
        hint="Name it in the environment's secrets, write {{name}} here, and keep its value in the"
        " keyring or in .env.",
    )
