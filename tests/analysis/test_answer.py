import pytest

from wirescope.analysis.answer import Answer, Refusal, read_answer

ASKED = {"upgrade": "websocket", "connection": "Upgrade", "sec-websocket-version": "13"}


def answer(status, body=b"", **answered):
    fields = {name.replace("_", "-"): value for name, value in answered.items()}
    return Answer(status, ASKED, fields, body, "/chat")


@pytest.mark.parametrize(
    ("status", "body", "about"),
    [
        (200, b"", Refusal.NOT_WEBSOCKET),
        (204, b"", Refusal.NOT_WEBSOCKET),
        (302, b"", Refusal.REDIRECT),
        (304, b"", Refusal.REDIRECT),
        (400, b"", Refusal.OTHER),
        (400, b"The plain HTTP request was sent to HTTPS port", Refusal.TLS_EXPECTED),
        (400, b"Client sent an HTTP request to an HTTPS server.", Refusal.TLS_EXPECTED),
        (400, b"You're speaking plain HTTP to an SSL-enabled server port.", Refusal.TLS_EXPECTED),
        (400, b"see https://example.test/help", Refusal.OTHER),
        (400, b"No required SSL certificate was sent", Refusal.CLIENT_CERTIFICATE),
        (400, b'Can "Upgrade" only to "WebSocket".', Refusal.UPGRADE_LOST),
        (401, b"", Refusal.CREDENTIALS),
        (403, b"", Refusal.FORBIDDEN),
        (404, b"", Refusal.NOT_FOUND),
        (405, b"", Refusal.NOT_FOUND),
        (407, b"", Refusal.CREDENTIALS),
        (410, b"", Refusal.NOT_FOUND),
        (418, b"", Refusal.OTHER),
        (426, b"", Refusal.UPGRADE_LOST),
        (429, b"", Refusal.TOO_MANY),
        (500, b"", Refusal.OTHER),
        (502, b"", Refusal.UNAVAILABLE),
        (503, b"", Refusal.UNAVAILABLE),
        (504, b"", Refusal.UNAVAILABLE),
        (521, b"", Refusal.UNAVAILABLE),
    ],
)
def test_a_status_and_a_body_say_what_a_refusal_is_about(status, body, about):
    assert answer(status, body).refusal is about


@pytest.mark.parametrize(("spoken", "about"), [("8, 7", True), ("13", False), ("13, 8", False)])
def test_a_version_that_is_not_spoken_is_told_from_an_upgrade_that_was_lost(spoken, about):
    given = answer(426, sec_websocket_version=spoken)
    assert given.refusal is (Refusal.VERSION if about else Refusal.UPGRADE_LOST)


@pytest.mark.parametrize(
    ("fields", "gateway"),
    [
        ({"server": "nginx/1.22.1"}, "nginx/1.22.1"),
        ({"via": "1.1 edge"}, "Via 1.1 edge"),
        ({"server": "cloudflare", "cf-ray": "x"}, "Cloudflare"),
        ({}, ""),
    ],
)
def test_who_answered_is_named(fields, gateway):
    assert Answer(502, {}, fields).gateway == gateway


def test_a_body_is_shown_without_its_markup_and_not_at_length():
    page = b"<html><head><title>x</title><style>a{}</style></head>\n<h1>Bad</h1> gateway &amp; more"
    assert answer(502, page).said == "Bad gateway & more"
    assert answer(502, b"\xff\x00").said == ""
    assert len(answer(500, b"long " * 100).said) <= 162


def test_an_answer_is_read_from_the_two_heads():
    fields = "Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n\r\n"
    request = "GET /chat?x=1 HTTP/1.1\r\n" + fields
    response = "HTTP/1.1 404 X\r\nServer: a\r\n\r\n"
    read = read_answer(404, request=request, response=response, body=None)
    assert (read.target, read.gateway, read.upgrade_was_asked) == ("/chat?x=1", "a", True)
    assert not read_answer(0, request="", response="", body=None).upgrade_was_asked
