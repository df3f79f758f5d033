"""After which failures something else is tried."""

import pytest

from wirescope.errors import ConnectError
from wirescope.workbench.doctor.variants import worth_trying


@pytest.mark.parametrize("kind", ["tls", "not-tls", "reset"])
def test_something_else_is_tried_where_the_port_may_not_speak_tls(kind):
    assert worth_trying(ConnectError("It failed.", phase="tls", kind=kind))


@pytest.mark.parametrize(
    "kind", ["certificate-expired", "client-certificate", "tls-cipher", "tls-name", "tls-version"]
)
def test_nothing_else_is_tried_where_the_port_speaks_tls(kind):
    assert not worth_trying(ConnectError("It failed.", phase="tls", kind=kind))
