"""Credentials that hold for a time, as TURN servers take them (draft-uberti-behave-turn-rest-00).

Whoever gives out credentials shares a secret with the server. The user name says until when it
holds, and the password is its HMAC-SHA1 under the secret; so the server needs to know no users.
"""

import base64
import hmac
from urllib.parse import unquote

import msgspec


class Credentials(msgspec.Struct, frozen=True):
    """A user name and the password that belongs to it."""

    username: str
    password: str


class TimedUsername(msgspec.Struct, frozen=True):
    """What a user name of this kind says.

    Attributes:
        expires_at_s: until when it holds, in seconds of Unix time.
        user: whom it was given to; empty where it does not say.
    """

    expires_at_s: int
    user: str = ""


def make_credentials(secret: bytes, *, expires_at_s: int, user: str = "") -> Credentials:
    """Make credentials that hold for a time.

    Args:
        secret: what is shared with the server.
        expires_at_s: until when, in seconds of Unix time.
        user: whom they are for, for the server's log.
    """
    username = f"{expires_at_s}:{user}" if user else str(expires_at_s)
    return Credentials(username, timed_password(secret, username))


def timed_password(secret: bytes, username: str) -> str:
    """Make the password that belongs to a user name."""
    return base64.b64encode(hmac.digest(secret, username.encode(), "sha1")).decode()


def read_username(username: str) -> TimedUsername | None:
    """Read a user name; None of one that says no time.

    >>> read_username("1700000000:alice")
    TimedUsername(expires_at_s=1700000000, user='alice')
    >>> read_username("alice")
    """
    first, _, user = username.partition(":")
    # at most 15 digits: more is no time, and turning them into a number would take long
    if not (first.isascii() and first.isdigit() and len(first) <= 15):
        return None
    return TimedUsername(int(first), user)


def split_credentials(text: str, *, is_quoted: bool = False) -> Credentials:
    """Read `user:password`; a user name that says a time has a colon of its own.

    Args:
        text: what somebody wrote.
        is_quoted: it is a part of an address, where a colon may be `%3A` and an at sign `%40`.

    >>> split_credentials("1700000000:ada:secret").username
    '1700000000:ada'
    """
    first, _, rest = text.partition(":")
    if first.isdecimal() and ":" in rest:
        user, _, rest = rest.partition(":")
        first = f"{first}:{user}"
    if is_quoted:
        first, rest = unquote(first), unquote(rest)
    return Credentials(first, rest)
