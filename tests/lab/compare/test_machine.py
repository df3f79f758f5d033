"""What a comparison ran on."""

import json
import sys
from importlib.metadata import version

from wirescope.lab.compare import environment


def test_it_says_what_may_make_the_difference_elsewhere() -> None:
    found = environment(command="wirescope compare")
    assert json.loads(json.dumps(found)) == found
    assert (found["wirescope"], found["command"]) == (version("wirescope"), "wirescope compare")
    assert found["python"].endswith(".".join(map(str, sys.version_info[:3])))
    assert found["system"]
    assert found["cores"] >= 1
