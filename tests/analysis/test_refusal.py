"""What is advised when the opening handshake was answered with another status than 101."""

from tests.analysis.making import Story
from wirescope.analysis import explain
from wirescope.wire.websocket import usual_advice


def advice(status, *, request="", response="", hint=""):
    story = Story().handshake(status=status, request=request, response=response)
    return explain(story.failed("upgrade", "status", hint=hint, status=status)).advice


def test_a_hint_goes_before_what_a_status_usually_means():
    assert advice(404, hint="Ask Bob.") == "Ask Bob."
    assert advice(404) == usual_advice(404)


def test_what_the_server_itself_says_goes_before_a_hint():
    assert "30" in advice(429, response="Retry-After: 30\r\n", hint="Ask Bob.")
