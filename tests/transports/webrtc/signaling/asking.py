"""Requests of WHIP and WHEP for tests."""

from wirescope.transports.webrtc.signaling import HttpRequest, HttpResponse

SDP = "application/sdp"
FRAGMENT = "application/trickle-ice-sdpfrag"


def request(
    method: str, path: str = "/whip/sink", body: str | bytes = "", **fields: str
) -> HttpRequest:
    """Make a request; underscores in the names of fields stand for hyphens."""
    headers = tuple((name.replace("_", "-"), value) for name, value in fields.items())
    return HttpRequest(method, path, headers, body.encode() if isinstance(body, str) else body)


def field(response: HttpResponse, name: str) -> str:
    """Give a field of an answer, empty without one."""
    return next((value for key, value in response.headers if key == name), "")
