"""`python -m wirescope.lab.scale ROLE`: a process of a sweep; see `orders` for what it is told."""

import sys
from functools import partial
from typing import get_args

from wirescope.lab.ends.obeying import obey
from wirescope.lab.ends.orders import Ready
from wirescope.lab.scale.orders import Role
from wirescope.lab.scale.serving import serve, take_all_descriptors


def main() -> None:
    """Take orders until there are none any more."""
    roles: tuple[Role, ...] = get_args(Role)
    role = next((each for each in roles if sys.argv[1:] == [each]), None)
    if role is None:
        sys.exit(f"A process of a sweep is one of {', '.join(roles)}.")
    take_all_descriptors()
    obey(Ready(real_time=False), partial(serve, role))


if __name__ == "__main__":
    main()
