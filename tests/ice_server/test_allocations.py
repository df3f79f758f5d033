"""Allocate and Refresh: what is granted, what is refused with which code, and when it is over."""

from typing import Any

import pytest

from tests.support.ice_rig import CLIENT, PEER, UDP_ONLY, Rig
from tests.support.turn_asking import code_of
from wirescope.ice_server import Allocated, Deallocated, Refused
from wirescope.ice_server.requests import MAX_NAMED, MAX_REASON
from wirescope.wire.stun import (
    IPV4,
    IPV6,
    AdditionalAddressFamily,
    AddressErrorCode,
    Attribute,
    DontFragment,
    ErrorCode,
    EvenPort,
    Lifetime,
    Method,
    RequestedAddressFamily,
    RequestedTransport,
    ReservationToken,
    UnknownAttributes,
    XorMappedAddress,
    XorRelayedAddress,
    build_stun,
)

BOTH: dict[str, Any] = {"hosts": ("192.0.2.1", "2001:db8::1")}


def test_a_relayed_address_is_given_with_its_lifetime() -> None:
    answer = Rig().client().allocate()
    assert answer.find(XorRelayedAddress) == XorRelayedAddress("192.0.2.1", 50_000)
    assert answer.find(Lifetime) == Lifetime(600)
    assert answer.find(XorMappedAddress) == XorMappedAddress(CLIENT, 5000)


@pytest.mark.parametrize(("asked", "granted"), [(0, 600), (60, 600), (1800, 1800), (9999, 3600)])
def test_a_lifetime_is_granted_between_the_default_and_the_longest(
    asked: int, granted: int
) -> None:
    assert Rig().client().allocate(Lifetime(asked)).find(Lifetime) == Lifetime(granted)


def test_a_request_that_comes_again_gets_the_same_answer() -> None:
    rig = Rig()
    client = rig.client()
    client.learn()
    data = build_stun(client.sign(client.request(Method.ALLOCATE, UDP_ONLY)))
    assert client.put(data) == client.put(data)
    assert len(rig.relays) == 1


def test_a_second_allocation_on_an_address_is_a_mismatch() -> None:
    client = Rig().client()
    client.relay()
    assert code_of(client.allocate()) == 437


def test_an_allocation_from_another_port_is_another_one() -> None:
    rig = Rig()
    assert rig.client(5000).relay().address != rig.client(5001).relay().address


def test_the_same_address_has_one_allocation_on_each_transport() -> None:
    rig = Rig()
    assert rig.client().relay().address != rig.stream().relay().address


WRONG = {
    "no transport": ((), 400),
    "TCP to peers": ((RequestedTransport(6),), 442),
    "a family that there is not": ((UDP_ONLY, RequestedAddressFamily(IPV6)), 440),
    "a family that is none": ((UDP_ONLY, RequestedAddressFamily(9)), 440),
    "a port kept for another": ((UDP_ONLY, EvenPort(True)), 508),
    "a port that was kept": ((UDP_ONLY, ReservationToken(bytes(8))), 508),
    "a kept port that is even": ((UDP_ONLY, ReservationToken(bytes(8)), EvenPort(False)), 400),
    "no fragments": ((UDP_ONLY, DontFragment()), 420),
    "something unknown": ((UDP_ONLY, Attribute(0x7FFF, b"")), 420),
    "a lifetime of two bytes": ((UDP_ONLY, Attribute(Lifetime.TYPE, b"12")), 400),
    "two families at once": (
        (UDP_ONLY, RequestedAddressFamily(IPV4), AdditionalAddressFamily(IPV6)),
        400,
    ),
    "IPv4 as the second": ((UDP_ONLY, AdditionalAddressFamily(IPV4)), 400),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_not_given_is_refused(name: str) -> None:
    values, code = WRONG[name]
    rig = Rig()
    answer = rig.client().do(Method.ALLOCATE, *values)
    error = answer.find(ErrorCode)
    assert error is not None
    assert error.code == code
    assert ": " in error.reason  # it says what was wrong
    assert rig.relays == []
    assert answer.has(UnknownAttributes) is (code == 420)


def test_of_many_unknown_attributes_a_few_are_named() -> None:
    rig = Rig()
    client = rig.client()
    client.learn()
    unknown = [Attribute(0x4000 + each % 60, b"") for each in range(100)]
    answer = client.ask(client.sign(client.request(Method.ALLOCATE, *unknown)))
    assert answer is not None
    assert answer.find(UnknownAttributes) == UnknownAttributes(tuple(range(0x4000, 0x403C)))
    refused = rig.events[-1]
    assert isinstance(refused, Refused)
    assert refused.reason.count("attribute 0x") == MAX_NAMED
    assert refused.reason.endswith(f" and {60 - MAX_NAMED} more not supported")
    error = answer.find(ErrorCode)
    assert error is not None
    assert error.reason.endswith(refused.reason)
    assert len(error.reason) <= MAX_REASON


def test_an_even_port_is_given() -> None:
    rig = Rig()
    rig.client(5000).relay()
    assert rig.client(5001).relay(EvenPort(False)).address[1] % 2 == 0


def test_an_ipv6_address_is_given_where_there_is_one() -> None:
    answer = Rig(**BOTH).client().allocate(RequestedAddressFamily(IPV6))
    assert answer.find(XorRelayedAddress) == XorRelayedAddress("2001:db8::1", 50_000)


def test_who_asks_for_both_families_gets_ipv4_and_is_told_why_not_ipv6() -> None:
    answer = Rig(**BOTH).client().allocate(AdditionalAddressFamily(IPV6))
    assert code_of(answer) == 0
    refused = answer.find(AddressErrorCode)
    assert refused is not None
    assert (refused.family, refused.code) == (IPV6, 440)


def test_an_ipv6_server_has_no_ipv4_address() -> None:
    rig = Rig(hosts=("2001:db8::1",))
    assert code_of(rig.client().allocate()) == 440
    assert code_of(rig.client(5001).allocate(RequestedAddressFamily(IPV6))) == 0


def test_a_user_has_so_many_allocations() -> None:
    rig = Rig(max_allocations_per_user=2, users={"ada": "pw", "bob": "pw"})
    first = rig.client(5000)
    first.relay()
    rig.client(5001).relay()
    assert code_of(rig.client(5002).allocate()) == 486
    assert code_of(rig.client(5003, user="bob").allocate()) == 0
    first.do(Method.REFRESH, Lifetime(0))
    assert code_of(rig.client(5002).allocate()) == 0


def test_all_users_together_have_so_many_allocations() -> None:
    rig = Rig(max_allocations=1)
    rig.client(5000).relay()
    assert code_of(rig.client(5001).allocate()) == 508


def test_no_address_is_given_when_no_port_is_left() -> None:
    rig = Rig(ports=1)
    rig.client(5000).relay()
    assert code_of(rig.client(5001).allocate()) == 508


def test_an_allocation_ends_when_it_is_not_refreshed() -> None:
    rig = Rig()
    relay = rig.client().relay()
    rig.pass_s(599)
    assert not relay.closed
    rig.pass_s(1)
    assert relay.closed
    assert rig.machine.counts.allocations == 0


def test_an_allocation_that_is_over_is_none_even_before_the_next_tick() -> None:
    rig = Rig()
    client = rig.client()
    client.relay()
    rig.machine.at(int((rig.now_s + 600) * 1e9), rig.wall_s + 600)
    assert code_of(client.do(Method.REFRESH)) in (437, 438)
    client.learn()
    assert code_of(client.do(Method.REFRESH)) == 437


def test_a_refresh_makes_it_last() -> None:
    rig = Rig()
    client = rig.client()
    relay = client.relay()
    rig.pass_s(500)
    assert client.do(Method.REFRESH, Lifetime(1000)).find(Lifetime) == Lifetime(1000)
    rig.pass_s(999)
    assert not relay.closed


def test_a_refresh_to_nothing_ends_it_and_frees_the_address() -> None:
    rig = Rig()
    client = rig.client()
    relay = client.relay()
    assert client.do(Method.REFRESH, Lifetime(0)).find(Lifetime) == Lifetime(0)
    assert relay.closed
    assert code_of(client.do(Method.REFRESH)) == 437
    assert code_of(client.allocate()) == 0


def test_a_refresh_of_the_other_family_is_a_mismatch() -> None:
    client = Rig().client()
    client.relay()
    assert code_of(client.do(Method.REFRESH, RequestedAddressFamily(IPV6))) == 443
    assert code_of(client.do(Method.REFRESH, RequestedAddressFamily(IPV4))) == 0


@pytest.mark.parametrize("method", [Method.REFRESH, Method.CREATE_PERMISSION, Method.CHANNEL_BIND])
def test_nothing_else_is_done_without_an_allocation(method: int) -> None:
    assert code_of(Rig().client().do(method)) == 437


@pytest.mark.parametrize("method", [Method.REFRESH, Method.CREATE_PERMISSION, Method.CHANNEL_BIND])
def test_nothing_is_done_for_another_user(method: int) -> None:
    rig = Rig(users={"ada": "pw", "bob": "pw"})
    rig.client().relay()
    assert code_of(rig.client(user="bob").do(method)) == 441


def test_a_connection_that_ends_takes_its_allocation_along() -> None:
    rig = Rig()
    stream = rig.stream()
    relay = stream.relay()
    rig.machine.on_gone(stream.flow)
    assert relay.closed


def test_the_servers_end_is_the_end_of_all() -> None:
    rig = Rig()
    relays = [rig.client(5000).relay(), rig.stream(5001).relay()]
    rig.machine.close()
    assert all(relay.closed for relay in relays)


def test_what_happened_is_told() -> None:
    rig = Rig()
    client = rig.client()
    client.relay()
    client.bind(0x4000)
    client.send_channel(0x4000, b"data")
    client.do(Method.REFRESH, Lifetime(0))
    where = (f"{CLIENT}:5000", "udp", "ada", "192.0.2.1:50000")
    ended = Deallocated(*where, "client", 1, 4, 0, 0)
    assert rig.events[1:] == [Allocated(*where, 600), ended]
    assert PEER in [peer for relay in rig.relays for _, peer in relay.got]


def test_a_method_that_there_is_not_is_not_answered() -> None:
    rig = Rig()
    client = rig.client()
    assert client.ask(client.request(Method.CONNECT)) is None
    assert rig.machine.counts.malformed == 1
