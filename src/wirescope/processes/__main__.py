"""`python -m wirescope.processes DESCRIPTOR NAME…` loads what is named, then forks for who asks.

A name is a module, or with a colon a function of it that is called. The descriptor is that of the
socket on which requests come. It ends when nobody holds the socket's other end any more.
"""

import gc
import os
import socket
import sys
from importlib import import_module

from wirescope.processes.serving import serve


def _load(name: str) -> None:
    module, _, function = name.partition(":")
    loaded = import_module(module)
    if function:
        getattr(loaded, function)()


def main() -> object:
    """Load and fork; in a child, run its program."""
    descriptor, *names = sys.argv[1:]
    for name in names:
        _load(name)
    gc.collect()
    gc.freeze()  # what children share with this process they need not look through
    request = serve(socket.socket(fileno=int(descriptor)))
    if request is None:
        return 0
    os.setsid()
    sys.argv = [request.module, *request.arguments]
    return import_module(request.module).main()


if __name__ == "__main__":
    sys.exit(main())  # type: ignore[arg-type]
