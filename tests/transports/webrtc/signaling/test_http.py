"""Requests that carry signaling, against servers on real ports."""

from tests.transports.webrtc.signaling.serving import told
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
