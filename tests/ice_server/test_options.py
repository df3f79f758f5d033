"""What can be asked of the server, and what cannot."""

from typing import Any

import pytest

from wirescope.errors import UsageError
from wirescope.ice_server import IceServerOptions


def test_by_itself_it_is_on_loopback() -> None:
    assert IceServerOptions().hosts == ("127.0.0.1",)


def test_the_first_address_of_each_family_is_allocated_unless_others_are_named() -> None:
    hosts = ("192.0.2.1", "192.0.2.2", "2001:db8::1")
    assert IceServerOptions(hosts=hosts).relayed == {4: "192.0.2.1", 6: "2001:db8::1"}
    named = IceServerOptions(hosts=hosts, relay_hosts=("192.0.2.9",))
    assert named.relayed == {4: "192.0.2.9"}


WRONG: list[dict[str, Any]] = [
    {"hosts": ()},
    {"hosts": ("localhost",)},
    {"hosts": ("0.0.0.0",)},
    {"hosts": ("::",)},
    {"relay_hosts": ("127.0.0.1", "127.0.0.2")},
    {"second_hosts": ("::1",)},
    {"second_hosts": ("127.0.0.1",)},
    {"second_hosts": ("127.0.0.2",), "udp": False},
    {"port": 70_000},
    {"tls_port": -1},
    {"port": 3479, "second_hosts": ("127.0.0.2",)},
    {"hosts": ("fe80::1%eth0",)},
    {"relay_ports": range(0)},
    {"relay_ports": range(10)},
    {"realm": ""},
    {"realm": "a realm that is long"},
    {"realm": "tab\t"},
    {"users": {"": "pw"}},
    {"users": {"ada": ""}},
    {"secret": b""},
    {"allowed_peers": ("10.0.0.1/8",)},
    {"allowed_peers": ("home",)},
    {"default_lifetime_s": 0},
    {"default_lifetime_s": 7200},
    {"max_allocations": 0},
    {"max_connections": -1},
    {"answers_per_s": 0},
    {"nonce_lifetime_s": 100_000},
]


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_what_cannot_be_is_said_before_anything_is_opened(wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        IceServerOptions(**wrong)


def test_a_port_that_is_not_used_is_free_for_another_use() -> None:
    assert IceServerOptions(port=3479).port == 3479
    assert IceServerOptions(port=5349).port == 5349


def test_clients_over_tcp_and_over_tls_cannot_have_one_port() -> None:
    with pytest.raises(UsageError, match="ports are 5349"):
        IceServerOptions(port=5349).check_tls()
    IceServerOptions(port=5349, tcp=False).check_tls()  # over UDP it is another one
    IceServerOptions(port=0, tls_port=0).check_tls()


def test_secrets_are_not_shown() -> None:
    shown = repr(IceServerOptions(users={"ada": "hidden"}, secret=b"hidden"))
    assert "hidden" not in shown
