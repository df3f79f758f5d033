"""A connection for each rule about the way, TLS and the opening handshake."""

from tests.analysis.making import Story
from wirescope.events import AnyEvent, ConnectionFailed, ConnectionOpened

Events = list[AnyEvent]

ASKED = (
    "Host: example.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\n"
)


def way(phase: str, kind: str, message: str, hint: str) -> Events:
    """A failure before there was a request."""
    return Story("wss://example.test/chat").failed(phase, kind, message, hint)


def answered(
    status: int, answer: str = "", body: bytes = b"", *, asked: str = "", kind: str = "status"
) -> Events:
    """An opening handshake that was answered with something else than 101."""
    story = Story("wss://example.test/chat")
    story.phase("tcp", 0.01).handshake(status=status, request=ASKED + asked, response=answer)
    story.add(ConnectionFailed, "upgrade", kind, "It was refused.", "", status, body or None)
    return story.events


def broken(kind: str, message: str, hint: str) -> Events:
    """An answer that the client does not accept."""
    story = Story().handshake(status=101, request=ASKED)
    return story.failed("upgrade", kind, message, hint, 101)


def slow() -> Events:
    story = Story().phase("dns", 0.02).phase("tcp", 0.1).phase("tls", 1.4).phase("upgrade", 0.2)
    return story.opened().events


def no_subprotocol() -> Events:
    story = Story().handshake(request=ASKED + "Sec-WebSocket-Protocol: graphql-ws\r\n")
    story.add(ConnectionOpened)
    return story.events


def let_pass() -> Events:
    story = Story().handshake(request=ASKED)
    story.violation("RFC 9110 8.6", "The 101 has a Content-Length header; it must not.")
    story.add(ConnectionOpened)
    return story.events


STORIES = {
    "NET101": lambda: way("dns", "resolve", "The name exmaple.test does not resolve.",
                          "Check the spelling."),
    "NET102": lambda: way("tcp", "refused", "Nothing listens on example.test:443; the connection"
                          " was refused.", "Check the port, and that the server runs."),
    "NET103": lambda: way("tcp", "unreachable", "There is no route to the network of 10.9.9.9:443.",
                          "Check this machine's network or VPN."),
    "NET104": lambda: way("tcp", "timeout", "10.9.9.9:443 did not accept a connection within 10 s.",
                          "A firewall that drops packets looks like this."),
    "NET105": lambda: way("proxy", "proxy", "The proxy refused to connect to example.test:443 with"
                          " 403 Forbidden.", "The proxy does not allow this target."),
    "NET106": lambda: way("upgrade", "reset", "example.test:80 closed the connection without an"
                          " answer to the opening handshake.", "The port may want TLS."),
    "NET107": lambda: way("upgrade", "timeout", "example.test:80 did not answer the opening"
                          " handshake within 10 s.", "It may be overloaded."),
    "NET108": lambda: way("proxy", "proxy-authentication", "The proxy refused to connect to"
                          " example.test:443 with 407.", "Give the credentials that it wants."),
    "TLS101": lambda: way("tls", "certificate-expired", "The certificate of example.test expired on"
                          " 2020-02-03 at 04:05 UTC.", "It has to be renewed on the server."),
    "TLS102": lambda: way("tls", "certificate-name", "The certificate is not for example.test; it"
                          " is for a.test.", "Connect to a name that it is for."),
    "TLS103": lambda: way("tls", "certificate-self-signed", "The certificate of example.test is"
                          " self-signed, so nobody vouches for it.", "Give it with --cacert."),
    "TLS104": lambda: way("tls", "tls-version", "example.test:443 and this machine have no TLS"
                          " version in common.", "TLS 1.2 is the oldest that is spoken here."),
    "TLS105": lambda: way("tls", "client-certificate", "example.test:443 wants a client certificate"
                          " (tlsv13 alert certificate required).", "Give one with --cert."),
    "TLS106": lambda: way("tls", "not-tls", "example.test:80 does not speak TLS: its answer is not"
                          " a TLS record.", "Try ws://example.test/chat."),
    "TLS107": lambda: answered(400, "Server: nginx/1.22.1\r\n", b"<html><head><title>400 The plain"
                               b" HTTP request was sent to HTTPS port</title></head><body><center>"
                               b"The plain HTTP request was sent to HTTPS port</center></body>"),
    "TLS108": lambda: way("tls", "certificate-early", "The certificate of example.test is not valid"
                          " before 2030-01-01 00:00 UTC.", "Check the clocks."),
    "TLS109": lambda: way("tls", "certificate", "The certificate of example.test was not accepted:"
                          " CA signature digest algorithm too weak.", ""),
    "TLS110": lambda: way("tls", "tls-name", "example.test:443 does not serve the name that it was"
                          " asked for (tlsv1 unrecognized name).", "Check the host name."),
    "WS101": lambda: answered(500, "Server: uvicorn\r\n", b"Internal Server Error"),
    "WS102": lambda: answered(401, 'WWW-Authenticate: Bearer realm="x"\r\n', b'{"error":"expired"}',
                              asked="Authorization: Bearer x\r\n"),
    "WS103": lambda: answered(403, asked="Origin: http://localhost:5173\r\n"),
    "WS104": lambda: answered(404, "Server: nginx\r\n", b"<title>x</title><h1>Not Found</h1>"),
    "WS105": lambda: answered(301, "Location: https://example.test/chat/\r\n"),
    "WS106": lambda: answered(429, "Retry-After: 30\r\n"),
    "WS107": lambda: answered(502, "Server: nginx/1.22.1\r\n", b"<h1>502 Bad Gateway</h1>"),
    "WS108": lambda: answered(200, "Content-Type: text/html\r\n", b"<h1>Welcome</h1>"),
    "WS109": lambda: answered(426, "Upgrade: websocket\r\nServer: nginx\r\n",
                              b"missing Connection header"),
    "WS110": lambda: broken("http2", "The answer to the opening handshake is not HTTP, but an"
                            " HTTP/2 frame.", "The server speaks HTTP/2 only on this port."),
    "WS111": lambda: broken("accept", "Sec-WebSocket-Accept is 'x'; 'y' was expected for the key"
                            " z.", "The server sent the key back instead of its hash."),
    "WS112": lambda: broken("subprotocol", "The server chose the subprotocol chat; offered: none.",
                            "Offer it with --subprotocol."),
    "WS113": no_subprotocol,
    "WS114": lambda: broken("extension", "The server uses the extension x-zip, which was not"
                            " offered.", ""),
    "WS115": lambda: broken("not-http", "The answer to the opening handshake is not HTTP, but an"
                            " SSH server's greeting.", "Check the port."),
    "WS116": slow,
    "WS117": let_pass,
    "WS118": lambda: answered(426, "Sec-WebSocket-Version: 8, 7\r\n"),
}  # fmt: skip
