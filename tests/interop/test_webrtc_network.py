"""What becomes of a connection whose network changes: it goes on, or ends and says why.

The quick part of `just show 5.6`; outages of 30 s and the rest are there alone.
"""

from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from tests.support.ends import Stack
from tests.support.troubles import QUICK, Outcome, undergo

pytestmark = [pytest.mark.slow, pytest.mark.requires("namespaces"), pytest.mark.timeout(120)]

WITHIN_S = 80.0

TRIED: dict[Stack, tuple[str, ...]] = {
    "engine": (
        *("video from the other", "offers meet", "restart by the other", "3 s of silence"),
        *("UDP blocked", "nothing in common", "vanishes"),
    ),
    "chromium": ("restart by the other", "3 s of silence", "our address"),
    "aiortc": ("video from us", "3 s of silence", "restart alone"),
}

Run = Callable[..., Any]


@pytest.mark.parametrize(
    ("trouble", "stack"), [(trouble, stack) for stack, all_ in TRIED.items() for trouble in all_]
)
def test_a_connection_survives_or_says_why_it_ended(
    trouble: str, stack: Stack, run: Run, real_part: Callable[[str], str]
) -> None:
    if stack == "chromium":
        real_part("chromium")
    tried: Coroutine[Any, Any, Outcome] = undergo(QUICK[trouble], stack)
    assert run(tried, timeout_s=WITHIN_S).words
