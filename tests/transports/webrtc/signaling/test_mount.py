"""WHIP and WHEP as a server has them: each request gets the answer of the specification."""

import asyncio
from collections.abc import Sequence

import pytest

from tests.support.fake_clock import FakeClock
from tests.transports.webrtc.signaling.asking import FRAGMENT, SDP, field, request
from wirescope.errors import ConnectError, DescriptionError, EngineError, SignalingError
from wirescope.transports.webrtc import Candidate, IceServer
from wirescope.transports.webrtc.signaling import (
    Exchange,
    Fragment,
    HttpRequest,
    HttpResponse,
    Mount,
    MountOptions,
)

ICE = "a=ice-ufrag:clnt\r\na=ice-pwd:clientclientclientclient\r\n"
HOST = "candidate:1 1 udp 2122260223 192.0.2.1 61764 typ host"
OFFER = (
    "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
    f"m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n{ICE}a=mid:0\r\n"
)
TRICKLE = f"m=audio 9 RTP/AVP 0\r\na=mid:0\r\n{ICE}a={HOST}\r\na=end-of-candidates\r\n"
RESTART = TRICKLE.replace("clnt", "new1")


class Scripted:
    """A session that does what a test says."""

    def __init__(self) -> None:
        self.is_over = False
        self.fails: Exception | None = None
        self.hangs = False
        self.offer = ""
        self.candidates: list[Candidate] = []
        self.restarts: list[Fragment] = []
        self.exchanges: list[Exchange] = []
        self.closed = 0

    async def _act(self) -> None:
        if self.hangs:
            await asyncio.Event().wait()
        if self.fails is not None:
            raise self.fails

    async def answer(self, offer: str) -> str:
        self.offer = offer
        await self._act()
        return "v=0\r\nanswer"

    async def add_candidates(self, candidates: Sequence[Candidate]) -> None:
        await self._act()
        self.candidates += candidates

    async def restart(self, fragment: Fragment) -> Fragment:
        await self._act()
        self.restarts.append(fragment)
        return Fragment("serv", "serverserverserverserver", (Candidate(HOST, "0"),), "0")

    def note(self, exchange: Exchange) -> None:
        self.exchanges.append(exchange)

    async def close(self) -> None:
        self.closed += 1
        self.is_over = True


class Served:
    """A mount, and the sessions that it has opened."""

    def __init__(self, kind: str = "whip", **options: object) -> None:
        self.opened: list[Scripted] = []
        self.prepare = lambda session: None
        self.mount = Mount(
            "/whip/sink",
            kind,  # type: ignore[arg-type]
            self._open,
            options=MountOptions(**options),  # type: ignore[arg-type]
            clock=FakeClock(),
        )

    async def _open(self, path: str) -> Scripted:
        assert path == "/whip/sink"
        session = Scripted()
        self.prepare(session)
        self.opened.append(session)
        return session

    async def ask(
        self, method: str, path: str = "/whip/sink", body: str | bytes = "", **fields: str
    ) -> HttpResponse:
        return await self.mount.handle(request(method, path, body, **fields))

    async def post(self, body: str | bytes = OFFER, **fields: str) -> HttpResponse:
        return await self.ask("POST", body=body, **{"Content_Type": SDP, **fields})

    async def patch(self, created: HttpResponse, body: str, **fields: str) -> HttpResponse:
        known = {"Content_Type": FRAGMENT, "If_Match": field(created, "ETag"), **fields}
        return await self.ask("PATCH", field(created, "Location"), body, **known)


async def test_an_offer_is_answered_with_a_new_resource() -> None:
    served = Served()
    response = await served.post()
    assert (response.status, response.body) == (201, b"v=0\r\nanswer")
    assert field(response, "Content-Type") == SDP
    assert field(response, "Location").startswith("/whip/sink/")
    assert len(field(response, "Location")) > len("/whip/sink/") + 20
    tag = field(response, "ETag")
    assert tag.startswith('"')
    assert tag.endswith('"')
    assert field(response, "Accept-Patch") == FRAGMENT
    assert served.opened[0].offer == OFFER
    assert served.mount.sessions == 1


async def test_two_sessions_have_neither_address_nor_tag_in_common() -> None:
    served = Served()
    one, two = await served.post(), await served.post()
    assert field(one, "Location") != field(two, "Location")
    assert field(one, "ETag") != field(two, "ETag")


async def test_clients_are_told_the_ice_servers() -> None:
    servers = (
        IceServer("stun:stun.example.test"),
        IceServer("turn:turn.example.test?transport=udp", 'u"1', "pass"),
    )
    response = await Served(ice_servers=servers).post()
    assert [value for name, value in response.headers if name == "Link"] == [
        '<stun:stun.example.test>; rel="ice-server"',
        '<turn:turn.example.test?transport=udp>; rel="ice-server"; username="u\\"1";'
        ' credential="pass"; credential-type="password"',
    ]


async def test_each_client_may_be_told_other_ice_servers() -> None:
    asked: list[HttpRequest] = []

    def make(request: HttpRequest) -> tuple[IceServer, ...]:
        asked.append(request)
        return (IceServer("turn:turn.example.test", f"u{len(asked)}", "pass"),)

    served = Served(ice_servers=make)
    answers = [await served.post(Host="one.test"), await served.ask("OPTIONS", Host="two.test")]
    assert ["u1" in field(answers[0], "Link"), "u2" in field(answers[1], "Link")] == [True, True]
    assert [each.get("Host") for each in asked] == ["one.test", "two.test"]


async def test_options_tell_the_ice_servers_to_clients_and_not_to_preflights() -> None:
    served = Served(ice_servers=(IceServer("stun:stun.example.test"),), tokens=("secret",))
    assert not field(await served.ask("OPTIONS"), "Link")
    told = await served.ask("OPTIONS", Authorization="Bearer secret")
    assert field(told, "Link") == '<stun:stun.example.test>; rel="ice-server"'
    ask = {"Authorization": "Bearer secret", "Access_Control_Request_Method": "POST"}
    assert not field(await served.ask("OPTIONS", **ask), "Link")


@pytest.mark.parametrize(
    ("body", "fields", "status"),
    [
        (OFFER, {"Content_Type": "application/json"}, 415),
        (OFFER, {"Content_Type": ""}, 415),
        (OFFER, {"Content_Encoding": "gzip"}, 415),
        (OFFER, {"Content_Type": "Application/SDP; charset=utf-8"}, 201),
        (OFFER, {"Accept": "application/json"}, 406),
        (OFFER, {"Accept": "application/sdp;q=0, */*"}, 406),
        (OFFER, {"Accept": "text/html, application/sdp;q=0.5"}, 201),
        (OFFER, {"Accept": "*/*"}, 201),
        ("", {}, 400),
        ("{}", {}, 400),
        ("<html>", {}, 400),
        (b"\xff\xfe", {}, 400),
        ("v=0\r\ns=-\r\n", {}, 400),
        (OFFER.replace("a=ice-ufrag:clnt", "a=ice-ufrag:c"), {}, 422),
        (OFFER + "a=recvonly\r\n", {}, 422),
        (OFFER + "x" * (256 << 10), {}, 413),
    ],
)
async def test_only_offers_make_sessions(
    body: str | bytes, fields: dict[str, str], status: int
) -> None:
    served = Served()
    response = await served.post(body, **fields)
    assert response.status == status
    assert served.mount.sessions == (status == 201)
    if status == 415:
        assert field(response, "Accept-Post") == SDP


async def test_a_player_s_offer_receives() -> None:
    served = Served("whep")
    assert (await served.post(OFFER + "a=sendonly\r\n")).status == 422
    assert (await served.post(OFFER + "a=recvonly\r\n")).status == 201


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "TRACE", "BREW"])
async def test_other_methods_of_the_endpoint_are_refused(method: str) -> None:
    response = await Served().ask(method)
    assert response.status == 405
    assert field(response, "Allow") == "OPTIONS, POST"


async def test_other_methods_of_a_session_are_refused() -> None:
    served = Served()
    created = await served.post()
    for method in ("GET", "HEAD", "POST", "PUT"):
        response = await served.ask(method, field(created, "Location"))
        assert (response.status, field(response, "Allow")) == (405, "DELETE, OPTIONS, PATCH")


@pytest.mark.parametrize(
    "path", ["/", "/whip", "/whip/sinks", "/other", "/whip/sink/unknown", "/whip/sink/../sink"]
)
async def test_what_is_not_there_is_not_found(path: str) -> None:
    served = Served()
    await served.post()
    assert (await served.ask("DELETE", path)).status == 404


async def test_candidates_are_handed_on() -> None:
    served = Served()
    response = await served.patch(await served.post(), TRICKLE)
    assert (response.status, response.body, field(response, "ETag")) == (204, b"", "")
    assert [each.text for each in served.opened[0].candidates] == [HOST, ""]


async def test_an_ice_restart_gives_new_credentials_and_a_new_tag() -> None:
    served = Served()
    created = await served.post()
    response = await served.patch(created, RESTART, If_Match="*")
    assert (response.status, field(response, "Content-Type")) == (200, FRAGMENT)
    assert b"a=ice-ufrag:serv\r\n" in response.body
    assert field(response, "ETag") not in ("", field(created, "ETag"))
    assert [each.ufrag for each in served.opened[0].restarts] == ["new1"]
    late = await served.patch(created, TRICKLE)
    assert late.status == 412
    again = await served.patch(created, RESTART, If_Match=field(response, "ETag"))
    assert again.status == 204


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        ('"other"', 412), ("", 412), ("other", 412), ('W/"weak"', 412), ("W/{tag}", 412),
        ("{tag}", 204), ('"other", {tag}', 204), ("*", 204), ('"*"', 204),
    ],
)  # fmt: skip
async def test_the_entity_tag_has_to_match(condition: str, status: int) -> None:
    served = Served()
    created = await served.post()
    condition = condition.replace("{tag}", field(created, "ETag"))
    assert (await served.patch(created, TRICKLE, If_Match=condition)).status == status


async def test_a_patch_without_an_entity_tag_is_refused() -> None:
    served = Served()
    path = field(await served.post(), "Location")
    assert (await served.ask("PATCH", path, TRICKLE, Content_Type=FRAGMENT)).status == 428


@pytest.mark.parametrize(
    ("body", "fields", "status"),
    [
        (TRICKLE, {"Content_Type": "application/json"}, 415),
        (TRICKLE, {"Content_Type": SDP}, 415),
        ("", {}, 400),
        ("[]", {}, 400),
        (TRICKLE.replace("clnt", "new1").replace("a=ice-pwd", "a=x"), {}, 400),
        (RESTART, {"Accept": "text/html"}, 406),
    ],
)
async def test_a_patch_that_cannot_be_used_leaves_the_session(
    body: str, fields: dict[str, str], status: int
) -> None:
    served = Served()
    created = await served.post()
    assert (await served.patch(created, body, **fields)).status == status
    assert not served.opened[0].is_over
    assert (await served.patch(created, TRICKLE)).status == 204


async def test_a_restart_that_fails_leaves_the_session_and_its_tag() -> None:
    served = Served()
    created = await served.post()
    served.opened[0].fails = SignalingError("No restarts here.", status=422)
    assert (await served.patch(created, RESTART, If_Match="*")).status == 422
    served.opened[0].fails = None
    assert (await served.patch(created, TRICKLE)).status == 204


async def test_deleting_ends_the_session_once() -> None:
    served = Served()
    path = field(await served.post(), "Location")
    assert (await served.ask("DELETE", path, If_Match='"any"')).status == 200
    assert (await served.ask("DELETE", path)).status == 404
    assert served.opened[0].closed == 1
    assert served.mount.sessions == 0


async def test_a_session_that_has_ended_by_itself_is_forgotten() -> None:
    served = Served(max_sessions=1)
    created = await served.post()
    served.opened[0].is_over = True
    assert (await served.patch(created, TRICKLE)).status == 404
    assert served.mount.sessions == 0
    assert (await served.post()).status == 201


async def test_a_session_that_has_ended_by_itself_can_be_deleted_once() -> None:
    served = Served(tokens=("secret",))
    right = {"Authorization": "Bearer secret"}
    path = field(await served.post(**right), "Location")
    served.opened[0].is_over = True
    assert (await served.ask("DELETE", path)).status == 401
    assert (await served.ask("PATCH", path, **right)).status == 404
    assert (await served.ask("DELETE", path, **right)).status == 200
    assert (await served.ask("DELETE", path, **right)).status == 404
    assert served.opened[0].closed == 0


async def test_there_is_room_for_so_many_sessions() -> None:
    served = Served(max_sessions=2)
    responses = await asyncio.gather(*(served.post() for _ in range(4)))
    assert sorted(each.status for each in responses) == [201, 201, 503, 503]
    assert {field(each, "Retry-After") for each in responses if each.status == 503} == {"2"}


@pytest.mark.parametrize(
    ("failure", "status"),
    [
        (DescriptionError("No codec in common."), 422),
        (SignalingError("Nobody publishes.", status=409), 409),
        (SignalingError("Nothing said."), 500),
        (ConnectError("No path.", phase="ice", kind="no-path"), 503),
        (EngineError("It is broken."), 500),
        (ValueError("a fault"), 500),
    ],
)
async def test_what_a_session_raises_becomes_an_answer_and_ends_it(
    failure: Exception, status: int
) -> None:
    served = Served()
    faults: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: faults.append(context))
    served.prepare = lambda session: setattr(session, "fails", failure)
    response = await served.post()
    assert response.status == status
    assert served.opened[0].closed == 1
    assert served.mount.sessions == 0
    assert bool(field(response, "Retry-After")) == (status == 409)
    assert b"a fault" not in response.body
    assert len(faults) == isinstance(failure, ValueError)


async def test_a_session_that_does_not_answer_is_given_up() -> None:
    served = Served(answer_timeout_s=0.01)
    served.prepare = lambda session: setattr(session, "hangs", True)
    assert (await served.post()).status == 503
    assert served.opened[0].closed == 1


async def test_a_request_that_is_given_up_leaves_no_session() -> None:
    served = Served()
    served.prepare = lambda session: setattr(session, "hangs", True)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await served.post()
    assert served.opened[0].closed == 1
    assert served.mount.sessions == 0


async def test_closing_ends_all_sessions_and_takes_no_more() -> None:
    served = Served()
    await served.post()
    await served.post()
    await served.mount.close()
    assert [each.closed for each in served.opened] == [1, 1]
    assert (await served.post()).status == 503


async def test_a_token_is_asked_for_each_time_but_not_for_options() -> None:
    served = Served(tokens=("secret", "other"))
    refused = await served.post()
    assert (refused.status, field(refused, "WWW-Authenticate")) == (401, "Bearer")
    wrong = await served.post(Authorization="Bearer wrong")
    assert field(wrong, "WWW-Authenticate") == 'Bearer error="invalid_token"'
    assert (await served.post(Authorization="Basic secret")).status == 401
    created = await served.post(Authorization="bearer other")
    assert created.status == 201
    assert (await served.patch(created, TRICKLE)).status == 401
    path = field(created, "Location")
    assert (await served.ask("DELETE", path)).status == 401
    assert (await served.ask("DELETE", "/whip/sink/guess")).status == 401
    assert (await served.ask("OPTIONS")).status == 200
    assert (await served.ask("DELETE", path, Authorization="Bearer secret")).status == 200


async def test_pages_of_other_origins_are_let_in_where_that_was_asked_for() -> None:
    ask = {"Origin": "https://player.example", "Access_Control_Request_Method": "POST"}
    closed = await Served().ask("OPTIONS", **ask)
    assert field(closed, "Accept-Post") == SDP
    assert not [name for name, _ in closed.headers if name.startswith("Access-Control")]
    served = Served(origins=("https://player.example",))
    preflight = await served.ask("OPTIONS", **ask)
    assert preflight.status == 200
    assert field(preflight, "Access-Control-Allow-Origin") == "https://player.example"
    assert field(preflight, "Access-Control-Allow-Methods") == "OPTIONS, POST"
    assert "If-Match" in field(preflight, "Access-Control-Allow-Headers")
    created = await served.post(Origin="https://player.example")
    exposed = field(created, "Access-Control-Expose-Headers").split(", ")
    assert {"ETag", "Link", "Location"} <= set(exposed)
    other = await served.post(Origin="https://evil.example")
    assert field(other, "Vary") == "Origin"
    assert not field(other, "Access-Control-Allow-Origin")


async def test_each_request_of_a_session_is_noted_before_it_ends() -> None:
    served = Served()
    created = await served.post()
    await served.patch(created, TRICKLE, Authorization="Bearer x")
    await served.patch(created, "nothing")
    await served.ask("DELETE", field(created, "Location"))
    noted = served.opened[0].exchanges
    assert [(each.method, each.status) for each in noted] == [
        ("POST", 201), ("PATCH", 204), ("PATCH", 400), ("DELETE", 200),
    ]  # fmt: skip
    assert noted[0].request == f"Content-Type: {SDP}\r\n"
    assert (noted[0].request_body, noted[0].response_body) == (OFFER, "v=0\r\nanswer")
    assert f"ETag: {field(created, 'ETag')}\r\n" in noted[0].response
    assert noted[1].url == field(created, "Location")


async def test_requests_of_one_session_take_turns() -> None:
    served = Served()
    created = await served.post()
    responses = await asyncio.gather(
        served.patch(created, RESTART, If_Match="*"),
        served.patch(created, TRICKLE),
        served.ask("DELETE", field(created, "Location")),
        served.patch(created, TRICKLE),
    )
    assert [each.status for each in responses] == [200, 412, 200, 404]
