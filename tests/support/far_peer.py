"""A program that is one end of a WebRTC connection, for a namespace of its own.

Its one argument is `engine` or `aiortc`. It is told what to do a line of JSON at a time, and
answers so; `ends.FarEnd` speaks to it. The two ends count to each other on a channel that the one
who `makes` it makes: whatever comes has to be one more than what came before.
"""

import asyncio
import contextlib
import json
import logging
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from aiortc import RTCConfiguration, RTCDataChannel, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError, VideoStreamTrack
from aiortc.sdp import candidate_from_sdp

from wirescope.errors import WirescopeError
from wirescope.events import Emission, IcePair, PeerState
from wirescope.transports.webrtc import (
    Candidate,
    ChannelOptions,
    DataChannel,
    Description,
    IceServer,
    Negotiator,
    PeerOptions,
    open_peer,
)
from wirescope.transports.webrtc.media import ColourBars
from wirescope.workbench import recording

LABEL = "count"
BULK = "bulk"
BULK_MESSAGE = bytes(16_384)
EVERY_S = 0.02
LINE_LIMIT = 1 << 20
CLOSE_S = 5.0

Tell = Callable[[dict[str, Any]], None]


class Tally:
    """What was counted, and what came of it.

    Attributes:
        sent: numbers that were sent.
        got: numbers that came.
        wrong: of these, those that were not one more than the one before.
        octets: of bulk, that came.
    """

    def __init__(self) -> None:
        self.sent = self.got = self.wrong = self.octets = 0
        self._expected = 0

    def take(self, text: str) -> None:
        """Count what came."""
        number = int(text)
        self.got += 1
        self.wrong += number != self._expected
        self._expected = number + 1


class End(ABC):
    """One end."""

    def __init__(self, tell: Tell, group: asyncio.TaskGroup, stack: AsyncExitStack) -> None:
        self.tally = Tally()
        self.states: list[str] = []
        self._tell = tell
        self._group = group
        self._stack = stack
        self._counting = asyncio.Event()

    @abstractmethod
    async def begin(self, *, polite: bool, makes: bool, options: dict[str, Any]) -> None:
        """Begin a connection."""

    @abstractmethod
    async def signal(self, message: dict[str, Any]) -> None:
        """Take what the other end says."""

    @abstractmethod
    async def video(self) -> None:
        """Send video from now on."""

    @abstractmethod
    async def status(self) -> dict[str, Any]:
        """Say how it stands."""

    async def restart(self) -> None:
        """Look for a path anew."""
        raise NotImplementedError

    async def bulk(self, *, pace_bytes_per_s: float | None = None) -> None:
        """Send as much as the path takes, or a pace lets go, from now on."""
        raise NotImplementedError

    async def count(self, *, go: bool) -> None:
        """Send numbers, or no more."""
        if go:
            self._counting.set()
        else:
            self._counting.clear()

    def _numbers(self) -> dict[str, Any]:
        tally = self.tally
        return {
            "sent": tally.sent,
            "got": tally.got,
            "wrong": tally.wrong,
            "octets": tally.octets,
            "states": self.states,
        }


class EngineEnd(End):
    """The end that is ours."""

    async def begin(self, *, polite: bool, makes: bool, options: dict[str, Any]) -> None:
        """Begin a connection."""
        self._incoming: asyncio.Queue[Candidate | Description] = asyncio.Queue()
        self._pairs: list[str] = []
        self._over = ""
        servers = tuple(IceServer(*each) for each in options.pop("ice_servers", ()))
        path = options.pop("capture", None)
        asked = PeerOptions(**options, ice_servers=servers)
        kept = recording(Path(path) if path else None, watchers=[self._sink])
        record = await self._stack.enter_async_context(kept)
        opened = open_peer(timeline=record.timeline, sink=record.sink, options=asked)
        self.peer = peer = await self._stack.enter_async_context(opened)
        peer.on_channel = self._use
        self.negotiator = Negotiator(peer, self, polite=polite)
        if makes:
            self._use(peer.create_channel(ChannelOptions(label=LABEL)))
        self._group.create_task(self.negotiator.run())
        self._group.create_task(self._watch())

    def _sink(self, emissions: "Any") -> None:
        for each in emissions:
            self._note(each)

    def _note(self, event: Emission) -> None:
        if isinstance(event, PeerState) and event.machine == "connection":
            self.states.append(event.to)
        elif isinstance(event, IcePair) and event.selected:
            self._pairs.append(f"{event.local} to {event.remote}")

    async def _watch(self) -> None:
        try:
            await self.peer.wait_open()
            await self.peer.wait_ended()
            await self.peer.wait_open()
        except WirescopeError as error:
            self._over = error.message

    def _use(self, channel: DataChannel) -> None:
        if channel.label == BULK:
            self._group.create_task(self._read_bulk(channel))
            return
        self._group.create_task(self._read(channel))
        self._group.create_task(self._write(channel))

    async def _read(self, channel: DataChannel) -> None:
        async for message in channel:
            self.tally.take(message.text)

    async def bulk(self, *, pace_bytes_per_s: float | None = None) -> None:
        """Send as much as the path takes, or a pace lets go, from now on."""
        options = ChannelOptions(label=BULK, pace_bytes_per_s=pace_bytes_per_s)
        self._group.create_task(self._write_bulk(self.peer.create_channel(options)))

    async def _read_bulk(self, channel: DataChannel) -> None:
        async for message in channel:
            self.tally.octets += message.length

    async def _write_bulk(self, channel: DataChannel) -> None:
        with contextlib.suppress(WirescopeError):
            while True:
                await channel.send(BULK_MESSAGE)

    async def _write(self, channel: DataChannel) -> None:
        with contextlib.suppress(WirescopeError):
            while True:
                await self._counting.wait()
                await channel.send(str(self.tally.sent))
                self.tally.sent += 1
                await asyncio.sleep(EVERY_S)

    async def send(self, message: Candidate | Description) -> None:
        """Carry what our side says."""
        key = "description" if isinstance(message, Description) else "candidate"
        self._tell({key: message.as_json()})

    async def __aiter__(self) -> Any:
        while True:
            yield await self._incoming.get()

    async def signal(self, message: dict[str, Any]) -> None:
        """Take what the other end says."""
        if "description" in message:
            self._incoming.put_nowait(Description.from_json(message["description"]))
        else:
            self._incoming.put_nowait(Candidate.from_json(message["candidate"]))

    async def video(self) -> None:
        """Send video from now on."""
        self.peer.media.send_video(ColourBars())

    async def restart(self) -> None:
        """Look for a path anew."""
        self.peer.restart_ice()

    async def status(self) -> dict[str, Any]:
        """Say how it stands."""
        frames = 0
        if self.peer.is_open:
            frames = sum(
                each.get("framesDecoded", 0)
                for each in (await self.peer.statistics()).values()
                if each.get("type") == "inbound-rtp"
            )
        return self._numbers() | {
            "pairs": self._pairs,
            "over": self._over,
            "frames": frames,
            "collisions": self.negotiator.collisions,
            "signaling": self.negotiator.ended,
        }


class AiortcEnd(End):
    """The end that shares no line with the engine. It answers only."""

    async def begin(self, *, polite: bool, makes: bool, options: dict[str, Any]) -> None:
        """Begin a connection."""
        assert polite
        assert not makes
        logging.getLogger("aioice").setLevel(logging.ERROR)
        # It would ask a server of Google for its addresses.
        self.native = native = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._frames = 0
        self._turn = asyncio.Lock()
        self._stack.push_async_callback(self._close)
        native.on("datachannel", self._use)
        native.on("track", lambda track: self._group.create_task(self._look(track)))
        native.on("connectionstatechange", lambda: self.states.append(native.connectionState))

    async def _close(self) -> None:
        # Where it has found no path, it cancels its own end.
        with contextlib.suppress(asyncio.CancelledError, TimeoutError):
            async with asyncio.timeout(CLOSE_S):
                await self.native.close()

    def _use(self, channel: RTCDataChannel) -> None:
        channel.on("message", self.tally.take)
        self._group.create_task(self._write(channel))

    async def _write(self, channel: RTCDataChannel) -> None:
        while channel.readyState == "open":
            await self._counting.wait()
            channel.send(str(self.tally.sent))
            self.tally.sent += 1
            await asyncio.sleep(EVERY_S)

    async def _look(self, track: Any) -> None:
        with contextlib.suppress(MediaStreamError):
            while True:
                await track.recv()
                self._frames += 1

    async def signal(self, message: dict[str, Any]) -> None:
        """Take what the other end says."""
        async with self._turn:
            await self._take(message)

    async def _take(self, message: dict[str, Any]) -> None:
        if description := message.get("description"):
            await self.native.setRemoteDescription(
                RTCSessionDescription(description["sdp"], description["type"])
            )
            if description["type"] == "offer":
                await self._describe(await self.native.createAnswer())
        elif (candidate := message["candidate"]) and candidate["candidate"]:
            native = candidate_from_sdp(candidate["candidate"].partition(":")[2])
            native.sdpMid, native.sdpMLineIndex = candidate["sdpMid"], candidate["sdpMLineIndex"]
            await self.native.addIceCandidate(native)

    async def _describe(self, made: RTCSessionDescription) -> None:
        await self.native.setLocalDescription(made)
        local = self.native.localDescription
        self._tell({"description": {"type": local.type, "sdp": local.sdp}})

    async def video(self) -> None:
        """Send video from now on."""
        self.native.addTrack(VideoStreamTrack())
        await self._describe(await self.native.createOffer())

    async def status(self) -> dict[str, Any]:
        """Say how it stands."""
        pairs = []
        if self.native.sctp is not None:
            connection = self.native.sctp.transport.transport._connection
            pairs = [
                f"{words_of(pair.local_candidate)} to {words_of(pair.remote_candidate)}"
                for pair in connection._nominated.values()
            ]
        return self._numbers() | {"pairs": pairs, "over": "", "frames": self._frames}


def words_of(candidate: Any) -> str:
    return f"{candidate.type} {candidate.transport} {candidate.host}:{candidate.port}"


ENDS: dict[str, type[End]] = {"engine": EngineEnd, "aiortc": AiortcEnd}


async def serve(stack_name: str) -> None:
    """Do what standard input says until it ends."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=LINE_LIMIT)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)

    def say(what: dict[str, Any]) -> None:
        sys.stdout.write(json.dumps(what) + "\n")
        sys.stdout.flush()

    async with AsyncExitStack() as stack, asyncio.TaskGroup() as group:
        end = ENDS[stack_name](lambda message: say({"signal": message}), group, stack)

        each = (end.begin, end.signal, end.count, end.bulk, end.video, end.restart, end.status)
        orders: dict[str, Callable[..., Any]] = {order.__name__: order for order in each}

        async def do(order: dict[str, Any]) -> None:
            try:
                value = await orders[order["do"]](**order["how"])
            except Exception as error:  # noqa: BLE001 -- whatever it is, it is told
                say({"answer": order["id"], "error": repr(error)})
            else:
                say({"answer": order["id"], "value": value})

        while line := await reader.readline():
            group.create_task(do(json.loads(line)))
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()


def main() -> None:
    """Be the end that the argument says."""
    asyncio.run(serve(sys.argv[1]))
