"""TLS: nothing is lost however the peer ends, and a handshake that goes wrong ends in time."""

import asyncio
import socket
import ssl
import threading
from contextlib import asynccontextmanager, contextmanager

import pytest

from tests.support.authority import Authority
from tests.support.handshakes import upgrade
from tests.support.linked import KEY, Log, until
from tests.support.raw_client import dialed, request
from tests.support.raw_server import RawServer, read_head
from wirescope.events import Timeline
from wirescope.transports.websocket import (
    Acceptance,
    ConnectOptions,
    ServerOptions,
    Settings,
    TLSOptions,
    connect,
    serve,
)
from wirescope.wire.websocket import build_header, frame_bytes

pytestmark = pytest.mark.each_loop

PAYLOAD = bytes(range(256)) * 256
WAIT_S = 20


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path)


class Talking:
    """A peer on a blocking TLS socket in a thread: its part of the handshake, then all at once.

    Attributes:
        go: lets it say its frames.
        gone: set when it has said all and hung up.
    """

    def __init__(self, *, count, ending, masked):
        key = KEY if masked else None
        header = build_header(2, len(PAYLOAD), masking_key=key)
        close = frame_bytes(build_header(8, 2, masking_key=key), b"\x03\xe8")
        self._data = frame_bytes(header, PAYLOAD) * count + close
        self._ending = ending
        self.go, self.gone = threading.Event(), threading.Event()

    def talk(self, sock, hello):
        hello(sock)
        assert self.go.wait(WAIT_S)
        sock.sendall(self._data)
        if self._ending == "close_notify":
            sock.settimeout(0)
            with pytest.raises(ssl.SSLError):
                sock.unwrap()  # says it, and finds nothing yet, or what was sent meanwhile
        socket.socket.shutdown(sock, socket.SHUT_WR)
        self.gone.set()
        sock.settimeout(WAIT_S)
        try:
            while sock.recv(1 << 16):
                pass
        except OSError:
            return  # the other end hung up without a close_notify


@contextmanager
def in_a_thread(work):
    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        thread.join()


def receive_head(sock):
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += sock.recv(1)
    return head


ENDINGS = pytest.mark.parametrize("ending", ["close_notify", "fin"])
COUNTS = pytest.mark.parametrize("count", [0, 2, pytest.param(64, marks=pytest.mark.slow)])


async def received_after_a_pause(connection, peer, count):
    """Pause, let the peer say all and hang up if the buffers take it, read on; what came."""
    connection.pause_receiving()
    peer.go.set()
    if count < 10:
        await until(peer.gone.is_set)
        await asyncio.sleep(0.01)  # its end is there, too, for whoever looks
    else:
        await asyncio.sleep(0.1)  # until nothing goes on any more
        assert not peer.gone.is_set()
    connection.resume_receiving()
    return [message.payload async for message in connection]


@COUNTS
@ENDINGS
async def test_a_client_loses_nothing_when_the_peer_ends_while_it_does_not_read(
    authority, ending, count
):
    peer = Talking(count=count, ending=ending, masked=False)
    context = authority.server("localhost")

    def hello(sock):
        sock.sendall(upgrade(receive_head(sock)))

    def work():
        accepted, _ = listener.accept()
        with context.wrap_socket(accepted, server_side=True) as sock:
            peer.talk(sock, hello)

    with socket.create_server(("127.0.0.1", 0)) as listener, in_a_thread(work):
        connection = await connect(
            f"wss://localhost:{listener.getsockname()[1]}/",
            options=ConnectOptions(tls=TLSOptions(ca=authority.ca_file), close_timeout_s=2),
            timeline=Timeline(),
            sink=Log(),
        )
        async with connection:
            assert await received_after_a_pause(connection, peer, count) == [PAYLOAD] * count
            closed = await connection.wait_closed()
    assert (closed.code, closed.clean) == (1000, True)


@COUNTS
@ENDINGS
async def test_a_server_loses_nothing_when_the_peer_ends_while_it_does_not_read(
    authority, ending, count
):
    peer = Talking(count=count, ending=ending, masked=True)
    trusting = ssl.create_default_context(cafile=authority.ca_file)
    received = asyncio.get_running_loop().create_future()

    async def handle(connection):
        received.set_result(await received_after_a_pause(connection, peer, count))

    async with serving(authority, handle) as server:

        def work():
            port = int(server.url.rpartition(":")[2])
            dialed_sock = socket.create_connection(("127.0.0.1", port))
            with trusting.wrap_socket(dialed_sock, server_hostname="localhost") as sock:
                peer.talk(sock, hello)

        def hello(sock):
            sock.sendall(request(server.url))
            receive_head(sock)

        with in_a_thread(work):
            assert await received == [PAYLOAD] * count


@asynccontextmanager
async def serving(authority, handle=None, **options):
    options.setdefault("settings", Settings(close_timeout_s=0.2))
    async with serve(
        lambda _: Acceptance(handler=handle),
        ssl=authority.server("localhost"),
        options=ServerOptions(**options),
    ) as server:
        yield server


async def test_what_is_not_tls_is_dropped(authority):
    async with serving(authority) as server, dialed(server.url) as client:
        await client.write(request(server.url))
        assert (await client.rest())[:1] in (b"", b"\x15")  # at most an alert
        await until(lambda: not server._openings)


async def test_a_handshake_that_takes_too_long_is_dropped(authority):
    async with serving(authority, head_timeout_s=0.03) as server, dialed(server.url) as client:
        await client.write(b"\x16\x03\x01\x02\x00")
        assert await client.rest() == b""
        await until(lambda: not server._openings)


async def test_a_client_that_leaves_in_the_handshake_is_forgotten(authority):
    async with serving(authority) as server:
        async with dialed(server.url) as client:
            await client.write(b"\x16\x03\x01\x02\x00")
            await until(lambda: bool(server._openings))
        await until(lambda: not server._openings)


async def test_a_server_stops_beside_a_handshake_that_does_not_end(authority):
    async with serving(authority) as server:
        client = await asyncio.open_connection("127.0.0.1", int(server.url.rpartition(":")[2]))
        await until(lambda: bool(server._openings))
    assert await client[0].read() == b""
    client[1].transport.abort()


async def test_a_record_that_does_not_decrypt_ends_the_connection_and_is_told(authority):
    context, received = authority.server("localhost"), threading.Event()

    def work():
        accepted, _ = listener.accept()
        with context.wrap_socket(accepted, server_side=True) as sock:
            sock.sendall(upgrade(receive_head(sock)) + b"\x81\x05first")
            assert received.wait(WAIT_S)
            with socket.socket(fileno=socket.dup(sock.fileno())) as beneath:
                beneath.sendall(b"\x17\x03\x03\x00\x20" + bytes(32))
                beneath.settimeout(WAIT_S)
                while beneath.recv(1 << 16):
                    pass

    with socket.create_server(("127.0.0.1", 0)) as listener, in_a_thread(work):
        log = Log()
        connection = await connect(
            f"wss://localhost:{listener.getsockname()[1]}/",
            options=ConnectOptions(tls=TLSOptions(ca=authority.ca_file)),
            timeline=Timeline(),
            sink=log,
        )
        async for message in connection:
            assert message.text == "first"
            received.set()
    assert (log.closed.code, log.closed.cause) == (1006, "tls")


async def test_sending_waits_while_the_peer_does_not_read(authority):
    go_on, count = asyncio.Event(), 200

    async def talk(reader, writer):
        writer.write(upgrade(await read_head(reader)))
        writer.transport.pause_reading()
        await go_on.wait()
        writer.transport.resume_reading()
        came.append(len(await reader.readexactly(count * (14 + len(PAYLOAD)))))
        writer.write(b"\x88\x02\x03\xe8")
        await reader.readexactly(8)  # the answer; then the server hangs up

    came, sent = [], 0
    async with RawServer(talk, tls=authority.server("localhost")) as server:
        connection = await connect(
            f"wss://localhost:{server.port}/",
            options=ConnectOptions(
                tls=TLSOptions(ca=authority.ca_file), compression=None, close_timeout_s=1
            ),
            timeline=Timeline(),
            sink=Log(),
        )

        async def pour():
            nonlocal sent
            for _ in range(count):
                await connection.send(PAYLOAD)
                sent += 1

        async with connection, asyncio.TaskGroup() as group:
            group.create_task(pour())
            await until(lambda: connection._transport.get_write_buffer_size() > 1 << 16)
            assert connection._transport.get_write_buffer_size() < 1 << 18
            assert sent < count
            go_on.set()
            closed = await connection.wait_closed()
        assert closed.code == 1000
    assert came == [count * (14 + len(PAYLOAD))]
