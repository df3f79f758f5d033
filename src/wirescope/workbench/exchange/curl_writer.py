"""Endpoints as curl commands, quoted for a POSIX shell.

curl 7.86 and newer knows `ws:` and `wss:` itself, so that the headers of the upgrade are not
written. A variable stands as `{{name}}`, which curl would send as it stands.
"""

import shlex

from msgspec.structs import replace

from wirescope.workbench.exchange.handshake import authorization, full_headers, full_url
from wirescope.workbench.exchange.model import Exported, Note, Written
from wirescope.workbench.exchange.untold import BARE_PARAMETERS, TAKEN_OUT, untold
from wirescope.workbench.workspace import TLS, Auth, Endpoint, Header, Limits
from wirescope.workbench.workspace.names import usable_name

CARRIED = frozenset(
    {
        *(BARE_PARAMETERS, TAKEN_OUT),
        *("url", "query", "headers", "origin", "cookies", "auth", "subprotocols"),
        *("limits.open_timeout_s", "tls.insecure", "tls.ca", "tls.certificate", "tls.key"),
        *("tls.key_password", "network.proxy", "network.resolve", "network.ip"),
        *("network.unix_socket", "network.redirects", "network.retry"),
    }
)


def write(exported: Exported) -> Written:
    """Write a command for each endpoint."""
    notes: list[Note] = []
    commands = []
    for name, endpoint in exported.endpoints.items():
        notes += untold(f"endpoint {name}", endpoint, CARRIED)
        commands.append(f"# {name}\n{_command(endpoint)}\n")
        if exported.messages_of(name):
            notes.append(Note(f"endpoint {name}", "A curl command has no place for its messages."))
    return Written({f"{usable_name(exported.name)}.sh": "\n".join(commands).encode()}, notes)


def _command(endpoint: Endpoint) -> str:
    lines = [f"curl {_quoted(full_url(endpoint))}"]
    lines += [_header_option(header) for header in endpoint.headers if header.enabled]
    plain = replace(endpoint, headers=())
    headers = full_headers(plain)
    lines += [f"-H {_quoted(f'{each.name}: {each.value}')}" for each in headers]
    lines += _auth_options(endpoint.auth)
    lines += _tls_options(endpoint.tls)
    lines += _network_options(endpoint)
    return " \\\n  ".join(lines)


def _header_option(header: Header) -> str:
    if header.value is None:
        return f"-H {_quoted(f'{header.name}:')}"
    if not header.value:
        return f"-H {_quoted(f'{header.name};')}"
    return f"-H {_quoted(f'{header.name}: {header.value}')}"


def _auth_options(auth: Auth) -> list[str]:
    if auth.kind in ("none", "bearer") or authorization(auth):
        return []
    return [f"-u {_quoted(f'{auth.user}:{auth.password}')}", *["--digest"][: auth.kind == "digest"]]


def _tls_options(tls: TLS) -> list[str]:
    options = ["-k"] if tls.insecure else []
    values = {"--cacert": tls.ca, "--cert": tls.certificate, "--key": tls.key}
    values["--pass"] = tls.key_password
    return options + [f"{flag} {_quoted(value)}" for flag, value in values.items() if value]


def _network_options(endpoint: Endpoint) -> list[str]:
    network, options = endpoint.network, []
    if network.proxy is not None:
        options.append(f"-x {_quoted(network.proxy)}")
    options += [f"--resolve {_quoted(line)}" for line in network.resolve]
    if network.ip != "any":
        options.append(f"-{network.ip}")
    if network.unix_socket:
        options.append(f"--unix-socket {_quoted(network.unix_socket)}")
    if network.redirects:
        options.append(f"-L --max-redirs {network.redirects}")
    if network.retry.attempts:
        delay = f" --retry-delay {_number(network.retry.delay_s)}"
        options.append(f"--retry {network.retry.attempts}{delay}")
    if endpoint.limits.open_timeout_s != Limits().open_timeout_s:
        options.append(f"--connect-timeout {_number(endpoint.limits.open_timeout_s)}")
    return options


def _number(value: float) -> str:
    return f"{value:.6g}"


def _quoted(text: str) -> str:
    r"""Quote for a POSIX shell; control characters need `$'…'`.

    >>> print(_quoted("it's"), _quoted("a\nb"))
    'it'"'"'s' $'a\nb'
    """
    if text.isprintable():
        return shlex.quote(text)
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    escaped = "".join(char if char.isprintable() else _escape(char) for char in escaped)
    return f"$'{escaped}'"


def _escape(char: str) -> str:
    known = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}
    code = ord(char)
    return known.get(char) or (f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}")
