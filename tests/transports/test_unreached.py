"""Words for names without an address and for failures of TLS, the same for every transport."""

import socket
import ssl

import pytest

from tests.support.handshakes import attempt, greeting
from tests.support.raw_server import RawServer
from wirescope.errors import ConnectError
from wirescope.transports.turn import TurnOptions, open_client, parse_server_url
from wirescope.transports.unreached import TlsHint, explain_name, explain_tls

HINTS: dict[TlsHint, str] = {
    "not-tls": "Speak plainly.",
    "client-certificate": "Show one.",
    "tls-cipher": "Offer more.",
}


def tls_error(reason: str) -> ssl.SSLError:
    error = ssl.SSLError(1, "it failed")
    error.reason = reason
    return error


@pytest.mark.parametrize(
    ("errno", "family", "message", "hint"),
    [
        (socket.EAI_NONAME, None, "The name a.test does not resolve.", "Spell it."),
        (socket.EAI_NONAME, 4, "a.test has no IPv4 address.", "Leave -4 out to use any"),
        (socket.EAI_FAMILY, 6, "a.test has no IPv6 address.", "Leave -6 out to use any"),
        (socket.EAI_AGAIN, 6, "The name a.test could not be looked up:", "Check the network"),
    ],
)
def test_a_name_without_an_address_is_told(errno, family, message, hint):
    said = explain_name(socket.gaierror(errno, "no"), "a.test", family, hint="Spell it.")
    assert said.kind == "resolve"
    assert said.message.startswith(message)
    assert said.hint.startswith(hint)


@pytest.mark.parametrize(
    ("reason", "kind", "message", "hint"),
    [
        ("WRONG_VERSION_NUMBER", "not-tls", "does not speak TLS", "Speak plainly."),
        ("RECORD_LAYER_FAILURE", "not-tls", "does not speak TLS", "Speak plainly."),
        ("TLSV13_ALERT_CERTIFICATE_REQUIRED", "client-certificate", "wants a client", "Show one."),
        ("TLSV1_ALERT_UNKNOWN_CA", "client-certificate", "wants a client", "Show one."),
        ("TLSV1_ALERT_PROTOCOL_VERSION", "tls-version", "no TLS version in common", "TLS 1.2 is"),
        ("UNSUPPORTED_PROTOCOL", "tls-version", "no TLS version in common", "TLS 1.2 is"),
        ("TLSV1_UNRECOGNIZED_NAME", "tls-name", "does not serve the name", "Check the host name"),
        ("SSLV3_ALERT_HANDSHAKE_FAILURE", "tls-cipher", "nothing in common", "Offer more."),
        ("TLSV1_ALERT_INTERNAL_ERROR", "tls", "tlsv1 alert internal error", "The server's log"),
    ],
)
def test_a_failure_of_tls_is_told(reason, kind, message, hint):
    said = explain_tls(tls_error(reason), "a.test:443", HINTS)
    assert said.kind == kind
    assert message in said.message
    assert "a.test:443" in said.message
    assert said.hint.startswith(hint)


def test_a_certificate_that_was_shown_is_not_asked_for_but_refused():
    said = explain_tls(tls_error("TLSV1_ALERT_UNKNOWN_CA"), "a.test", HINTS, shown_one=True)
    assert said.message == "a.test does not accept the client certificate (tlsv1 alert unknown ca)."


async def by_turn(port: int) -> ConnectError:
    url, _ = parse_server_url(f"turns:localhost:{port}")
    with pytest.raises(ConnectError) as caught:
        async with open_client(url, options=TurnOptions()):
            pass
    return caught.value


async def by_websocket(port: int) -> ConnectError:
    made = await attempt(f"wss://localhost:{port}/")
    assert isinstance(made.error, ConnectError)
    return made.error


@pytest.mark.parametrize("alert", [40, 48, 70, 80, 112])
async def test_a_server_s_alert_is_told_alike_by_every_transport(alert):
    async with RawServer(greeting(b"\x15\x03\x01\x00\x02\x02" + bytes([alert]))) as server:
        one, other = await by_turn(server.port), await by_websocket(server.port)
    assert (one.phase, one.kind, one.message) == (other.phase, other.kind, other.message)


async def test_a_port_without_tls_is_told_alike_by_every_transport():
    async with RawServer(greeting(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as server:
        one, other = await by_turn(server.port), await by_websocket(server.port)
    assert (one.kind, one.message) == (other.kind, other.message)
    assert one.kind == "not-tls"
    assert one.hint == "Try turn: with ?transport=tcp there."
    assert other.hint.startswith("Try ws://")
