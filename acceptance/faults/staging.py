"""What a fault is, and how it is visited: a real connection, recorded, the capture analysed."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import wirescope
from acceptance.faults.gateways import Gateways
from tests.support.authority import Authority
from tests.support.raw_server import RawServer
from tests.support.raw_server import Talk as Answer
from wirescope.analysis import Analyzer
from wirescope.errors import WirescopeError
from wirescope.events import Finding

VISIT_S = 25
Talk = Callable[[wirescope.LiveConnection], Awaitable[None]]


@dataclass(frozen=True)
class Studio:
    """What the stages share.

    Attributes:
        folder: for their files.
        authority: signs certificates; nobody trusts it who is not given `authority.ca_file`.
        foreign: the addresses of the servers that are not ours, by name: `websockets`, `ws`, with
            `-tls` behind it where they speak TLS.
        gateways: nginx and HAProxy, which lead to them.
    """

    folder: Path
    authority: Authority
    foreign: dict[str, str]
    gateways: Gateways

    @property
    def trusted(self) -> wirescope.TLSOptions:
        """TLS of a client that trusts the authority."""
        return wirescope.TLSOptions(ca=self.authority.ca_file)


async def listen(connection: wirescope.LiveConnection) -> None:
    """Say hello and take what comes until the end."""
    await connection.send("hello")
    async for _ in connection:
        pass


@dataclass(frozen=True)
class Scene:
    """Where to connect, how, and what to do there."""

    url: str
    talk: Talk = listen
    options: dict[str, Any] = field(default_factory=dict)


Stage = Callable[[Studio], AbstractAsyncContextManager[Scene]]
Running = Callable[[Studio], AbstractAsyncContextManager[str]]
"""Starts a server and gives its address."""


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong.

    Attributes:
        name: what, in words.
        code: of the finding that has to come first.
        stage: sets it up.
        quiet: whether it is about time, and wants a machine that has little else to do.
    """

    name: str
    code: str
    stage: Stage
    quiet: bool = False


def at(url: Callable[[Studio], str], *, talk: Talk = listen, **options: Any) -> Stage:
    """Stage a connection to something that runs already."""

    @asynccontextmanager
    async def stage(studio: Studio) -> AsyncIterator[Scene]:
        yield Scene(url(studio), talk, _with_trust(studio, options))

    return stage


def raw(answer: Answer, *, talk: Talk = listen, **options: Any) -> Stage:
    """Stage a server that says byte for byte what it is told to."""

    @asynccontextmanager
    async def stage(studio: Studio) -> AsyncIterator[Scene]:
        async with RawServer(answer) as server:
            yield Scene(f"ws://127.0.0.1:{server.port}/chat", talk, _with_trust(studio, options))

    return stage


def beside(running: Running, *, talk: Talk = listen, **options: Any) -> Stage:
    """Stage a server that is started for it."""

    @asynccontextmanager
    async def stage(studio: Studio) -> AsyncIterator[Scene]:
        async with running(studio) as url:
            yield Scene(url, talk, _with_trust(studio, options))

    return stage


def _with_trust(studio: Studio, options: dict[str, Any]) -> dict[str, Any]:
    return {"tls": studio.trusted, **options}


async def visit(scene: Scene, capture: Path) -> list[Finding]:
    """Connect for real, record, and say what the analysis finds in the capture."""
    options = {"open_timeout_s": 5, "close_timeout_s": 1, **scene.options}
    with suppress(WirescopeError, TimeoutError):
        async with wirescope.connect(scene.url, capture=capture, **options) as connection:
            async with asyncio.timeout(VISIT_S):
                await scene.talk(connection)
    return analysed(capture)


def analysed(capture: Path) -> list[Finding]:
    """Analyse a capture from its file alone."""
    analyzer = Analyzer()
    with wirescope.open_capture(capture) as kept:
        events = [event for event in kept.events() if not isinstance(event, Finding)]
        return [*analyzer.feed(events), *analyzer.finish()]
