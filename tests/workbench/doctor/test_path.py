"""The path to a server: names, addresses, TLS, and where it ends."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.support.authority import Authority
from tests.support.raw_server import RawServer
from tests.support.scripted import Scripted
from tests.workbench.doctor.examining import QUICK, codes, step
from wirescope.errors import ConnectError, InvalidURLError
from wirescope.transports.websocket import ConnectOptions, ResolveOverride, TLSOptions
from wirescope.workbench.doctor import DoctorOptions, diagnose

SOUND = {"checks_origin": True, "checks_host": True}


async def over_tls(talk, context, authority, *, host="127.0.0.1", **tls):
    """Examine a server behind TLS."""
    async with RawServer(talk, tls=context) as server:
        override = (ResolveOverride(host, server.port, ("127.0.0.1",)),)
        options = ConnectOptions(
            tls=TLSOptions(ca=authority.ca_file, **tls), resolve=override, **QUICK
        )
        return await diagnose(
            f"wss://{host}:{server.port}/", options=options, orders=DoctorOptions(answer_s=1)
        )


async def test_a_name_without_an_address_ends_it():
    diagnosis = await diagnose("ws://nowhere.invalid/", options=ConnectOptions(**QUICK))
    assert (diagnosis.failure.kind, step(diagnosis, "resolve").ok) == ("resolve", False)
    assert "does not resolve" in diagnosis.verdict
    assert [each.message for each in diagnosis.steps[1:]] == ["not reached"] * 8


async def test_a_port_that_nobody_listens_on_ends_it():
    async with RawServer(Scripted()) as server:
        port = server.port
    diagnosis = await diagnose(f"ws://127.0.0.1:{port}/")
    assert diagnosis.failure.kind == "refused"
    assert "Nothing listens" in diagnosis.verdict


async def test_an_address_that_is_dead_is_a_warning():
    async with RawServer(Scripted(**SOUND)) as server:
        name = "two.test"
        override = ResolveOverride(name, server.port, ("127.0.0.1", "127.0.0.2"))
        diagnosis = await diagnose(
            f"ws://{name}:{server.port}/",
            options=ConnectOptions(resolve=(override,), headers=(("Host", "127.0.0.1"),), **QUICK),
        )
    found = [each.code for each in diagnosis.findings]
    assert "WS813" in found
    assert "127.0.0.2" in step(diagnosis, "tcp").message


async def test_tls_is_described_with_its_certificate(tmp_path):
    authority = Authority(tmp_path)
    diagnosis = await over_tls(Scripted(**SOUND), authority.server("127.0.0.1"), authority)
    facts = step(diagnosis, "tls").facts
    assert facts["version"] == "TLSv1.3"
    assert facts["alpn"] == "http/1.1"
    assert facts["trusted"]
    assert facts["chain"][0]["names"] == ["127.0.0.1"]
    assert facts["http2"]
    assert diagnosis.failure is None


async def test_a_certificate_that_expires_soon_is_a_warning(tmp_path):
    authority = Authority(tmp_path)
    soon = datetime.now(UTC) + timedelta(days=5)  # noqa: TID251
    context = authority.server("127.0.0.1", not_after=soon)
    diagnosis = await over_tls(Scripted(**SOUND), context, authority)
    assert "WS810" in codes(diagnosis)
    assert "expires in" in diagnosis.verdict


async def test_a_certificate_that_has_expired_ends_it(tmp_path):
    authority = Authority(tmp_path)
    context = authority.server("127.0.0.1", not_after=datetime(2024, 1, 1, tzinfo=UTC))
    diagnosis = await over_tls(Scripted(**SOUND), context, authority)
    assert isinstance(diagnosis.failure, ConnectError)
    assert "expired on 2024-01-01" in diagnosis.verdict
    assert "-k" in diagnosis.where_next
    assert step(diagnosis, "tls").facts["chain"][0]["not_after"] == "2024-01-01T00:00:00Z"


async def test_with_k_the_rest_is_looked_at_in_spite_of_the_certificate(tmp_path):
    authority = Authority(tmp_path)
    context = authority.server("127.0.0.1", not_after=datetime(2024, 1, 1, tzinfo=UTC))
    diagnosis = await over_tls(Scripted(**SOUND), context, authority, insecure=True)
    assert diagnosis.failure is None
    assert "expired" in step(diagnosis, "tls").message
    assert not step(diagnosis, "tls").facts["trusted"]


async def test_plain_text_on_a_port_that_was_to_speak_tls_is_recognised():
    async with RawServer(_http) as server:
        diagnosis = await diagnose(
            f"wss://127.0.0.1:{server.port}/chat", options=ConnectOptions(**QUICK)
        )
    assert "in plain text it answers HTTP" in diagnosis.verdict
    assert f"ws://127.0.0.1:{server.port}/chat" in diagnosis.advice


async def _http(reader, writer):
    """Speak HTTP and hang up on everything else."""
    if (await reader.readexactly(3)) == b"GET":
        writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()


async def test_tls_on_a_port_that_was_to_speak_plain_text_is_recognised(tmp_path):
    authority = Authority(tmp_path)
    async with RawServer(Scripted(), tls=authority.server("127.0.0.1")) as server:
        diagnosis = await diagnose(
            f"ws://127.0.0.1:{server.port}/", options=ConnectOptions(**QUICK)
        )
    assert f"wss://127.0.0.1:{server.port}/" in diagnosis.advice


async def test_an_address_of_something_else_is_a_usage_error():
    with pytest.raises(InvalidURLError):
        await diagnose("ftp://127.0.0.1/")
