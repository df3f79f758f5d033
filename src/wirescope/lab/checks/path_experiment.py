"""The experiment behind the rows on who talks to whom, over what, and who could read it.

A client, a server in the middle and a far side stand in a row. The same messages go over a
WebSocket through the server, without and with TLS, over a data channel from peer to peer, and over
one through the TURN server, while all that passes the client's link is recorded and the server
keeps what it has. What was seen is in `observed`, the words of a row in the module of its name.
"""

import asyncio
from bisect import bisect
from collections.abc import Coroutine, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from wirescope.clock import SystemClock
from wirescope.errors import CaptureError, LabError, UsageError
from wirescope.lab.cells import TransportName
from wirescope.lab.checks.bench import Bench
from wirescope.lab.checks.certificates import Trusted, make_certificate
from wirescope.lab.checks.communication import communication_row
from wirescope.lab.checks.connection import connection_row
from wirescope.lab.checks.deadlines import LIMIT_S, within
from wirescope.lab.checks.observed import (
    CLIENT,
    FAR_SIDE,
    RECORDING,
    SERVER,
    SIZES,
    WAYS,
    Kept,
    Observed,
    WayName,
    capture_name,
)
from wirescope.lab.checks.packets import Packet, read_packet
from wirescope.lab.checks.security import security_row
from wirescope.lab.ends import Carried, Crossing, End, Ends, Way
from wirescope.lab.results import Row
from wirescope.lab.workloads import Regular, Workload, write_message
from wirescope.link import Direction, split, symmetric
from wirescope.transports.link import Network, read_recording

HOSTS = (CLIENT, SERVER, FAR_SIDE)

LINK = symmetric("observed", Direction(delay_ms=4))

MARKED_BYTES = 48
"""Of a message, its beginning: number and time, which no other has, and words."""

DRAIN_S = 3.0

MESSAGES = Workload(
    name="observed",
    title="short and long texts both ways",
    use_case="chat",
    payload="text",
    flows=tuple(Regular(side=side, per_s=50, size=size) for side in ("a", "b") for size in SIZES),
    duration_s=0.2,
)


class _Attempt(NamedTuple):
    """One way, tried: when it began, when the messages had come, and what the ends said."""

    name: WayName
    began_ns: int
    end_ns: int
    carried: Carried


async def paths(bench: Bench) -> tuple[Row, Row, Row]:
    """Try who talks to whom, over what, and who could read it: three rows.

    Raises:
        LabError: an end could not do what it was told, or not in time, or not all was recorded.
        LinkError: there can be no such network here.
    """
    async with within(LIMIT_S, "the paths"):
        attempts, hosts = await _attempts(bench)
        observed = await asyncio.to_thread(_observed, bench.folder, attempts, hosts)
    kept = bench.kept
    return (
        communication_row(observed, kept=kept),
        connection_row(observed, kept=kept),
        security_row(observed, kept=kept),
    )


async def _attempts(bench: Bench) -> tuple[list[_Attempt], Mapping[str, str]]:
    """Try each way in turn; the hosts' names by their addresses, too."""
    async with AsyncExitStack() as stack:
        secrets = stack.enter_context(TemporaryDirectory(prefix="wirescope-"))
        await asyncio.to_thread(_clear, bench.folder)
        network = await stack.enter_async_context(
            bench.starter.network(
                links=split(LINK, 2), hosts=HOSTS, record=bench.folder / RECORDING
            )
        )
        host = network.address(SERVER)
        trusted = await asyncio.to_thread(make_certificate, Path(secrets), host)
        ways = _ways(bench.folder, network, trusted)
        ends = await _started(bench, network, ways, stack)
        crossings = {name: Crossing(ends[name], way) for name, way in ways.items()}
        await _side_by_side(each.listen() for each in crossings.values())
        attempts = [await _attempt(name, each) for name, each in crossings.items()]
        await _side_by_side(end.stop() for end in {*chain.from_iterable(ends.values())} if end)
        report = await network.report()
        if report.recording is None or report.recording.stopped:
            why = "" if report.recording is None else report.recording.stopped
            raise LabError(f"Not all packets were recorded. {why}")
        return attempts, _names(network)


async def _side_by_side(doing: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Have several things done at once, as each of them takes a while."""
    async with asyncio.TaskGroup() as group:
        for each in doing:
            group.create_task(each)


def _clear(folder: Path) -> None:
    """Remove what an earlier check has left, as a capture is never written over another."""
    for name in WAYS:
        folder.joinpath(capture_name(name)).unlink(missing_ok=True)


def _ways(folder: Path, network: Network, trusted: Trusted | None) -> dict[WayName, Way]:
    def way(name: WayName, transport: TransportName, **how: Any) -> Way:
        return Way(
            transport=transport,
            path="server",
            host=network.address(SERVER),
            captures={"s": str(folder / capture_name(name))},
            **how,
        )

    ways: dict[WayName, Way] = {"ws": way("ws", "websocket")}
    if trusted is not None:
        ways["wss"] = way("wss", "websocket", tls=trusted.server, ca=trusted.authority)
    ways["direct"] = Way(transport="data-channel-reliable", host=network.address(FAR_SIDE))
    ways["relayed"] = way("relayed", "data-channel-reliable")
    return ways


async def _started(
    bench: Bench, network: Network, ways: Iterable[WayName], stack: AsyncExitStack
) -> dict[WayName, Ends]:
    """Start a client and a far side, and for each way through a server one of its own."""
    found: dict[str, End] = {}

    async def start(name: str, host: str, transport: TransportName) -> None:
        found[name] = await bench.starter.end(host, transport, network=network)
        stack.push_async_exit(found[name])

    servers = [name for name in ways if name != "direct"]
    await _side_by_side(
        (
            *(start(side, side, "data-channel-reliable") for side in (CLIENT, FAR_SIDE)),
            *(start(name, SERVER, "websocket") for name in servers),
        )
    )
    return {name: Ends(found[CLIENT], found[FAR_SIDE], found.get(name)) for name in ways}


async def _attempt(name: WayName, crossing: Crossing) -> _Attempt:
    """Join the two sides, have them send, and part them."""
    began_ns = SystemClock.monotonic_ns()
    await crossing.open()
    carried = await crossing.carry(MESSAGES, drain_s=DRAIN_S)
    end_ns = SystemClock.monotonic_ns()
    await crossing.close()
    if broke := carried.a.broke or carried.b.broke:
        raise LabError(f"The connection that was looked at did not last. {broke}")
    return _Attempt(name, began_ns, end_ns, carried)


def _names(network: Network) -> dict[str, str]:
    names = {network.address(each): each for each in HOSTS}
    try:
        return names | {network.address(each, 6): each for each in HOSTS}
    except UsageError:  # this kernel has no IPv6
        return names


# What was seen


def _observed(
    folder: Path, attempts: Sequence[_Attempt], hosts: Mapping[str, str]
) -> dict[WayName, Observed]:
    """Put together what belongs to each way."""
    try:
        packets = [read_packet(each, hosts) for each in read_recording(folder / RECORDING)]
        kept: dict[WayName, Kept] = {
            each.name: _kept(folder / capture_name(each.name), marks(each.carried))
            for each in attempts
            if each.name != "direct"
        }
    except (CaptureError, UsageError) as error:
        raise LabError(f"What was recorded cannot be read. {error.message}") from None
    parts = by_way(packets, [each.began_ns for each in attempts])
    return {
        each.name: Observed(
            name=each.name,
            packets=tuple(part),
            start_ns=each.carried.start_ns,
            end_ns=each.end_ns,
            messages=marks(each.carried),
            pair=each.carried.a.facts.pair,
            server=kept.get(each.name),
        )
        for each, part in zip(attempts, parts, strict=True)
    }


def marks(carried: Carried) -> tuple[bytes, ...]:
    """Write again how each message began that was sent."""
    return tuple(
        write_message(each.number, each.sent_ns, each.size, text=True)[:MARKED_BYTES]
        for ran in (carried.a, carried.b)
        for each in ran.sent
    )


def by_way(packets: Sequence[Packet], began_ns: Sequence[int]) -> list[list[Packet]]:
    """Share packets out among ways: what belongs together goes where it began.

    Args:
        packets: in the order of their times.
        began_ns: when each way began, in that order; packets before the first are nobody's.
    """
    parts: list[list[Packet]] = [[] for _ in began_ns]
    of_flow: dict[object, int] = {}
    for each in packets:
        now = bisect(began_ns, each.at_ns) - 1
        at = now if each.kind == "other" else of_flow.setdefault(each.flow, now)
        if at >= 0:
            parts[at].append(each)
    return parts


def _kept(file: Path, sent: Sequence[bytes]) -> Kept:
    """Look through what a server in the middle has kept."""
    from wirescope.capture import open_capture  # which few want
    from wirescope.events import ConnectionOpened, WebSocketMessage

    with open_capture(file) as capture:
        events = list(capture.events())
    came = [
        each.payload
        for each in events
        if isinstance(each, WebSocketMessage) and each.direction == "received"
    ]
    everything = b"\0".join(came)
    return Kept(
        connections=sum(isinstance(each, ConnectionOpened) for each in events),
        read=sum(each in everything for each in sent),
        fingerprints=len({line for each in came for line in _fingerprints(each)}),
    )


def _fingerprints(payload: bytes) -> set[str]:
    """Find the fingerprints of certificates in a message of signaling (RFC 8122 section 5)."""
    text = payload.decode("utf-8", "replace").replace("\\r\\n", "\n")
    return {each for each in text.splitlines() if each.startswith("a=fingerprint:")}
