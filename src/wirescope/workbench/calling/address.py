"""Addresses of a WebRTC connection: which signaling leads to the other side, and where it is.

`whep+https://HOST/PATH` watches and `whip+https://HOST/PATH` publishes, over HTTP; `webrtc+ws://`
and `webrtc+wss://` signal in JSON over a WebSocket; `webrtc:` alone makes a code to copy, and
`webrtc:1.LETTERS` answers the other side's. A description has keys in it, so `whep+http:` and
`whip+http:` are for this machine alone; `webrtc+ws:` goes wherever `ws:` does.
"""

import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Literal

from wirescope.errors import DescriptionError, InvalidURLError
from wirescope.transports.webrtc import Description
from wirescope.transports.webrtc.signaling import read_code
from wirescope.transports.websocket import WebSocketURL, parse_url

Way = Literal["whep", "whip", "messages", "code"]
"""How the signaling goes: WHEP, WHIP, messages of a WebSocket, or codes that people paste."""

SCHEMES = (
    *("whep+https", "whip+https", "whep+http", "whip+http"),
    *("webrtc+wss", "webrtc+ws", "webrtc"),
)

_SCHEME = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.\-]*):")
_EXAMPLES = (
    "Write it as whep+https://example.test/stream to watch, whip+https://example.test/stream to"
    " publish, webrtc+wss://example.test/signal for signaling over a WebSocket, or webrtc: alone to"
    " make a code."
)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a WebRTC connection leads.

    Attributes:
        way: how the signaling goes.
        url: the whole address, for the record; of a code only `webrtc:`, since it has keys in it.
        target: the signaling's own address, of http:, https:, ws: or wss:; empty for a code.
        secure: whether the signaling is encrypted on its way.
        user: the user name in the address; None without one.
        password: the password in it.
        offer: what the code says that was pasted; None where this end makes the offer.
    """

    way: Way
    url: str
    target: str = ""
    secure: bool = True
    user: str | None = None
    password: str = field(default="", repr=False)
    offer: Description | None = field(default=None, repr=False)

    @property
    def is_http(self) -> bool:
        """Whether the signaling goes over HTTP."""
        return self.way in ("whep", "whip")


def parse_address(text: str) -> Address:
    """Read the address of a WebRTC connection.

    Raises:
        InvalidURLError: it is none; the error says why, and how one is written.
    """
    text = text.strip()
    scheme = _scheme_of(text)
    if scheme not in SCHEMES:
        raise _wrong_scheme(text, scheme)
    if scheme == "webrtc":
        return _of_code(text)
    kind, _, carrier = scheme.partition("+")
    url = _carrier_url(text.partition("+")[2])
    target = f"{carrier}://{url.authority}{url.target}"
    if carrier == "http" and not _is_loopback(url.host):
        raise InvalidURLError(
            f"{kind}+http: sends the keys of the connection in plain text, to {url.host}.",
            hint=f"Use {kind}+https:; without TLS only this machine is taken, as in"
            f" {kind}+http://127.0.0.1:8080{url.target}.",
        )
    way: Way = "messages"
    if kind in ("whep", "whip"):
        way = "whep" if kind == "whep" else "whip"
    return Address(way, f"{kind}+{target}", target, url.secure, url.user, url.password)


def _scheme_of(text: str) -> str:
    match = _SCHEME.match(text)
    return match[1].lower() if match else ""


def _of_code(text: str) -> Address:
    rest = text[len("webrtc:") :]
    if rest.startswith("//"):
        raise InvalidURLError(
            "webrtc: is followed by a code, not by a host.",
            hint=f"For signaling over a WebSocket, write webrtc+wss:{rest}",
        )
    if not rest:
        return Address("code", "webrtc:")
    try:
        offer = read_code(text)
    except DescriptionError as error:
        raise InvalidURLError(error.message, hint=error.hint) from None
    if offer.kind != "offer":
        raise InvalidURLError(
            "This is the code of an answer, which belongs to the offer that it answers.",
            hint="Paste it where the offer was made; to begin anew, use webrtc: alone.",
        )
    return Address("code", "webrtc:", offer=offer)


def _carrier_url(text: str) -> WebSocketURL:
    try:
        return parse_url(text)
    except InvalidURLError as error:
        raise InvalidURLError(error.message, hint=_EXAMPLES) from None


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _wrong_scheme(text: str, scheme: str) -> InvalidURLError:
    kind, _, carrier = scheme.partition("+")
    rest = text.partition(":")[2]
    if kind in ("whep", "whip") and not carrier:
        return InvalidURLError(
            f"{kind}: does not say how the server is asked.",
            hint=f"Did you mean {kind}+https:{rest} ?",
        )
    if kind in ("whep", "whip"):
        return InvalidURLError(
            f"{kind.upper()} goes over HTTP, not over {carrier}:.",
            hint=f"Write {kind}+https:{rest}",
        )
    if kind == "webrtc" and carrier in ("http", "https"):
        return InvalidURLError(
            f"webrtc+{carrier}: does not say which protocol the server speaks.",
            hint=f"Write whep+{carrier}: to watch, or whip+{carrier}: to publish.",
        )
    what = f"begins with {scheme}:" if scheme else "has no scheme"
    return InvalidURLError(f"The address {what}, which leads to no WebRTC peer.", hint=_EXAMPLES)
