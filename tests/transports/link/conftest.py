"""What the tests of the emulated network share: they are skipped where there can be none."""

import pytest

from wirescope.transports.link import why_not


@pytest.fixture(scope="session")
def namespaces() -> None:
    """Skip with the reason where there can be no network of namespaces."""
    if reason := why_not():
        pytest.skip(reason)
