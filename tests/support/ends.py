"""Two ends of a WebRTC connection, each in a namespace, and what goes on between them.

An end is a process with our engine or with aiortc (`far_peer`), or a page of Chromium. A `Call`
carries their signaling, which does not go through the network that is tried, lets them count to
each other, and knows how they stand.
"""

import asyncio
import contextlib
import itertools
import json
import re
import shlex
import tempfile
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, Literal, Protocol, TypeVar

from playwright.async_api import Error

from tests.support.forked_streams import FarProgram, far_program
from tests.support.namespaces import Place
from tests.support.page_peer import PagePeer, page_peer
from tests.support.parts import PARTS
from wirescope.clock import SystemClock
from wirescope.transports.webrtc.alongside import alongside

Stack = Literal["engine", "aiortc", "chromium"]

SHOW_ADDRESSES = "--disable-features=WebRtcHideLocalIpsWithMdns"
"""Without it a page gives names for its addresses, which nobody behind a router can look up. An end
that is no page learns them from the checks that come from there; two pages never do."""

ANSWER_S = 60.0
"""For an order; the first one waits until the end is there, which takes long on a busy machine."""

LOOK_S = 0.05

COUNTING = """
peer.tally = { sent: 0, got: 0, wrong: 0, octets: 0 };
peer.counting = false;
peer.count = (channel) => {
  let expected = 0;
  channel.onmessage = ({ data }) => {
    peer.tally.got += 1;
    if (Number(data) !== expected) peer.tally.wrong += 1;
    expected = Number(data) + 1;
  };
  setInterval(() => {
    if (!peer.counting || channel.readyState !== "open") return;
    channel.send(String(peer.tally.sent));
    peer.tally.sent += 1;
  }, 20);
};
const watch = peer.watch;
peer.watch = (channel) => {
  watch(channel);
  if (channel.label !== "bulk") peer.count(channel);
  else channel.onmessage = ({ data }) => { peer.tally.octets += data.byteLength; };
  return channel;
};
peer.bulk = () => {
  const channel = peer.pc.createDataChannel("bulk");
  const message = new Uint8Array(16384);
  const fill = () => { while (channel.bufferedAmount < 1 << 20) channel.send(message); };
  channel.bufferedAmountLowThreshold = 1 << 18;
  channel.onopen = channel.onbufferedamountlow = fill;
};
peer.addVideo = () => {
  const canvas = document.createElement("canvas");
  const paper = canvas.getContext("2d");
  let hue = 0;
  setInterval(() => {
    paper.fillStyle = `hsl(${hue += 7} 80% 50%)`;
    paper.fillRect(0, 0, 300, 150);
  }, 30);
  peer.pc.addTrack(canvas.captureStream(30).getVideoTracks()[0]);
};
peer.status = async () => {
  const objects = new Map((await peer.statistics()).map((each) => [each.id, each]));
  const words = (id) => {
    const { candidateType, protocol, address, port } = objects.get(id) ?? {};
    return `${candidateType} ${protocol} ${address ?? "unknown"}:${port}`;
  };
  const pairs = [], frames = [];
  for (const each of objects.values()) {
    const pair = each.type === "transport" && objects.get(each.selectedCandidatePairId);
    if (pair) pairs.push(`${words(pair.localCandidateId)} to ${words(pair.remoteCandidateId)}`);
    if (each.type === "inbound-rtp") frames.push(each.framesDecoded ?? 0);
  }
  return {
    ...peer.tally, states: peer.states, pairs, over: "", collisions: peer.collisions,
    frames: frames.reduce((sum, each) => sum + each, 0), errors: peer.errors,
  };
};
"""


class Places(Protocol):
    """A network that has the places `one` and `two`."""

    def enter(self, place: Place, *command: str) -> list[str]:
        """Give the command that runs another one in a place."""
        ...

    def holder(self, place: Place) -> int:
        """Give the process that is in a place and holds it."""
        ...


N = TypeVar("N", bound=Places)


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How an end stands.

    Attributes:
        sent: numbers that it has sent.
        got: numbers that came.
        wrong: of these, those that did not follow the one before.
        states: of its connection, one after the other.
        pairs: paths that were selected, the last one last.
        octets: of bulk, that came.
        over: how it ended, in words; empty while it has not.
        frames: pictures that were decoded.
        collisions: offers that met.
        signaling: why its signaling ended.
        errors: what it complained of.
    """

    sent: int = 0
    got: int = 0
    wrong: int = 0
    octets: int = 0
    states: list[str] = field(default_factory=list)
    pairs: list[str] = field(default_factory=list)
    over: str = ""
    frames: int = 0
    collisions: int = 0
    signaling: str = ""
    errors: list[str] = field(default_factory=list)


class End(ABC):
    """One end.

    Attributes:
        stack: what it is made of.
        place: where it is.
        on_signal: is told what it says to the other.
    """

    stack: Stack

    def __init__(self, place: Place) -> None:
        self.place = place
        self.on_signal: Callable[[dict[str, Any]], None] = lambda _: None

    @abstractmethod
    async def do(self, what: str, **how: Any) -> Any:
        """Let it do something."""

    async def status(self) -> Status:
        """Say how it stands."""
        return Status(**await self.do("status"))


class FarEnd(End):
    """An end that is a process."""

    def __init__(self, place: Place, stack: Stack, program: FarProgram) -> None:
        super().__init__(place)
        self.stack = stack
        self.program = program
        self._ids = itertools.count()
        self._waiting: dict[int, asyncio.Future[Any]] = {}

    async def read(self) -> None:
        """Take what it says, until it ends."""
        while line := await self.program.lines.readline():
            said = json.loads(line)
            if "signal" in said:
                self.on_signal(said["signal"])
                continue
            answer = self._waiting.pop(said["answer"])
            if answer.done():
                continue
            if "error" in said:
                answer.set_exception(OSError(said["error"]))
            else:
                answer.set_result(said["value"])
        for each in self._waiting.values():
            if not each.done():
                each.set_exception(OSError(f"The end in {self.place} is gone."))

    async def do(self, what: str, **how: Any) -> Any:
        """Let it do something.

        Raises:
            OSError: it could not, or is gone.
        """
        number = next(self._ids)
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        self.program.tell(json.dumps({"id": number, "do": what, "how": how}).encode())
        async with asyncio.timeout(ANSWER_S):
            return await answer


class PageEnd(End):
    """An end that is a page of Chromium."""

    stack = "chromium"

    def __init__(self, place: Place, page: PagePeer) -> None:
        super().__init__(place)
        self.page = page
        page.on_told = lambda said: self.on_signal(said)

    async def crash(self) -> None:
        """Kill what renders the page, so that it can say nothing any more."""
        with contextlib.suppress(Error):
            await self.page.page.goto("chrome://crash")

    async def do(self, what: str, **how: Any) -> Any:
        """Let it do something."""
        match what:
            case "begin":
                servers = [
                    {"urls": url, "username": name, "credential": password}
                    for url, name, password in how["options"].get("ice_servers", ())
                ]
                await self.page.ask(
                    "([polite, iceServers]) => begin(polite, { iceServers })",
                    [how["polite"], servers],
                )
                await self.page.page.evaluate(COUNTING)
                if how["makes"]:
                    return await self.page.ask("() => peer.make('count')")
            case "signal":
                return await self.page.ask("said => peer.take(said)", how["message"])
            case "count":
                return await self.page.ask("go => { peer.counting = go; }", how["go"])
            case "restart":
                return await self.page.ask("() => peer.pc.restartIce()")
            case "video":
                return await self.page.ask("() => peer.addVideo()")
            case "bulk":
                return await self.page.ask("() => peer.bulk()")
            case "status":
                return await self.page.ask("() => peer.status()")
        return None


@asynccontextmanager
async def end(
    network: Places, place: Place, stack: Stack, *, arguments: Sequence[str] = ()
) -> AsyncIterator[End]:
    """Start an end; `arguments` are Chromium's."""
    if stack != "chromium":
        holder = network.holder(place)
        async with far_program("tests.support.far_peer", stack, holder=holder) as program:
            far = FarEnd(place, stack, program)
            async with alongside(far.read()):
                yield far
        return
    chromium = PARTS["chromium"]()
    assert chromium is not None
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "chromium"
        command = network.enter(place, chromium)
        script.write_text(f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n', "utf-8")
        script.chmod(0o700)
        async with page_peer(str(script), began=False, arguments=arguments) as page:
            yield PageEnd(place, page)


class Call(Generic[N]):
    """A connection of two ends; `call` makes it.

    Attributes:
        network: between them.
        us: the end of the engine, which makes offers first and does not give way.
        other: the other one.
        carrying: what one says is carried to the other; else it is kept until it is.
        cut: nothing is carried any more.
        lost: what could not be carried, and why.
        fragments: the user name fragments that our end and the other described last.
    """

    def __init__(self, network: N, us: End, other: End) -> None:
        self.network, self.us, self.other = network, us, other
        self.carrying = asyncio.Event()
        self.carrying.set()
        self.cut = False
        self.lost: list[str] = []
        self.fragments = ["", ""]
        self._said: asyncio.Queue[tuple[End, dict[str, Any]]] = asyncio.Queue()
        us.on_signal = lambda said: self._said.put_nowait((other, said))
        other.on_signal = lambda said: self._said.put_nowait((us, said))

    async def carry(self) -> None:
        """Carry what the ends say."""
        while True:
            to, message = await self._said.get()
            await self.carrying.wait()
            if self.cut:
                continue
            described = str(message.get("description", {}).get("sdp", ""))
            if (fragment := re.search(r"a=ice-ufrag:(\S+)", described)) is not None:
                self.fragments[to is self.us] = fragment[1]
            try:
                await to.do("signal", message=message)
            except (OSError, Error) as error:
                self.lost.append(str(error))

    async def begin(self, *, captures: Sequence[Path] = (), **options: Any) -> None:
        """Let both ends begin; `captures` are files that they record into, ours first."""
        ours, theirs = ({"capture": str(each)} for each in captures) if captures else ({}, {})
        await self.other.do("begin", polite=True, makes=False, options=options | theirs)
        await self.us.do("begin", polite=False, makes=True, options=options | ours)

    async def count(self) -> None:
        """Let both count until further notice."""
        for each in (self.us, self.other):
            await each.do("count", go=True)

    async def statuses(self) -> tuple[Status, Status]:
        """Say how both stand."""
        return await self.us.status(), await self.other.status()

    async def until(
        self, holds: Callable[[Status, Status], object], *, within_s: float = 30
    ) -> float:
        """Wait until something holds of both; how many seconds that took.

        Raises:
            TimeoutError: it does not within that time.
        """
        began_ns = SystemClock.monotonic_ns()
        async with asyncio.timeout(within_s):
            while not holds(*await self.statuses()):  # noqa: ASYNC110 -- they have to be asked
                await asyncio.sleep(LOOK_S)
        return (SystemClock.monotonic_ns() - began_ns) / 1e9

    async def until_counted(self, more: int = 10, *, within_s: float = 30) -> float:
        """Wait until that many more numbers came both ways; how many seconds that took."""
        us, other = await self.statuses()
        return await self.until(
            lambda one, two: one.got >= us.got + more and two.got >= other.got + more,
            within_s=within_s,
        )

    async def until_silent(self, *, within_s: float = 10) -> None:
        """Wait until nothing comes any more, at either end, for half a second."""
        async with asyncio.timeout(within_s):
            before = await self.statuses()
            while True:
                await asyncio.sleep(0.5)
                now = await self.statuses()
                if [each.got for each in now] == [each.got for each in before]:
                    return
                before = now

    async def settle(self, *, within_s: float = 30) -> tuple[Status, Status]:
        """Let both stop counting, and see that all has come, in order and once."""
        for each in (self.us, self.other):
            await each.do("count", go=False)
        await self.until(
            lambda one, two: (one.got, two.got) == (two.sent, one.sent), within_s=within_s
        )
        us, other = await self.statuses()
        assert (us.wrong, other.wrong) == (0, 0), (us, other)
        for status in (us, other):
            assert (status.errors, status.signaling) == ([], ""), status
        return us, other


@asynccontextmanager
async def call(network: N, stack: Stack, *, ours: Stack = "engine") -> AsyncIterator[Call[N]]:
    """Start the two ends of a call: ours in `one`, that of a stack in `two`."""
    async with AsyncExitStack() as held:
        shown = [SHOW_ADDRESSES] if ours == stack == "chromium" else []
        us = await held.enter_async_context(end(network, "one", ours, arguments=shown))
        other = await held.enter_async_context(end(network, "two", stack, arguments=shown))
        made = Call(network, us, other)
        async with alongside(made.carry()):
            yield made
