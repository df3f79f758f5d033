"""A user who has no rights, for tests that root runs: a command as that user, in mounts of its own.

The user may open /dev/net/tun, as on most systems, and reach the Python and the sources that this
test runs with, wherever they are. Nothing of the machine is changed: the mounts are the command's.
"""

import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
USER = 65534


@cache
def why_not() -> str | None:
    """Say why there can be no such user; None where there can."""
    if os.geteuid() != 0:
        return "whoever runs this has no rights already"
    missing = [name for name in ("unshare", "mount", "mknod", "setpriv") if not shutil.which(name)]
    return f"{missing[0]} is not on this machine" if missing else None


def unprivileged(command: Sequence[str], *, may_open_tun: bool = True) -> list[str]:
    """Give the command that runs another one as a user without rights.

    Args:
        command: what to run.
        may_open_tun: whether the user may open /dev/net/tun.
    """
    mode = "666" if may_open_tun else "600"
    lines = [
        "set -e",
        "mount -t tmpfs -o mode=755 none /dev/net",
        f"mknod -m {mode} /dev/net/tun c 10 200",
        *_opened([Path(sys.base_prefix), Path(sys.prefix), ROOT]),
        f'exec setpriv --reuid {USER} --regid {USER} --clear-groups --no-new-privs -- "$@"',
    ]
    script = "\n".join(lines)
    return ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh", *command]


def _opened(wanted: Sequence[Path]) -> Iterator[str]:
    """Put what is wanted of a closed folder into an open one that stands in its place."""
    closed: dict[Path, list[Path]] = {}
    for path in wanted:
        for parent in reversed(path.parents):
            if not parent.stat().st_mode & 0o001:
                closed.setdefault(parent, []).append(path)
                break
    for number, (parent, paths) in enumerate(closed.items()):
        aside = f"/dev/net/aside-{number}"
        yield f"mkdir {aside}; mount --bind {parent} {aside}"
        yield f"mount -t tmpfs -o mode=755 none {parent}"
        for path in paths:
            yield f"mkdir -p {path}; mount --bind {aside}/{path.relative_to(parent)} {path}"
