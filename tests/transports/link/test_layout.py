"""Each host of a row reaches every other one, and by the shortest way."""

import pytest

from wirescope.transports.link.layout import MOST_HOSTS, Host, lay_out

NAMES = ("a", "b", "c", "d", "e", "f", "g", "h")


def next_towards(hosts: tuple[Host, ...], at: int, target: int) -> int:
    """Say which host a packet comes to next, as the routes of the one at hand have it."""
    devices = hosts[at].devices
    exact = [device for device in devices if target in device.routes]
    link = (exact or [device for device in devices if None in device.routes])[0].link
    return link + 1 if link == at else link


@pytest.mark.parametrize("count", range(2, MOST_HOSTS + 1))
def test_every_host_is_on_the_way_to_every_other(count: int) -> None:
    hosts = lay_out(NAMES[:count], count - 1)
    for source in range(count):
        for target in set(range(count)) - {source}:
            steps, at = 0, source
            while at != target:
                at = next_towards(hosts, at, target)
                steps += 1
            assert steps == abs(target - source)


def test_addresses_and_names_are_each_of_one_host() -> None:
    hosts = lay_out(NAMES, len(NAMES) - 1)
    assert len({host.address for host in hosts}) == len({host.address_6 for host in hosts}) == 8
    assert [host.forwards for host in hosts] == [False, *[True] * 6, False]
