"""What changes under a call behind routers; the quick part of `just show 6.6`."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.nat.changes import ALL, undergo

pytestmark = [
    pytest.mark.slow,
    pytest.mark.requires("nft", "nat", "turnserver"),
    pytest.mark.timeout(120),
]

Run = Callable[..., Any]


def test_a_call_goes_on_when_a_router_forgets_and_all_of_it_is_recorded(run: Run) -> None:
    recorded = run(undergo(ALL["forgets"]), timeout_s=100)
    assert recorded.outcome.words == "goes on over another path"
    assert recorded.by == "by itself"
