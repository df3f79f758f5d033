"""The ends that are measured: the bare engine, ours, aiortc and a page of Chromium."""
# ruff: noqa: D102 -- what each has to do is said once, at `Subject`

import asyncio
import contextlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.channel_ends import HIGH, LOW, PING, Subject, now
from tests.support.page_peer import PagePeer, page_peer
from wirescope.transports.webrtc import (
    Candidate,
    ChannelOptions,
    DataChannel,
    Description,
    is_there,
    negotiate,
    open_peer,
)
from wirescope.workbench.recorder import recording


class Native(Subject):
    """What the bare engine and aiortc have in common: callbacks."""

    channel: Any

    def on_message(self, data: bytes | str) -> None:
        """Take a message."""
        self.counter.took(data)

    def send(self, data: bytes) -> None:
        self.channel.send(data)

    async def echo(self) -> None:
        self.counter.echo = self.send

    async def ping(self, count: int) -> list[float]:
        self.counter.echo = lambda _: self.pong.set()
        trips = []
        for _ in range(count):
            self.pong.clear()
            began = now()
            self.send(PING)
            await self.pong.wait()
            trips.append(now() - began)
        return trips


class Bare(Native):
    """The engine as it is."""

    @contextlib.asynccontextmanager
    async def running(self, _path: Path) -> Any:
        is_there()  # which prepares the engine as it is prepared for us
        yield

    async def begin(self, *, offers: bool) -> None:
        import webrtc

        native = self.native = webrtc.RTCPeerConnection()
        native.on("icecandidate", self._on_candidate)
        if offers:
            self._watch(native.create_data_channel("x"))
            await native.set_local_description()
            self.signal({"description": native.local_description.to_json()})
        else:
            native.on("datachannel", lambda event: self._watch(event.channel))

    def _on_candidate(self, event: Any) -> None:
        if event.candidate is not None:
            self.signal({"candidate": event.candidate.to_json()})

    def _watch(self, channel: Any) -> None:
        self.channel = channel
        self.low = asyncio.Event()
        channel.buffered_amount_low_threshold = LOW
        channel.on("open", lambda _: self.opened.set())
        channel.on("message", lambda event: self.on_message(event.data))
        channel.on("bufferedamountlow", lambda _: self.low.set())
        if channel.ready_state.value == "open":
            self.opened.set()

    async def on_signal(self, said: Any) -> None:
        import webrtc

        native = self.native
        if "candidate" in said:
            with contextlib.suppress(webrtc.RTCException):  # a late one of the connection before
                init = webrtc.RTCIceCandidateInit.from_json(said["candidate"])
                await native.add_ice_candidate(init)
            return
        description = webrtc.RTCSessionDescriptionInit(**said["description"])
        await native.set_remote_description(description)
        if description.type.value == "offer":
            await native.set_local_description()
            self.signal({"description": native.local_description.to_json()})

    async def push(self, count: int, size: int) -> None:
        data, channel = bytes(size), self.channel
        for _ in range(count):
            channel.send(data)
            if channel.buffered_amount > HIGH:
                self.low.clear()
                if channel.buffered_amount > LOW:
                    await self.low.wait()

    async def end(self) -> None:
        self.native.close()


class Aiortc(Native):
    """aiortc, which gathers first and tells candidates with its description."""

    async def begin(self, *, offers: bool) -> None:
        from aiortc import RTCConfiguration, RTCPeerConnection

        native = self.native = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        if offers:
            self._watch(native.createDataChannel("x"))
            await native.setLocalDescription(await native.createOffer())
            self._describe("offer")
        else:
            native.on("datachannel", self._watch)

    def _watch(self, channel: Any) -> None:
        self.channel = channel
        self.low = asyncio.Event()
        channel.bufferedAmountLowThreshold = LOW
        channel.on("open", self.opened.set)
        channel.on("message", self.on_message)
        channel.on("bufferedamountlow", self.low.set)
        if channel.readyState == "open":
            self.opened.set()

    async def on_signal(self, said: Any) -> None:
        from aiortc import RTCSessionDescription

        description = said["description"]
        await self.native.setRemoteDescription(RTCSessionDescription(**description))
        if description["type"] == "offer":
            await self.native.setLocalDescription(await self.native.createAnswer())
            self._describe("answer")

    def _describe(self, kind: str) -> None:
        sdp = self.native.localDescription.sdp
        self.signal({"description": {"type": kind, "sdp": sdp}})

    async def push(self, count: int, size: int) -> None:
        data, channel = bytes(size), self.channel
        for _ in range(count):
            channel.send(data)
            if channel.bufferedAmount > HIGH:
                self.low.clear()
                await self.low.wait()

    async def end(self) -> None:
        await self.native.close()


class Ours(Subject):
    """Our layer; events are written down and thrown away."""

    keeps = False
    channel: DataChannel

    @contextlib.asynccontextmanager
    async def running(self, path: Path) -> Any:
        watchers = [] if self.keeps else [lambda _: None]
        async with recording(path if self.keeps else None, watchers=watchers) as self.recording:
            yield

    async def begin(self, *, offers: bool) -> None:
        self._stack = contextlib.AsyncExitStack()
        self._queue: asyncio.Queue[Any] = asyncio.Queue()
        self._tasks = await self._stack.enter_async_context(asyncio.TaskGroup())
        peer = await self._stack.enter_async_context(
            open_peer(timeline=self.recording.timeline, sink=self.recording.sink)
        )
        if offers:
            self._use(peer.create_channel(ChannelOptions(label="x")))
        else:
            peer.on_channel = self._use
        await self._stack.enter_async_context(negotiate(peer, self, polite=offers))

    def _use(self, channel: DataChannel) -> None:
        self.channel = channel
        self._tasks.create_task(self._read(channel))

    async def _read(self, channel: DataChannel) -> None:
        await channel.wait_open()
        self.opened.set()
        took = self.counter.took
        async for message in channel:
            took(message.payload)

    async def send(self, message: Description | Candidate) -> None:
        """Tell the other end."""
        kind = "description" if isinstance(message, Description) else "candidate"
        self.signal({kind: message.as_json()})

    async def __aiter__(self) -> Any:
        while True:
            said = await self._queue.get()
            if "description" in said:
                yield Description.from_json(said["description"])
            else:
                yield Candidate.from_json(said["candidate"])

    async def on_signal(self, said: Any) -> None:
        self._queue.put_nowait(said)

    async def push(self, count: int, size: int) -> None:
        data, channel = bytes(size), self.channel
        for _ in range(count):
            await channel.send(data)

    async def echo(self) -> None:
        self._back: asyncio.Queue[bytes] = asyncio.Queue()
        self.counter.echo = self._back.put_nowait
        self._tasks.create_task(self._send_back())

    async def _send_back(self) -> None:
        while True:
            await self.channel.send(await self._back.get())
            if self.channel.closed:
                return

    async def ping(self, count: int) -> list[float]:
        self.counter.echo = lambda _: self.pong.set()
        trips = []
        for _ in range(count):
            self.pong.clear()
            began = now()
            await self.channel.send(PING)
            await self.pong.wait()
            trips.append(now() - began)
        return trips

    async def end(self) -> None:
        await self._stack.aclose()


class Capturing(Ours):
    """Our layer, all of it kept in a capture."""

    keeps = True


class Chromium(Subject):
    """A page; the measuring is done in it."""

    page: PagePeer

    @contextlib.asynccontextmanager
    async def running(self, _path: Path) -> Any:
        path = shutil.which("chromium") or shutil.which("google-chrome") or "chromium"
        async with page_peer(path, began=False) as self.page:
            self.page.on_told = self.signal
            await self.page.page.evaluate(MEASURING)
            yield

    async def begin(self, *, offers: bool) -> None:
        await self.page.ask("offers => meter.begin(offers)", offers)
        if not offers:
            return
        await self.page.until("() => meter.open")
        self.opened.set()

    async def on_signal(self, said: Any) -> None:
        with contextlib.suppress(Exception):  # the last candidates of a connection that is over
            await self.page.ask("said => peer.take(said)", said)

    async def wait_open(self) -> None:
        await self.page.until("() => meter.open")

    async def push(self, count: int, size: int) -> None:
        await self.page.ask("([count, size]) => meter.push(count, size)", [count, size])

    async def ping(self, count: int) -> list[float]:
        trips: list[float] = await self.page.ask("count => meter.ping(count)", count)
        return trips

    async def expect(self, count: int) -> None:
        await self.page.ask("count => meter.expect(count)", count)

    async def received(self) -> float:
        seconds: float = await self.page.ask("() => meter.done")
        return seconds

    async def echo(self) -> None:
        await self.page.ask("() => meter.echo()")

    async def end(self) -> None:
        await self.page.ask("() => peer.pc.close()")


MEASURING = """
window.meter = {
  begin(offers) {
    begin(!offers);
    meter.open = false;
    const use = (channel) => {
      meter.channel = channel;
      channel.binaryType = "arraybuffer";
      channel.bufferedAmountLowThreshold = 262144;
      const opened = () => { meter.open = true; meter.openedAt = performance.now(); };
      channel.onopen = opened;
      if (channel.readyState === "open") opened();
    };
    meter.beganAt = performance.now();
    if (offers) use(peer.pc.createDataChannel("x"));
    else peer.pc.ondatachannel = ({ channel }) => use(channel);
  },
  expect(count) {
    let left = count, began = 0;
    meter.done = new Promise((resolve) => {
      meter.channel.onmessage = () => {
        if (left === count) began = performance.now();
        left -= 1;
        if (!left) resolve((performance.now() - began) / 1000);
      };
    });
  },
  echo() { meter.channel.onmessage = ({ data }) => meter.channel.send(data); },
  async ping(count) {
    const trips = [], message = new Uint8Array(64);
    for (let n = 0; n < count; n += 1) {
      const began = performance.now();
      await new Promise((resolve) => {
        meter.channel.onmessage = resolve;
        meter.channel.send(message);
      });
      trips.push((performance.now() - began) / 1000);
    }
    return trips;
  },
  async push(count, size) {
    const message = new Uint8Array(size), channel = meter.channel;
    for (let n = 0; n < count; n += 1) {
      channel.send(message);
      if (channel.bufferedAmount > 1048576)
        await new Promise((resolve) => { channel.onbufferedamountlow = resolve; });
    }
  },
};
"""

ENDS: dict[str, Callable[[], Subject]] = {
    "bare": Bare,
    "ours": Ours,
    "capture": Capturing,
    "aiortc": Aiortc,
    "chromium": Chromium,
}
