"""From the options of `wirescope connect` to a WebRTC connection; what makes no sense is refused.

What an option means for a WebSocket it means for the signaling, as far as that is one, or HTTP.
"""

from collections.abc import Collection, Mapping
from typing import Any

from wirescope.cli.plan import Given
from wirescope.errors import UsageError
from wirescope.transports.webrtc import ChannelOptions, IceServer
from wirescope.transports.websocket import ConnectOptions
from wirescope.workbench.calling import (
    Address,
    CallOptions,
    Way,
    check_call,
    has_channel,
    parse_address,
)

_NO_WEBSOCKET = "it is about a WebSocket's frames, and there is none here"
_NO_SERVER = "a code is handed over by people, so there is no server to ask"
_NO_MESSAGES = "only signaling over a WebSocket has messages"
_NO_CHANNEL = "there is no channel to send on; make one with --channel LABEL"
_NEVER = {
    "include": "WebRTC has no response to an upgrade",
    "fail": "WebRTC has no upgrade that is refused",
    "show_ping_pong": "WebRTC has no pings",
    "decode": "decoders read messages of WebSockets here; `wirescope show` and the page read these",
}
_FRAMES = (
    *("compression", "ping_interval_s", "ping_timeout_s", "ping_payload", "no_auto_pong"),
    *("max_message_size", "lenient", "close_timeout_s", "subprotocols"),
)
_SERVER = (
    *("headers", "user_agent", "origin", "cookies", "user", "digest", "oauth2_bearer", "location"),
    *("max_redirects", "insecure", "cacert", "cert", "key", "key_password", "server_name", "proxy"),
    *("noproxy", "resolve", "ipv4", "ipv6", "unix_socket", "retry", "retry_delay_s"),
)
_SENDING = (
    *("data", "data_binary", "text", "binary", "hex", "base64", "one_message", "max_messages"),
    "exit_on_eof",
)
_NEEDING_A_CHANNEL = ("data", "data_binary", "one_message", "exit_on_eof")
_BY_HTTP = {"digest": "WHIP and WHEP take basic and bearer credentials"}


def read_call(
    url: str,
    values: Mapping[str, Any],
    options: ConnectOptions,
    *,
    given: Collection[Given],
) -> tuple[Address, CallOptions]:
    """Understand the options of a WebRTC connection.

    Args:
        url: where it leads.
        values: the options, as click read them.
        options: how the signaling's server is reached.
        given: those that were given.

    Raises:
        MediaFileError: a file to send cannot be read.
        InvalidURLError: the address leads to no WebRTC peer.
        UsageError: an option makes no sense for this address, or cannot be read.
    """
    address = parse_address(url)
    check_given(address, values["channels"], given)
    chosen = CallOptions(
        ice_servers=tuple(IceServer.parse(text) for text in values["ice_servers"]),
        relay_only=values["relay_only"],
        codecs=values["codecs"],
        channels=tuple(ChannelOptions.parse(text) for text in values["channels"]),
        audio=values["audio"],
        video=values["video"],
        record=values["record"],
        signaling=options,
        max_redirects=values["max_redirects"]
        if any(each.name == "max_redirects" for each in given)
        else None,
        adapter=values["adapter"] or "json",
        adapter_parameters=(("to", values["peer"]),) if values["peer"] else (),
        open_timeout_s=values["open_timeout_s"],
    )
    check_call(address, chosen)
    if not has_channel(address, chosen):
        _refuse(address, given, dict.fromkeys(_NEEDING_A_CHANNEL, _NO_CHANNEL))
    return address, chosen


def check_given(address: Address, channels: Collection[str], given: Collection[Given]) -> None:
    """Refuse what makes no sense for an address, and say why."""
    reasons = dict(_NEVER)
    if address.way != "messages":
        reasons |= dict.fromkeys(_FRAMES, _NO_WEBSOCKET)
        reasons |= dict.fromkeys(
            ("adapter", "peer"), "only signaling over a WebSocket has messages"
        )
    if address.way == "code":
        reasons |= dict.fromkeys(_SERVER, _NO_SERVER)
    if address.is_http:
        reasons |= _BY_HTTP
        if not channels:
            reasons |= dict.fromkeys(_SENDING, _NO_CHANNEL)
    _refuse(address, given, reasons)


def _refuse(address: Address, given: Collection[Given], reasons: Mapping[str, str]) -> None:
    for each in given:
        if each.name in reasons:
            raise UsageError(
                f"{each.flag} makes no sense with {_what(address.way)}: {reasons[each.name]}.",
                hint="Leave it out.",
            )


def _what(way: Way) -> str:
    return {"whep": "WHEP", "whip": "WHIP", "messages": "WebRTC", "code": "a code"}[way]
