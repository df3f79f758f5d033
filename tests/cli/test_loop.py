import subprocess
import sys

import pytest

from tests.cli.running import ENVIRONMENT
from wirescope.cli.loop import run_async

_FAILING = """
import os
from wirescope.cli.loop import run_async

async def fail():
    os.set_blocking(0, False)
    raise LookupError

try:
    run_async(fail())
except LookupError:
    print(os.get_blocking(0))
"""


def test_the_result_is_handed_back():
    async def answer():
        return 42

    assert run_async(answer()) == 42


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="descriptors are always blocking")
def test_stdin_is_left_blocking_after_an_exception():
    done = subprocess.run(
        [sys.executable, "-c", _FAILING], input=b"", capture_output=True, env=ENVIRONMENT
    )
    assert done.stdout == b"True\n"
