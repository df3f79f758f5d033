"""Requests that carry signaling, against servers on real ports."""

import ssl
from pathlib import Path

import pytest

from tests.support.authority import Authority
from tests.transports.webrtc.signaling.serving import told
from wirescope.errors import ConnectError, InvalidURLError
from wirescope.transports.webrtc.signaling import HttpOptions, HttpRequest, HttpResponse
from wirescope.transports.webrtc.signaling.http import Question, http_client


async def test_credentials_among_the_headers_stay_with_the_first_origin() -> None:
    asked: list[HttpRequest] = []

    def take(request: HttpRequest) -> HttpResponse:
        asked.append(request)
        return HttpResponse(404)

    headers = (("Authorization", "Basic YTpi"), ("cookie", "a=b"), ("X-Room", "blue"))
    async with told(take) as other:
        away = HttpResponse(307, (("Location", other.url),))
        async with (
            told(lambda request: take(request) and away) as first,
            http_client(HttpOptions(headers=headers), lambda _: None) as client,
        ):
            await client.ask(Question(method="DELETE", url=first.url))
    names = ("Authorization", "Cookie", "X-Room")
    assert [[each.get(name) for name in names] for each in asked] == [
        ["Basic YTpi", "a=b", "blue"],
        [None, None, "blue"],
    ]


async def test_the_token_stays_with_the_first_origin_and_those_that_it_names() -> None:
    asked: list[str | None] = []

    def take(request: HttpRequest) -> HttpResponse:
        asked.append(request.get("Authorization"))
        return HttpResponse(201)

    async with told(take) as other:
        away = HttpResponse(307, (("Location", other.url),))
        async with (
            told(lambda request: take(request) and away) as first,
            http_client(HttpOptions(), lambda _: None) as client,
        ):
            answer = await client.ask(Question(method="POST", url=first.url, token="t"))
            client.trust(answer.url, f"{other.url}/session")  # which only a redirect led to
            client.trust(first.url, f"{other.url}/session")  # which anybody may read on the way
            await client.ask(Question(method="DELETE", url=f"{other.url}/session", token="t"))
            await client.ask(Question(method="DELETE", url=f"{first.url}/session", token="t"))
    assert asked == ["Bearer t", None, None, "Bearer t", None]


async def test_a_session_elsewhere_that_the_first_origin_names_is_shown_the_token(
    tmp_path: Path,
) -> None:
    authority = Authority(tmp_path)
    asked: list[str | None] = []

    def take(request: HttpRequest) -> HttpResponse:
        asked.append(request.get("Authorization"))
        return HttpResponse(201)

    trusting = ssl.create_default_context(cafile=str(authority.ca_file))
    async with (
        told(take) as first,
        told(take, ssl=authority.server("127.0.0.1")) as other,
        http_client(HttpOptions(tls=trusting), lambda _: None) as client,
    ):
        await client.ask(Question(method="POST", url=first.url, token="t"))
        client.trust(first.url, other.url)
        await client.ask(Question(method="DELETE", url=other.url, token="t"))
    assert asked == ["Bearer t", "Bearer t"]


BROKEN = ("https://x:99999/", "http://[")


@pytest.mark.parametrize(
    "url",
    [
        *BROKEN,
        "https://x:port/",
        "http://[::1]x/",
        "http:///a",
        "ftp://a.test/",
        "",
        "http://a\x7f/",
    ],
)
async def test_an_address_that_is_none_is_said_to_be_so(url: str) -> None:
    async with http_client(HttpOptions(), lambda _: None) as client:
        with pytest.raises(InvalidURLError, match="no address of HTTP"):
            await client.ask(Question(method="DELETE", url=url))


@pytest.mark.parametrize("location", BROKEN)
async def test_a_redirect_to_an_address_that_is_none_is_not_followed(location: str) -> None:
    answer = HttpResponse(307, (("Location", location),))
    async with (
        told(lambda _: answer) as server,
        http_client(HttpOptions(), lambda _: None) as client,
    ):
        with pytest.raises(ConnectError, match="cannot be asked") as caught:
            await client.ask(Question(method="DELETE", url=server.url))
    assert caught.value.kind == "redirects"
