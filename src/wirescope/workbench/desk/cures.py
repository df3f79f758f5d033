"""What of an endpoint has to be changed for a finding's fix to take effect, where that is enough.

A cure is a change to the endpoint's fields, merged into them as RFC 7396 merges JSON, and the words
of the button that does it. Most findings have none: their cause is in the server or in the
application. Nothing here weakens a connection without the button saying so.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import msgspec

from wirescope.events import Finding

_SECONDS = re.compile(r"every ([\d.,]+) s at most")
_SILENCE = re.compile(r"after ([\d.,]+) s of silence")
_USUAL_INTERVAL_S = 20
_EXTENSIONS = "sec-websocket-extensions"
_LARGE_MESSAGE = 256 << 20


class Cure(msgspec.Struct, frozen=True):
    """A change to an endpoint.

    Attributes:
        change: fields of the endpoint, merged into those that it has.
        button: what the button says: its result.
    """

    change: dict[str, Any]
    button: str


class Circumstances(msgspec.Struct, frozen=True):
    """What is known of the connection that a finding is about.

    Attributes:
        url: where it leads.
        request: the head of the opening handshake's request; empty if there was none.
    """

    url: str = ""
    request: str = ""

    def header(self, name: str) -> str | None:
        """Return the value of the request's first header of this name; None without one."""
        for line in self.request.split("\r\n")[1:]:
            found, colon, value = line.partition(":")
            if colon and found.strip().lower() == name:
                return value.strip()
        return None


def cure_of(finding: Finding, circumstances: Circumstances) -> Cure | None:
    """Return what cures a finding; None where no option of the endpoint does."""
    make = _CURES.get(finding.code)
    return None if make is None else make(finding, circumstances)


_Maker = Callable[[Finding, Circumstances], Cure | None]


def _heartbeat(finding: Finding, _: Circumstances) -> Cure:
    asked, silence = _SECONDS.search(finding.fix), _SILENCE.search(finding.cause)
    if asked:
        most_s = _number(asked[1])
    elif silence:
        most_s = _number(silence[1]) / 2  # one that is lost on the way must not end the connection
    else:
        most_s = _USUAL_INTERVAL_S
    interval_s = max(1, min(_USUAL_INTERVAL_S, int(most_s)))
    change = {"heartbeat": {"interval_s": interval_s}}
    return Cure(change, f"Set the heartbeat to {interval_s} s")


def _number(text: str) -> float:
    return float(text.replace(",", ""))


def _rarer_pings(finding: Finding, _: Circumstances) -> Cure | None:
    if not finding.cause.startswith("This end"):
        return None
    change = {"heartbeat": {"interval_s": _USUAL_INTERVAL_S}}
    return Cure(change, f"Set the heartbeat to {_USUAL_INTERVAL_S} s")


def _origin(_: Finding, circumstances: Circumstances) -> Cure | None:
    sent = circumstances.header("origin")
    if sent is not None:
        return Cure({"origin": None}, "Connect without Origin")
    parts = urlsplit(circumstances.url)
    if not parts.netloc:
        return None
    scheme = "https" if parts.scheme == "wss" else "http"
    own = f"{scheme}://{parts.netloc.rpartition('@')[2]}"
    return Cure({"origin": own}, f"Connect with the Origin {own}")


def _compress(finding: Finding, _: Circumstances) -> Cure | None:
    if "did not offer" not in finding.cause:
        return None  # it is the server that does not want it
    return Cure({"compression": {"offer": True}}, "Connect with compression")


def _without_compression(_: Finding, __: Circumstances) -> Cure:
    return Cure({"compression": {"offer": False}}, "Connect without compression")


def _keep_window(finding: Finding, circumstances: Circumstances) -> Cure | None:
    which = "client" if finding.cause.startswith("client") else "server"
    if f"{which}_no_context_takeover" not in (circumstances.header(_EXTENSIONS) or ""):
        return None  # the server wanted it
    change = {"compression": {f"{which}_no_context_takeover": False}}
    return Cure(change, f"Connect without {which}_no_context_takeover")


def _no_subprotocol(_: Finding, __: Circumstances) -> Cure:
    return Cure({"subprotocols": []}, "Connect without a subprotocol")


def _larger_messages(_: Finding, __: Circumstances) -> Cure:
    change = {"limits": {"max_message_size": _LARGE_MESSAGE}}
    return Cure(change, f"Accept messages up to {_LARGE_MESSAGE >> 20} MiB")


def _go_on(_: Finding, __: Circumstances) -> Cure:
    return Cure({"strict": False}, "Record breaches and go on")


def _redirects(finding: Finding, _: Circumstances) -> Cure | None:
    if finding.severity == "info":
        return None  # it was followed
    return Cure({"network": {"redirects": 5}}, "Follow up to 5 redirects")


def _again(_: Finding, __: Circumstances) -> Cure:
    change = {"network": {"retry": {"attempts": 5, "delay_s": 1}}}
    return Cure(change, "Try again up to 5 times")


def _scheme(scheme: str) -> _Maker:
    def make(_finding: Finding, circumstances: Circumstances) -> Cure | None:
        _, colon, rest = circumstances.url.partition(":")
        if not colon or "[redacted]" in rest:
            return None  # the address that is known here is not the one that was used
        return Cure({"url": f"{scheme}:{rest}"}, f"Connect with {scheme}:")

    return make


def _slower_opening(finding: Finding, _: Circumstances) -> Cure:
    return Cure({"limits": {"open_timeout_s": 120}}, "Wait up to 120 s for the handshake")


_CURES: Mapping[str, _Maker] = {
    "NET102": _again,
    "NET107": _slower_opening,
    "TLS106": _scheme("ws"),
    "TLS107": _scheme("wss"),
    "WS103": _origin,
    "WS105": _redirects,
    "WS106": _again,
    "WS107": _again,
    "WS112": _no_subprotocol,
    "WS113": _no_subprotocol,
    "WS201": _heartbeat,
    "WS208": _go_on,
    "WS209": _larger_messages,
    "WS217": _again,
    "WS401": _heartbeat,
    "WS402": _heartbeat,
    "WS405": _rarer_pings,
    "WS501": _compress,
    "WS502": _without_compression,
    "WS503": _keep_window,
    "WS702": _scheme("wss"),
    "WS703": _scheme("wss"),
    "WS704": _without_compression,
}
