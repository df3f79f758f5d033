"""Whatever comes, in whatever order: nothing raises, nothing is amplified, nothing is left."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzz.fuzz_ice_server import DATAGRAMS, SEEDS, SENDERS, SIGNING, Fuzzed, check, joined
from fuzz.mutate import mutated


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_well_formed_does_no_harm(seed: bytes) -> None:
    check(seed)


ANYTHING = st.one_of(st.binary(max_size=200), st.sampled_from(DATAGRAMS))


@given(st.lists(st.tuples(st.integers(0, SENDERS - 1), ANYTHING), max_size=12))
def test_any_order_of_anything_does_no_harm(parts: list[tuple[int, bytes]]) -> None:
    check(joined(*parts))


def test_damaged_datagrams_do_no_harm() -> None:
    fuzzed, source = Fuzzed(), random.Random(6)
    for _ in range(10_000):
        fuzzed.put(source.randrange(SIGNING + 1), mutated(DATAGRAMS, source))


def test_the_seeds_go_deep() -> None:
    fuzzed = Fuzzed()
    for each in DATAGRAMS:
        fuzzed.put(0, each)
    counts = fuzzed.rig.machine.counts
    assert counts.succeeded >= 3
    assert counts.to_peers >= 2
    assert counts.bindings
