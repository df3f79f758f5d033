"""The links that have names are complete, and can be split for a server in the middle."""

import pytest

from wirescope.errors import UsageError
from wirescope.link import PROFILES, profile, split

NAMED = [
    *("fibre", "cable", "dsl", "4g", "4g-edge-of-cell", "5g", "wifi", "lossy-wifi", "train"),
    *("satellite-geo", "satellite-leo", "transatlantic", "bad-hotel", "lan", "loss-1", "loss-5"),
    *("narrow-1mbit", "narrow-lossy", "bufferbloat", "outage"),
]


@pytest.mark.parametrize("name", NAMED)
def test_the_links_that_are_promised_are_there(name):
    assert profile(name).name == name


@pytest.mark.parametrize("name", sorted(PROFILES))
def test_a_profile_says_what_it_is_and_where_its_numbers_come_from(name):
    link = PROFILES[name]
    assert link.name == name
    assert link.title
    assert link.sources or name == "none"
    assert all(each.endswith(".") for each in link.sources)


@pytest.mark.parametrize("name", sorted(PROFILES))
def test_a_profile_can_be_split(name):
    for parts in (1, 2, 3, 4):
        assert len(split(PROFILES[name], parts)) == parts


def test_a_name_that_is_not_there_is_refused_with_one_that_is():
    with pytest.raises(UsageError, match="Is 'train' meant"):
        profile("trian")
    with pytest.raises(UsageError, match="There are lan, fibre"):
        profile("zzzzzz")
