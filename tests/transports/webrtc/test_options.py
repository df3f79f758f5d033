"""What is asked of a connection is checked before anything is on the network."""

import pytest

from wirescope.errors import UsageError
from wirescope.transports.webrtc import ChannelOptions, IceServer, PeerOptions


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("stun:stun.test", IceServer("stun:stun.test")),
        ("stun:[2001:db8::1]:3478", IceServer("stun:[2001:db8::1]:3478")),
        ("turn:ada:pw@turn.test:3478?transport=tcp",
         IceServer("turn:turn.test:3478?transport=tcp", "ada", "pw")),
        ("turns:1700000000:ada:p@w:x@turn.test", IceServer("turns:turn.test", "1700000000:ada",
                                                          "p@w:x")),
        ("turn:1700000000%3Aada:p%40w@turn.test", IceServer("turn:turn.test", "1700000000:ada",
                                                            "p@w")),
    ],
)  # fmt: skip
def test_an_ice_server_is_read_with_its_credentials(text: str, expected: IceServer) -> None:
    assert IceServer.parse(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("", "stun:", "http://stun.test", "stun:stun.test:0", "stun:stun.test:65536"),
        *("turn:turn.test", "turn:ada@turn.test", "turn:a:b@turn.test?transport=sctp", "stun:a b"),
    ],
)
def test_what_is_no_ice_server_is_said_with_an_example(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        IceServer.parse(text)
    assert "turn:user:password" in caught.value.hint


def test_a_servers_credential_is_not_shown() -> None:
    assert "hush" not in repr(IceServer.parse("turn:ada:hush@turn.test"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("chat", ChannelOptions(label="chat")),
        ("", ChannelOptions()),
        ("game,ordered=false,max-retransmits=0",
         ChannelOptions(label="game", ordered=False, max_retransmits=0)),
        ("a b, protocol=chat.v1 ,max-packet-life-time=500",
         ChannelOptions(label="a b", protocol="chat.v1", max_packet_life_time_ms=500)),
        ("agreed,id=40", ChannelOptions(label="agreed", id=40)),
        ("file,pace=1e6", ChannelOptions(label="file", pace_bytes_per_s=1_000_000)),
    ],
)  # fmt: skip
def test_a_channel_is_read(text: str, expected: ChannelOptions) -> None:
    assert ChannelOptions.parse(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("chat,loud", "chat,ordered=perhaps", "chat,max-retransmits=-1", "chat,id=65535"),
        *("chat,max-retransmits=x", "chat,max-retransmits=1,max-packet-life-time=1"),
        *("chat,max-retransmits=65536", "é" * 40_000, "chat,pace=0", "chat,pace=nan"),
    ],
)
def test_what_no_channel_can_be_is_said(text: str) -> None:
    with pytest.raises(UsageError):
        ChannelOptions.parse(text)


@pytest.mark.parametrize(
    "fields",
    [
        {"open_timeout_s": 0},
        {"close_timeout_s": -1},
        {"lost_timeout_s": float("nan")},
        {"statistics_interval_s": -1},
        {"transport_policy": "relay"},
        {"transport_policy": "relay", "ice_servers": (IceServer("stun:stun.test"),)},
        {"port_range": (5000, 4000)},
        {"port_range": (0, 4000)},
    ],
    ids=str,
)
def test_options_that_cannot_be_kept_are_refused(fields: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        PeerOptions(**fields)  # type: ignore[arg-type]
