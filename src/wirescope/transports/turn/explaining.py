"""What the system says when a server cannot be reached, in words, with what to do.

Names and TLS are explained in `wirescope.transports.unreached`, certificates in
`wirescope.transports.distrust`; what a server answers, by `wirescope.wire.stun.error_meaning`.
"""

import errno
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass

from wirescope.errors import ConnectError
from wirescope.events import Certificate
from wirescope.transports.distrust import explain_certificate
from wirescope.transports.turn.options import TurnOptions
from wirescope.transports.turn.url import ServerURL, Transport
from wirescope.transports.unreached import TlsHint, explain_name, explain_tls, reason_of


@dataclass(frozen=True, slots=True)
class Situation:
    """What was being done when something failed.

    Attributes:
        phase: the step: `dns`, `udp`, `tcp`, `tls` or `stun`.
        url: where it was to lead.
        transport: how.
        options: what was asked of it.
        certificates: those that the server sent, if they could be had; the first was refused.
    """

    phase: str
    url: ServerURL
    transport: Transport
    options: TurnOptions
    certificates: Sequence[Certificate] = ()

    def failed(self, kind: str, message: str, hint: str) -> ConnectError:
        """Make the error."""
        return ConnectError(message, phase=self.phase, kind=kind, hint=hint)


def explain_failure(error: OSError, situation: Situation) -> ConnectError:
    """Turn what the system raised into an error that says what happened and what to do."""
    peer = f"{situation.url.authority} over {situation.transport.upper()}"
    match error:
        case TimeoutError():
            return _explain_timeout(situation)
        case socket.gaierror():
            return _explain_name(error, situation)
        case ssl.SSLCertVerificationError():
            host = situation.options.trust.server_name or situation.url.host
            return explain_certificate(error, host, situation.certificates)
        case ssl.SSLError():
            return _explain_tls(error, situation)
        case ConnectionRefusedError():
            hint = "Check the port, and that the server runs and listens to this transport."
            return situation.failed("refused", f"Nothing listens on {peer}.", hint)
        case ConnectionError():
            return _explain_end(situation)
    if error.errno in (errno.ECONNREFUSED, errno.ECONNRESET, errno.EPIPE):
        return _explain_end(situation)
    text = (error.strerror or str(error)).lower().rstrip(".")
    hint = "Check this machine's network, and whether it has an address of that family."
    return situation.failed("unreachable", f"{peer} cannot be reached: {text}.", hint)


def _explain_timeout(situation: Situation) -> ConnectError:
    url, limit = situation.url, f"{situation.options.open_timeout_s:g} s"
    messages = {
        "dns": f"The name servers gave no address for {url.host} within {limit}.",
        "tcp": f"{url.authority} did not accept a TCP connection within {limit}.",
        "tls": f"{url.authority} did not finish the TLS handshake within {limit}.",
    }
    hints = {
        "dns": "Check the machine's name servers, or use the server's address.",
        "tcp": "A firewall that drops packets looks like this; check the address and the port.",
        "tls": "The port may not speak TLS: try turn: instead of turns:, or another port.",
    }
    phase = situation.phase if situation.phase in messages else "tcp"
    return situation.failed("timeout", messages[phase], hints[phase])


def _explain_name(error: socket.gaierror, situation: Situation) -> ConnectError:
    hint = "Check the spelling, and the record in DNS."
    return situation.failed(
        *explain_name(error, situation.url.host, situation.options.family, hint=hint)
    )


_TLS_HINTS: dict[TlsHint, str] = {
    "not-tls": "Try turn: with ?transport=tcp there.",
    "client-certificate": "Have the server ask for none: browsers have none to show to it.",
    "tls-cipher": "The server may offer old ciphers only, or want a client certificate.",
}


def _explain_tls(error: ssl.SSLError, situation: Situation) -> ConnectError:
    if "EOF" in reason_of(error):
        return _explain_end(situation)
    return situation.failed(*explain_tls(error, situation.url.authority, _TLS_HINTS))


def _explain_end(situation: Situation) -> ConnectError:
    peer = situation.url.authority
    if situation.phase == "tls":
        message = f"{peer} closed the connection during the TLS handshake."
        return situation.failed("tls", message, "The port may not speak TLS.")
    message = f"{peer} cut the connection."
    hint = "A balancer without a server behind it does that, and so does a port of another service."
    return situation.failed("reset", message, hint)
