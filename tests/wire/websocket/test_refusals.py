"""What the status of a refusal usually means."""

import pytest

from wirescope.wire.websocket import usual_advice


@pytest.mark.parametrize("status", [0, 204, 301, 308, 401, 403, 418, 503, 599])
def test_every_status_has_an_advice(status):
    assert usual_advice(status).endswith(".")


def test_a_redirect_says_how_it_is_followed():
    assert "-L" in usual_advice(308)
