"""Where there can be no network of namespaces, it is said why and what to do."""

import errno

import pytest

from wirescope.transports.link.explaining import OTHERWISE, explain

REFUSALS = {
    "no rights": (errno.EPERM, "unshare", "may not make", "unprivileged_userns"),
    "no rights to be oneself": (errno.EPERM, "/proc/self/uid_map", "may not make", "--privileged"),
    "too many": (errno.ENOSPC, "unshare", "No further", "max_user_namespaces"),
    "no namespaces": (errno.EINVAL, "unshare", "no network namespaces", "CONFIG_NET_NS"),
    "no device": (errno.ENOENT, "/dev/net/tun", "no TUN device", "modprobe tun"),
    "no driver": (errno.ENODEV, "/dev/net/tun", "no TUN device", "--device /dev/net/tun"),
    "no permission": (errno.EACCES, "/dev/net/tun", "may not open", "chmod 0666 /dev/net/tun"),
    "no cables": (errno.EOPNOTSUPP, "eth0", "no virtual cables", "modprobe veth"),
    "read only": (errno.EROFS, "/proc/sys/net/ipv4/ip_forward", "forward", "/proc/sys"),
}


@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_refusal_says_what_to_do(refusal: str) -> None:
    number, name, happened, advice = REFUSALS[refusal]
    said = explain(OSError(number, "It failed", name))
    assert happened in said.message
    assert advice in said.hint
    assert OTHERWISE in said.hint


def test_what_nobody_thought_of_is_said_as_it_is() -> None:
    said = explain(OSError(errno.ENOMEM, "Cannot allocate memory"))
    assert "Cannot allocate memory" in said.message
