"""A forwarder behind WHIP and WHEP: what publishes and watches has nothing but two addresses."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from tests.support.forwarding import forwarding, publishing, watching
from tests.support.peers import Capture, until
from tests.transports.webrtc.packets.test_answer import WHOLE
from tests.transports.webrtc.signaling.serving import on_a_port
from wirescope.events import SignalingExchange
from wirescope.transports.webrtc import Forwarder
from wirescope.transports.webrtc.signaling import Mount, OpenSession


@dataclass
class Resource:
    """One session as an HTTP client has it."""

    client: httpx.AsyncClient
    endpoint: str
    forwarder: Forwarder
    location: str = ""

    async def answer(self, offer: str) -> str:
        made = await self.client.post(
            self.endpoint, content=offer, headers={"Content-Type": "application/sdp"}
        )
        assert made.status_code == 201, made.text
        self.location = str(httpx.URL(self.endpoint).join(made.headers["Location"]))
        self.session: Any = self.forwarder._sessions[-1]
        return made.text

    @property
    def is_open(self) -> bool:
        return bool(self.session.is_open)

    async def close(self) -> None:
        deleted = await self.client.delete(self.location)
        assert deleted.status_code in (200, 404)  # the peer may have ended it before
        await until(lambda: self.session.outcome)


@dataclass
class OverHttp:
    """Makes sessions at the two endpoints."""

    client: httpx.AsyncClient
    url: str
    forwarder: Forwarder

    async def publish(self) -> Resource:
        return Resource(self.client, f"{self.url}/whip/sink", self.forwarder)

    async def watch(self) -> Resource:
        return Resource(self.client, f"{self.url}/whep/picture", self.forwarder)


@asynccontextmanager
async def over_http(forwarder: Forwarder) -> AsyncIterator[Any]:
    publish: OpenSession = forwarder.publish
    watch: OpenSession = forwarder.watch
    sink, picture = Mount("/whip/sink", "whip", publish), Mount("/whep/picture", "whep", watch)
    async with on_a_port(sink, picture) as url, httpx.AsyncClient() as client:
        yield OverHttp(client, url, forwarder)
        await sink.close()
        await picture.close()


async def test_what_is_published_by_whip_is_watched_by_whep() -> None:
    capture = Capture()
    async with (
        forwarding(capture) as forwarder,
        over_http(forwarder) as http,
        publishing(http),
        watching(http) as viewer,
    ):
        await until(lambda: viewer.frames > 20)
    methods = [(each.method, each.status) for each in capture.of(SignalingExchange)]
    assert methods.count(("POST", 201)) == 2


async def test_whep_says_that_nobody_publishes() -> None:
    async with forwarding(Capture()) as forwarder, over_http(forwarder) as http:
        resource = await http.watch()
        offer = WHOLE.replace("a=sendonly", "a=recvonly").replace("\n", "\r\n")
        answered = await http.client.post(
            resource.endpoint, content=offer, headers={"Content-Type": "application/sdp"}
        )
        assert answered.status_code == 409
