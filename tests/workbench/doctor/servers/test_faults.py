"""The doctor at servers with staged faults: which finding comes first, and what its lines say."""

import pytest

from tests.support.own_turn_faults import OWN
from tests.support.turn_faults import COTURN, FAULTY
from tests.workbench.doctor.servers.examining import examined

pytestmark = [pytest.mark.requires("turnserver"), pytest.mark.slow]
SERVERS = {"coturn": COTURN, "wirescope": OWN, "faulty": FAULTY}
FAULTS = [
    pytest.param(fault, id=f"{server}: {fault.name}")
    for server, faults in SERVERS.items()
    for fault in faults
]


@pytest.mark.parametrize("fault", FAULTS)
async def test_the_verdict_names_the_fault_and_the_fix(fault, tmp_path):
    async with fault.stage(tmp_path) as visit:
        diagnosis = await examined(visit)
    serious = [each.code for each in diagnosis.found("warning")]
    assert serious[:1] == ([fault.code] if fault.code else [])
    for wanted in fault.words:
        assert wanted in diagnosis.verdict.lower()
    for wanted in fault.fix:
        assert wanted in diagnosis.advice.lower()
    assert diagnosis.where_next
    assert bool(diagnosis.failure) == (fault.exit_code not in (0, 1))
    assert all(each.evidence for each in diagnosis.findings)
