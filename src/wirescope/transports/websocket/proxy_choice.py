"""Which proxy a connection takes, as curl chooses it.

From what was asked for and from an environment that comes in as an argument: `HTTPS_PROXY`,
`HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`, in either case. Not here: going through it.
"""

from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from urllib.parse import urlsplit

from wirescope.transports.websocket.url import parse_url


def choose_proxy(
    url: str,
    *,
    asked: str | None,
    excluded: str | None = None,
    environment: Mapping[str, str],
    by_address: bool = True,
) -> str | None:
    """Return the proxy's URL; None goes directly.

    Args:
        url: where the connection leads.
        asked: the proxy that was asked for, empty for none; None leaves it to the environment.
        excluded: hosts that need no proxy, as in `NO_PROXY`; None leaves it to the environment.
        environment: variables by name.
        by_address: whether it leads to an address; to a Unix socket, the environment's proxy is not
            taken.

    Raises:
        InvalidURLError: the address cannot be read.
    """
    if asked is None and not by_address:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        parse_url(url)  # says what is wrong with it
        raise
    no_proxy = _variable(environment, "no_proxy") if excluded is None else excluded
    if host_matches((parts.hostname or "").lower(), no_proxy or ""):
        return None
    given = asked
    if given is None:
        specific = "https_proxy" if parts.scheme in ("wss", "https") else "http_proxy"
        given = _variable(environment, specific) or _variable(environment, "all_proxy")
    if not given:
        return None
    return given if "://" in given else f"http://{given}"


def _variable(environment: Mapping[str, str], name: str) -> str | None:
    # HTTP_PROXY in capitals can be set by a request's header under CGI (CVE-2016-5385).
    capitals = None if name == "http_proxy" else environment.get(name.upper())
    return environment.get(name, capitals)


def host_matches(host: str, patterns: str) -> bool:
    """Whether a host is in a `NO_PROXY` list.

    It has names, which stand for their subdomains too, addresses, networks, or `*` for all.

    >>> host_matches("api.example.com", "example.com,localhost")
    True
    >>> host_matches("badexample.com", ".example.com")
    False
    >>> host_matches("::1", "[::1]"), host_matches("10.1.2.3", "10.0.0.0/8")
    (True, True)
    """
    address = _as_network(host)
    for pattern in patterns.replace(" ", ",").lower().split(","):
        network = _as_network(pattern.strip("[]"))
        if address is not None and network is not None:
            if address.network_address in network:
                return True
            continue
        name = pattern.partition(":")[0].removeprefix("*").strip(".")
        if pattern == "*" or (name and (host == name or host.endswith(f".{name}"))):
            return True
    return False


def _as_network(text: str) -> IPv4Network | IPv6Network | None:
    """Read an address or a network (`10.0.0.0/8`); an address is a network of one."""
    try:
        return ip_network(text.partition("%")[0], strict=False)
    except ValueError:
        return None
