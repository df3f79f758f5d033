"""Many allocations at once, and many packets a second."""

import asyncio
import os
import select
import socket
from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.relaying import WAYS, show_rates
from tests.support.ice_child import LOOPBACK, our_server
from tests.support.relay_load import CHANNEL, PlainClient, must
from wirescope.clock import SystemClock

ALLOCATIONS = 500
WANTED = 20_000
SECONDS = 5.0
SPREAD = 100
SIZE = 1200
TICK_S = 0.001
LAST_S = 0.5
UNDER_WAY = 64
LIMITS: dict[str, Any] = {
    "max_allocations": 1000,
    "max_allocations_per_user": 1000,
    "answers_at_once": 5000.0,
    "allowed_peers": LOOPBACK,
}


def _open(port: int, count: int, stack: ExitStack) -> tuple[list[PlainClient], socket.socket]:
    """Open clients that have an allocation and a channel to one peer."""
    peer = stack.enter_context(socket.socket(type=socket.SOCK_DGRAM))
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    peer.bind(("127.0.0.1", 0))
    clients = []
    for _ in range(count):
        client = PlainClient(port)
        stack.callback(client.socket.close)
        must(client.allocate())
        must(client.bind(peer.getsockname()))
        clients.append(client)
    return clients, peer


def _there_and_back(port: int) -> tuple[int, float]:
    """Let each of many clients send a datagram to a peer, which sends it back; how many came."""
    now_ns = SystemClock().monotonic_ns
    with ExitStack() as stack:
        began_ns = now_ns()
        clients, peer = _open(port, ALLOCATIONS, stack)
        took_s = (now_ns() - began_ns) / 1e9
        peer.settimeout(5)
        came = 0
        for number, client in enumerate(clients):
            data = number.to_bytes(4, "big")
            client.socket.send(CHANNEL.to_bytes(2, "big") + b"\x00\x04" + data)
            heard, relayed = peer.recvfrom(100)
            peer.sendto(heard, relayed)
            came += client.socket.recv(100)[4:] == data and relayed == client.relayed
    return came, took_s


async def show_many(folder: Path) -> AsyncIterator[tuple[str, str, bool]]:
    """Have five hundred allocations at once."""
    del folder
    async with our_server(**LIMITS) as server:
        before = server.now()
        came, took_s = await asyncio.to_thread(_there_and_back, server.port)
        after = server.now()
    counters = server.counters
    grown_kib = (after.memory_bytes - before.memory_bytes) / 1024 / ALLOCATIONS
    descriptors = (after.descriptors - before.descriptors) / ALLOCATIONS
    words = (
        f"{counters['allocated']} in {took_s:.2f} s, {came} there and back, {grown_kib:.1f} KiB and"
        f" {descriptors:.2f} descriptors each"
    )
    holds = came == counters["allocated"] == counters["allocations"] == ALLOCATIONS
    yield f"{ALLOCATIONS} allocations at once", words, holds


def _paced(port: int) -> tuple[int, int]:
    """Offer so many packets a second over many allocations; how many were sent, and came.

    Only so many are under way at once, as a process that had to wait for the processor would send
    more in one go afterwards than a socket holds.
    """
    now_ns = SystemClock().monotonic_ns
    data = CHANNEL.to_bytes(2, "big") + SIZE.to_bytes(2, "big") + bytes(SIZE)
    with ExitStack() as stack:
        clients, peer = _open(port, SPREAD, stack)
        peer.settimeout(0)
        sent = came = 0
        room = bytearray(2048)
        began_ns = now_ns()
        ends_ns = began_ns + int(SECONDS * 1e9)
        while (at_ns := now_ns()) < ends_ns:
            due = min((at_ns - began_ns) * WANTED // 1_000_000_000, came + UNDER_WAY)
            while sent < due:
                clients[sent % SPREAD].socket.send(data)
                sent += 1
            select.select([peer], [], [], TICK_S)
            came += _drained(peer, room)
        while select.select([peer], [], [], LAST_S)[0]:
            came += _drained(peer, room)
    return sent, came


def _drained(peer: socket.socket, room: bytearray) -> int:
    came = 0
    try:
        while True:
            peer.recv_into(room)
            came += 1
    except BlockingIOError:
        return came


async def show_rate(folder: Path) -> AsyncIterator[tuple[str, str, bool]]:
    """Relay twenty thousand packets a second, and as many as it goes, beside coturn."""
    del folder
    async with our_server(**LIMITS) as server:
        before = server.now().cpu_s
        sent, came = await asyncio.to_thread(_paced, server.port)
        used_s = server.now().cpu_s - before
    rate = came / SECONDS
    words = (
        f"{rate:,.0f} a second of {SIZE} bytes over {SPREAD} allocations, {sent - came} of"
        f" {sent:,} lost, {100 * used_s / SECONDS:.0f} % of one of {os.cpu_count()} cores"
    )
    yield f"{WANTED:,} packets a second, offered", words, sent == came and rate >= 0.99 * WANTED
    medians = await show_rates(2.0)
    for way in WAYS:
        ours, theirs = medians["ours", way], medians.get(("coturn", way))
        beside = f", {ours / theirs:.2f} of coturn's {theirs:,.0f}" if theirs else ""
        yield f"as many as it goes, {way}", f"{ours:,.0f} a second{beside}", ours >= WANTED
