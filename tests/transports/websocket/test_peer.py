"""Who is at the other end, and how the way there is secured: what client and server write down."""

import hashlib
import socket
import ssl
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.support.authority import Authority
from tests.support.handshakes import Upgrading, attempt
from tests.support.proxies import ConnectProxy, Socks5Proxy
from tests.support.raw_client import dialed, request
from tests.support.raw_server import RawServer
from wirescope.events import ConnectionReached, ConnectionSecured, Timeline
from wirescope.transports.websocket import Acceptance, Refusal, connect, serve
from wirescope.transports.websocket.journal import Journal
from wirescope.transports.websocket.options import ConnectOptions, TLSOptions
from wirescope.transports.websocket.peer import note_socket

pytestmark = pytest.mark.each_loop


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path)


def only(events, kind):
    (found,) = [each for each in events if isinstance(each, kind)]
    return found


# Whom it leads to


async def test_both_ends_of_the_tcp_connection_are_written_down():
    async with RawServer(Upgrading()) as server:
        made = await attempt(f"ws://127.0.0.1:{server.port}/")
    reached = only(made.events, ConnectionReached)
    assert (reached.address, reached.port) == ("127.0.0.1", server.port)
    assert reached.local_address == "127.0.0.1"
    assert reached.local_port not in (0, server.port)
    assert reached.proxy is None


@pytest.mark.parametrize(("make", "scheme"), [(ConnectProxy, "http"), (Socks5Proxy, "socks5h")])
async def test_through_a_proxy_it_is_the_proxy_that_was_reached(make, scheme):
    async with (
        RawServer(Upgrading()) as server,
        make({"far.invalid:80": server.port}, credentials="me:pw") as proxy,
    ):
        address = f"127.0.0.1:{proxy.port}"
        made = await attempt("ws://far.invalid/", proxy=f"{scheme}://me:pw@{address}")
    assert made.error is None
    reached = only(made.events, ConnectionReached)
    assert (reached.address, reached.port) == ("127.0.0.1", proxy.port)
    assert reached.proxy == f"{scheme}://{address}"


async def test_who_was_reached_stands_before_what_failed_behind_it():
    async with RawServer(Upgrading()) as server:
        made = await attempt(f"wss://127.0.0.1:{server.port}/")
    assert made.types == ["connection.opening", "dns", "tcp", "connection.reached",
                          "connection.failed"]  # fmt: skip


async def test_a_socket_that_was_cut_at_once_is_passed_over():
    events = []
    journal = Journal(Timeline(), events.extend, "c1")
    with socket.socket() as never_connected:
        note_socket(journal, never_connected, None)
    assert events == []


# How it is secured


async def test_what_tls_agreed_on_is_written_down_with_the_servers_certificate(authority):
    issued = authority.issue("localhost", "127.0.0.1")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["http/1.1"])
    issued.configure_cert(context)
    async with RawServer(Upgrading(), tls=context) as server:
        tls = TLSOptions(ca=authority.ca_file)
        made = await attempt(f"wss://localhost:{server.port}/", tls=tls)
    secured = only(made.events, ConnectionSecured)
    assert secured.version == "TLSv1.3"
    assert secured.cipher.startswith("TLS_")
    assert (secured.alpn, secured.server_name, secured.verified) == ("http/1.1", "localhost", True)
    der = ssl.PEM_cert_to_DER_cert(issued.cert_chain_pems[0].bytes().decode())
    assert secured.certificates[0].sha256 == hashlib.sha256(der).hexdigest()
    assert secured.certificates[0].names == ["localhost", "127.0.0.1"]


async def test_a_chain_is_given_in_the_order_of_the_server(authority):
    between = authority.intermediate()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    between.issue_cert("localhost").configure_cert(context)
    async with RawServer(Upgrading(), tls=context) as server:
        tls = TLSOptions(ca=authority.ca_file)
        made = await attempt(f"wss://localhost:{server.port}/", tls=tls)
    own, issuer = only(made.events, ConnectionSecured).certificates
    assert own.names == ["localhost"]
    assert own.issuer == issuer.subject


async def test_tls_behind_a_proxy_is_that_of_the_server(authority):
    async with (
        RawServer(Upgrading(), tls=authority.server("far.invalid")) as server,
        ConnectProxy({"far.invalid:443": server.port}) as proxy,
    ):
        made = await attempt(
            "wss://far.invalid/",
            proxy=f"http://127.0.0.1:{proxy.port}",
            tls=TLSOptions(ca=authority.ca_file),
        )
    assert made.error is None
    secured = only(made.events, ConnectionSecured)
    assert secured.certificates[0].names == ["far.invalid"]
    assert secured.server_name == "far.invalid"


async def test_what_was_not_checked_is_not_said_to_be_verified(authority):
    async with RawServer(Upgrading(), tls=authority.server("other.test")) as server:
        made = await attempt(f"wss://localhost:{server.port}/", tls=TLSOptions(insecure=True))
    secured = only(made.events, ConnectionSecured)
    assert not secured.verified
    assert secured.certificates[0].names == ["other.test"]


async def test_the_certificate_that_was_refused_stands_before_the_failure(authority):
    context = authority.server("localhost", not_after=datetime(2020, 2, 3, 4, 5))  # noqa: DTZ001
    async with RawServer(Upgrading(), tls=context) as server:
        tls = TLSOptions(ca=authority.ca_file)
        made = await attempt(f"wss://localhost:{server.port}/", tls=tls)
    secured, failed = made.events[-2:]
    assert isinstance(secured, ConnectionSecured)
    assert not secured.verified
    assert f"{secured.certificates[0].not_after:%Y-%m-%d}" == "2020-02-03"
    assert failed.kind == "certificate-expired"


async def test_a_port_without_tls_shows_no_certificate():
    async with RawServer(Upgrading()) as server:
        made = await attempt(f"wss://127.0.0.1:{server.port}/")
    assert "connection.secured" not in made.types


# What a server sees


async def echo(connection):
    async for message in connection:
        await connection.send(message.text)


@asynccontextmanager
async def served(context=None, answer=None):
    events = []
    answer = answer or Acceptance(handler=echo)
    async with serve(lambda _: answer, ssl=context, sink=events.extend) as server:
        yield server, events


async def opened(server, **tls):
    options = ConnectOptions(tls=TLSOptions(**tls))
    events = []
    connection = await connect(server.url, options=options, timeline=Timeline(), sink=events.extend)
    await connection.close()
    return events


async def test_a_server_writes_down_where_its_client_comes_from():
    async with served() as (server, seen):
        events = await opened(server)
    there, here = only(events, ConnectionReached), only(seen, ConnectionReached)
    assert (here.address, here.port) == (there.local_address, there.local_port)
    assert (here.local_address, here.local_port) == (there.address, there.port)


async def test_a_server_writes_down_what_its_client_agreed_to(authority):
    async with served(authority.server("127.0.0.1")) as (server, seen):
        events = await opened(server, ca=authority.ca_file)
    there, here = only(events, ConnectionSecured), only(seen, ConnectionSecured)
    assert (here.version, here.cipher, here.alpn) == (there.version, there.cipher, there.alpn)
    assert here.certificates == []
    assert not here.verified


async def test_a_server_writes_down_the_certificate_of_its_client(authority):
    certificate, key = authority.client_files("me@example.test")
    context = authority.server("127.0.0.1", asks_for_client=True)
    async with served(context) as (server, seen):
        await opened(server, ca=authority.ca_file, certificate=certificate, key=key)
    here = only(seen, ConnectionSecured)
    assert here.verified
    assert here.certificates[0].issuer == here.certificates[-1].issuer


async def test_a_client_that_was_refused_is_written_down_as_well():
    async with served(answer=Refusal(403)) as (server, seen), dialed(server.url) as client:
        await client.write(request(server.url))
        await client.status()
    types = [each.type for each in seen]
    assert types == ["connection.opening", "connection.reached", "websocket.handshake",
                     "connection.failed"]  # fmt: skip


async def test_a_unix_socket_has_no_address(tmp_path):
    async with RawServer(Upgrading(), unix=tmp_path / "s"):
        made = await attempt("ws://host.test/", unix_socket=tmp_path / "s")
    assert "connection.reached" not in made.types


def unreadable_certificate(folder):
    """Make a certificate that OpenSSL verifies, with a name in it that is no address."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "odd")])
    names = bytes([0x30, 11, 0x87, 4, 127, 0, 0, 1, 0x87, 3, 1, 2, 3])
    odd = x509.UnrecognizedExtension(x509.ExtensionOID.SUBJECT_ALTERNATIVE_NAME, names)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 1)
        .not_valid_before(datetime(2000, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2100, 1, 1, tzinfo=UTC))
        .add_extension(odd, critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    certificate, private = folder / "odd.pem", folder / "odd.key"
    certificate.write_bytes(made.public_bytes(pem))
    private.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.TraditionalOpenSSL, plain)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, private)
    return context, certificate


async def test_a_certificate_that_cannot_be_read_may_be_verified_all_the_same(tmp_path):
    context, ca = unreadable_certificate(tmp_path)
    async with RawServer(Upgrading(), tls=context) as server:
        made = await attempt(f"wss://127.0.0.1:{server.port}/", tls=TLSOptions(ca=ca))
    assert made.error is None
    secured = only(made.events, ConnectionSecured)
    assert secured.certificates == []
    assert secured.verified
