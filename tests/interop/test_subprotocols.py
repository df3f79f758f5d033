"""Clients and servers of ten subprotocols are read as their own parsers read them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from acceptance.meaning_2_subprotocols import show
from tests.interop.conversations import PROJECTS, Project, install

pytestmark = [pytest.mark.slow, pytest.mark.requires("node", "npm"), pytest.mark.timeout(180)]

PARTS = {"mosquitto": ("mosquitto",), "rabbitmq": ("rabbitmq-server", "epmd")}


@pytest.fixture(scope="module")
def packages(real_part: Callable[[str], str]) -> Path:
    return install(real_part)


@pytest.mark.parametrize("project", PROJECTS, ids=lambda project: project.name)
def test_a_conversation_is_read_as_its_own_parser_reads_it(
    project: Project, packages: Path, real_part: Callable[[str], str]
) -> None:
    for part in PARTS.get(project.server, ()):
        real_part(part)
    result = show(project, packages)
    assert not result.faults
    assert result.chosen == project.decoder
    assert result.fields > 20
    assert result.answered >= 2
    assert result.composed == result.steps > 0
