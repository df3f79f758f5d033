"""Which pairs of NATs connect directly: what is known of each pair, and what must hold of all."""

from itertools import product

import pytest

from wirescope.transports.turn import Behaviour, NatBehaviour, can_connect

EI, AD, APD = Behaviour
ALL = [NatBehaviour(mapping, filtering) for mapping, filtering in product(Behaviour, Behaviour)]
CONE, RESTRICTED, PORT_RESTRICTED = (NatBehaviour(EI, each) for each in Behaviour)
SYMMETRIC = NatBehaviour(APD, APD)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (CONE, CONE, True),
        (PORT_RESTRICTED, PORT_RESTRICTED, True),
        (CONE, SYMMETRIC, True),
        (RESTRICTED, SYMMETRIC, True),
        (PORT_RESTRICTED, SYMMETRIC, False),
        (SYMMETRIC, SYMMETRIC, False),
        (NatBehaviour(AD, AD), NatBehaviour(AD, AD), False),
        (NatBehaviour(AD, EI), NatBehaviour(AD, AD), True),
    ],
)
def test_the_known_pairs(one, other, expected):
    assert can_connect(one, other) is expected


@pytest.mark.parametrize(("one", "other"), list(product(ALL, ALL)))
def test_it_is_the_same_from_both_sides(one, other):
    assert can_connect(one, other) == can_connect(other, one)


@pytest.mark.parametrize(
    ("one", "other"), list(product([CONE, RESTRICTED, PORT_RESTRICTED], repeat=2))
)
def test_two_that_keep_their_mapping_connect_whatever_they_filter(one, other):
    assert can_connect(one, other)


@pytest.mark.parametrize("other", ALL)
@pytest.mark.parametrize("mapping", Behaviour)
def test_a_laxer_filter_never_makes_it_worse(mapping, other):
    results = [can_connect(NatBehaviour(mapping, filtering), other) for filtering in Behaviour]
    assert results == sorted(results, reverse=True)
