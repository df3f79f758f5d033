"""A program that is one end of many calls at once, for a namespace of its own.

It is told what to do a line of JSON at a time: to begin a call, and what the other end says of it.
`calls.Caller` speaks to it. A call is over, and reported, once a message of many packets has come
back over a data channel, or once the connection has failed; the events of one that failed are in
the report. One that stands does so until it is told that it is over.
"""

import asyncio
import json
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from wirescope.clock import SystemClock
from wirescope.errors import WirescopeError
from wirescope.events import (
    AnyEvent,
    Emission,
    MessageChunk,
    PayloadChunk,
    Timeline,
    ndjson_line,
)
from wirescope.transports.turn import BridgeOptions, Trust, parse_server_url, tls_bridge
from wirescope.transports.webrtc import (
    Candidate,
    ChannelOptions,
    DataChannel,
    Description,
    IceServer,
    Negotiator,
    Peer,
    PeerOptions,
    is_there,
    open_peer,
)
from wirescope.transports.webrtc.alongside import alongside
from wirescope.transports.webrtc.statistics import candidate_words

LINE_LIMIT = 1 << 20
MESSAGE = "through " * 4096
"""So long that it takes packets of full size, which a narrow link must let through."""

BACK_S = 20.0
"""Seconds in which it has to be back."""

SAMPLES_S = 2.0


def say(**what: Any) -> None:
    """Say something."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


class CallEnd:
    """One end of one call.

    Attributes:
        over: it need not stand any longer.
    """

    def __init__(self, number: int) -> None:
        self.over = asyncio.Event()
        self._number = number
        self._incoming: asyncio.Queue[Candidate | Description] = asyncio.Queue()
        self._events: list[AnyEvent] = []
        self._channel: asyncio.Future[DataChannel] = asyncio.get_running_loop().create_future()

    def _sink(self, emissions: Sequence[Emission]) -> None:
        # Of payloads that are longer than a record no more than the record is kept.
        kept = (each for each in emissions if not isinstance(each, PayloadChunk | MessageChunk))
        self._events.extend(kept)

    async def send(self, message: Candidate | Description) -> None:
        """Carry what this end says."""
        key = "description" if isinstance(message, Description) else "candidate"
        say(call=self._number, signal={key: message.as_json()})

    async def __aiter__(self) -> Any:
        while True:
            yield await self._incoming.get()

    def take(self, message: dict[str, Any]) -> None:
        """Take what the other end says."""
        if "description" in message:
            self._incoming.put_nowait(Description.from_json(message["description"]))
        else:
            self._incoming.put_nowait(Candidate.from_json(message["candidate"]))

    async def run(self, *, makes: bool, servers: list[list[str]], ca: str, **options: Any) -> None:
        """Make the call, and report what has become of it."""
        async with AsyncExitStack() as bridges:
            asked = PeerOptions(
                ice_servers=tuple([await _server(bridges, ca, *each) for each in servers]),
                statistics_interval_s=SAMPLES_S,
                **options,
            )
            await self._run(asked, makes=makes)

    async def _run(self, asked: PeerOptions, *, makes: bool) -> None:
        began_ns = SystemClock.monotonic_ns()
        report: dict[str, Any] = {"failed": "", "opened_s": None, "pair": "", "events": []}
        opened = open_peer(timeline=Timeline(), sink=self._sink, options=asked)
        try:
            async with opened as peer:
                peer.on_channel = self._channel.set_result
                if makes:
                    self._channel.set_result(peer.create_channel(ChannelOptions(label="through")))
                async with alongside(Negotiator(peer, self, polite=not makes).run()):
                    await peer.wait_open()
                    report["opened_s"] = (SystemClock.monotonic_ns() - began_ns) / 1e9
                    async with asyncio.timeout(BACK_S):
                        await self._talk(makes=makes)
                        report["pair"] = await _path(peer)
                    # The other end may not have its message yet, and what says that this one
                    # closes is a datagram that may be lost.
                    say(call=self._number, report=report)
                    await self.over.wait()
                    return
        except (WirescopeError, TimeoutError) as error:
            report["failed"] = f"{type(error).__name__}: {error}"
            report["events"] = [
                ndjson_line(each, started_wall_ns=0).decode() for each in self._events
            ]
        say(call=self._number, report=report)

    async def _talk(self, *, makes: bool) -> None:
        """Have a long message come back."""
        channel = await self._channel
        if makes:
            await channel.send(MESSAGE)
        message = await channel.receive()
        assert message.text == MESSAGE
        if not makes:
            await channel.send(message.text)


async def _server(
    bridges: AsyncExitStack, ca: str, url: str, name: str, password: str
) -> IceServer:
    """Give a server to the engine; one over TLS by a bridge, since its certificate is private."""
    if url.startswith("turns:"):
        options = BridgeOptions(trust=Trust(ca=Path(ca)))
        bridge = await bridges.enter_async_context(tls_bridge(parse_server_url(url)[0], options))
        url = str(bridge.url)
    return IceServer(url, name, password)


async def _path(peer: Peer) -> str:
    """Say the pair that is selected, as the event `ice.pair` does."""
    objects = await peer.statistics()
    for each in objects.values():
        if pair := objects.get(str(each.get("selectedCandidatePairId"))):
            local, remote = (
                candidate_words(objects[pair[f"{side}CandidateId"]]) for side in ("local", "remote")
            )
            return f"{local} to {remote}"
    return ""


async def serve() -> None:
    """Do what standard input says until it ends."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=LINE_LIMIT)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    ends: dict[int, CallEnd] = {}
    say(ready=is_there())  # the engine takes long to load
    async with asyncio.TaskGroup() as group:

        async def run(number: int, how: dict[str, Any]) -> None:
            await ends[number].run(**how)
            del ends[number]

        while line := await reader.readline():
            told = json.loads(line)
            number = told["call"]
            if "begin" in told:
                ends[number] = CallEnd(number)
                group.create_task(run(number, told["begin"]))
            elif number not in ends:
                continue  # it is over here already
            elif "over" in told:
                ends[number].over.set()
            else:
                ends[number].take(told["signal"])
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()


if __name__ == "__main__":
    asyncio.run(serve())
