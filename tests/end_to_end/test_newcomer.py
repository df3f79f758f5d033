"""A newcomer's path through the page, against the built-in JSON-RPC endpoint."""

import pytest

from tests.support.keyboard import KeyboardNewcomer
from tests.support.newcomer import Newcomer, offered

pytestmark = [pytest.mark.slow, pytest.mark.requires("chromium")]


@pytest.mark.parametrize("person", [Newcomer, KeyboardNewcomer])
def test_a_newcomer_turns_compression_on_by_a_findings_advice_and_sees_what_it_gained(
    person, opened
):
    newcomer = person(opened.page, offered(opened.page), name="telemetry", readings=3)
    for what, do in newcomer.steps():
        assert do(), what
