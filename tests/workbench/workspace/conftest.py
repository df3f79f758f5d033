"""A workspace in a folder of its own."""

import pytest

from wirescope.workbench.workspace import Workspace


@pytest.fixture
def workspace(tmp_path, clock):
    return Workspace.create(tmp_path / "shop", clock=clock)
