"""Words for what the system says where no server can be made to say it."""

import ssl

from wirescope.transports.websocket.explaining import Situation, explain_failure
from wirescope.transports.websocket.options import ConnectOptions
from wirescope.transports.websocket.url import parse_url

SITUATION = Situation("tls", parse_url("wss://example.test/"), ConnectOptions())


def test_a_server_without_http_1_1_is_told_from_other_failures_of_tls():
    # OpenSSL 3 gives some alerts no reason of their own, so the text is what tells
    error = ssl.SSLError(1, "[SSL] tlsv1 alert no application protocol (_ssl.c:1006)")
    error.reason = ""
    explained = explain_failure(error, SITUATION)
    assert "does not speak HTTP/1.1" in explained.message
    assert "HTTP/2" in explained.hint
    assert (explained.phase, explained.kind) == ("tls", "tls")
