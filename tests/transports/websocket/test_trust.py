"""TLS: whom a client trusts, how it shows who it is, and what is said when that fails."""

import ssl
from datetime import datetime
from pathlib import Path

import pytest
import trustme

from tests.support.authority import Authority
from tests.support.handshakes import Upgrading, attempt, greeting
from tests.support.raw_server import RawServer
from wirescope.errors import ConnectError, UsageError
from wirescope.transports.websocket.options import TLSOptions


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.mark.each_loop
async def test_a_certificate_of_a_trusted_authority_is_accepted(authority):
    async with RawServer(Upgrading(), tls=authority.server("localhost")) as server:
        made = await attempt(
            f"wss://localhost:{server.port}/", tls=TLSOptions(ca=authority.ca_file)
        )
    assert made.error is None
    assert made.types[1:] == [
        *("dns", "tcp", "connection.reached", "tls", "connection.secured"),
        *("upgrade", "websocket.handshake"),
    ]


@pytest.mark.each_loop
async def test_the_transport_speaks_tls_and_http_1_1(authority):
    async with RawServer(Upgrading(), tls=authority.server("127.0.0.1")) as server:
        made = await attempt(
            f"wss://127.0.0.1:{server.port}/", tls=TLSOptions(ca=authority.ca_file)
        )
    assert made.established is not None
    spoken = made.established.transport.get_extra_info("ssl_object")
    assert spoken.selected_alpn_protocol() == "http/1.1"
    assert spoken.version() == "TLSv1.3"


async def refused(
    context: ssl.SSLContext, tls: TLSOptions, host: str = "localhost"
) -> ConnectError:
    async with RawServer(Upgrading(), tls=context) as server:
        made = await attempt(f"wss://{host}:{server.port}/", tls=tls)
    assert isinstance(made.error, ConnectError)
    assert made.types[-1] == "connection.failed"
    return made.error


@pytest.mark.each_loop
async def test_an_authority_that_is_not_trusted_is_named(authority):
    error = await refused(authority.server("localhost"), TLSOptions())
    assert (error.phase, error.kind) == ("tls", "certificate-untrusted")
    assert 'The issuer ("trustme ' in error.message
    assert "--cacert" in error.hint


async def test_a_wrong_host_name_is_told_with_the_names_that_would_do(authority):
    context = authority.server("a.test", "*.b.test")
    error = await refused(context, TLSOptions(ca=authority.ca_file))
    assert error.kind == "certificate-name"
    assert error.message == "The certificate is not for localhost; it is for a.test, *.b.test."
    by_address = await refused(context, TLSOptions(ca=authority.ca_file), host="127.0.0.1")
    assert "not for 127.0.0.1; it is for a.test" in by_address.message


async def test_an_expired_certificate_is_told_with_its_date(authority):
    context = authority.server("localhost", not_after=datetime(2020, 2, 3, 4, 5))  # noqa: DTZ001
    error = await refused(context, TLSOptions(ca=authority.ca_file))
    assert error.kind == "certificate-expired"
    assert error.message == "The certificate of localhost expired on 2020-02-03 at 04:05 UTC."


async def test_insecure_accepts_any_certificate(authority):
    async with RawServer(Upgrading(), tls=authority.server("other.test")) as server:
        made = await attempt(f"wss://localhost:{server.port}/", tls=TLSOptions(insecure=True))
    assert made.error is None


async def test_another_name_can_be_asked_for(authority):
    context = authority.server("other.test")
    asked = []
    context.sni_callback = lambda _, name, __: asked.append(name)
    tls = TLSOptions(ca=authority.ca_file, server_name="other.test")
    async with RawServer(Upgrading(), tls=context) as server:
        made = await attempt(f"wss://localhost:{server.port}/", tls=tls)
    assert made.error is None
    assert asked == ["other.test"]


@pytest.mark.each_loop
async def test_a_client_certificate_is_shown_where_it_is_asked_for(authority):
    context = authority.server("localhost", asks_for_client=True)
    certificate, key = authority.client_files("me@example.test")
    tls = TLSOptions(ca=authority.ca_file, certificate=certificate, key=key)
    async with RawServer(Upgrading(), tls=context) as server:
        made = await attempt(f"wss://localhost:{server.port}/", tls=tls)
    assert made.error is None


@pytest.mark.each_loop
async def test_a_missing_client_certificate_is_told(authority):
    context = authority.server("localhost", asks_for_client=True)
    error = await refused(context, TLSOptions(ca=authority.ca_file))
    # the alert may be lost to the reset that follows it
    assert error.kind in ("client-certificate", "reset")
    if error.kind == "client-certificate":
        assert "wants a client certificate" in error.message


@pytest.mark.each_loop
@pytest.mark.parametrize(
    ("alert", "kind", "message"),
    [
        (70, "tls-version", "no TLS version in common"),
        (40, "tls-cipher", "found nothing in common"),
        (112, "tls-name", "does not serve the name"),
        (48, "client-certificate", "wants a client certificate"),
        (80, "tls", "TLS handshake with localhost"),
    ],
)
async def test_a_server_s_alert_is_told(alert, kind, message):
    async with RawServer(greeting(b"\x15\x03\x01\x00\x02\x02" + bytes([alert]))) as server:
        made = await attempt(f"wss://localhost:{server.port}/")
    assert isinstance(made.error, ConnectError)
    assert (made.error.phase, made.error.kind) == ("tls", kind)
    assert message in made.error.message


@pytest.mark.each_loop
async def test_a_port_without_tls_is_told():
    async with RawServer(greeting(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as server:
        made = await attempt(f"wss://localhost:{server.port}/a")
    assert isinstance(made.error, ConnectError)
    assert made.error.kind == "not-tls"
    assert "does not speak TLS" in made.error.message
    assert f"ws://localhost:{server.port}/a" in made.error.hint


@pytest.mark.each_loop
async def test_a_connection_that_is_closed_during_the_tls_handshake_is_told():
    async def close(reader, writer):
        await reader.read(10)

    async with RawServer(close) as server:
        made = await attempt(f"wss://localhost:{server.port}/a")
    assert isinstance(made.error, ConnectError)
    assert (made.error.phase, made.error.kind) == ("tls", "tls")
    assert "closed the connection during the TLS handshake" in made.error.message


@pytest.mark.slow
async def test_a_server_that_leaves_the_tls_handshake_hanging_is_told():
    async with RawServer(lambda reader, _: reader.read(-1)) as server:
        made = await attempt(f"wss://localhost:{server.port}/a", open_timeout_s=0.3)
    assert isinstance(made.error, ConnectError)
    assert (made.error.phase, made.error.kind) == ("tls", "timeout")


async def test_the_session_s_secrets_are_logged_where_asked_and_only_there(
    authority, tmp_path, monkeypatch
):
    log = tmp_path / "keys"
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "environment"))
    async with RawServer(Upgrading(), tls=authority.server("localhost")) as server:
        await attempt(
            f"wss://localhost:{server.port}/", tls=TLSOptions(ca=authority.ca_file, key_log=log)
        )
    assert "CLIENT_TRAFFIC_SECRET_0" in log.read_text()
    assert log.stat().st_mode & 0o777 == 0o600
    assert not (tmp_path / "environment").exists()


def encrypted_key(folder: Path) -> tuple[Path, Path]:
    from cryptography.hazmat.primitives.serialization import (
        BestAvailableEncryption,
        Encoding,
        PrivateFormat,
        load_pem_private_key,
    )

    issued = trustme.CA().issue_cert("me@example.test")
    key = load_pem_private_key(issued.private_key_pem.bytes(), None)
    certificate, path = folder / "c.pem", folder / "k.pem"
    issued.cert_chain_pems[0].write_to_path(str(certificate))
    encryption = BestAvailableEncryption(b"secret")
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption))
    return certificate, path


@pytest.mark.parametrize(
    ("password", "message"),
    [(None, "is encrypted"), ("wrong", "client certificate cannot be used")],
)
async def test_an_encrypted_key_without_its_password_is_told(tmp_path, password, message):
    certificate, key = encrypted_key(tmp_path)
    made = await attempt(
        "wss://h.invalid/", tls=TLSOptions(certificate=certificate, key=key, password=password)
    )
    assert isinstance(made.error, UsageError)
    assert message in made.error.message
    assert made.events == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"ca": Path("/nowhere/ca.pem")}, "The CA file /nowhere/ca.pem cannot be used: no such"),
        ({"ca": Path(__file__)}, "The CA file"),
        ({"certificate": Path("/nowhere/c.pem")}, "The client certificate cannot be used"),
        ({"key_log": Path("/nowhere/keys")}, "secrets cannot be written to /nowhere/keys"),
        ({"server_name": ".x"}, "cannot be the name of a server"),
    ],
)
async def test_a_file_that_cannot_be_used_is_told_before_anything_is_opened(options, message):
    made = await attempt("wss://h.invalid/", tls=TLSOptions(**options))
    assert isinstance(made.error, UsageError)
    assert message in made.error.message
    assert made.events == []
