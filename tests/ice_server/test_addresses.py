"""Which addresses are relayed to, in all the forms that an address can be written in."""

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirescope.ice_server.addresses import PeerRules, canonical, special_kind

PUBLIC = ["9.9.9.9", "1.1.1.1", "172.15.0.1", "172.32.0.1", "100.63.0.1", "2606:4700::1111"]
SPECIAL = {
    "0.0.0.0": "unspecified",
    "0.1.2.3": "unspecified",
    "10.0.0.1": "private",
    "100.64.0.1": "shared",
    "127.0.0.1": "loopback",
    "127.255.255.254": "loopback",
    "169.254.169.254": "link-local",
    "172.16.0.1": "private",
    "172.31.255.255": "private",
    "192.0.0.8": "reserved",
    "192.0.2.9": "documentation",
    "192.168.1.1": "private",
    "198.18.0.1": "benchmarking",
    "203.0.113.9": "documentation",
    "224.0.0.251": "multicast",
    "240.0.0.1": "reserved",
    "255.255.255.255": "broadcast",
    "::": "unspecified",
    "::1": "loopback",
    "::2": "reserved",
    "64:ff9b:1::a00:1": "private",
    "100::1": "discard",
    "2001:2::1": "reserved",
    "2001:db8::1": "documentation",
    "3fff::1": "documentation",
    "4000::1": "reserved",
    "fc00::1": "unique local",
    "fd12:3456::1": "unique local",
    "fe80::1": "link-local",
    "fec0::1": "site-local",
    "ff02::1": "multicast",
}


@pytest.mark.parametrize("host", PUBLIC)
def test_a_public_address_is_relayed_to(host: str) -> None:
    assert PeerRules().refusal(host, 80) == ""


@pytest.mark.parametrize("host", SPECIAL)
def test_a_special_address_is_refused_by_its_kind(host: str) -> None:
    assert special_kind(ip_address(host)) == SPECIAL[host]
    assert PeerRules().refusal(host, 80) == f"{SPECIAL[host]} address"


def forms(address: IPv4Address) -> dict[str, IPv6Address]:
    """Write an IPv4 address in the forms that IPv6 has for it."""
    number = int(address)
    inverted = number ^ 0xFFFFFFFF
    return {
        "6to4": IPv6Address(0x2002 << 112 | number << 80 | 1),
        "NAT64": IPv6Address(int(IPv6Address("64:ff9b::")) | number),
        "Teredo": IPv6Address(0x20010000 << 96 | 0x09090909 << 64 | 0x8000 << 48 | inverted),
        "ISATAP": IPv6Address(int(IPv6Address("2606:4700::")) | 0x5EFE << 32 | number),
    }


@pytest.mark.parametrize("form", ["6to4", "NAT64", "Teredo", "ISATAP"])
@pytest.mark.parametrize("host", [host for host in SPECIAL if ":" not in host])
def test_a_special_address_within_an_address_is_found(host: str, form: str) -> None:
    wrapped = forms(IPv4Address(host))[form]
    assert canonical(wrapped) == IPv4Address(host)
    assert PeerRules().refusal(str(wrapped), 80) == f"{SPECIAL[host]} address"


@pytest.mark.parametrize("form", ["6to4", "NAT64", "Teredo", "ISATAP"])
def test_a_public_address_within_an_address_is_relayed_to(form: str) -> None:
    assert PeerRules().refusal(str(forms(IPv4Address("9.9.9.9"))[form]), 80) == ""


@pytest.mark.parametrize("prefix", ["::ffff:", "::"])
@pytest.mark.parametrize("host", ["9.9.9.9", "127.0.0.1", "10.0.0.1"])
def test_an_ipv4_address_written_as_ipv6_is_refused_whatever_it_is(host: str, prefix: str) -> None:
    rules = PeerRules(allowed=["0.0.0.0/0", "::/0"])
    assert rules.refusal(prefix + host, 80) == "IPv4-mapped address"


def test_a_network_that_is_allowed_is_relayed_to_and_its_neighbour_is_not() -> None:
    rules = PeerRules(allowed=["10.1.0.0/16", "fd00::/8"])
    assert rules.refusal("10.1.2.3", 80) == ""
    assert rules.refusal("fd00::1", 80) == ""
    assert rules.refusal("64:ff9b::a01:203", 80) == ""
    assert rules.refusal("10.2.0.1", 80) == "private address"
    assert rules.refusal("fc00::1", 80) == "unique local address"


def test_the_servers_own_address_is_refused_although_it_is_public() -> None:
    rules = PeerRules(own_hosts=["9.9.9.9"])
    assert rules.refusal("9.9.9.9", 22) == "the server's own address"
    assert rules.refusal("2002:909:909::1", 22) == "the server's own address"
    assert rules.refusal("9.9.9.8", 22) == ""


def test_where_clients_come_in_is_refused_even_on_a_network_that_is_allowed() -> None:
    rules = PeerRules(
        allowed=["127.0.0.0/8"], own_hosts=["127.0.0.1"], listening=[("127.0.0.1", 3478)]
    )
    assert rules.refusal("127.0.0.1", 3478) == "the server itself"
    assert rules.refusal("127.0.0.1", 4000) == ""


MACHINES = {"9.9.9.9", "2606:4700::1111", "2002:808:808::1"}


@pytest.mark.parametrize("host", [*sorted(MACHINES), "2002:909:909::1", "64:ff9b::909:909"])
def test_an_address_of_the_servers_machine_is_refused(host: str) -> None:
    rules = PeerRules(allowed=["10.0.0.0/8"], is_local=MACHINES.__contains__)
    assert rules.refusal(host, 22) == "an address of the server's machine"
    assert rules.refusal("9.9.9.8", 22) == ""


def test_an_address_of_the_servers_machine_is_relayed_to_where_it_is_allowed() -> None:
    rules = PeerRules(allowed=["9.9.9.9/32"], is_local=MACHINES.__contains__)
    assert rules.refusal("9.9.9.9", 22) == ""


def test_from_a_relayed_address_on_loopback_nothing_else_is_reached() -> None:
    rules = PeerRules(relay_hosts=["127.0.0.1", "2001:db8::1"])
    assert rules.refusal("9.9.9.9", 22) == "out of reach of a relayed address on loopback"
    assert rules.refusal("2606:4700::1111", 22) == ""
    allowing = PeerRules(allowed=["127.0.0.0/8"], relay_hosts=["127.0.0.1"])
    assert allowing.refusal("9.9.9.9", 22) == ""


@given(st.ip_addresses(v=4))
def test_all_forms_of_an_address_are_judged_alike(address: IPv4Address) -> None:
    rules = PeerRules()
    plain = rules.refusal(str(address), 80)
    assert {rules.refusal(str(each), 80) for each in forms(address).values()} == {plain}


@given(st.ip_addresses())
def test_any_address_is_judged(address: IPv4Address | IPv6Address) -> None:
    rules = PeerRules(own_hosts=["9.9.9.9"], listening=[("9.9.9.9", 3478)])
    if not rules.refusal(str(address), 80):
        assert canonical(address).is_global
