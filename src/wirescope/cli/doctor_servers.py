"""`wirescope doctor` for STUN and TURN servers: which options count, and what they mean."""

import sys
from collections.abc import Collection, Mapping
from typing import Any

import click

from wirescope.cli.plan import Given
from wirescope.errors import UsageError
from wirescope.transports.turn import (
    Timers,
    Trust,
    TurnOptions,
    parse_server_url,
)
from wirescope.transports.websocket import ResolveOverride
from wirescope.wire.turn import Credentials, split_credentials

_PATIENCE_S = 5.0

_TAKEN = {
    *("user", "insecure", "cacert", "server_name", "resolve", "ipv4", "ipv6", "open_timeout_s"),
    *("probe_peers", "idle_s", "max_time_s", "fail_on", "output", "form", "no_color"),
}
_ONLY_HERE = {"probe_peers"}
_OF_RELAYS = {"user", "probe_peers"}


def check_given(given: Collection[Given], *, scheme: str, is_server: bool) -> None:
    """Refuse options that say nothing about the kind of server that is examined.

    Args:
        given: the options of the command line.
        scheme: that of the server's address.
        is_server: whether it is that of a STUN or TURN server.

    Raises:
        UsageError: there is one.
    """
    for each in given:
        if is_server and each.name not in _TAKEN:
            raise UsageError(
                f"{each.flag} is about WebSocket servers, and this is a STUN or TURN server.",
                hint="Leave it out.",
            )
        if scheme in ("stun", "stuns") and each.name in _OF_RELAYS:
            raise UsageError(
                f"{each.flag} is about TURN servers; a STUN server is asked without credentials,"
                " and relays nothing.",
                hint="Leave it out, or write turn: instead of stun: where the server relays.",
            )
        if not is_server and each.name in _ONLY_HERE:
            raise UsageError(
                f"{each.flag} is about TURN servers, and this is none.",
                hint="Their addresses begin with turn: or turns:.",
            )


def server_options(url: str, values: Mapping[str, Any]) -> TurnOptions:
    """Understand the options.

    Raises:
        InvalidURLError: the address is none of such a server.
        UsageError: an option cannot be read.
    """
    goal, in_url = parse_server_url(url)
    overrides = [ResolveOverride.parse(text) for text in values["resolve"]]
    addresses = next(
        (each.addresses for each in overrides if each.applies_to(goal.host, goal.port)), ()
    )
    return TurnOptions(
        credentials=_credentials(values["user"]) or in_url,
        trust=Trust(
            ca=values["cacert"], server_name=values["server_name"], insecure=values["insecure"]
        ),
        timers=Timers(deadline_s=min(_PATIENCE_S, values["open_timeout_s"])),
        family=4 if values["ipv4"] else 6 if values["ipv6"] else None,
        addresses=addresses,
        open_timeout_s=values["open_timeout_s"],
    )


def _credentials(given: str | None) -> Credentials | None:
    """Read `-u`; a password that is missing is asked for on a terminal."""
    if given is None:
        return None
    if ":" not in given and sys.stdin.isatty():
        given += ":" + click.prompt(f"Password of {given}", hide_input=True, err=True)
    return split_credentials(given)
