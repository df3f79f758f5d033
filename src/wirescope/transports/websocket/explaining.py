"""What the system says when a connection does not come about, in words, with what to do.

One function turns whatever was raised on the way into a `ConnectError`; another says what bytes are
that are not the answer to an opening handshake. Names and TLS are explained in
`wirescope.transports.unreached`, certificates in `wirescope.transports.distrust`, the status of a
refusal in `establishing`.
"""

import errno
import re
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass

from python_socks import ProxyError

from wirescope.errors import ConnectError, HandshakeError, UpgradeRefusedError
from wirescope.events import Certificate, ConnectionFailed
from wirescope.transports.distrust import explain_certificate
from wirescope.transports.unreached import TlsHint, explain_name, explain_tls, reason_of
from wirescope.transports.websocket.journal import Journal
from wirescope.transports.websocket.options import ConnectOptions
from wirescope.transports.websocket.url import ProxyURL, WebSocketURL
from wirescope.wire.websocket import HeadTooLargeError

Failure = ConnectError | UpgradeRefusedError | HandshakeError


@dataclass(frozen=True, slots=True)
class Situation:
    """What was being done when something failed.

    Attributes:
        phase: the step: `dns`, `tcp`, `proxy`, `tls` or `upgrade`.
        url: where the connection was to lead.
        options: what was asked of it.
        proxy: the proxy, while the way to it was what failed.
        certificates: those that the server sent, if they could be had; the first was refused.
    """

    phase: str
    url: WebSocketURL
    options: ConnectOptions
    proxy: ProxyURL | None = None
    certificates: Sequence[Certificate] = ()

    @property
    def peer(self) -> str:
        """Who was to be reached, with its port."""
        if self.options.unix_socket is not None:
            return str(self.options.unix_socket)
        if self.proxy is not None:
            return f"the proxy {self.proxy}"
        host = f"[{self.url.host}]" if ":" in self.url.host else self.url.host
        return f"{host}:{self.url.port}"

    def failed(self, kind: str, message: str, hint: str, *, phase: str = "") -> ConnectError:
        """Make the error; what fails on the way to a proxy belongs to the step `proxy`."""
        step = "proxy" if self.proxy is not None else phase or self.phase
        if message.startswith(("the ", "there ", "this ")):  # not a host's name
            message = message[0].upper() + message[1:]
        return ConnectError(message, phase=step, kind=kind, hint=hint)


def explain_failure(error: BaseException, situation: Situation) -> ConnectError:
    """Turn what the system raised into an error that says what happened and what to do.

    What is none of the network's errors is raised again: it is one of our own code.
    """
    match error:
        case ProxyError():
            return _explain_proxy(error, situation)
        case TimeoutError():
            return _explain_timeout(situation)
        case socket.gaierror():
            return _explain_name(error, situation)
        case ssl.SSLCertVerificationError():
            host = situation.options.tls.server_name or situation.url.host
            return explain_certificate(error, host, situation.certificates)
        case ssl.SSLError():
            return _explain_tls(error, situation)
        case OSError():
            return _explain_system(error, situation)
    raise error


def _explain_timeout(situation: Situation) -> ConnectError:
    peer, limit = situation.peer, f"{situation.options.open_timeout_s:g} s"
    messages = {
        "dns": f"the name servers gave no address for {situation.url.host} within {limit}",
        "tcp": f"{peer} did not accept a connection within {limit}",
        "proxy": f"the proxy did not connect to {situation.url.authority} within {limit}",
        "tls": f"{peer} accepted the connection, but did not finish the TLS handshake in {limit}",
        "upgrade": f"{peer} did not answer the opening handshake within {limit}",
    }
    hints = {
        "dns": "Check the machine's name servers, or give the address with --resolve.",
        "tcp": "A firewall that drops packets looks like this; check the address and the port.",
        "proxy": "The proxy or the target behind it is slow or filtered; --connect-timeout waits"
        " longer.",
        "tls": "The port may not speak TLS: try ws: instead of wss:.",
        "upgrade": "It may not be a WebSocket server, or be overloaded; a plain port may want TLS"
        " (wss:).",
    }
    phase = situation.phase
    return situation.failed("timeout", messages[phase] + ".", hints[phase])


def _explain_name(error: socket.gaierror, situation: Situation) -> ConnectError:
    target = situation.proxy or situation.url
    host = target.host
    hint = f"Check the spelling, or give the address with --resolve {host}:{target.port}:ADDRESS."
    said = explain_name(error, host, situation.options.family, hint=hint)
    return situation.failed(*said, phase="dns")


def _explain_proxy(error: ProxyError, situation: Situation) -> ConnectError:
    said = str(error).rstrip(".")
    target = f"{situation.url.host}:{situation.url.port}"
    hint = "Check that the proxy allows this target and can reach it."
    kind = "proxy"
    if re.search("authentic|Username", said):
        kind = "proxy-authentication"
        hint = "Put a user and password that it takes into its address (--proxy), before an @."
    elif not error.error_code:
        hint = "Check that it is a SOCKS5 proxy; one for HTTP is written http://HOST:PORT."
    return situation.failed(
        kind, f"The proxy did not connect to {target}: {said}.", hint, phase="proxy"
    )


def _explain_tls(error: ssl.SSLError, situation: Situation) -> ConnectError:
    peer, url, reason = situation.peer, situation.url, reason_of(error)
    # RFC 7301 section 3.2: the alert of a server that knows no protocol of the offer
    if re.search("NO.APPLICATION.PROTOCOL", reason):
        message = f"{peer} does not speak HTTP/1.1, which is all that it was offered (ALPN)."
        hint = "WebSocket needs HTTP/1.1 here: the server has to allow it beside HTTP/2."
        return situation.failed("tls", message, hint, phase="tls")
    if "EOF" in reason:
        return _explain_end(situation)
    hints: dict[TlsHint, str] = {
        "not-tls": f"Try ws://{url.authority}{url.target}, or another port.",
        "client-certificate": "Give one that it trusts with --cert and --key.",
        "tls-cipher": "The server may offer old ciphers only, or want a client certificate"
        " (--cert).",
    }
    given = situation.options.tls.certificate is not None
    return situation.failed(*explain_tls(error, peer, hints, shown_one=given), phase="tls")


def _explain_end(situation: Situation) -> ConnectError:
    peer, url = situation.peer, situation.url
    match situation.phase:
        case "tls":
            message = f"{peer} closed the connection during the TLS handshake."
            hint = "The port may not speak TLS, or the server may want another name"
            return situation.failed("tls", message, f"{hint} (--server-name).")
        case "upgrade":
            message = f"{peer} closed the connection without an answer to the opening handshake."
            hint = "The server or something before it did not like the request; see its log."
            if not url.secure:
                hint = f"The port may want TLS: try wss://{url.authority}{url.target}."
        case "proxy":
            message = f"The proxy closed the connection instead of connecting to {url.authority}."
            hint = "Check the kind of the proxy (http, socks5, socks5h) and its port."
        case _:
            message = f"{peer} cut the connection while it was being made."
            hint = "A firewall or a balancer without a server behind it does that; check the port."
    return situation.failed("reset", message, hint)


_ENDS = {errno.ECONNRESET, errno.ECONNABORTED, errno.EPIPE, errno.ENOTCONN}
_UNREACHABLE = {
    errno.ENETUNREACH: ("there is no route to the network of {peer}", "Check this machine's"
                        " network or VPN; -4 and -6 choose one kind of address."),
    errno.EHOSTUNREACH: ("there is no way to {peer}", "The host is down or a router says no;"
                         " check the address."),
    errno.EADDRNOTAVAIL: ("this machine has no address to reach {peer} from", "Check whether it has"
                          " an address of this family (-4, -6) and ports to spare."),
    errno.EAFNOSUPPORT: ("this machine does not speak to addresses like {peer}", "Choose the other"
                         " kind of address with -4 or -6."),
    errno.EACCES: ("this machine does not allow a connection to {peer}", "Check its firewall, or"
                   " the rights on the socket."),
    errno.EPERM: ("this machine does not allow a connection to {peer}", "Check its firewall."),
    errno.ENOENT: ("there is no socket at {peer}", "Check the path, and that the server runs."),
    errno.EMFILE: ("this process has too many files open to connect to {peer}", "Allow it more with"
                   " ulimit -n."),
    errno.ENFILE: ("this machine has too many files open to connect to {peer}", "Close some."),
}  # fmt: skip


def _explain_system(error: OSError, situation: Situation) -> ConnectError:
    peer, number = situation.peer, _number(error)
    if isinstance(error, ConnectionError) and not isinstance(error, ConnectionRefusedError):
        return _explain_end(situation)
    if number in _ENDS:
        return _explain_end(situation)
    if number == errno.ECONNREFUSED:
        hint = "Check the port, and that the server runs and listens on this address."
        return situation.failed(
            "refused", f"Nothing listens on {peer}; the connection was refused.", hint
        )
    if number == errno.ETIMEDOUT:
        hint = "A firewall that drops packets looks like this; check the address and the port."
        return situation.failed("timeout", f"{peer} does not answer.", hint)
    message, hint = _UNREACHABLE.get(number, ("{peer} cannot be reached: {text}", ""))
    text = (error.strerror or str(error)).lower().rstrip(".")
    return situation.failed("unreachable", message.format(peer=peer, text=text) + ".", hint)


def _number(error: OSError) -> int:
    """Say which error it was; of several addresses' errors the one that says most."""
    if error.errno is not None:
        return error.errno
    # aiohappyeyeballs names them in the text when they differ
    numbers = {int(number) for number in re.findall(r"\[Errno (\d+)\]", str(error))}
    telling = (errno.ECONNREFUSED, errno.ECONNRESET, errno.ETIMEDOUT)
    return next((each for each in telling if each in numbers), max(numbers, default=0))


_OTHER_PROTOCOLS = (
    (rb"SSH-", "an SSH server's greeting", "Check the port: SSH has 22, WebSocket usually not."),
    (rb"220[ -]", "a mail or FTP server's greeting", "Check the port."),
    (rb"\+OK|-ERR|\* OK", "a greeting of Redis, POP3 or IMAP", "Check the port."),
    (rb"RTSP/", "an RTSP answer", "Check the port: this is a media server's."),
    (rb"\s*<", "a page without an HTTP head", "Check that the address is a WebSocket server's."),
    (rb"[\x81\x82\x88-\x8a][\x00-\x7f]", "what looks like a WebSocket frame, without a handshake"
     " before it", "The server begins before it has answered; that is its mistake."),
)  # fmt: skip


def explain_garbage(received: bytes, error: HandshakeError) -> HandshakeError:
    """Say what came in place of an answer to the opening handshake; unknown bytes keep `error`."""
    # RFC 8446 section 5.1: alert is 21, handshake 22; the version's first byte is 3
    kind = "not-http"
    if received[:1] in (b"\x15", b"\x16") and received[1:2] == b"\x03":
        kind, what = "tls-expected", "a TLS record"
        hint = "The port speaks TLS: use wss: instead of ws:."
    # RFC 9113 sections 3.4 and 4.1: a server begins with SETTINGS, type 4, on stream 0
    elif received[3:4] == b"\x04" and received[5:9] == bytes(4) and received[:1] == b"\0":
        kind, what = "http2", "an HTTP/2 frame"
        hint = "Have the server or its gateway speak HTTP/1.1 here, too, or use another port."
    else:
        known = [words for pattern, *words in _OTHER_PROTOCOLS if re.match(pattern, received)]
        if not known:
            if not isinstance(error, HeadTooLargeError):
                error.kind = "not-http"
            return error
        what, hint = known[0]
    return HandshakeError(
        f"The answer to the opening handshake is not HTTP, but {what}.",
        clause=error.clause,
        kind=kind,
        hint=hint,
    )


def note_failure(
    journal: Journal,
    error: Failure,
    *,
    refusal: UpgradeRefusedError | None = None,
    kind: str = "",
) -> None:
    """Write down that no connection came about.

    `refusal` is the answer that led to it; `kind` is another than the error's own, for an answer
    that only leads on: it is followed by a further attempt.
    """
    if isinstance(error, UpgradeRefusedError):
        refusal = error
    status = error.status if isinstance(error, HandshakeError) else None
    journal.emit(
        ConnectionFailed(
            journal.next_seq(),
            journal.now_ns(),
            journal.connection,
            error.phase,
            kind or error.kind,
            error.message,
            error.hint,
            status if refusal is None else refusal.status,
            None if refusal is None else refusal.body,
        )
    )
