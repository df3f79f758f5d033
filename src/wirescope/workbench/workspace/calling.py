"""From an endpoint to a WebRTC connection: the section `webrtc` as options of a call.

How the signaling's server is reached is said by the keys that a WebSocket has as well. Nothing
connects here.
"""

from pathlib import Path
from typing import Literal, NamedTuple, TypeVar

from wirescope.errors import UsageError
from wirescope.transports.webrtc import ChannelOptions, IceServer
from wirescope.transports.websocket import ConnectOptions, secrets_of
from wirescope.workbench.calling import Address, CallOptions, check_call
from wirescope.workbench.workspace.model import Channel, Endpoint
from wirescope.workbench.workspace.values import Values

Made = TypeVar("Made", bound=str)

_TONE: Literal["tone"] = "tone"
_BARS: Literal["bars"] = "bars"


class PreparedCall(NamedTuple):
    """All that a WebRTC connection needs.

    Attributes:
        address: where.
        options: how.
        secrets: texts that a capture has to blot out.
        record: whether received media is recorded.
    """

    address: Address
    options: CallOptions
    secrets: tuple[str, ...]
    record: bool


def prepared_call(
    endpoint: Endpoint,
    address: Address,
    values: Values,
    signaling: ConnectOptions,
    own_ice_servers: tuple[IceServer, ...],
) -> PreparedCall:
    """Replace the variables of the section and check what comes of it.

    Args:
        endpoint: the endpoint.
        address: where its URL leads.
        values: reads its texts.
        signaling: how the signaling's server is reached.
        own_ice_servers: those of the workbench, which the endpoint may ask for.

    Raises:
        UsageError: a value cannot be used, or they do not fit together.
    """
    asked = endpoint.webrtc
    own = own_ice_servers if asked.own_ice_server else ()
    if asked.own_ice_server and not own:
        raise UsageError(
            "There is no STUN and TURN server of the workbench's own here.",
            hint="`wirescope up` has one, or says on stderr why not; elsewhere turn"
            " `webrtc.own_ice_server` off.",
        )
    options = CallOptions(
        ice_servers=tuple(
            IceServer(
                values.text(f"webrtc.ice_servers[{number}].url", server.url),
                values.text(f"webrtc.ice_servers[{number}].username", server.username),
                values.text(f"webrtc.ice_servers[{number}].credential", server.credential),
            )
            for number, server in enumerate(asked.ice_servers)
        )
        + own,
        relay_only=asked.relay_only,
        codecs=tuple(
            values.text(f"webrtc.codecs[{number}]", name)
            for number, name in enumerate(asked.codecs)
        ),
        channels=tuple(
            channel_options(channel, values, where=f"webrtc.channels[{number}]")
            for number, channel in enumerate(asked.channels)
        ),
        audio=_sent(values, "audio", asked.audio, _TONE),
        video=_sent(values, "video", asked.video, _BARS),
        signaling=signaling,
        adapter=values.text("webrtc.adapter", asked.adapter),
        open_timeout_s=endpoint.limits.open_timeout_s,
    )
    check_call(address, options)
    if address.way == "whip" and asked.record:
        raise UsageError(
            "WHIP publishes: nothing comes back that could be recorded.",
            hint="Turn `webrtc.record` off, or watch and record with whep+https:.",
        )
    credentials = (each.credential for each in own if each.credential)
    secrets = secrets_of(signaling.auth, *values.spelled_secrets(), *credentials)
    return PreparedCall(address, options, secrets, asked.record)


def _sent(values: Values, name: str, said: str, made: Made) -> Made | Path | None:
    """Read what is sent of a kind of media; a file lies below the workspace's folder."""
    where = f"webrtc.{name}"
    text = values.text(where, said)
    if text in ("none", ""):
        return None
    return made if text == made else values.path(where, text)


def channel_options(
    channel: Channel, values: Values | None = None, *, where: str = ""
) -> ChannelOptions:
    """Make the options of a data channel, its variables replaced where `values` can.

    Raises:
        UsageError: they do not fit together.
    """
    label, protocol = channel.label, channel.protocol
    if values is not None:
        label = values.text(f"{where}.label", label)
        protocol = values.text(f"{where}.protocol", protocol)
    return ChannelOptions(
        label=label,
        protocol=protocol,
        ordered=channel.ordered,
        max_retransmits=channel.max_retransmits,
        max_packet_life_time_ms=channel.max_packet_life_time_ms,
        id=channel.id,
    )
