"""Credentials for a time are made and read as servers take them."""

import base64
import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirescope.wire.turn import (
    Credentials,
    TimedUsername,
    make_credentials,
    read_username,
    timed_password,
)


def test_the_password_is_the_names_hash_under_the_secret():
    credentials = make_credentials(b"north", expires_at_s=1433895918, user="alice")
    digest = hmac.new(b"north", b"1433895918:alice", hashlib.sha1).digest()
    password = base64.b64encode(digest).decode()
    assert credentials == Credentials("1433895918:alice", password)
    assert timed_password(b"north", "1433895918:alice") == password


def test_a_name_may_be_a_time_alone():
    assert make_credentials(b"s", expires_at_s=5).username == "5"
    assert read_username("5") == TimedUsername(5)


@pytest.mark.parametrize("username", ["", "alice", ":alice", "5a:b", "-5:b", "\u0665", "9" * 16])
def test_a_name_that_says_no_time_is_not_read(username):
    assert read_username(username) is None


@given(st.integers(0, 10**14), st.text(max_size=10))
def test_what_a_name_says_is_read_back(expires_at_s, user):
    username = make_credentials(b"s", expires_at_s=expires_at_s, user=user).username
    assert read_username(username) == TimedUsername(expires_at_s, user)
