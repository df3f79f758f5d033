"""How the two sides of a connection describe themselves to each other: `Peer`'s part of it.

Descriptions and candidates are values here; how they travel is `signaling`'s affair. What the
engine refuses becomes an error that says so, and leaves the connection as it was.
"""

import asyncio
import contextlib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import astuple
from typing import TYPE_CHECKING

from wirescope.errors import DescriptionError
from wirescope.events import SdpType, Side, SignalingDescription, SignalingExchange
from wirescope.transports.webrtc.description import (
    Candidate,
    Description,
    Exchange,
    check_text,
)
from wirescope.transports.webrtc.ending import Seen
from wirescope.transports.webrtc.engine import ice_servers, load
from wirescope.transports.webrtc.enough import Enough
from wirescope.transports.webrtc.journal import Journal
from wirescope.transports.webrtc.media import Media
from wirescope.transports.webrtc.options import IceServer, PeerOptions
from wirescope.transports.webrtc.watching import Watch
from wirescope.wire.sdp import MediaSection, SessionDescription, parse_fragment, parse_sdp

if TYPE_CHECKING:
    import webrtc


class Describing(ABC):
    """Descriptions and candidates of a connection, both sides'."""

    id: str
    options: PeerOptions
    media: Media
    _journal: Journal
    _native: "webrtc.RTCPeerConnection"
    _watch: Watch
    _seen: Seen
    _gathered: asyncio.Event
    _enough: Enough
    _is_over: bool
    _message_limit: int | None = None  # what the descriptions say of it, once it was asked

    @abstractmethod
    def _check_alive(self) -> None:
        """Raise why the connection is over, if it is."""

    @abstractmethod
    def _tell_description(self, side: Side, description: Description) -> None:
        """Tell whoever wants to know of a description."""

    @abstractmethod
    def _phase(self, name: str) -> None:
        """Write down that a step of connecting is done, the first time."""

    @abstractmethod
    def _end_without_relay(self) -> None:
        """End a connection that wants relays alone and has got the address of none."""

    @property
    def is_stable(self) -> bool:
        """Whether no description is awaited; known before the event about it is."""
        return self._native.signaling_state.value == "stable"

    @property
    def is_offered(self) -> bool:
        """Whether an offer of the other side waits for its answer; known as early."""
        return self._native.signaling_state.value == "have-remote-offer"

    async def offer(self, *, gather: bool = False) -> Description:
        """Make an offer and set it; with `gather` it has this end's addresses in it.

        Raises:
            ConnectError: the connection has failed.
            ConnectionClosedError: it is closed.
            DescriptionError: there is nothing to offer, or an offer is not due.
        """
        return await self._describe("offer", gather=gather)

    async def answer(self, *, gather: bool = False) -> Description:
        """Make an answer to the offer that was taken and set it."""
        return await self._describe("answer", gather=gather)

    async def _describe(self, kind: SdpType, *, gather: bool) -> Description:
        native = self._native
        with self._errors():
            self.media.prefer_codecs()
            if kind == "offer":
                made = await native.create_offer()
            else:
                made = await native.create_answer()
            if _is_of_a_new_generation(made.sdp or "", native.local_description):
                self._gathered.clear()  # the engine tells of it only after the description is set
            await native.set_local_description(made)
            await self._steer_codecs()
        description = self._note_local()
        if gather:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self.options.gather_timeout_s):
                    await self._gathered.wait()
            self._check_alive()
            local = native.local_description
            if local is not None:
                return Description(kind, local.sdp)
        return description

    async def draft_offer(self) -> Description:
        """Make an offer without setting it, so that no address is looked for yet.

        Raises:
            ConnectError: the connection has failed.
            ConnectionClosedError: it is closed.
            DescriptionError: there is nothing to offer, or an offer is not due.
        """
        with self._errors():
            self.media.prefer_codecs()
            made = await self._native.create_offer()
        return Description("offer", made.sdp or "")

    async def set_offer(self, draft: Description) -> None:
        """Set an offer that was drafted; addresses are looked for from now on."""
        engine = load()
        with self._errors():
            await self._native.set_local_description(
                engine.RTCSessionDescriptionInit(type=draft.kind, sdp=draft.sdp)
            )
        self._note_local()

    def use_ice_servers(self, servers: Sequence[IceServer]) -> None:
        """Find addresses with these servers from now on, in place of those of the options.

        Raises:
            ConnectError: the connection has failed.
            ConnectionClosedError: it is closed.
            DescriptionError: the engine cannot use them.
        """
        with self._errors():
            configuration = self._native.get_configuration()
            configuration.ice_servers = ice_servers(servers)
            self._native.set_configuration(configuration)
            self._watch.watch_servers(servers, self.options.transport_policy)
            self._enough.ask(servers)
            self._seen.given.servers = tuple(servers)

    async def describe(self) -> Description:
        """Make and set whichever description is due, an offer or an answer."""
        with self._errors():
            self.media.prefer_codecs()
            await self._native.set_local_description()
            await self._steer_codecs()
        return self._note_local()

    async def _steer_codecs(self) -> None:
        if self.is_stable:
            await self.media.steer_codecs()

    def _note_local(self) -> Description:
        local = self._native.local_description
        if local is None:  # it was closed meanwhile
            self._check_alive()
            raise DescriptionError("There is no description of this end.")
        description = Description(local.type.value, local.sdp)
        self._write_description("local", description, parse_sdp(local.sdp))
        self._tell_description("local", description)
        return description

    async def take(self, description: Description) -> None:
        """Set the other side's description; an offer that collides takes back this end's.

        Raises:
            ConnectError: the connection has failed.
            ConnectionClosedError: it is closed.
            DescriptionError: it cannot be read, or does not fit to what was agreed on before.
        """
        engine = load()
        check_text(description.sdp)
        rolls_back = description.kind == "rollback"
        parsed = parse_fragment("") if rolls_back else parse_sdp(description.sdp)
        self._tell_description("remote", description)
        with self._errors():
            await self._native.set_remote_description(
                engine.RTCSessionDescriptionInit(type=description.kind, sdp=description.sdp)
            )
            await self._steer_codecs()
        self._write_description("remote", description, parsed)
        for section in parsed.media:
            for candidate in section.values("candidate"):
                self._watch.write_candidate(
                    "remote",
                    candidate,
                    section.mid or "",
                    fragment=parsed.ice_credentials_of(section)[0],
                )
        if description.kind == "answer":
            self._end_without_relay()

    async def roll_back(self) -> None:
        """Take back an offer that was not answered, this end's or the other's.

        Raises:
            ConnectError: the connection has failed.
            ConnectionClosedError: it is closed.
            DescriptionError: there is none.
        """
        native, engine = self._native, load()
        side: Side = "remote" if self.is_offered else "local"
        rollback = engine.RTCSessionDescriptionInit(type="rollback")
        with self._errors():
            if side == "remote":
                await native.set_remote_description(rollback)
            else:
                await native.set_local_description(rollback)
        self._write_description(side, Description("rollback", ""), parse_fragment(""))

    async def add_candidate(self, candidate: Candidate) -> None:
        """Take a candidate of the other side, or the end of its candidates.

        Raises:
            ConnectError: the connection has failed.
            ConnectionClosedError: it is closed.
            DescriptionError: it cannot be read, or came before the description that it belongs to.
        """
        engine = load()
        for text in (candidate.text, candidate.mid, candidate.fragment):
            check_text(text or "")
        mid = "0" if candidate.mid is None and candidate.index is None else candidate.mid
        with self._errors():
            native = engine.RTCIceCandidate(
                candidate=candidate.text,
                sdp_mid=mid,
                sdp_m_line_index=candidate.index,
                username_fragment=candidate.fragment,
            )
            await self._native.add_ice_candidate(native if candidate.text else None)
        if candidate.text:
            self._watch.write_candidate(
                "remote", candidate.text, mid or "", fragment=candidate.fragment
            )

    def restart_ice(self) -> None:
        """Look for a path anew; takes effect with the next exchange of descriptions."""
        with self._errors():
            self._native.restart_ice()

    def note_exchange(self, exchange: Exchange) -> None:
        """Write down a request that carried signaling; none after its end."""
        if not self._is_over:
            self._journal.write(SignalingExchange, *astuple(exchange))

    def _write_description(
        self, side: Side, description: Description, parsed: SessionDescription
    ) -> None:
        self._message_limit = None
        self._journal.write(SignalingDescription, side, description.kind, description.sdp)
        if description.kind != "rollback":
            self._seen.described.add(side)
        if description.kind == "answer":
            self._seen.refused = _refused_in(parsed)
        if self._seen.described == {"local", "remote"}:
            self._phase("signaling")
        self.media.note_described()
        with_media = {_kind(each) for each in parsed.media} != {"application"}
        if with_media or description.kind == "offer":  # an answer to data channels changes nothing
            self._watch.look_for_transports(with_media=with_media)

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        """Turn what the engine raises into what a caller can act on."""
        engine = load()
        self._check_alive()
        try:
            yield
        except (engine.RTCException, TypeError, ValueError) as error:
            self._check_alive()
            # What the engine says of an answer that leaves the bundle without its first section,
            # to whose transport the others are tied (RFC 9143 section 7.3.3)
            if "RTCP mux" in str(error):
                raise DescriptionError(
                    "The answer rejects the first medium of the offer and takes a later one, which"
                    " the engine cannot follow.",
                    hint="Offer only what both sides have a codec for.",
                ) from None
            raise DescriptionError(
                f"The engine refused it: {str(error).rstrip('.')}.",
                hint="`signaling.description` in the capture has the text that was exchanged.",
            ) from None
        except asyncio.CancelledError:
            # Closing cancels what is under way; who asked for it was not cancelled himself.
            task = asyncio.current_task()
            if (task is None or not task.cancelling()) and self._is_over:
                self._check_alive()
            raise


def _is_of_a_new_generation(sdp: str, before: "webrtc.RTCSessionDescription | None") -> bool:
    """Whether a description has other credentials of ICE, so that addresses are looked for anew."""
    return before is None or _ufrags(sdp) != _ufrags(before.sdp)


def _ufrags(sdp: str) -> set[str | None]:
    described = parse_fragment(sdp)
    return {described.ice_credentials_of(each)[0] for each in described.media}


def _refused_in(answer: SessionDescription) -> list[str]:
    """Name the kinds of media of an answer that refuses all of it (RFC 8829 section 5.3.1)."""
    if not all(each.is_rejected for each in answer.media):
        return []
    return [_kind(each) for each in answer.media]


def _kind(section: MediaSection) -> str:
    return "" if section.media is None else section.media.kind
