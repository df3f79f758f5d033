"""WebRTC connections of the desk, of two sessions with each other, from the code to the end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from random import Random

import pytest

from tests.workbench.desk.benches import bench, desk_in, resolvers, resolvers_with, until
from wirescope.capture import open_capture
from wirescope.clock import SystemClock
from wirescope.errors import DescriptionError, UsageError
from wirescope.events import DataChannelMessage
from wirescope.transports.webrtc import channel
from wirescope.transports.webrtc.media.remuxing import Remux
from wirescope.workbench.desk import Desk, Outgoing
from wirescope.workbench.desk.viewers import MOST_VIEWERS
from wirescope.workbench.workspace import Channel, Endpoint, OnMessage, Resolver, WebRtc


def secret_resolvers(**secrets):
    """Make resolvers whose variables are secrets."""
    return lambda: Resolver(
        {}, secrets=tuple(secrets), secret=secrets.get, clock=SystemClock(), random=Random(1)
    )


@dataclass
class Call:
    """Two sessions on one desk that talk with each other."""

    desk: Desk
    one: str
    other: str

    def peer(self, session):
        return self.desk.session(session).state().peer

    async def open_channel(self, session):
        """Wait for an open channel, and give it."""
        await until(lambda: any(each.state == "open" for each in self.peer(session).channels))
        return next(each for each in self.peer(session).channels if each.state == "open")

    async def received(self, session, count=1):
        await until(lambda: self.desk.session(session).tally.received >= count)

    async def end(self):
        for session in (self.one, self.other):
            await self.desk.close_session(session)
            await until(lambda ended=session: self.desk.session(ended).is_over)


async def phase(desk, session, *wanted):
    await until(lambda: desk.session(session).state().phase in wanted)
    return desk.session(session).state()


async def code_of(desk, session):
    await until(
        lambda: (peer := desk.session(session).state().peer).code is not None and peer.code.text
    )
    return desk.session(session).state().peer.code


@asynccontextmanager
async def called(folder, *, one=None, other=None, variables=None) -> AsyncIterator[Call]:
    """Open two sessions that hand codes over, and wait until both are connected."""
    known = resolvers_with(**variables) if variables else resolvers
    async with desk_in(folder) as desk:
        offering = Endpoint(url="webrtc:", **(one or {}))
        first = await desk.open_session(offering, resolvers=known, name="one")
        offer = await code_of(desk, first.id)
        answering = Endpoint(url=offer.text, **(other or {}))
        second = await desk.open_session(answering, resolvers=known, name="other")
        answer = await code_of(desk, second.id)
        await desk.paste_code(first.id, answer.text)
        for session in (first.id, second.id):
            assert (await phase(desk, session, "open", "failed", "closed")).phase == "open"
        yield Call(desk, first.id, second.id)


def messages_in(folder, desk, session):
    path = folder / "captures" / f"{desk.session(session).capture.stem}.wirescope"
    with open_capture(path) as opened:
        return [each for each in opened.events() if isinstance(each, DataChannelMessage)]


async def test_two_people_with_codes_have_a_chat_that_is_recorded(tmp_path):
    async with called(tmp_path) as call:
        channel = await call.open_channel(call.one)
        await call.open_channel(call.other)
        await call.desk.send(
            call.one, Outgoing(body="hello", channel=channel.key), resolvers=resolvers
        )
        await call.received(call.other)
        state = call.desk.session(call.one).state()
        await call.end()
        told = messages_in(tmp_path, call.desk, call.other)
    assert (channel.label, channel.initiator) == ("chat", "local")
    assert (state.transport, state.peer.states["connection"], state.peer.code) == (
        "webrtc",
        "connected",
        None,
    )
    assert [(each.direction, each.text) for each in told] == [("received", "hello")]


async def test_a_session_says_which_code_to_hand_over_and_what_it_waits_for(tmp_path):
    async with desk_in(tmp_path) as desk:
        first = await desk.open_session(Endpoint(url="webrtc:"), resolvers=resolvers)
        offer = await code_of(desk, first.id)
        state = desk.session(first.id).state()
        answering = Endpoint(url=offer.text)
        second = await desk.open_session(answering, resolvers=resolvers)
        answer = await code_of(desk, second.id)
        assert "." not in desk.session(second.id).state().url
    assert (offer.kind, offer.waiting) == ("offer", True)
    assert (answer.kind, answer.waiting) == ("answer", False)
    assert state.phase == "connecting"
    assert "paste" in state.sentence


async def test_a_code_that_cannot_be_used_is_refused_and_another_one_can_be_pasted(tmp_path):
    async with desk_in(tmp_path) as desk:
        first = await desk.open_session(Endpoint(url="webrtc:"), resolvers=resolvers)
        offer = await code_of(desk, first.id)
        for wrong in ("nonsense", offer.text[:-20], offer.text):
            with pytest.raises(DescriptionError):
                await desk.paste_code(first.id, wrong)
        assert (await code_of(desk, first.id)).waiting


async def test_one_that_waits_for_a_code_can_be_stopped(tmp_path):
    async with desk_in(tmp_path) as desk:
        first = await desk.open_session(Endpoint(url="webrtc:"), resolvers=resolvers)
        await code_of(desk, first.id)
        await desk.close_session(first.id)
        await until(lambda: desk.session(first.id).is_over)
        state = desk.session(first.id).state()
    assert (state.phase, state.sentence) == (
        "closed",
        "You stopped it before the connection was open.",
    )


async def test_what_is_typed_goes_out_through_a_channel(tmp_path):
    (tmp_path / "some.bin").write_bytes(b"in the file")
    typed = {
        Outgoing(body="text"): ("text", b"text"),
        Outgoing(form="json", body='{"a": 1}'): ("text", b'{"a": 1}'),
        Outgoing(form="hex", body="00 ff"): ("binary", b"\x00\xff"),
        Outgoing(form="base64", body="AP8="): ("binary", b"\x00\xff"),
        Outgoing(form="file", body="some.bin"): ("binary", b"in the file"),
        Outgoing(body="bytes", binary=True): ("binary", b"bytes"),
        Outgoing(body=""): ("text", b""),
    }
    async with called(tmp_path) as call:
        await call.open_channel(call.one)
        for outgoing in typed:
            await call.desk.send(call.one, outgoing, resolvers=resolvers)
        await call.received(call.other, len(typed))
        await call.end()
        told = messages_in(tmp_path, call.desk, call.other)
    assert [(each.kind, each.payload) for each in told] == list(typed.values())


async def test_a_frame_is_not_sent_through_a_channel(tmp_path):
    async with called(tmp_path) as call:
        await call.open_channel(call.one)
        for frame in (Outgoing(opcode=9), Outgoing(body="ab", fragments=2)):
            with pytest.raises(UsageError, match="whole messages"):
                await call.desk.send(call.one, frame, resolvers=resolvers)


async def test_either_side_opens_channels_and_each_has_a_key_of_its_own(tmp_path):
    async with called(tmp_path) as call:
        await call.open_channel(call.other)
        made = call.desk.open_channel(call.other, Channel(label="state", max_retransmits=0))
        await until(lambda: len(call.peer(call.one).channels) == 2)
        await until(lambda: all(each.state == "open" for each in call.peer(call.one).channels))
        await call.desk.send(
            call.other, Outgoing(body="lossy", channel=made.key), resolvers=resolvers
        )
        await call.received(call.one)
        theirs = call.peer(call.one).channels[1]
        await call.desk.close_channel(call.one, theirs.key)
        await until(lambda: call.peer(call.other).channels[1].state == "closed")
        await call.end()
        (message,) = messages_in(tmp_path, call.desk, call.one)
    assert (theirs.label, theirs.max_retransmits, theirs.initiator) == ("state", 0, "remote")
    assert message.channel == theirs.id


async def test_a_key_stays_with_its_channel_when_others_are_closed_and_opened(tmp_path):
    async with called(tmp_path) as call:
        first = await call.open_channel(call.one)
        second = call.desk.open_channel(call.one, Channel(label="second"))
        await until(lambda: all(each.state == "open" for each in call.peer(call.one).channels))
        await call.desk.close_channel(call.one, first.key)
        call.desk.open_channel(call.one, Channel(label="third"))
        with pytest.raises(UsageError, match="no channel"):
            await call.desk.send(call.one, Outgoing(channel=first.key), resolvers=resolvers)
        await call.desk.send(
            call.one, Outgoing(body="hello", channel=second.key), resolvers=resolvers
        )
        await call.received(call.other)
        keys = {each.label: each.key for each in call.peer(call.one).channels}
        id_ = next(each.id for each in call.peer(call.one).channels if each.key == second.key)
        await call.end()
        (told,) = messages_in(tmp_path, call.desk, call.one)
    assert keys == {"second": second.key, "third": "d3"}
    assert told.channel == id_


async def test_a_channel_whose_messages_nobody_takes_stays_open(tmp_path, monkeypatch):
    monkeypatch.setattr(channel, "INBOX_BYTES", 1000)
    async with called(tmp_path) as call:
        await call.open_channel(call.one)
        for _ in range(20):
            await call.desk.send(call.one, Outgoing(body="x" * 100), resolvers=resolvers)
        await call.received(call.other, 20)
        await call.desk.send(call.other, Outgoing(body="still there"), resolvers=resolvers)
        await call.received(call.one)
        assert [each.state for each in call.peer(call.other).channels] == ["open"]


async def test_a_channel_that_is_not_there_is_refused(tmp_path):
    async with called(tmp_path) as call:
        for key in ("d9", "x", "d0", "d1٣"):
            with pytest.raises(UsageError, match="no channel"):
                await call.desk.send(call.one, Outgoing(channel=key), resolvers=resolvers)


async def test_an_answer_on_match_goes_back_through_the_channel_it_came_by(tmp_path):
    rules = (OnMessage(when='text ~ "ping"', body="pong"),)
    channels = (Channel(label="first"), Channel(label="second"))
    async with called(
        tmp_path, one={"webrtc": WebRtc(channels=channels)}, other={"on_message": rules}
    ) as call:
        await until(lambda: [c.state for c in call.peer(call.one).channels] == ["open"] * 2)
        second = call.peer(call.one).channels[1]
        await call.desk.send(
            call.one, Outgoing(body="ping", channel=second.key), resolvers=resolvers
        )
        await call.received(call.one)
        await call.end()
        told = messages_in(tmp_path, call.desk, call.one)
    assert [(each.text, each.channel) for each in told] == [
        ("ping", second.id),
        ("pong", second.id),
    ]


async def test_a_message_is_repeated_until_it_is_stopped(tmp_path):
    async with called(tmp_path) as call:
        await call.open_channel(call.one)
        name = await call.desk.send(
            call.one, Outgoing(body="again"), resolvers=resolvers, repeat_s=0.01
        )
        await call.received(call.other, 3)
        call.desk.stop_repeat(call.one, name)
        await until(lambda: not call.desk.session(call.one).state().repeats)


async def test_a_secret_in_a_message_or_a_name_is_not_recorded(tmp_path):
    secret = "very-secret-token"
    async with desk_in(tmp_path) as desk:
        webrtc = WebRtc(channels=(Channel(label="chat", protocol="{{token}}"),))
        known = secret_resolvers(token=secret)
        first = await desk.open_session(
            Endpoint(url="webrtc:", webrtc=webrtc), resolvers=known, name="one"
        )
        offer = await code_of(desk, first.id)
        second = await desk.open_session(
            Endpoint(url=offer.text), resolvers=resolvers, name="other"
        )
        await desk.paste_code(first.id, (await code_of(desk, second.id)).text)
        call = Call(desk, first.id, second.id)
        await phase(desk, first.id, "open")
        assert [each.protocol for each in call.peer(first.id).channels] == ["[redacted]"]
        await desk.send(first.id, Outgoing(body="{{token}} is it"), resolvers=known)
        await call.received(second.id)
        await call.end()
        (sent,) = messages_in(tmp_path, desk, first.id)
        (got,) = messages_in(tmp_path, desk, second.id)
        path = tmp_path / "captures" / f"{desk.session(first.id).capture.stem}.wirescope"
        with open_capture(path) as opened:
            everything = repr(list(opened.events()))
    assert got.text == "very-secret-token is it"
    assert sent.text == "[redacted]******* is it"
    assert secret not in everything


async def test_the_end_of_one_side_is_told_on_the_other(tmp_path):
    async with called(tmp_path) as call:
        await call.desk.close_session(call.one)
        theirs = await phase(call.desk, call.other, "closed")
        ours = await phase(call.desk, call.one, "closed")
    assert (ours.code, theirs.code) == (None, None)
    assert "other" in theirs.sentence or "peer" in theirs.sentence


async def test_a_connection_that_is_dropped_says_how_it_ended(tmp_path):
    async with called(tmp_path) as call:
        await call.desk.close_session(call.one, drop=True)
        ours = await phase(call.desk, call.one, "closed")
        theirs = await phase(call.desk, call.other, "closed")
    assert ours.sentence.startswith("This end ended the connection")
    assert theirs.sentence.startswith("The other end ended the connection")


# Sound and pictures

SENT = {"webrtc": WebRtc(audio="tone", video="bars", channels=(Channel(label="chat"),))}


async def told_that_it_records(call):
    """Wait until who watches the desk is told that the recording has begun."""
    watcher = call.desk.watcher()
    while True:
        for state in (await watcher.changes()).sessions:
            if state.peer.recording is not None and state.peer.recording.begun:
                return
        await asyncio.sleep(0.02)


@pytest.mark.slow
async def test_received_media_is_recorded_beside_the_capture_and_goes_with_it(tmp_path):
    async with called(tmp_path, one=SENT, other={"webrtc": WebRtc(record=True)}) as call:
        await until(lambda: {m.codec for m in call.peer(call.other).media} == {"VP8", "opus"})
        await told_that_it_records(call)
        capture = call.desk.session(call.other).capture.stem
        await call.end()
        state = await call.desk.capture_state(capture)
        renamed = await call.desk.rename_capture(capture, "kept")
        trashed = await call.desk.delete_capture(renamed.id)
        gone = list((tmp_path / "captures").glob("*kept*"))
        await call.desk.restore_capture(trashed.id)
        path, file = await call.desk.recording(renamed.id, renamed.recordings[0].name)
    assert [each.name for each in state.recordings] == [f"{capture}.webm"]
    assert state.recordings[0].bytes == file.bytes > 1000
    assert file.media_type == "video/webm"
    assert gone == []
    assert path.read_bytes()[:4] == b"\x1a\x45\xdf\xa3"  # EBML, RFC 8794 section 8.1


@pytest.mark.slow
async def test_some_look_on_at_what_is_received_and_no_more_than_fit(tmp_path):
    async with called(tmp_path, one=SENT) as call:
        await until(lambda: call.peer(call.other).can_watch)
        viewers = [await call.desk.watch(call.other) for _ in range(MOST_VIEWERS)]
        with pytest.raises(UsageError, match="look on already"):
            await call.desk.watch(call.other)
        assert call.peer(call.other).watched_by == MOST_VIEWERS
        pieces = viewers[0].pieces()
        first = await anext(pieces)
        await pieces.aclose()
        await until(lambda: call.peer(call.other).watched_by == MOST_VIEWERS - 1)
        await call.desk.close_session(call.one)
        rest = [piece async for piece in viewers[1].pieces()]
        await until(lambda: call.peer(call.other).watched_by == 0)
    assert first[:4] == b"\x1a\x45\xdf\xa3"
    assert rest


@pytest.mark.slow
async def test_that_nothing_waits_in_a_channel_any_more_is_told(tmp_path):
    async with called(tmp_path) as call:
        channel = await call.open_channel(call.one)
        large = Outgoing(body="x" * 100_000, channel=channel.key)
        waiting = 0
        while not waiting:
            await call.desk.send(call.one, large, resolvers=resolvers)
            (told,) = call.peer(call.one).channels
            waiting = told.buffered
        told = call.desk.session(call.one).state().revision
        await until(lambda: call.desk.session(call.one).state().revision > told)
        await until(lambda: call.peer(call.one).channels[0].buffered == 0)


@pytest.mark.slow
async def test_places_are_of_all_connections_and_one_who_takes_nothing_gives_his_back(tmp_path):
    both = {"webrtc": WebRtc(audio="tone")}
    async with called(tmp_path, one=both, other=both) as call:
        for session in (call.one, call.other):
            await until(lambda of=session: call.peer(of).can_watch)
        viewers = [await call.desk.watch(call.other) for _ in range(MOST_VIEWERS)]
        with pytest.raises(UsageError, match="look on already"):
            await call.desk.watch(call.one)
        viewers[0].leave()
        await until(lambda: call.peer(call.other).watched_by == MOST_VIEWERS - 1)
        await call.desk.watch(call.one)
        assert call.peer(call.one).watched_by == 1


@pytest.mark.slow
async def test_a_stream_that_fails_ends_for_who_looks_on_and_not_the_connection(
    tmp_path, monkeypatch
):
    async with called(tmp_path, one=SENT) as call:
        await until(lambda: call.peer(call.other).can_watch)
        viewer = await call.desk.watch(call.other)
        told = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
        monkeypatch.setattr(Remux, "_is_due", lambda *_: 1 / 0)
        async for _ in viewer.pieces():
            pass
        await until(lambda: call.peer(call.other).watched_by == 0)
        asyncio.get_running_loop().set_exception_handler(None)
        state = call.desk.session(call.other).state()
    assert state.phase == "open"
    assert "ended" in state.notices[-1]
    assert len(told) == 1


async def test_of_a_connection_that_receives_nothing_there_is_nothing_to_be_seen(tmp_path):
    async with called(tmp_path) as call:
        with pytest.raises(UsageError, match="Nothing is received"):
            await call.desk.watch(call.one)


# Signaling over a server


async def test_a_call_over_a_websocket_shows_its_signaling_and_restarts_ice(tmp_path):
    async with bench(tmp_path) as at:
        url = at.base.replace("ws://", "webrtc+ws://") + "/webrtc/echo"
        opened = await at.desk.open_session(Endpoint(url=url), resolvers=resolvers)
        state = await at.reach(opened.id, "open", "failed")
        assert state.phase == "open", state.sentence
        await at.desk.send(opened.id, Outgoing(body="hello"), resolvers=resolvers)
        await until(lambda: at.desk.session(opened.id).tally.received >= 1)
        assert state.peer.can_restart
        await at.desk.restart_ice(opened.id)
        await until(lambda: len(descriptions(at, opened, "offer")) == 2)
        await at.desk.close_session(opened.id)
        await at.over(opened.id)
        peer = await at.desk.peer(opened.capture, state.connection)
        openings = await at.desk.openings(opened.capture)
    assert [each.transport for each in openings] == ["websocket", "webrtc"]
    offers = [each for each in peer.descriptions if each.kind == "offer"]
    assert len({ufrag(each.sdp) for each in offers if each.side == "local"}) == 2
    assert state.url == url


def descriptions(at, state, kind):
    """List the descriptions that a capture has so far."""
    with open_capture(at.folder / f"{state.capture}.wirescope") as opened:
        told = opened.events(filter="type == signaling.description")
        return [each for each in told if each.kind == kind and each.side == "local"]


def ufrag(sdp):
    return next(line for line in sdp.splitlines() if line.startswith("a=ice-ufrag:"))


@pytest.mark.slow
async def test_a_picture_is_watched_over_whep_with_its_exchanges_and_statistics(tmp_path):
    async with bench(tmp_path) as at:
        url = at.base.replace("ws://", "whep+http://") + "/whep/picture"
        opened = await at.desk.open_session(Endpoint(url=url), resolvers=resolvers)
        state = await at.reach(opened.id, "open", "failed")
        assert state.phase == "open", state.sentence
        viewer = await at.desk.watch(opened.id)
        async for piece in viewer.pieces():
            assert piece
            break
        await until(lambda: any(m.codec for m in at.state(opened.id).peer.media))
        await at.saved(opened.id)
        peer = await at.desk.peer(opened.capture, state.connection)
        statistics = await at.desk.statistics(opened.capture, state.connection)
        await at.desk.close_session(opened.id)
        over = await at.over(opened.id)
    assert [(each.method, each.status) for each in peer.exchanges][:1] == [("POST", 201)]
    assert {"video"} <= {each.kind for each in statistics.series}
    assert over.phase == "closed"
    assert over.peer.can_restart is False


async def test_a_server_that_refuses_is_a_state_with_advice(tmp_path):
    async with bench(tmp_path) as at:
        url = at.base.replace("ws://", "whep+http://") + "/nothing-here"
        opened = await at.desk.open_session(Endpoint(url=url), resolvers=resolvers)
        state = await at.reach(opened.id, "failed", "open")
    assert state.phase == "failed"
    assert "404" in state.sentence + state.advice
