"""One place to publish at and one to watch it at: what comes is passed on without decoding."""

from functools import partial

from wirescope.playground.endpoints.endpoint import Answer
from wirescope.playground.endpoints.lending import used_servers
from wirescope.playground.endpoints.mounting import MAX_SESSIONS, mounted
from wirescope.playground.endpoints.serving import Kept, Serving, Users
from wirescope.transports.webrtc import (
    Forwarder,
    ForwarderOptions,
    ForwarderRecord,
    open_forwarder,
)
from wirescope.transports.webrtc.signaling import Session


class Sink:
    """What is published, and who watches it: the two endpoints of one forwarder."""

    def __init__(self, serving: Serving) -> None:
        options = ForwarderOptions(
            ice_servers=partial(used_servers, serving), max_viewers=MAX_SESSIONS
        )
        self._serving = serving
        self._users = Users(serving)
        self._forwarder: Kept[Forwarder] = Kept(
            serving,
            lambda: open_forwarder(timeline=serving.timeline, sink=serving.sink, options=options),
            lambda _: self._users.wait_gone(),
        )

    def publishing(self, path: str) -> Answer:
        """Mount the endpoint where it is published."""
        return mounted(self._serving, path, self._publish, kind="whip", tell=self._tell)

    def watching(self, path: str) -> Answer:
        """Mount the endpoint where it is watched."""
        return mounted(self._serving, path, self._watch, kind="whep", tell=self._tell)

    async def _publish(self, url: str) -> Session:
        """Make the session of who publishes."""
        return self._users.add(await (await self._forwarder.get()).publish(url))

    async def _watch(self, url: str) -> Session:
        """Make the session of one who watches."""
        return self._users.add(await (await self._forwarder.get()).watch(url))

    def _tell(self) -> str:
        """Say how it stands."""
        forwarder = self._forwarder.value
        return _words(None if forwarder is None else forwarder.record())


def _words(record: ForwarderRecord | None) -> str:
    publisher = None if record is None else record.publisher
    if record is None or publisher is None:
        return "Nobody publishes."
    layers = ", ".join(
        f"{each.codec} ({each.packets:,} packets, {each.octets:,} bytes)"
        for each in publisher.streams
    )
    watching = len(record.viewers)
    return f"Published is {layers or 'nothing yet'}; {watching} watch it."
