"""What the system says when a connection does not come about, in words, with what to do."""

import errno
import socket
import ssl

from python_socks import ProxyConnectionError, ProxyError, ProxyTimeoutError

from wirescope.errors import ConnectError, HandshakeError, UpgradeRefusedError
from wirescope.events import ConnectionFailed
from wirescope.transports.websocket.journal import Journal
from wirescope.transports.websocket.trust import explain_certificate
from wirescope.transports.websocket.url import WebSocketURL

Failure = ConnectError | UpgradeRefusedError | HandshakeError

_WHERE = {
    "dns": "while its name was being resolved",
    "tcp": "while TCP was connecting",
    "proxy": "while the proxy was connecting",
    "tls": "during the TLS handshake",
    "upgrade": "while its answer to the opening handshake was awaited",
}


def explain_failure(error: BaseException, *, phase: str, url: WebSocketURL) -> ConnectError:
    """Turn what the system raised into an error that says what happened and what to do."""
    host, port = url.host, url.port
    if isinstance(error, ProxyError | ProxyConnectionError | ProxyTimeoutError):
        return _explain_proxy(error, url)
    if isinstance(error, TimeoutError):
        return ConnectError(
            f"{host}:{port} did not answer in time, {_WHERE[phase]}.",
            phase=phase,
            kind="timeout",
            hint="A firewall may drop the packets; --connect-timeout gives it longer.",
        )
    if isinstance(error, socket.gaierror):
        return ConnectError(
            f"The name {host} does not resolve: {(error.strerror or str(error)).lower()}.",
            phase="dns",
            kind="resolve",
            hint=f"Check the spelling, or give the address with --resolve {host}:{port}:ADDRESS.",
        )
    if isinstance(error, ssl.SSLCertVerificationError):
        return explain_certificate(error, host)
    if isinstance(error, ssl.SSLError):
        return _explain_tls(error, url)
    if isinstance(error, ConnectionRefusedError):
        return ConnectError(
            f"Nothing listens on {host}:{port}; the connection was refused.",
            phase=phase,
            kind="refused",
            hint="Check the port, and that the server runs and listens on this address.",
        )
    if isinstance(error, ConnectionResetError | ConnectionAbortedError | BrokenPipeError):
        return _explain_reset(phase, url)
    if isinstance(error, OSError):
        return _explain_os(error, phase, url)
    raise error


def _explain_proxy(error: Exception, url: WebSocketURL) -> ConnectError:
    kind = "timeout" if isinstance(error, ProxyTimeoutError) else "proxy"
    return ConnectError(
        f"The proxy does not connect to {url.host}:{url.port}: {str(error).rstrip('.')}.",
        phase="proxy",
        kind=kind,
        hint="Check the proxy's address and credentials, and that it allows this target.",
    )


def _explain_tls(error: ssl.SSLError, url: WebSocketURL) -> ConnectError:
    reason = error.reason or str(error)
    host = url.host
    if reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE"):
        message = f"{host}:{url.port} does not speak TLS; its answer is not a TLS record."
        hint = f"Try ws://{url.authority}{url.target}, or another port."
    elif "CERTIFICATE_REQUIRED" in reason or "HANDSHAKE_FAILURE" in reason:
        message = f"{host} ended the TLS handshake: {reason.lower().replace('_', ' ')}."
        hint = "It may want a client certificate (--cert), another version or another cipher."
    elif "VERSION" in reason or "PROTOCOL" in reason:
        message = f"{host} and this machine have no TLS version in common."
        hint = "TLS 1.2 is the oldest that is spoken here; the server should offer it or 1.3."
    elif "EOF" in reason:
        message = f"{host} closed the connection during the TLS handshake."
        hint = "The port may not speak TLS, or the server may want another name (--server-name)."
    else:
        message = f"The TLS handshake with {host} failed: {reason.lower().replace('_', ' ')}."
        hint = "The server's log usually says more."
    return ConnectError(message, phase="tls", kind="tls", hint=hint)


def _explain_reset(phase: str, url: WebSocketURL) -> ConnectError:
    where = _WHERE.get(phase, "")
    if phase == "tls":
        return ConnectError(
            f"{url.host} closed the connection during the TLS handshake.",
            phase=phase,
            kind="tls",
            hint="The port may not speak TLS, or the server may want another name (--server-name).",
        )
    hint = "The server or something before it ended the connection without a word; see its log."
    if phase == "upgrade" and not url.secure:
        hint = f"The port may want TLS: try wss://{url.authority}{url.target}."
    return ConnectError(
        f"{url.host}:{url.port} ended the connection {where}.",
        phase=phase,
        kind="reset",
        hint=hint,
    )


def _explain_os(error: OSError, phase: str, url: WebSocketURL) -> ConnectError:
    text = (error.strerror or str(error)).lower()
    if error.errno in (errno.ENOENT, errno.EACCES) and phase == "tcp":
        return ConnectError(
            f"The Unix socket cannot be connected to: {text}.",
            phase=phase,
            kind="refused",
            hint="Check its path and who may use it.",
        )
    unreachable = error.errno in (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL)
    return ConnectError(
        f"{url.host}:{url.port} cannot be reached: {text}.",
        phase=phase,
        kind="unreachable" if unreachable else "reset",
        hint="Check the network; -4 and -6 choose one kind of address.",
    )


def note_failure(journal: Journal, error: Failure) -> None:
    """Write down that no connection came about."""
    journal.emit(
        ConnectionFailed(
            journal.next_seq(),
            journal.now_ns(),
            journal.connection,
            error.phase,
            error.kind,
            error.message,
            error.hint,
            getattr(error, "status", None),
            error.body if isinstance(error, UpgradeRefusedError) else None,
        )
    )
