"""`python -m wirescope.lab.ends`: an end as a process; see `orders` for what it is told.

With `--enter` and the paths of namespaces it moves there first, with `--real-time` it goes before
ordinary processes.
"""

import os
import stat
import sys
from itertools import pairwise

from wirescope.lab.ends.driving import ENTER, REAL_TIME
from wirescope.lab.ends.obeying import obey
from wirescope.lab.ends.orders import Ready
from wirescope.lab.ends.serving import serve
from wirescope.transports.link import ask_for_short_slices, enter_all, go_first

_PRIORITY = 1  # of all threads that there will be; the link's is above it


def main() -> None:
    """Take orders until there are none any more."""
    kind = os.fstat(0).st_mode
    if not (stat.S_ISFIFO(kind) or stat.S_ISSOCK(kind)):
        sys.exit("An end takes its orders from a pipe, and ends with it.")
    asked = sys.argv[1:]
    try:
        enter_all(each for option, each in pairwise(asked) if option == ENTER)
    except OSError as error:
        sys.exit(f"The emulated network cannot be entered; has it ended? ({error})")
    ready = Ready(real_time=REAL_TIME in asked and go_first(_PRIORITY))
    if not ready.real_time:
        ask_for_short_slices()
    obey(ready, serve)


if __name__ == "__main__":
    main()
