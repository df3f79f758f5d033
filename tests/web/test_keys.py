"""How long a key is good, and how many are."""

import pytest

from tests.support.fake_clock import FakeClock
from wirescope.web import keys
from wirescope.web.keys import Keys


def test_a_key_is_good_for_its_lifetime_and_no_longer():
    clock = FakeClock()
    ring = Keys(8642, lifetime_s=60, clock=clock)
    key = ring.new()
    clock.advance(s=59)
    assert ring.is_good(key)
    clock.advance(s=1)
    assert not ring.is_good(key)


def test_what_was_never_given_out_is_no_key():
    ring = Keys(8642, clock=FakeClock())
    ring.new()
    assert not ring.is_good("")
    assert not ring.is_good("guessed")


def test_one_key_too_many_takes_the_place_of_the_oldest():
    clock = FakeClock()
    ring = Keys(8642, clock=clock)
    given = []
    for _ in range(keys.MOST + 1):
        given.append(ring.new())
        clock.advance(s=1)
    assert not ring.is_good(given[0])
    assert all(ring.is_good(key) for key in given[1:])


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff", b'{"a": "b"}'])
def test_a_file_of_keys_that_cannot_be_read_is_written_anew(tmp_path, content):
    file = tmp_path / "page.json"
    file.write_bytes(content)
    key = Keys(8642, file).new()
    assert Keys(8642, file).is_good(key)


def test_a_key_that_cannot_be_written_is_good_and_leaves_nothing_half_written(tmp_path):
    file = tmp_path / "page.json"
    file.mkdir()
    ring = Keys(8642, file)
    assert ring.is_good(ring.new())
    assert [each.name for each in tmp_path.iterdir()] == ["page.json"]
