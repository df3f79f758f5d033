"""The ways of WebRTC connections in a terminal, from what the metrics have of them."""

from wirescope.cli.paths_text import lines_of
from wirescope.events import ConnectionOpening, IceError, IceServerAsked, IceServersSet
from wirescope.workbench import analyze


def test_what_a_server_said_more_than_once_is_counted() -> None:
    url = "turn:192.0.2.9?transport=udp"
    asked = [IceServerAsked(url, None)]
    told = analyze(
        [
            ConnectionOpening(1, 0, "c1", "webrtc:", "webrtc"),
            IceServersSet(2, 1, "c1", asked, "relay"),
            IceError(3, 2, "c1", url, 401, "Unauthorized.", "", 0),
            IceError(4, 3, "c1", url, 401, "Unauthorized.", "", 0),
        ]
    )
    lines = list(lines_of(told.metrics["paths"], width=100))
    assert f"  {url} over udp: 401 Unauthorized (2 times)" in lines
