"""Where an address leads, as far as it says so: this machine, a private network, the internet."""

from ipaddress import ip_address
from urllib.parse import urlsplit

_LOCAL_NAMES = (".local", ".internal", ".lan", ".home.arpa", ".test")


def scheme_and_host(url: str) -> tuple[str, str]:
    """Return both in lower case, the brackets of an IPv6 address taken off; empty for no address.

    >>> scheme_and_host("ws://[::1]:8765/echo")
    ('ws', '::1')
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return "", ""
    return parts.scheme, host


def is_this_machine(host: str) -> bool:
    """Whether it is the machine itself (RFC 6761 section 6.3 for the name), without a way between.

    >>> is_this_machine("localhost"), is_this_machine("127.0.0.2"), is_this_machine("10.0.0.5")
    (True, True, False)
    """
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def is_on_the_internet(host: str) -> bool:
    """Whether it is neither this machine nor in a private network, as far as that shows.

    >>> is_on_the_internet("example.com"), is_on_the_internet("build-server")
    (True, False)
    """
    if is_this_machine(host) or host.endswith(_LOCAL_NAMES):
        return False
    try:
        return ip_address(host).is_global
    except ValueError:
        return "." in host  # a name without a dot is known here only
