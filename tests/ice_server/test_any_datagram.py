"""Whatever comes, in whatever order: nothing raises, nothing is amplified, nothing is left."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fuzz.fuzz_ice_server import DATAGRAMS, SEEDS, SENDERS, SIGNING, Fuzzed, check, joined
from fuzz.mutate import mutated
from tests.support.ice_rig import PEER, Rig, RigClient
from wirescope.ice_server.machine import MAX_ATTRIBUTES, MAX_STUN
from wirescope.wire.stun import Attribute, Method, Padding, build_stun


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_well_formed_does_no_harm(seed: bytes) -> None:
    check(seed)


ANYTHING = st.one_of(st.binary(max_size=200), st.sampled_from(DATAGRAMS))


@settings(deadline=None)
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


# What is not worth being read


def unsigned(client: RigClient, length: int, *, attributes: int = 0) -> bytes:
    """Write a Binding request of so many bytes, or with so many attributes."""
    if attributes:
        return build_stun(
            client.request(Method.BINDING).with_values(*[Attribute(0x8099, b"")] * attributes)
        )
    return build_stun(client.request(Method.BINDING, Padding(bytes(length - 24))))


def test_a_long_datagram_is_dropped() -> None:
    rig = Rig()
    client = rig.client()
    client.relay()
    assert len(client.put(unsigned(client, MAX_STUN))) == 1
    assert client.put(unsigned(client, MAX_STUN + 4)) == []
    assert rig.machine.counts.malformed == 1


def test_a_long_message_over_a_stream_is_dropped() -> None:
    rig = Rig()
    stream = rig.stream()
    assert len(stream.put(unsigned(stream, MAX_STUN))) == 1
    assert stream.put(unsigned(stream, MAX_STUN + 4)) == []
    assert rig.machine.counts.malformed == 1


@pytest.mark.parametrize("over", ["datagrams", "a stream"])
def test_long_data_is_relayed_of_clients_that_have_an_allocation(over: str) -> None:
    rig = Rig()
    client = rig.client() if over == "datagrams" else rig.stream()
    client.send(bytes(8000))
    assert rig.machine.counts.malformed == 1
    relay = client.relay()
    client.permit(PEER)
    client.send(bytes(8000))
    assert relay.got == [(bytes(8000), PEER)]


def test_a_message_of_many_attributes_is_dropped() -> None:
    rig = Rig()
    client = rig.client()
    assert len(client.put(unsigned(client, 0, attributes=MAX_ATTRIBUTES))) == 1
    assert client.put(unsigned(client, 0, attributes=MAX_ATTRIBUTES + 1)) == []
    assert rig.machine.counts.malformed == 1


def test_a_request_that_would_get_no_answer_is_not_read() -> None:
    rig = Rig(answers_per_s=1, answers_at_once=1)
    client = rig.client()
    whole = unsigned(client, 100)
    assert len(client.put(whole)) == 1
    client.put(whole[:-4])  # the end is missing, which nobody looks at
    assert rig.machine.counts.malformed == 0
    assert rig.machine.counts.over_budget == 1
