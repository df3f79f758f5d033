"""What the system says when a server cannot be reached, in words, with what to do.

Certificates are explained in `wirescope.transports.distrust`; what a server answers, by
`wirescope.wire.stun.error_meaning`.
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
    host, family = situation.url.host, situation.options.family
    if error.errno == socket.EAI_AGAIN:
        message = f"The name {host} could not be looked up: no name server answered."
        hint = "Check the network and the machine's name servers, then try again."
    elif family is not None:
        message = f"{host} has no IPv{family} address."
        hint = f"Leave -{family} out to use any address that it has."
    else:
        message = f"The name {host} does not resolve."
        hint = "Check the spelling, and the record in DNS."
    return situation.failed("resolve", message, hint)


_PLAIN = {"WRONG_VERSION_NUMBER", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE",
          "UNEXPECTED_MESSAGE", "BAD_RECORD_TYPE", "HTTP_REQUEST"}  # fmt: skip


def _explain_tls(error: ssl.SSLError, situation: Situation) -> ConnectError:
    peer, reason = situation.url.authority, (error.reason or str(error)).upper()
    if reason in _PLAIN:
        message = f"{peer} does not speak TLS: its answer is not a TLS record."
        return situation.failed("not-tls", message, "Try turn: with ?transport=tcp there.")
    if "EOF" in reason:
        return _explain_end(situation)
    shown = reason.lower().replace("_", " ")
    message = f"The TLS handshake with {peer} failed: {shown}."
    return situation.failed("tls", message, "The server's log usually says more.")


def _explain_end(situation: Situation) -> ConnectError:
    peer = situation.url.authority
    if situation.phase == "tls":
        message = f"{peer} closed the connection during the TLS handshake."
        return situation.failed("tls", message, "The port may not speak TLS.")
    message = f"{peer} cut the connection."
    hint = "A balancer without a server behind it does that, and so does a port of another service."
    return situation.failed("reset", message, hint)
