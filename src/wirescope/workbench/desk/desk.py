"""The desk: the connections that are open, the captures that are looked at, and all they are asked.

A face has one desk and no logic of its own. The desk owns its tasks and files: when it ends, each
connection is closed and everything that came is saved.
"""

import asyncio
import secrets
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from wirescope.capture import settle_capture
from wirescope.decoders import Registry, standard_decoders
from wirescope.errors import CaptureError, CaptureWriteError, UnknownSessionError, UsageError
from wirescope.events import Transport
from wirescope.transports.webrtc import IceServer
from wirescope.workbench.desk.asked import Asked
from wirescope.workbench.desk.call_carrier import CallCarrier
from wirescope.workbench.desk.carriers import Carrier, WebSocketCarrier
from wirescope.workbench.desk.opened import OpenCapture
from wirescope.workbench.desk.peer_states import SessionChannel
from wirescope.workbench.desk.relayed import RelayEvents, RelayRoutes
from wirescope.workbench.desk.sending import preview
from wirescope.workbench.desk.sessions import Resolvers, Session
from wirescope.workbench.desk.states import CaptureState, Outgoing, Preview, Rates, SessionState
from wirescope.workbench.desk.viewers import Places, Viewer
from wirescope.workbench.desk.watching import Watcher
from wirescope.workbench.workspace import (
    Channel,
    Endpoint,
    History,
    Prepared,
    PreparedCall,
    Resolver,
    SavedMessage,
    prepare_endpoint,
)

MOST_SESSIONS = 64

END_TIMEOUT_S = 6.0
"""How long connections are given to close when the desk ends."""

OwnIceServers = Callable[[str], tuple[IceServer, ...]]
"""Gives the workbench's own servers with credentials for a user; none where there are none."""

_SETTLE_TRIES = 20
_SETTLE_PAUSE_S = 0.05


class Desk(Asked):
    """What is open on the workbench; an async context manager.

    Args:
        history: the captures of the workspace.
        root: the folder that relative paths of files begin at; None takes the workspace's.
        environment: the process's environment, as far as connections may ask it.
        saved: gives a saved message by its name; None where there is none.
        registry: the decoders; None takes Wirescope's own.
        own_ice_servers: gives the workbench's own, with credentials for a user; each session that
            asks for them is one. None where there are none.
        relay_routes: give what they tell of a user, which is recorded with the session.
    """

    def __init__(
        self,
        history: History,
        *,
        root: Path | None = None,
        environment: Mapping[str, str] | None = None,
        saved: Callable[[str], SavedMessage | None] = lambda _name: None,
        registry: Registry | None = None,
        own_ice_servers: OwnIceServers | None = None,
        relay_routes: RelayRoutes | None = None,
    ) -> None:
        super().__init__(
            history, root=root or history.root, registry=registry or standard_decoders()
        )
        self._environment = environment or {}
        self._saved = saved
        self._own_ice_servers = own_ice_servers
        self._relay_routes = relay_routes or RelayRoutes()
        self._sessions: dict[str, Session] = {}
        self._revisions: dict[str, int] = {}
        self._next_revision = count(1).__next__
        self._next_number = count(1).__next__
        self._places = Places()
        self._group = asyncio.TaskGroup()

    async def __aenter__(self) -> Self:
        await self._group.__aenter__()
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        """End all that is open.

        Raises:
            CaptureWriteError: not everything of a recording could be saved, and nobody is left to
                be told by its session.
        """
        running = [each for each in self._sessions.values() if not each.is_over]
        try:
            await self._end(running)
        finally:
            # What went wrong outside is no affair of its tasks, which have ended.
            await self._group.__aexit__(None, None, None)
        unsaved = [each.unsaved for each in running if each.unsaved is not None]
        if unsaved:
            raise CaptureWriteError(
                " ".join(each.message for each in unsaved), hint=unsaved[0].hint
            )

    async def _end(self, running: Sequence[Session]) -> None:
        try:
            await asyncio.gather(*(_end_for_good(each) for each in running))
        finally:
            await self._close_all()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        self._group.create_task(_alone(work))

    # Connections

    async def open_session(
        self, endpoint: Endpoint, *, resolvers: Resolvers, path: str = "", name: str = ""
    ) -> SessionState:
        """Connect; that it fails is a state of the session.

        Args:
            endpoint: where and how.
            resolvers: makes a resolver for the chosen environment's variables.
            path: of the endpoint in the workspace; empty for one that is not saved.
            name: for people; empty for the host.

        Raises:
            MediaFileError: a file that is to be sent cannot be read.
            UsageError: the endpoint cannot be used, or there are too many connections.
            CaptureError: no capture can be made for it.
            WorkspaceError: there is no room for one in the folder of captures.
        """
        self._make_room()
        own = self._lent_ice_servers(endpoint)
        prepared = await asyncio.to_thread(
            prepare_endpoint,
            endpoint,
            resolvers(),
            root=self._root,
            environment=self._environment,
            own_ice_servers=own,
        )
        host = urlsplit(_url_of(prepared)).hostname or "webrtc"
        name = name or path.rpartition("/")[2] or host
        file = await asyncio.to_thread(self._history.new_path, name)
        id = f"s{self._next_number()}"  # noqa: A001
        session = Session(
            id=id,
            name=name,
            endpoint=endpoint,
            path=path,
            carrier=self._carrier_of(prepared, file, own),
            resolvers=resolvers,
            root=self._root,
            saved=self._saved,
            capture=file,
            on_change=lambda: self._note_change(id),
        )
        self._make_room()  # others may have been opened meanwhile
        self._sessions[id] = session
        self._note_change(id)
        self._spawn(self._run(session))
        await session.begun()
        return session.state()

    def _make_room(self) -> None:
        """See that one more session fits; those that are over make room, the oldest first."""
        if len(self._sessions) < MOST_SESSIONS:
            return
        over = next((each for each in self._sessions.values() if each.is_over), None)
        if over is None:
            raise UsageError(
                f"{MOST_SESSIONS} connections are open already.", hint="Close one of them."
            )
        self._forget(over)

    def _lent_ice_servers(self, endpoint: Endpoint) -> tuple[IceServer, ...]:
        """Give a session the workbench's own servers, if it asks for them.

        The user's name cannot be guessed: with a name alone a program can be refused in its name.
        """
        if self._own_ice_servers is None or not endpoint.webrtc.own_ice_server:
            return ()
        return self._own_ice_servers(secrets.token_hex(8))

    def _carrier_of(
        self, prepared: Prepared | PreparedCall, capture: Path, own: Sequence[IceServer]
    ) -> Carrier:
        """Make what a session of an endpoint runs on; `own` servers are lent to it."""
        if isinstance(prepared, PreparedCall):
            users = [each.username for each in own]
            relay = RelayEvents(self._relay_routes, users) if users else None
            return CallCarrier(prepared, capture=capture, places=self._places, relay=relay)
        return WebSocketCarrier(prepared)

    async def _run(self, session: Session) -> None:
        try:
            await session.run()
        finally:
            await self._settle(session)
            self.news.changed(session.capture.stem)

    async def _settle(self, session: Session) -> None:
        """Bring what was recorded into one file, also where it was read while the writer ended.

        A list, an export or another program may be reading it: all but the last are soon done.
        """
        for _ in range(_SETTLE_TRIES):
            path = session.capture
            if not await asyncio.to_thread(Path(f"{path}-wal").exists):
                return
            opened = self._opened.get(path.stem)
            with suppress(CaptureError):  # it was closed in this moment
                if opened is None:
                    settled = await asyncio.to_thread(settle_capture, path)
                else:
                    settled = await opened.settle()
                if settled:
                    return
            await asyncio.sleep(_SETTLE_PAUSE_S)

    def _note_change(self, session: str) -> None:
        self._revisions[session] = self._next_revision()

    def session(self, id: str) -> Session:  # noqa: A002
        """Return a session.

        Raises:
            UnknownSessionError: there is none of this id.
        """
        session = self._sessions.get(id)
        if session is None:
            raise UnknownSessionError(
                f"There is no connection {id!r}.", hint="It may have been forgotten."
            )
        return session

    @property
    def session_ids(self) -> list[str]:
        """The ids of all sessions, in the order in which they were opened."""
        return list(self._sessions)

    def sessions(self) -> list[SessionState]:
        """Say how all sessions are."""
        return [session.state() for session in self._sessions.values()]

    def sessions_changed(self, told: dict[str, int]) -> list[SessionState]:
        """Say how those are that changed since they were told of; notes in `told` that they are."""
        changed = []
        for id, session in self._sessions.items():  # noqa: A001
            if told.get(id) != self._revisions[id]:
                told[id] = self._revisions[id]
                changed.append(session.state())
        return changed

    async def send(
        self, session: str, outgoing: Outgoing, *, resolvers: Resolvers, repeat_s: float = 0
    ) -> str:
        """Send something, once or every `repeat_s` seconds; the id to stop it by, or empty.

        Raises:
            UsageError: it cannot be sent as it was typed, or the connection is not open.
            PeerError: the connection is closed, or the peer takes nothing.
        """
        if repeat_s:
            return await self.session(session).repeat(outgoing, resolvers, repeat_s)
        await self.session(session).send(outgoing, resolvers())
        return ""

    async def preview(
        self, outgoing: Outgoing, *, resolver: Resolver, transport: Transport = "websocket"
    ) -> Preview:
        """Say what would go out, as a message of a transport; nothing does."""
        return await asyncio.to_thread(
            preview, outgoing, resolver, root=self._root, transport=transport
        )

    async def close_session(
        self, session: str, *, code: int | None = 1000, reason: str = "", drop: bool = False
    ) -> SessionState:
        """End a connection with a Close frame, or at once with none; what is being opened, stops.

        Raises:
            UnknownSessionError: there is no such session.
            UsageError: the code does not fit into two bytes.
        """
        found = self.session(session)
        if drop:
            found.drop()
        else:
            await found.close(code, reason)
        return found.state()

    async def paste_code(self, session: str, code: str) -> None:
        """Take the code that the other side of a WebRTC connection has handed over.

        Raises:
            UnknownSessionError: there is no such session.
            UsageError: it waits for no code.
            DescriptionError: it is no code, or cannot be used.
        """
        await self.session(session).carrier.paste_code(code)

    def open_channel(self, session: str, channel: Channel) -> SessionChannel:
        """Open a data channel.

        Raises:
            UnknownSessionError: there is no such session.
            UsageError: it cannot have one like this.
        """
        return self.session(session).carrier.open_channel(channel)

    async def close_channel(self, session: str, key: str) -> None:
        """Close a data channel; what was sent on it arrives first.

        Raises:
            ConnectError: not all of that went out, or it is not known whether it has arrived.
            UnknownSessionError: there is no such session.
            UsageError: it has no channel of this key.
        """
        await self.session(session).carrier.close_channel(key)

    async def restart_ice(self, session: str) -> None:
        """Look for a path anew.

        Raises:
            UnknownSessionError: there is no such session.
            UsageError: it cannot.
            PeerError: the other side refused.
        """
        await self.session(session).carrier.restart_ice()

    async def watch(self, session: str) -> Viewer:
        """Let somebody look on at what a WebRTC connection receives.

        Raises:
            UnknownSessionError: there is no such session.
            UsageError: there is nothing to be seen, or too many look on.
        """
        return await self.session(session).watch()

    def end_viewers(self) -> None:
        """Let all go who look on at what connections receive."""
        for each in self._sessions.values():
            each.carrier.end_viewers()

    def stop_repeat(self, session: str, repeat: str) -> None:
        """Stop a message that is sent again and again.

        Raises:
            UsageError: there is none.
        """
        self.session(session).stop_repeat(repeat)

    async def forget_session(self, session: str) -> None:
        """Close a connection and take it off the list; its capture stays."""
        found = self.session(session)
        if not found.is_over:
            await found.end(within_s=END_TIMEOUT_S)
        self._forget(found)

    def _forget(self, session: Session) -> None:
        self._sessions.pop(session.id, None)
        self._revisions.pop(session.id, None)

    # Their captures

    def _recording(self, capture: str) -> Session | None:
        for session in self._sessions.values():
            if session.capture.stem == capture and session.recording:
                return session
        return None

    def is_recorded(self, capture: str) -> bool:
        """Whether a capture is being recorded by a connection of this desk."""
        return self._recording(capture) is not None

    def follow_rename(self, capture: str, path: Path) -> None:
        """Note that the capture of a connection is another file from now on."""
        for session in self._sessions.values():
            if session.capture.stem == capture:
                session.capture = path
                self._note_change(session.id)

    def verdict_of(self, capture: str) -> str:
        """Say how the connection ended that a capture is of; empty where that is not known."""
        for session in self._sessions.values():
            if session.capture.stem == capture:
                return session.verdict.sentence
        return ""

    def saved_seq(self, opened: OpenCapture) -> int | None:
        """The last event that is in a capture; None where that is not known."""
        session = self._recording(opened.id)
        if session is None or session.writer is None:
            return opened.last_seq_at_rest
        return session.writer.saved_seq

    def recorded_states(self) -> list[CaptureState]:
        """Give the figures of the captures that are being recorded."""
        states = []
        for session in self._sessions.values():
            if session.recording and session.writer is not None:
                opened = self._opened.get(session.capture.stem)
                state = session.capture_state(
                    lost=opened.survey.lost if opened is not None else 0,
                    has_notes=self._history.has_notes(session.capture.stem),
                    recordings=self._history.recordings(session.capture.stem),
                )
                if opened is not None and opened.analysis.revision:
                    state = opened.with_meaning(state)
                states.append(state)
        return states

    def rates(self) -> list[Rates]:
        """Give the rates of the captures that are being recorded."""
        return [
            session.tally.rates(session.capture.stem)
            for session in self._sessions.values()
            if session.recording and session.writer is not None
        ]

    def watcher(self) -> Watcher:
        """Return one that is told what changes, over and over."""
        return Watcher(self)


def _url_of(prepared: Prepared | PreparedCall) -> str:
    return prepared.address.url if isinstance(prepared, PreparedCall) else prepared.url


async def _end_for_good(session: Session) -> None:
    await session.end(within_s=END_TIMEOUT_S, code=1001, reason="the workbench ends")


async def _alone(work: Coroutine[Any, Any, None]) -> None:
    """Do something that must not take the other connections along when it fails.

    What fails here is a fault of this program, and is told as any other fault of a task; but the
    recordings of other connections are worth more than an early end.
    """
    try:
        await work
    except Exception as error:  # noqa: BLE001
        asyncio.get_running_loop().call_exception_handler(
            {"message": "A task of the desk has failed.", "exception": error}
        )
