"""A client of WHIP and WHEP against a server of ours on a real port, and against odd ones."""

import asyncio
import ssl
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.support.authority import Authority
from tests.support.peers import Capture, until
from tests.support.raw_server import RawServer, Talk
from tests.transports.webrtc.signaling.asking import FRAGMENT, SDP
from tests.transports.webrtc.signaling.scenes import dialed, said_back, scene
from tests.transports.webrtc.signaling.serving import told
from wirescope.errors import (
    ConnectError,
    DescriptionError,
    InvalidURLError,
    SignalingError,
    UsageError,
)
from wirescope.events import (
    ConnectionClosed,
    ConnectionFailed,
    SignalingDescription,
    SignalingExchange,
)
from wirescope.transports.webrtc import (
    IceServer,
    PeerOptions,
    open_peer,
)
from wirescope.transports.webrtc.media import ColourBars
from wirescope.transports.webrtc.signaling import (
    HttpOptions,
    HttpRequest,
    HttpResponse,
    dial,
    dialing,
)
from wirescope.transports.webrtc.signaling.answers import Kind


@pytest.mark.each_loop
@pytest.mark.parametrize("kind", ["whip", "whep"])
async def test_a_session_is_made_used_and_deleted(kind: Kind) -> None:
    async with scene(kind) as at:
        async with dialed(at.capture, at.url, kind=kind) as (peer, session):
            await said_back(peer)
            await until(lambda: ("PATCH", 204) in at.exchanges(peer))
            assert session.url.startswith(f"{at.url}/")
            assert at.mount.sessions == 1
        assert at.mount.sessions == 0
        assert at.exchanges(peer) == [("POST", 201), ("PATCH", 204), ("DELETE", 200)]
        assert session.notes == []


async def test_each_exchange_is_written_down_on_both_sides() -> None:
    async with scene() as at, dialed(at.capture, at.url) as (peer, _):
        await said_back(peer)
        await until(lambda: len(at.capture.of(SignalingExchange)) >= 4)
    posts = [each for each in at.capture.of(SignalingExchange) if each.method == "POST"]
    other, one = sorted(posts, key=lambda each: each.connection == peer.id)
    assert one.url == at.url
    assert (one.method, one.status) == (other.method, other.status) == ("POST", 201)
    assert one.request_body == other.request_body
    assert one.request_body.startswith("v=0")
    assert one.response_body == other.response_body
    assert f"Content-Type: {SDP}\r\n" in one.request
    assert "ETag: " in one.response
    assert one.duration_ns > 0


@pytest.mark.parametrize(("kind", "direction"), [("whip", "sendonly"), ("whep", "recvonly")])
async def test_media_goes_one_way_in_the_codec_that_was_asked_for(
    kind: Kind, direction: str
) -> None:
    capture = Capture()
    async with (
        scene(kind) as at,
        open_peer(
            timeline=capture.timeline, sink=capture.sink, options=PeerOptions(codecs=("VP9",))
        ) as peer,
    ):
        if kind == "whip":
            peer.media.send_video(ColourBars())
        else:
            peer.media.receive("video")
        async with dial(peer, at.url, kind=kind):
            offer = capture.of(SignalingDescription)[0].sdp
    section = offer[offer.index("m=video") :]
    assert f"a={direction}\r\n" in section
    assert "VP9/90000" in section
    assert "VP8/90000" not in section


async def test_candidates_are_in_the_offer_where_that_is_wanted() -> None:
    async with scene() as at, dialed(at.capture, at.url, gather=True) as (peer, _):
        await said_back(peer)
        post = at.capture.of(SignalingExchange, peer.id)[0]
        assert "a=candidate:" in post.request_body
        assert [each for each in at.exchanges(peer) if each[0] == "PATCH"] == []


async def test_ice_is_restarted_over_the_session() -> None:
    async with scene() as at, dialed(at.capture, at.url) as (peer, session):
        await said_back(peer, "before")
        tag = session.tag
        await session.restart()
        assert session.tag not in ("", tag)
        await said_back(peer, "after")
        assert session.restarts == 1
        assert len(at.capture.of(SignalingDescription, peer.id)) == 4
        await session.restart()
        await said_back(peer, "again")


async def test_a_restart_that_is_refused_leaves_the_connection() -> None:
    async with scene() as at, dialed(at.capture, at.url) as (peer, session):
        await said_back(peer, "before")
        right, session.url = session.url, f"{at.url}/other"
        with pytest.raises(SignalingError) as caught:
            await session.restart()
        assert caught.value.status == 404
        await said_back(peer, "after")
        session.url = right
        await session.restart()
        await said_back(peer, "again")


async def test_a_lost_path_is_looked_for_until_it_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dialing, "_RESTART_PAUSE_S", 0.02)
    async with scene() as at, dialed(at.capture, at.url) as (peer, session):
        await said_back(peer, "before")
        handle, refusals = at.mount.handle, [503, 500]

        async def unwilling(request: HttpRequest) -> HttpResponse:
            if request.get("If-Match") == "*" and refusals:
                return HttpResponse(refusals.pop(), (), b"not now")
            return await handle(request)

        at.mount.handle = unwilling  # type: ignore[method-assign]
        with monkeypatch.context() as patch:
            patch.setattr(peer, "state", lambda _: "connected" if session.restarts else "failed")
            peer.on_path_lost()
            await until(lambda: session.restarts)
        assert len(session.notes) == 2
        assert all("ICE was not restarted" in note for note in session.notes)
        await said_back(peer, "after")


async def test_the_servers_that_the_answer_names_are_asked() -> None:
    server = IceServer("turn:127.0.0.1:9?transport=udp", "user", "pass")
    async with scene(ice_servers=(server,)) as at:
        async with dialed(at.capture, at.url) as (peer, session):
            assert session.ice_servers == (server,)
            await said_back(peer)
        own = PeerOptions(ice_servers=(IceServer("stun:127.0.0.1:9"),))
        async with dialed(at.capture, at.url, peer_options=own) as (_, session):
            assert session.ice_servers == ()


async def test_a_token_is_shown_with_each_request() -> None:
    async with scene(tokens=("secret",)) as at:
        options = HttpOptions(token="secret")
        async with dialed(at.capture, at.url, options=options) as (peer, _):
            await said_back(peer)
        assert ("DELETE", 200) in at.exchanges(peer)
        with pytest.raises(SignalingError) as caught:
            async with dialed(at.capture, at.url):
                pass
        assert caught.value.status == 401
        assert "token" in caught.value.hint


async def test_a_connection_whose_signaling_fails_says_why() -> None:
    capture = Capture()
    answer = HttpResponse(404, (("Content-Type", "text/plain"),), b"no stream of that name\n")
    async with told(lambda _: answer) as server:
        with pytest.raises(SignalingError):
            async with dialed(capture, server.url):
                pass
    (failed,) = capture.of(ConnectionFailed)
    assert (failed.phase, failed.kind, failed.status) == ("signaling", "status", 404)
    assert failed.message.endswith("refused with 404: no stream of that name.")
    assert failed.hint == "Check the path, and whether the stream has this name."
    assert failed.body == b"no stream of that name\n"


PAGE = HttpResponse(200, (("Content-Type", "text/html"),), b"<!doctype html><p>Player</p>")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (PAGE, ["answered with a page", "/whip or /whep"]),
        (HttpResponse(405), ["refused with 405", "player's page"]),
        (HttpResponse(403), ["refused with 403", "token does not allow"]),
        (HttpResponse(201), ["answered 201 without a session description"]),
        (HttpResponse(201, (), b'{"sdp": "v=0"}'), ["without a session description"]),
        (HttpResponse(502, (), b"<html>bad gateway</html>"), ["refused with 502.", "its log"]),
        (HttpResponse(500, (), b"a\x1b[31m\nb" + b"x" * 5000), ["refused with 500: a [31m b"]),
        (HttpResponse(415), ["no such endpoint"]),
        (HttpResponse(409), ["Nobody publishes"]),
        (HttpResponse(600), ["refused with 600"]),
    ],
)
async def test_what_refuses_is_named_with_what_to_do(
    answer: HttpResponse, words: list[str]
) -> None:
    async with told(lambda _: answer) as server:
        with pytest.raises(SignalingError) as caught:
            async with dialed(Capture(), server.url):
                pass
    assert all(word in str(caught.value) for word in words), str(caught.value)
    assert "\x1b" not in caught.value.message
    assert len(caught.value.body) <= 2000


async def test_a_password_in_an_address_is_sent_and_not_said() -> None:
    async with told(lambda _: HttpResponse(404)) as server:
        url = server.url.replace("http://", "http://ada:secret@")
        with pytest.raises(SignalingError) as caught:
            async with dialed(Capture(), url):
                pass
        assert (server.asked[0].get("Authorization") or "").startswith("Basic ")
    assert "secret" not in str(caught.value)
    for address in ("http://ada:secret@127.0.0.1:9/", "ftp://ada:secret@a.test"):
        with pytest.raises((ConnectError, InvalidURLError)) as lost:
            async with dialed(Capture(), address):
                pass
        assert "secret" not in str(lost.value)


async def test_redirects_that_keep_the_method_are_followed() -> None:
    async with scene(tokens=("secret",)) as at, AsyncExitStack() as stack:
        for status in (307, 308):
            away = HttpResponse(status, (("Location", at.url),))
            server = await stack.enter_async_context(told(lambda _, away=away: away))
            with pytest.raises(SignalingError) as caught:  # the token is for the first server only
                async with dialed(at.capture, server.url, options=HttpOptions(token="secret")):
                    pass
            assert caught.value.status == 401
    async with scene() as at, told(lambda _: away) as server:
        server.answer = lambda asked: (
            HttpResponse(307, (("Location", "/second"),))
            if asked.path == "/first"
            else HttpResponse(308, (("Location", at.url),))
        )
        async with dialed(at.capture, f"{server.url}/first") as (peer, session):
            await said_back(peer)
            assert session.url.startswith(f"{at.url}/")
        assert [each.path for each in server.asked] == ["/first", "/second"]
        assert at.exchanges(peer)[:3] == [("POST", 307), ("POST", 308), ("POST", 201)]


async def test_a_session_that_a_redirect_leads_to_is_not_shown_the_token() -> None:
    async with scene() as at:
        away = HttpResponse(307, (("Location", at.url),))
        async with told(lambda _: away) as first:
            options = HttpOptions(token="secret")
            async with dialed(at.capture, first.url, options=options) as (peer, session):
                await said_back(peer)
                await session.restart()
    sent = at.capture.of(SignalingExchange, peer.id)
    assert {each.method for each in sent} == {"POST", "PATCH", "DELETE"}
    assert [each.url for each in sent if "secret" in each.request] == [first.url]


@pytest.mark.parametrize(
    ("status", "location", "words"),
    [
        (302, "/other", "only sent on with 307 or 308"),
        (301, "/other", "only sent on with 307 or 308"),
        (307, "", "nowhere"),
        (307, "ftp://example.test/", "cannot be asked"),
        (307, "/again", "more than 2 redirects"),
    ],
)
async def test_other_redirects_are_not_followed(status: int, location: str, words: str) -> None:
    answer = HttpResponse(status, (("Location", location),))
    async with told(lambda _: answer) as server:
        with pytest.raises(ConnectError) as caught:
            async with dialed(Capture(), server.url, options=HttpOptions(max_redirects=2)):
                pass
    assert words in caught.value.message
    assert (caught.value.phase, caught.value.kind) == ("signaling", "redirects")


@pytest.mark.parametrize("status", [405, 412, 415, 422, 501, 500])
async def test_a_server_that_takes_no_later_candidates_is_lived_with(status: int) -> None:
    async with scene() as at:
        handle = at.mount.handle

        async def without_patch(request: HttpRequest) -> HttpResponse:
            return HttpResponse(status) if request.method == "PATCH" else await handle(request)

        at.mount.handle = without_patch  # type: ignore[method-assign]
        async with dialed(at.capture, at.url) as (peer, session):
            await said_back(peer)
            await until(lambda: session.notes)
            assert f"answered {status}" in session.notes[0]


async def test_an_answer_without_a_session_s_address_is_lived_with() -> None:
    async with scene() as at:
        handle = at.mount.handle

        async def without_location(request: HttpRequest) -> HttpResponse:
            made = await handle(request)
            kept = tuple(each for each in made.headers if each[0] != "Location")
            return HttpResponse(made.status, kept, made.body)

        at.mount.handle = without_location  # type: ignore[method-assign]
        async with dialed(at.capture, at.url) as (peer, session):
            await said_back(peer)
            assert "named no session" in session.notes[0]
            with pytest.raises(SignalingError):
                await session.restart()
        assert at.exchanges(peer) == [("POST", 201)]


@pytest.mark.parametrize("location", ["https://x:99999/", "http://[", "ftp://example.test/"])
async def test_a_session_at_an_address_that_is_none_is_lived_with(location: str) -> None:
    async with scene() as at:
        handle = at.mount.handle

        async def elsewhere(request: HttpRequest) -> HttpResponse:
            made = await handle(request)
            kept = tuple(each for each in made.headers if each[0] != "Location")
            return HttpResponse(made.status, (*kept, ("Location", location)), made.body)

        at.mount.handle = elsewhere  # type: ignore[method-assign]
        async with dialed(at.capture, at.url) as (peer, session):
            await said_back(peer)
            assert session.url == ""
            assert "is not used" in session.notes[0]


async def test_a_session_that_the_server_ends_is_not_deleted() -> None:
    async with scene() as at, dialed(at.capture, at.url) as (peer, _):
        await said_back(peer)
        await at.mount.close()
        await peer.wait_ended()
    assert ("DELETE", 404) not in at.exchanges(peer)
    assert at.capture.of(ConnectionClosed, peer.id)[0].initiator == "remote"


async def test_an_answer_that_the_engine_refuses_is_said_and_its_session_deleted() -> None:
    made = HttpResponse(201, (("Location", "/live/1"),), b"v=0\r\ngarbage")
    async with told(lambda asked: made if asked.method == "POST" else HttpResponse(200)) as server:
        with pytest.raises(Exception, match="The engine refused it"):
            async with dialed(Capture(), server.url):
                pass
        assert [(each.method, each.path) for each in server.asked][-1] == ("DELETE", "/live/1")


async def test_a_restart_s_answer_that_is_none_is_refused() -> None:
    async with scene() as at, dialed(at.capture, at.url) as (peer, session):
        await said_back(peer)
        handle = at.mount.handle

        async def odd(request: HttpRequest) -> HttpResponse:
            if request.get("If-Match") == "*":
                return HttpResponse(200, (("Content-Type", FRAGMENT),), b"hello")
            return await handle(request)

        at.mount.handle = odd  # type: ignore[method-assign]
        with pytest.raises(Exception, match="fragment"):
            await session.restart()
        await said_back(peer, "still")


# Ways that lead nowhere


@pytest.mark.parametrize("url", ["ws://127.0.0.1/", "https:///x", "whip", "file:///etc/passwd", ""])
async def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(InvalidURLError):
        async with dialed(Capture(), url):
            pass


async def failure(url: str, **options: object) -> ConnectError:
    capture = Capture()
    with pytest.raises(ConnectError) as caught:
        async with dialed(capture, url, options=HttpOptions(**options)):  # type: ignore[arg-type]
            pass
    (failed,) = capture.of(ConnectionFailed)
    assert (failed.phase, failed.kind) == ("signaling", caught.value.kind)
    assert caught.value.hint
    assert [each.status for each in capture.of(SignalingExchange)] == [0]
    return caught.value


async def test_a_closed_port_is_said() -> None:
    assert (await failure("http://127.0.0.1:9/")).kind == "refused"


async def test_an_unknown_name_is_said() -> None:
    assert (await failure("http://nowhere.invalid/")).kind == "resolve"


async def test_certificates_are_verified(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    async with scene(tls=authority.server("127.0.0.1")) as at:
        assert (await failure(at.url)).kind == "certificate-untrusted"
        trusting = ssl.create_default_context(cafile=str(authority.ca_file))
        async with dialed(at.capture, at.url, options=HttpOptions(tls=trusting)) as (peer, _):
            await said_back(peer)
    async with scene(tls=authority.server("other.test")) as at:
        assert (await failure(at.url, tls=trusting)).kind == "certificate-name"
        named = HttpOptions(tls=trusting, server_name="other.test")
        async with dialed(at.capture, at.url, options=named) as (peer, _):
            await said_back(peer)


async def test_plain_text_on_a_port_of_tls_is_said(tmp_path: Path) -> None:
    async with scene() as at:
        assert (await failure(at.url.replace("http:", "https:"))).kind == "tls"
    async with scene(tls=Authority(tmp_path).server("127.0.0.1")) as at:
        assert (await failure(at.url.replace("https:", "http:"))).kind == "not-http"


async def silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await reader.read()


async def endless(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 201 Created\r\nContent-Type: application/sdp\r\n\r\n")
    while True:
        writer.write(b"x" * 65536)
        await writer.drain()


async def garbage(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"\x16\x03\x01 no HTTP at all\r\n\r\n")
    await writer.drain()


async def half(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 201 Created\r\nContent-Length: 500\r\n\r\nv=0")
    await writer.drain()


@pytest.mark.parametrize(
    ("talk", "kind"), [(silent, "timeout"), (garbage, "not-http"), (half, "not-http")]
)
async def test_a_server_that_does_not_answer_rightly_is_given_up(talk: Talk, kind: str) -> None:
    async with RawServer(talk) as server:
        assert (await failure(f"http://127.0.0.1:{server.port}/", timeout_s=0.5)).kind == kind


async def test_an_answer_without_an_end_is_cut() -> None:
    async with RawServer(endless) as server:
        with pytest.raises(SignalingError, match="without a session description"):
            async with dialed(Capture(), f"http://127.0.0.1:{server.port}/"):
                pass


def test_a_token_that_http_cannot_carry_is_refused() -> None:
    for token in ("a b", "a\r\nX: y", "ä"):
        with pytest.raises(UsageError):
            HttpOptions(token=token)


async def test_a_connection_whose_answer_cannot_be_used_has_failed_for_that() -> None:
    made = HttpResponse(201, (("Location", "/live/1"),), b"v=0\r\ngarbage")
    capture = Capture()
    async with told(lambda asked: made if asked.method == "POST" else HttpResponse(200)) as server:
        with pytest.raises(DescriptionError):
            async with dialed(capture, server.url):
                pass
    (failed,) = capture.of(ConnectionFailed)
    assert (failed.phase, failed.kind) == ("signaling", "description")
