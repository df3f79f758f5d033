from types import SimpleNamespace

import pytest

from tests.decoders.samples import text
from tests.decoders.test_choosing import Made, reads
from wirescope.decoders import Registry, decoders_of_packages, standard_decoders
from wirescope.errors import UnknownDecoderError, UsageError


def test_the_highest_priority_comes_first():
    registry = Registry()
    for name, priority in (("low", 1), ("high", 9), ("also-low", 1)):
        decoder = Made(reads, name=name)
        decoder.priority = priority
        registry.register(decoder)
    assert [each.name for each in registry] == ["high", "also-low", "low"]
    assert [each.name for _, each in registry.ranked(text(""))] == ["high", "also-low", "low"]


def test_a_name_is_given_once_and_free_again_when_it_is_disposed_of():
    registry = Registry()
    dispose = registry.register(Made(reads))
    with pytest.raises(UsageError, match="called 'made' already"):
        registry.register(Made(reads))
    dispose()
    assert "made" not in registry
    registry.register(Made(reads))
    assert len(registry) == 1


def test_disposing_twice_takes_nobody_else_out():
    registry = Registry()
    dispose = registry.register(Made(reads))
    dispose()
    registry.register(Made(reads))
    dispose()
    assert "made" in registry


def test_what_is_no_decoder_is_refused():
    registry = Registry()
    with pytest.raises(UsageError, match="is not a decoder"):
        registry.register(SimpleNamespace(name="x"))
    with pytest.raises(UsageError, match="printable"):
        registry.register(Made(reads, name="a\x1b[2J"))
    careless = Made(reads)
    careless.subprotocols = ["made"]
    with pytest.raises(UsageError, match="tuple of texts"):
        registry.register(careless)
    hasty = Made(reads)
    hasty.priority = "high"
    with pytest.raises(UsageError, match="integer"):
        registry.register(hasty)


def test_an_unknown_name_lists_those_that_are_known():
    with pytest.raises(UnknownDecoderError, match="graphql-transport-ws"):
        standard_decoders()["nonsense"]


def test_a_subprotocol_is_compared_without_regard_to_case():
    registry = standard_decoders()
    found = registry.by_subprotocol("GraphQL-WS")
    assert found is not None
    assert found.name == "graphql-ws"
    assert registry.by_subprotocol("") is None
    assert registry.by_subprotocol("nonsense") is None


@pytest.mark.parametrize("score", [float("nan"), "high", None, -1])
def test_a_score_that_is_none_claims_nothing(score):
    registry = Registry()
    registry.register(Made(reads, score=score))
    assert registry.ranked(text("")) == []


def test_packages_are_listed_when_somebody_asks():
    assert isinstance(decoders_of_packages(), list)


@pytest.mark.parametrize(
    "score", [10**400, "much", None, float("nan")], ids=["huge", "text", "none", "nan"]
)
def test_a_score_that_is_no_number_between_0_and_1_counts_as_none(score):
    registry = Registry()
    registry.register(Made(reads, score=score))
    assert registry.ranked(text("a")) == []
    assert registry.surest(text("a")) is None


def test_the_surest_decoder_is_kept_only_from_a_half_on():
    registry = Registry()
    registry.register(Made(reads, name="weak", score=0.4))
    assert registry.surest(text("a")) is None
    registry.register(Made(reads, name="strong", score=0.5))
    surest = registry.surest(text("a"))
    assert surest is not None
    assert surest.name == "strong"
