"""What a comparison ran on."""

import json
import sys

from wirescope.lab.compare import environment


def test_it_says_what_may_make_the_difference_elsewhere() -> None:
    found = environment(version="1.2", command="wirescope compare")
    assert json.loads(json.dumps(found)) == found
    assert (found["wirescope"], found["command"]) == ("1.2", "wirescope compare")
    assert found["python"].endswith(".".join(map(str, sys.version_info[:3])))
    assert found["system"]
    assert found["cores"] >= 1
