"""Addresses of HTTP that users and servers give, split in one place.

What Python's own functions raise for some that are malformed is a plain ValueError; here it is an
`InvalidURLError`, which whoever has the address from a server turns into what is said of servers.
"""

import re
from urllib.parse import SplitResult, urljoin, urlsplit

import httpx

from wirescope.errors import InvalidURLError

Origin = tuple[str, str, int]


def shown(url: str) -> str:
    """Give an address without the user name and the password in it.

    >>> shown("https://ada:secret@example.test:8443/whip?room=1")
    'https://example.test:8443/whip?room=1'
    """
    scheme, separator, rest = url.partition("://")
    authority = re.match(r"[^/?#]*", rest)
    end = authority.end() if authority else 0
    return f"{scheme}{separator}{rest[:end].rpartition('@')[2]}{rest[end:]}"


def split_address(url: str) -> SplitResult:
    """Split an address that can be asked over HTTP.

    Raises:
        InvalidURLError: it is none of http or https, or malformed.
    """
    try:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError
        parts.port  # noqa: B018 it is looked at only now
        httpx.URL(url)
    except (httpx.InvalidURL, ValueError):
        raise InvalidURLError(
            f"{shown(url)} is no address of HTTP.",
            hint="It begins with https:// or http://, and a host follows.",
        ) from None
    return parts


def joined(base: str, location: str) -> str:
    """Give the address that a Location field of `base` names (RFC 9110 section 10.2.2).

    Raises:
        InvalidURLError: it cannot be asked over HTTP.
    """
    try:
        url = urljoin(base, location.strip())
    except ValueError:
        url = location
    split_address(url)
    return url


def origin_of(url: str) -> Origin:
    """Give the origin of an address (RFC 6454 section 4).

    Raises:
        InvalidURLError: it cannot be asked over HTTP.
    """
    parts = split_address(url)
    host = (parts.hostname or "").lower()
    return parts.scheme, host, parts.port or {"https": 443}.get(parts.scheme, 80)


def is_downgrade(url: str, to: str) -> bool:
    """Whether an address leads from TLS to plain text."""
    return split_address(url).scheme == "https" and split_address(to).scheme == "http"
