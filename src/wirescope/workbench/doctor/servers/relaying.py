"""What goes through the server: a permission, a channel, an echo with loss and round trip, a flood.

The far end is a second allocation on the same server, as of two people who can use nothing else.
Where the server grants no second one, or does not relay to itself, it is a socket of this machine,
which datagrams reach only where no NAT is in between. All of it is bounded in time and in bytes.
"""

import asyncio
from contextlib import suppress
from statistics import median

from wirescope.analysis import RelaySeen
from wirescope.errors import ConnectError, StunRefusedError
from wirescope.workbench.doctor.model import Outcome
from wirescope.workbench.doctor.servers.allocating import held, note_refusal
from wirescope.workbench.doctor.servers.bench import ServerBench
from wirescope.workbench.doctor.servers.far_end import AllocatedEnd, FarEnd, OwnSocket, own_socket

_PACE_S = 0.01
_LAST_S = 1.0
_SMALL, _LARGE = 160, 1100  # bytes: of a packet of sound, of one of a picture
_WINDOW = 64
_STALL_S = 0.25


async def permitting(bench: ServerBench) -> Outcome:
    """Open the far end and have the server let it in.

    Raises:
        ConnectError: an answer did not come, or there is no far end.
        PacketError: an answer cannot be read.
        StunRefusedError: the server relays to none.
    """
    allocation = held(bench)
    refused: StunRefusedError | None = None
    for number, make in enumerate((_second_allocation, _own_socket)):
        far = await make(bench)
        if far is None:
            continue
        try:
            exchange = await allocation.permit(far.address)
        except StunRefusedError as error:
            refused = error
            seen = note_refusal(bench, error)
            if not number and error.code == 403:
                bench.seen.own_peers_refused = seen
            continue
        bench.far = far
        facts = {"peer": far.address[0], "far_end": far.words, "refused_first": refused is not None}
        words = f"{far.address[0]} may send, {far.words}"
        return Outcome(words, facts, exchange.duration_ms)
    if refused is not None:
        raise refused
    raise ConnectError("There is no far end to relay to.", phase="stun", kind="no-relay")


async def _second_allocation(bench: ServerBench) -> FarEnd | None:
    client = await bench.stack.enter_async_context(bench.client())
    try:
        return AllocatedEnd(await client.allocate(family=bench.family))
    except StunRefusedError as error:
        note_refusal(bench, error, client=client, second=True)
    return None


async def _own_socket(bench: ServerBench) -> FarEnd | None:
    assert bench.main is not None
    host = bench.main.flow.local[0]
    # the relayed address decides the family that peers have to be of (RFC 8656 section 7.2)
    if (":" in host) != (":" in held(bench).relayed[0]):
        return None
    try:
        opened: OwnSocket = await own_socket(host)
    except OSError:
        return None
    bench.stack.push_async_callback(opened.close)
    return opened


async def channelling(bench: ServerBench) -> Outcome:
    """Bind a channel to the far end, and one back.

    Raises:
        ConnectError: an answer did not come.
        PacketError: an answer cannot be read.
        StunRefusedError: the server refused.
    """
    allocation, far = held(bench), _far(bench)
    try:
        exchange = await allocation.bind_channel(far.address)
        await far.admit(allocation.relayed)
    except StunRefusedError as error:
        note_refusal(bench, error)
        raise
    return Outcome("bound in both directions", {"bound": True}, exchange.duration_ms)


def _far(bench: ServerBench) -> FarEnd:
    assert bench.far is not None
    return bench.far


async def echoing(bench: ServerBench) -> Outcome:
    """Send datagrams through the server, at the pace of a call, and have each come back."""
    sent_ns: dict[int, int] = {}
    trips_ms: list[float] = []
    async with asyncio.TaskGroup() as group:
        answering = group.create_task(_answer(bench))
        listening = group.create_task(_listen(bench, sent_ns, trips_ms))
        await _send_all(bench, sent_ns)
        await asyncio.wait([listening], timeout=_LAST_S)
        for task in (answering, listening):
            task.cancel()
    sent, returned = len(sent_ns), len(trips_ms)
    trip_ms = median(trips_ms) if trips_ms else None
    evidence = held(bench).exchange.evidence
    bench.seen.relay = RelaySeen(sent, returned, trip_ms, evidence)
    facts = {
        "sent": sent,
        "returned": returned,
        "loss": round(1 - returned / sent, 4) if sent else None,
        "round_trip_ms": None if trip_ms is None else round(trip_ms, 3),
        "worst_ms": round(max(trips_ms), 3) if trips_ms else None,
        "far_end": _far(bench).words,
    }
    words = f"{returned} of {sent} datagrams came back"
    if trip_ms is not None:
        words += f", in {trip_ms:.1f} ms (the slowest {max(trips_ms):.1f} ms)"
    return Outcome(words, facts, trip_ms)


async def _send_all(bench: ServerBench, sent_ns: dict[int, int]) -> None:
    allocation, far = held(bench), _far(bench)
    for number in range(bench.orders.datagrams):
        sent_ns[number] = bench.timeline.now_ns()
        allocation.send(far.address, number.to_bytes(4, "big") + bytes(_SMALL - 4))
        await asyncio.sleep(_PACE_S)


async def _answer(bench: ServerBench) -> None:
    """Send back what comes to the far end."""
    far, home = _far(bench), held(bench).relayed
    while True:
        data = await far.receive(within_s=_LAST_S)
        if data:
            far.send(home, data)


async def _listen(bench: ServerBench, sent_ns: dict[int, int], trips_ms: list[float]) -> None:
    """Time what comes back, until everything did."""
    missing = set(range(bench.orders.datagrams))
    while missing:
        came = await held(bench).receive(within_s=_LAST_S)
        # the far end's first datagram, which opens a NAT, and what strangers send is none of these
        is_one = came is not None and len(came[1]) == _SMALL
        number = int.from_bytes(came[1][:4], "big") if came is not None and is_one else -1
        if number in missing and number in sent_ns:
            missing.discard(number)
            trips_ms.append((bench.timeline.now_ns() - sent_ns[number]) / 1e6)


async def flooding(bench: ServerBench) -> Outcome:
    """Send through the server as fast as it passes on, for a moment, and count what arrives."""
    orders, allocation, far = bench.orders, held(bench), _far(bench)
    began_ns = bench.timeline.now_ns()
    payload = bytes(_LARGE)
    sent = arrived = lost = 0
    last_ns = began_ns
    with suppress(TimeoutError):
        async with asyncio.timeout(orders.throughput_s):
            while sent * _LARGE < orders.throughput_bytes:
                while sent - arrived - lost < _WINDOW:
                    allocation.send(far.address, payload)
                    sent += 1
                if await far.receive(within_s=_STALL_S) is not None:
                    arrived += 1
                    last_ns = bench.timeline.now_ns()
                else:
                    lost = sent - arrived
    took_s = (last_ns - began_ns) / 1e9
    rate = arrived * _LARGE * 8 / took_s / 1e6 if took_s > 0 else 0.0
    facts = {
        "sent": sent,
        "arrived": arrived,
        "megabits_per_s": round(rate, 2),
        "seconds": round(took_s, 3),
        "bytes_each": _LARGE,
    }
    if not arrived:
        words = f"none of {sent:,} datagrams of {_LARGE:,} bytes arrived"
        return Outcome(words, facts, ok=False)
    words = f"{rate:,.1f} Mbit/s in one direction, {arrived:,} datagrams of {_LARGE:,} bytes"
    return Outcome(words, facts, took_s * 1000)
