"""WHIP (RFC 9725) and WHEP (draft-ietf-wish-whep) as a client has them: they drive a `Peer`.

The offer is posted before addresses are looked for, so that the servers which the answer names can
be asked for some; they follow by PATCH. Servers that do not take them find this end by its own
checks. A server of WHEP may turn the offer down and make one itself, which is answered. Only the
first exchange can fail the whole; what fails later is said and lived with.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from itertools import chain

from wirescope.errors import (
    ConnectError,
    DescriptionError,
    InvalidURLError,
    SignalingError,
    WirescopeError,
)
from wirescope.transports.webrtc.alongside import alongside
from wirescope.transports.webrtc.description import END_OF_CANDIDATES, Candidate, Description
from wirescope.transports.webrtc.notes import Notes
from wirescope.transports.webrtc.options import IceServer
from wirescope.transports.webrtc.peer import Peer
from wirescope.transports.webrtc.signaling.addresses import (
    is_downgrade,
    joined,
    split_address,
)
from wirescope.transports.webrtc.signaling.answers import Kind
from wirescope.transports.webrtc.signaling.explaining import refused
from wirescope.transports.webrtc.signaling.fragment import CONTENT_TYPE, MAX_CANDIDATES, Fragment
from wirescope.transports.webrtc.signaling.http import (
    Answer,
    HttpClient,
    HttpOptions,
    Question,
    http_client,
)
from wirescope.transports.webrtc.signaling.records import SDP, ice_servers_of

_TOGETHER_S = 0.05
"""Seconds in which further candidates are waited for, to go in one request."""

_RETRY_PAUSES_S = (1.0, 4.0)
"""Seconds after which candidates are told again, where no answer came."""

_RESTART_PAUSE_S = 2.0

Reach = Callable[[tuple[IceServer, ...]], Awaitable[tuple[IceServer, ...]]]
"""Gives the ICE servers to ask in place of those that a server names, as where bridges lead."""


async def _as_named(servers: tuple[IceServer, ...]) -> tuple[IceServer, ...]:
    return servers


class HttpSession:
    """What was agreed on over HTTP; `dial` makes it.

    Attributes:
        url: the session's address; empty where the server gave none.
        tag: the entity-tag of the current ICE session; empty where the server gave none.
        ice_servers: those that the server named and that are used.
        restarts: how often ICE was restarted.
        notes: what failed on the way and was lived with, in words.
    """

    def __init__(
        self, peer: Peer, client: HttpClient, kind: Kind, *, token: str, reach: Reach
    ) -> None:
        self.url = self.tag = ""
        self.ice_servers: tuple[IceServer, ...] = ()
        self.restarts = 0
        self.notes = Notes()
        self._peer = peer
        self._client = client
        self._kind = kind
        self._token = token
        self._reach = reach
        self._local = Fragment()
        self._answer = ""
        self._trickles = True
        self._turn = asyncio.Lock()
        self._lost = asyncio.Event()
        self._found: asyncio.Queue[Candidate] = asyncio.Queue(MAX_CANDIDATES)
        peer.on_candidate = self._on_candidate
        peer.on_path_lost = self._lost.set

    def _on_candidate(self, candidate: Candidate) -> None:
        try:
            self._found.put_nowait(candidate)
        except asyncio.QueueFull:
            self.notes.tell(
                f"More than {MAX_CANDIDATES} candidates waited for the server; it was not told the"
                " later ones."
            )

    # The beginning

    async def begin(self, url: str, *, gather: bool) -> None:
        """Post the offer and take the answer.

        Raises:
            ConnectError: no answer came, or the connection has failed meanwhile.
            DescriptionError: the engine cannot use the answer.
            SignalingError: the server refused.
        """
        peer = self._peer
        # RFC 9725 section 4.2 and its counterpart for playing: media goes one way
        peer.media.one_way("sendonly" if self._kind == "whip" else "recvonly")
        offer = await (peer.offer(gather=True) if gather else peer.draft_offer())
        self._local = self._own(offer)
        headers = (("Content-Type", SDP), ("Accept", SDP))
        answer = await self._client.ask(
            Question(method="POST", url=url, body=offer.sdp, headers=headers, token=self._token)
        )
        if self._kind == "whep" and answer.status == 406 and answer.body.startswith("v=0"):
            await self._take_counter_offer(answer, offered=gather)
            return
        if not 200 <= answer.status < 300 or not answer.body.startswith("v=0"):
            raise self._refused(answer, "endpoint")
        self._note_resource(answer)
        if not gather:
            await self._use_servers(answer)
            await peer.set_offer(offer)
        self._answer = answer.body
        await peer.take(Description("answer", answer.body))

    async def _take_counter_offer(self, theirs: Answer, *, offered: bool) -> None:
        """Answer the offer that the server made in place of an answer (draft-ietf-wish-whep).

        All addresses are in the answer, so that none need follow.
        """
        peer = self._peer
        self._note_resource(theirs)
        if not self.url:
            raise self._refused(theirs, "endpoint")
        if offered:
            await peer.roll_back()
        await self._use_servers(theirs)
        await peer.take(Description("offer", theirs.body))
        own = await peer.answer(gather=True)
        self._local = self._own(own)
        told = await self._client.ask(
            Question(
                method="PATCH",
                url=self.url,
                body=own.sdp,
                headers=(("Content-Type", SDP), *self._condition()),
                token=self._token,
            )
        )
        if not 200 <= told.status < 300:
            raise self._refused(told, "session")

    def _own(self, description: Description) -> Fragment:
        """Give ICE's affairs of this end's new description; what was found so far is in it."""
        self._take_found()
        own = Fragment.of(description.sdp)
        if self._peer.state("gathering") == "complete":
            own = replace(own, candidates=(*filter(_is_one, own.candidates), END_OF_CANDIDATES))
        return own

    def _condition(self) -> tuple[tuple[str, str], ...]:
        return (("If-Match", self.tag),) if self.tag else ()

    def _note_resource(self, answer: Answer) -> None:
        self.tag = answer.get("ETag") or ""
        location = answer.get("Location")
        if location is None:
            self.notes.tell(
                "The server named no session (Location), so nothing can be told it later."
            )
            self._trickles = False
            return
        try:
            url = joined(answer.url, location)
        except InvalidURLError:
            url = ""
        if not url or is_downgrade(answer.url, url):
            self.notes.tell(f"The server's session is at {location}, which is not used.")
            self._trickles = False
            return
        self.url = url
        self._client.trust(answer.url, url)

    async def _use_servers(self, answer: Answer) -> None:
        """Use the ICE servers that the answer names, unless the user gave some (section 4.6)."""
        servers = ice_servers_of(answer.get_all("Link"))
        if servers and not self._peer.options.ice_servers:
            try:
                self._peer.use_ice_servers(await self._reach(servers))
            except DescriptionError as error:
                self.notes.tell(f"The server named ICE servers that are not used. {error.message}")
            else:
                self.ice_servers = servers

    def _refused(self, answer: Answer, what: str) -> SignalingError:
        return refused(
            answer.status,
            answer.url,
            answer.body,
            answer.headers,
            what=f"The {self._kind.upper()} {what}",
        )

    # Later candidates

    async def trickle(self) -> None:
        """Tell candidates as they are found, several at a time (section 4.3.2)."""
        while self._trickles:
            found, failure = [await self._found.get()], ""
            for pause_s in chain((_TOGETHER_S,), _RETRY_PAUSES_S):
                await asyncio.sleep(pause_s)
                found += self._take_found()
                async with self._turn:
                    found = self._untold(found)
                    failure = await self._tell(found) if found else ""
                if not failure:
                    break
            else:
                self.notes.tell(f"The server was not told {len(found)} candidates. {failure}")

    def _take_found(self) -> list[Candidate]:
        return [self._found.get_nowait() for _ in range(self._found.qsize())]

    def _untold(self, found: list[Candidate]) -> list[Candidate]:
        """Leave out candidates of a generation that is over, and an end that was told already."""
        ufrag, has_end = self._local.ufrag, END_OF_CANDIDATES in self._local.candidates
        now = [each for each in found if each.fragment in (None, ufrag)]
        now = [each for each in now if each.text or not has_end]
        return sorted(now, key=lambda each: not each.text)

    async def _tell(self, candidates: list[Candidate]) -> str:
        """Tell candidates; why no answer came, empty where one did."""
        told = replace(self._local, candidates=tuple(candidates))
        try:
            answer = await self._patch(told, self._condition())
        except WirescopeError as error:
            return error.message
        if not 200 <= answer.status < 300:
            # 405 and 422: it takes none at all (section 4.3.1); else it may take later ones
            self._trickles = answer.status not in (404, 405, 415, 422, 501)
            self.notes.tell(f"The server took no later candidates: it answered {answer.status}.")
        return ""

    async def _patch(self, fragment: Fragment, condition: tuple[tuple[str, str], ...]) -> Answer:
        headers = (("Content-Type", CONTENT_TYPE), *condition)
        return await self._client.ask(
            Question(
                method="PATCH",
                url=self.url,
                body=fragment.text(),
                headers=headers,
                token=self._token,
            )
        )

    # ICE restarts

    async def restart(self) -> None:
        """Look for a path anew, with new credentials on both sides (section 4.3.3).

        Raises:
            ConnectError: no answer came, or the connection has ended.
            DescriptionError: the answer cannot be used.
            SignalingError: the server refused; the connection is as it was.
        """
        if not self.url:
            raise SignalingError("The server named no session, so ICE cannot be restarted.")
        if not self._answer:
            raise SignalingError("The server made the offer, so ICE cannot be restarted from here.")
        async with self._turn:
            self._peer.restart_ice()
            offer = await self._peer.offer(gather=True)
            own = self._own(offer)
            try:
                await self._agree_anew(own)
            except WirescopeError:
                with suppress(WirescopeError):
                    await self._peer.roll_back()
                raise
            self.restarts += 1

    async def _agree_anew(self, own: Fragment) -> None:
        answer = await self._patch(own, (("If-Match", "*"),))
        if answer.status != 200:
            raise self._refused(answer, "session")
        theirs = Fragment.parse(answer.body)
        if not (theirs.ufrag and theirs.password):
            raise DescriptionError("The answer to an ICE restart has no ice-ufrag and ice-pwd.")
        description = theirs.put_into(self._answer)
        await self._peer.take(Description("answer", description))
        self._local, self._answer = own, description
        self.tag = answer.get("ETag") or ""

    async def keep_path(self) -> None:
        """Restart ICE whenever no path works any more, until one does."""
        while True:
            await self._lost.wait()
            self._lost.clear()
            while self._peer.is_open and self._peer.state("connection") == "failed":
                try:
                    await self.restart()
                except WirescopeError as error:
                    self.notes.tell(f"ICE was not restarted: {error.message}")
                await asyncio.sleep(_RESTART_PAUSE_S)

    # The end

    async def end(self) -> None:
        """Delete the session, once, unless the other side ended it (section 4.2)."""
        closed = self._peer.closed
        url, self.url = self.url, ""
        if not url or (closed is not None and closed.initiator == "remote"):
            return
        try:
            answer = await self._client.ask(Question(method="DELETE", url=url, token=self._token))
        except WirescopeError as error:
            self.notes.tell(error.message)
            return
        if answer.status >= 300 and answer.status != 404:
            self.notes.tell(f"The session was not deleted: the server answered {answer.status}.")


def _is_one(candidate: Candidate) -> bool:
    return bool(candidate.text)


@asynccontextmanager
async def dial(
    peer: Peer,
    url: str,
    *,
    kind: Kind,
    options: HttpOptions | None = None,
    gather: bool = False,
    reach: Reach = _as_named,
) -> AsyncIterator[HttpSession]:
    """Publish to a WHIP endpoint or play from a WHEP endpoint while the context lasts.

    The peer has its tracks and channels already; that the connection stands is its own to tell. The
    session is deleted when the context ends.

    Args:
        peer: this end. When the first exchange fails, it has failed for that reason.
        url: the endpoint, `https:` or `http:`.
        kind: which of the two protocols.
        options: how requests are made.
        gather: look for addresses first and put them into the offer, for servers that take none
            later and do not find this end by themselves.
        reach: gives the ICE servers that are asked in place of those that the answer names.

    Raises:
        ConnectError: no answer came.
        DescriptionError: the answer cannot be used.
        InvalidURLError: it is no such address.
        SignalingError: the server refused.
    """
    split_address(url)
    options = options or HttpOptions()
    async with http_client(options, peer.note_exchange) as client:
        session = HttpSession(peer, client, kind, token=options.token, reach=reach)
        try:
            try:
                await session.begin(url, gather=gather)
            except (ConnectError, DescriptionError, SignalingError) as error:
                peer.give_up(error)
                raise
            async with alongside(session.trickle(), session.keep_path()):
                yield session
        finally:
            await session.end()
