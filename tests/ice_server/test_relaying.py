"""Permissions, channels, and the way of data between clients and peers."""

from dataclasses import fields
from typing import Any

import pytest

from tests.support.ice_rig import CLIENT, PEER, Rig, RigClient
from tests.support.turn_asking import code_of
from wirescope.ice_server import Refused
from wirescope.ice_server.allocations import MAX_CHANNELS, MAX_PERMISSIONS
from wirescope.wire.stun import (
    IPV6,
    Attribute,
    ChannelNumber,
    Data,
    DontFragment,
    MessageClass,
    Method,
    RequestedAddressFamily,
    XorPeerAddress,
    build_stun,
    make_message,
    parse_stun,
)

OTHER = ("9.9.9.9", 4001)
FORBIDDEN = [
    "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1",
    "0.0.0.0", "224.0.0.1", "255.255.255.255", "192.0.2.1", "::ffff:9.9.9.9", "::ffff:127.0.0.1",
    "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "::1", "fe80::1", "fd00::1", "ff02::1",
]  # fmt: skip


def indicated(data: bytes) -> tuple[bytes, tuple[str, int]]:
    message = parse_stun(data)
    assert (message.method, message.message_class) == (Method.DATA, MessageClass.INDICATION)
    peer, content = message.find(XorPeerAddress), message.find(Data)
    assert peer is not None
    assert content is not None
    return content.data, (peer.host, peer.port)


# Permissions


def test_nothing_goes_to_a_peer_without_a_permission() -> None:
    rig = Rig()
    client = rig.client()
    relay = client.relay()
    client.send(b"data")
    assert relay.got == []
    assert rig.machine.counts.unpermitted == 1


def test_nothing_comes_from_a_peer_without_a_permission() -> None:
    rig = Rig()
    client = rig.client()
    relay = client.relay()
    before = len(client.got())
    relay.hear(b"data", PEER)
    assert len(client.got()) == before
    assert rig.machine.counts.unpermitted == 1


def test_data_goes_both_ways_with_a_permission_for_any_port_of_the_peer() -> None:
    rig = Rig()
    client = rig.client()
    relay = client.relay()
    assert client.permit(PEER) == 0
    client.send(b"there", OTHER)
    assert relay.got == [(b"there", OTHER)]
    relay.hear(b"back", OTHER)
    assert indicated(client.got()[-1]) == (b"back", OTHER)


def test_a_permission_ends_after_five_minutes_unless_it_is_made_again() -> None:
    rig = Rig()
    client = rig.client()
    relay = client.relay()
    client.permit(PEER)
    rig.pass_s(200)
    client.permit(PEER)
    rig.pass_s(299)
    client.send(b"1")
    rig.pass_s(1)
    client.send(b"2")
    before = len(client.got())
    relay.hear(b"3", PEER)
    assert [data for data, _ in relay.got] == [b"1"]
    assert len(client.got()) == before


@pytest.mark.parametrize("host", FORBIDDEN)
@pytest.mark.parametrize("family", [4, 6])
def test_a_forbidden_peer_is_refused_in_every_way(host: str, family: int) -> None:
    rig = Rig(hosts=("192.0.2.1", "2001:db8::1"))
    client = rig.client()
    relay = client.relay(*([RequestedAddressFamily(IPV6)] if family == 6 else []))
    assert client.permit((host, 53)) == 403
    assert client.bind(0x4000, (host, 53)) == 403
    client.send(b"data", (host, 53))
    client.send_channel(0x4000, b"data")
    assert relay.got == []
    words = [each.reason for each in rig.events if isinstance(each, Refused) and each.code == 403]
    assert len(words) == 2
    assert all(words)


def test_who_is_refused_for_which_peer_is_told() -> None:
    rig = Rig()
    client = rig.client()
    client.relay()
    assert client.permit(PEER, ("10.0.0.1", 53)) == 403
    first, last = (each for each in rig.events if isinstance(each, Refused))
    assert (first.code, first.user, first.peer) == (401, "", "")
    assert last == Refused(
        *(f"{CLIENT}:5000", "udp", "ada", "CreatePermission", 403, "private address", "10.0.0.1")
    )


def test_no_service_of_the_servers_machine_is_a_peer() -> None:
    rig = Rig(users={"ada": "pw"})
    rig.local_hosts.add("9.9.9.9")
    client = rig.client()
    relay = client.relay()
    assert client.permit(PEER) == 403
    assert client.bind(0x4000, PEER) == 403
    client.send(b"data")
    assert relay.got == []
    assert client.permit(("9.9.9.8", 1)) == 0


def test_one_forbidden_peer_makes_no_permission_at_all() -> None:
    client = Rig().client()
    relay = client.relay()
    assert client.permit(PEER, ("10.0.0.1", 53)) == 403
    client.send(b"data")
    assert relay.got == []


def test_a_peer_of_the_other_family_is_a_mismatch() -> None:
    client = Rig().client()
    client.relay()
    assert client.permit(("2606:4700::1111", 53)) == 443
    assert client.bind(0x4000, ("2606:4700::1111", 53)) == 443


def test_a_private_peer_is_relayed_to_where_its_network_is_allowed() -> None:
    client = Rig(allowed_peers=("10.0.0.0/8",)).client()
    relay = client.relay()
    assert client.permit(("10.0.0.1", 53)) == 0
    client.send(b"data", ("10.0.0.1", 53))
    assert relay.got == [(b"data", ("10.0.0.1", 53))]


def test_the_server_itself_is_no_peer_even_on_a_network_that_is_allowed() -> None:
    client = Rig(allowed_peers=("192.0.2.0/24",)).client()
    relay = client.relay()
    assert client.permit(("192.0.2.1", 3478)) == 403
    assert client.permit(("192.0.2.1", 80)) == 0
    client.send(b"data", ("192.0.2.1", 3478))
    assert client.bind(0x4000, ("192.0.2.1", 3478)) == 403
    assert relay.got == []


def test_a_permission_holds_nothing_for_each_port_that_is_sent_to() -> None:
    client = Rig(allowed_peers=("192.0.2.0/24",)).client()
    relay = client.relay()
    client.permit(("192.0.2.1", 80))
    allocation = client.rig.door.flows[client.address].allocation
    assert allocation is not None
    (permission,) = allocation.permissions.values()
    for port in range(1, 3000):
        client.send(b"data", ("192.0.2.1", port))
    assert len(relay.got) == 2999
    for port in (3478, 3479):
        client.send(b"data", ("192.0.2.1", port))
    assert len(relay.got) == 2999
    assert permission.forbidden == {3478, 3479}
    assert len(fields(permission)) == 3


def test_an_empty_permission_is_malformed() -> None:
    client = Rig().client()
    client.relay()
    assert client.permit() == 400


def test_there_are_so_many_permissions() -> None:
    client = Rig().client()
    client.relay()
    for number in range(MAX_PERMISSIONS):
        assert client.permit((f"9.9.{number // 200}.{number % 200}", 1)) == 0
    assert client.permit(("9.8.8.8", 1)) == 508
    assert client.permit(("9.9.0.0", 1)) == 0


def test_there_is_room_for_all_permissions_of_a_request_or_none_is_made() -> None:
    client = Rig().client()
    relay = client.relay()
    for number in range(MAX_PERMISSIONS - 1):
        assert client.permit((f"9.9.{number // 200}.{number % 200}", 1)) == 0
    assert client.permit(("9.8.8.8", 1), ("9.8.8.9", 1)) == 508
    client.send(b"data", ("9.8.8.8", 1))
    assert relay.got == []
    assert client.permit(("9.8.8.8", 1), ("9.8.8.8", 2), ("9.9.0.0", 1)) == 0


# Channels


def test_data_goes_both_ways_through_a_channel() -> None:
    client = Rig().client()
    relay = client.relay()
    assert client.bind(0x4001) == 0
    client.send_channel(0x4001, b"there")
    relay.hear(b"back", PEER)
    assert relay.got == [(b"there", PEER)]
    assert client.got()[-1] == bytes.fromhex("40010004") + b"back"


def test_a_channel_of_the_older_specification_is_bound() -> None:
    client = Rig().client()
    relay = client.relay()
    assert client.bind(0x7FFE) == 0
    client.send_channel(0x4001, b"")
    client.put(bytes.fromhex("7ffe0002") + b"hi")
    assert relay.got == [(b"hi", PEER)]


def test_a_channel_makes_a_permission() -> None:
    client = Rig().client()
    relay = client.relay()
    client.bind(0x4001)
    client.send(b"data", OTHER)
    assert relay.got == [(b"data", OTHER)]


@pytest.mark.parametrize("number", [0, 0x3FFF, 0x8000, 0xFFFF])
def test_a_number_that_is_no_channels_is_malformed(number: int) -> None:
    client = Rig().client()
    client.relay()
    assert client.bind(number) == 400


def test_a_channel_stands_for_one_peer_and_a_peer_has_one_channel() -> None:
    client = Rig().client()
    client.relay()
    assert client.bind(0x4001, PEER) == 0
    assert client.bind(0x4001, OTHER) == 400
    assert client.bind(0x4002, PEER) == 400
    assert client.bind(0x4001, PEER) == 0
    assert client.bind(0x4002, OTHER) == 0


def test_a_channel_lasts_ten_minutes_unless_it_is_bound_again() -> None:
    rig = Rig(default_lifetime_s=3600)
    client = rig.client()
    relay = client.relay()
    client.bind(0x4001)
    rig.pass_s(599)
    client.send_channel(0x4001, b"1")
    rig.pass_s(1)
    client.send_channel(0x4001, b"2")
    assert [data for data, _ in relay.got] == [b"1"]
    client.learn()
    assert client.bind(0x4002, PEER) == 0


def test_data_comes_by_indication_once_a_channel_is_over() -> None:
    rig = Rig(default_lifetime_s=3600)
    client = rig.client()
    relay = client.relay()
    client.bind(0x4001)
    rig.pass_s(400)
    client.permit(PEER)
    rig.pass_s(200)
    relay.hear(b"back", PEER)
    assert indicated(client.got()[-1]) == (b"back", PEER)


def test_what_a_channel_needs_is_asked_for() -> None:
    client = Rig().client()
    client.relay()
    assert code_of(client.do(Method.CHANNEL_BIND, ChannelNumber(0x4000))) == 400
    assert code_of(client.do(Method.CHANNEL_BIND, XorPeerAddress(*PEER))) == 400


def test_there_are_so_many_channels() -> None:
    client = Rig().client()
    client.relay()
    for number in range(MAX_CHANNELS):
        assert client.bind(0x4000 + number, ("9.9.9.9", 1000 + number)) == 0
    assert client.bind(0x4FFF, ("9.9.9.9", 9)) == 508
    assert client.bind(0x4000, ("9.9.9.9", 1000)) == 0


def test_a_channel_that_there_is_no_room_for_makes_no_permission() -> None:
    client = Rig().client()
    relay = client.relay()
    for number in range(MAX_CHANNELS):
        assert client.bind(0x4000 + number, ("9.9.9.9", 1000 + number)) == 0
    assert client.bind(0x4FFF, ("9.8.8.8", 9)) == 508
    client.send(b"data", ("9.8.8.8", 9))
    assert relay.got == []


@pytest.mark.parametrize("data", ["4001", "40010005 61626364", "40020001 61", "4fff0000"])
def test_channel_data_that_is_of_no_use_is_dropped(data: str) -> None:
    rig = Rig()
    client = rig.client()
    relay = client.relay()
    client.bind(0x4001)
    client.put(bytes.fromhex(data))
    assert relay.got == []


def test_channel_data_of_a_client_without_an_allocation_is_dropped() -> None:
    rig = Rig()
    rig.client().send_channel(0x4000, b"data")
    rig.stream().put(bytes.fromhex("40000000"))
    assert rig.machine.counts.unpermitted == 2


def test_padding_after_channel_data_is_not_relayed() -> None:
    client = Rig().client()
    relay = client.relay()
    client.bind(0x4001)
    client.put(bytes.fromhex("40010001 61 000000"))
    assert relay.got == [(b"a", PEER)]


# Send


@pytest.mark.parametrize(
    "values",
    [
        (XorPeerAddress(*PEER),),
        (Data(b"data"),),
        (XorPeerAddress(*PEER), Data(b"data"), DontFragment()),
        (Attribute(XorPeerAddress.TYPE, b"1234"), Data(b"data")),
    ],
)
def test_a_send_indication_that_cannot_be_followed_is_dropped(values: tuple[Any, ...]) -> None:
    rig = Rig()
    client = rig.client()
    relay = client.relay()
    client.permit(PEER)
    client.put(build_stun(make_message(MessageClass.INDICATION, Method.SEND, bytes(12), *values)))
    assert relay.got == []
    assert rig.machine.counts.malformed == 1


# Streams


def test_data_goes_both_ways_over_a_stream() -> None:
    stream = Rig().stream()
    relay = stream.relay()
    stream.bind(0x4001)
    stream.send_channel(0x4001, b"there")
    relay.hear(b"back", PEER)
    assert relay.got == [(b"there", PEER)]
    assert stream.data == [bytes.fromhex("40010004") + b"back"]


# Clients of one server with each other


def pair(rig: Rig) -> tuple[RigClient, RigClient, Any, Any]:
    one, two = rig.client(5000), rig.client(5001)
    return one, two, one.relay(), two.relay()


def test_two_clients_of_a_server_reach_each_other_although_its_address_is_forbidden() -> None:
    rig = Rig()
    one, two, first, second = pair(rig)
    assert one.bind(0x4000, second.address) == 0
    assert two.bind(0x4000, first.address) == 0
    one.send_channel(0x4000, b"hello")
    assert two.got()[-1] == bytes.fromhex("40000005") + b"hello"
    two.send(b"back", first.address)
    assert one.got()[-1] == bytes.fromhex("40000004") + b"back"
    assert first.got == second.got == []  # no socket had to do with it


def test_the_other_client_has_to_permit_it() -> None:
    rig = Rig()
    one, two, _, second = pair(rig)
    one.bind(0x4000, second.address)
    before = len(two.got())
    one.send_channel(0x4000, b"hello")
    assert len(two.got()) == before
    assert rig.machine.counts.unpermitted == 1


def test_a_permission_for_another_client_reaches_nothing_else_on_that_host() -> None:
    rig = Rig()
    one, two, first, second = pair(rig)
    one.permit(second.address)
    two.permit(first.address)
    one.send(b"hello", ("192.0.2.1", 22))
    assert first.got == []
    before = len(one.got())
    first.hear(b"from another program on the server", ("192.0.2.1", 22))
    assert len(one.got()) == before
    assert rig.machine.counts.unpermitted == 2


@pytest.mark.parametrize("late_s", [0, 350])
def test_a_channel_to_a_client_that_is_gone_reaches_nobody(late_s: float) -> None:
    rig = Rig(default_lifetime_s=3600)
    one, two, first, second = pair(rig)
    one.bind(0x4000, second.address)
    two.do(Method.REFRESH, *[])
    rig.machine.on_gone(two.rig.door.flows[two.address])
    rig.pass_s(late_s)  # by now the permission is over, and the channel is not
    one.send_channel(0x4000, b"hello")
    one.send(b"hello", second.address)
    assert first.got == []
