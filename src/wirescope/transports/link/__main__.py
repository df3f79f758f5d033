"""`python -m wirescope.transports.link` is the link process, which `open_network` starts."""

import sys

from wirescope.transports.link.process import main

__all__ = ["main"]

if __name__ == "__main__":
    sys.exit(main())
