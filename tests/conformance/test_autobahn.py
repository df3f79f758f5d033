"""The Autobahn testsuite finds nothing wrong with our client and our server.

The core cases and one compression case of each setting; `just show 2.3` runs all of them.
"""

from collections.abc import Callable

import pytest

from tests.conformance.autobahn import NAMED, run_in_groups
from tests.conformance.report import Report
from tests.conformance.wstest import SuiteError, install

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def reports(
    real_part: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Report]:
    """Run both roles side by side, once."""
    try:
        suite = install(real_part("python2.7"))
    except SuiteError as error:
        pytest.skip(f"the testsuite cannot be installed here: {error}")
    folder = tmp_path_factory.mktemp("autobahn")
    return run_in_groups(suite, ["client", "server"], NAMED["ci"], folder=folder, limit_s=300)


@pytest.mark.parametrize("role", ["client", "server"])
def test_the_testsuite_finds_nothing_wrong(reports: dict[str, Report], role: str) -> None:
    report = reports[role]
    assert len(report.asked) == 313
    assert report.exit_code() == 0, "\n".join(report.lines())
