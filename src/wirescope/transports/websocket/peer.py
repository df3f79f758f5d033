"""Who is at the other end, and how the way there is secured: what socket and TLS say, as events.

The facts are read once a connection, when the step is done that makes them known. What only words
are made of them is elsewhere.
"""

import socket
import ssl

from wirescope.events import ConnectionReached, ConnectionSecured
from wirescope.transports.certificate import read_certificates, sent_chain
from wirescope.transports.websocket.journal import Journal
from wirescope.transports.websocket.url import ProxyURL


def note_socket(journal: Journal, sock: socket.socket, proxy: ProxyURL | None) -> None:
    """Write down whom a connected socket leads to; `proxy` if that is one."""
    try:
        peer, own = sock.getpeername(), sock.getsockname()
    except OSError:  # it has been cut already, which the next step will say
        return
    note_reached(journal, peer, own, proxy)


def note_reached(journal: Journal, peer: object, own: object, proxy: ProxyURL | None) -> None:
    """Write down the ends of a TCP connection, as `getpeername` and `getsockname` give them.

    Those of a Unix socket are no addresses with a port; nothing is written down then.
    """
    if not isinstance(peer, tuple) or not isinstance(own, tuple):
        return
    journal.emit(
        ConnectionReached(
            journal.next_seq(),
            journal.now_ns(),
            journal.connection,
            address=str(peer[0]),
            port=int(peer[1]),
            local_address=str(own[0]),
            local_port=int(own[1]),
            proxy=None if proxy is None else str(proxy),
        )
    )


def note_secured(
    journal: Journal, tls: ssl.SSLObject, *, server_name: str = ""
) -> ConnectionSecured:
    """Write down what a TLS handshake that is done agreed on, and what the peer showed.

    `server_name` is the name that was asked for; a server does not know it here.
    """
    at_ns, cipher, chain = journal.now_ns(), tls.cipher(), sent_chain(tls)
    secured = ConnectionSecured(
        journal.next_seq(),
        at_ns,
        journal.connection,
        version=tls.version() or "",
        cipher=cipher[0] if cipher else "",
        alpn=tls.selected_alpn_protocol() or "",
        server_name=server_name,
        # Whether it could be read here has no part in it: the check is OpenSSL's.
        verified=bool(chain) and tls.context.verify_mode is not ssl.CERT_NONE,
        certificates=read_certificates(chain),
    )
    journal.emit(secured)
    return secured
