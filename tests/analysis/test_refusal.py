"""What is advised when the opening handshake was answered with another status than 101."""

import pytest

from tests.analysis.making import Story
from wirescope.analysis import explain
from wirescope.wire.websocket import usual_advice


def advice(status, *, request="", response="", hint="", body=None):
    story = Story().handshake(status=status, request=request, response=response)
    return explain(story.failed("upgrade", "status", hint=hint, status=status, body=body)).advice


def test_a_hint_goes_before_what_a_status_usually_means():
    assert advice(404, hint="Ask Bob.") == "Ask Bob."
    assert advice(404) == usual_advice(404)


def test_what_the_server_itself_says_goes_before_a_hint():
    assert "30" in advice(429, response="Retry-After: 30\r\n", hint="Ask Bob.")


@pytest.mark.parametrize("request_", ["", "Origin: https://a.test\r\n"])
def test_a_host_that_the_server_does_not_answer_to_is_not_blamed_on_the_origin(request_):
    body = b"This server does not answer to that Host.\n"
    told = advice(403, request=f"Host: api.test\r\n{request_}", body=body)
    assert "Host, here api.test" in told
    assert "Origin" not in told


@pytest.mark.parametrize(
    ("request_", "body", "words"),
    [
        ("", b"Origin not allowed", "give that of a page it allows"),
        ("Origin: https://a.test\r\n", b"Bad origin for this host", "here https://a.test"),
        ("Origin: https://a.test\r\n", b"", "The usual reason is the Origin"),
        ("", b"", "Usual reasons: a missing or expired token"),
        ("", b"ghosts only", "Usual reasons: a missing or expired token"),
    ],
)
def test_a_403_is_explained_by_what_its_body_is_about(request_, body, words):
    assert words in advice(403, request=request_, body=body)
