"""Network namespaces: made, and entered by a program that becomes another one.

Python 3.11 has neither `os.unshare` nor `os.setns`, so the C library is called. Run as a file,
without the rest of the package, this is what `Network.command` puts before a command: it enters the
namespaces that a link process holds and becomes the command, in a few milliseconds. Not here: what
is in a namespace (`devices`). See unshare(2), setns(2), user_namespaces(7) and proc(5).
"""

import ctypes
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

CLONE_NEWNET = 0x40000000
CLONE_NEWUSER = 0x10000000

NOT_ENTERED = 125
"""The exit code where a namespace could not be entered; as of `env` and `timeout`."""
NOT_RUN, NOT_FOUND = 126, 127
"""Those where the command could not be run, or does not exist; as of a shell."""


def _call(name: str, *arguments: int) -> None:
    """Call a function of the C library; OSError where it fails, with its name as `filename`."""
    if getattr(ctypes.CDLL(None, use_errno=True), name)(*arguments) < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), name)


def unshare(kind: int) -> None:
    """Move this process into a new namespace of a kind, which only a process of one thread can."""
    _call("unshare", kind)


def enter(namespace: int, kind: int) -> None:
    """Move this process into a namespace that is open as a descriptor."""
    _call("setns", namespace, kind)


def gain_rights() -> bool:
    """See to the right to make network namespaces; whether that took a user namespace.

    In it a process is who it was outside, and so are the files that it writes.

    Raises:
        OSError: there can be none; `filename` is the call or the file that was refused.
    """
    try:
        unshare(CLONE_NEWNET)
    except PermissionError:
        user, group = os.geteuid(), os.getegid()
        unshare(CLONE_NEWUSER)
        own = Path("/proc/self")
        own.joinpath("setgroups").write_text("deny")
        own.joinpath("uid_map").write_text(f"{user} {user} 1")
        own.joinpath("gid_map").write_text(f"{group} {group} 1")
        return True
    return False


def make_namespace() -> int:
    """Make a network namespace and move into it; a descriptor that holds it."""
    unshare(CLONE_NEWNET)
    return os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)


def enter_all(paths: Iterable[str]) -> None:
    """Move this process into namespaces, the last of them a network's; one of users comes before.

    Only a process of one thread can move into a namespace of users.

    Raises:
        OSError: one is not there any more, or is not to be entered.
    """
    opened = [os.open(path, os.O_RDONLY | os.O_CLOEXEC) for path in paths]
    for number, each in enumerate(opened, 1):
        enter(each, CLONE_NEWNET if number == len(opened) else CLONE_NEWUSER)
        os.close(each)


def held(holder: int, namespace: int) -> int:
    """Hold a namespace that another process holds by a descriptor.

    Raises:
        OSError: that process is no more.
    """
    return os.open(f"/proc/{holder}/fd/{namespace}", os.O_RDONLY | os.O_CLOEXEC)


def paths_of(holder: int, namespace: int, *, user: bool) -> tuple[str, ...]:
    """Give the paths of what has to be entered to be in a namespace that another process holds.

    Args:
        holder: the id of the process that holds it.
        namespace: the descriptor that it holds it by.
        user: whether the holder is in a user namespace of its own, to be entered first.
    """
    whose = f"/proc/{holder}"
    return (*([f"{whose}/ns/user"] if user else ()), f"{whose}/fd/{namespace}")


def entering(paths: Sequence[str]) -> list[str]:
    """Give the command that enters namespaces and becomes the command that is put after it."""
    return [sys.executable, "-I", "-S", __file__, *paths, "--"]


def main(arguments: list[str]) -> int:
    """Enter the namespaces before `--`, and become the command after it."""
    at = arguments.index("--")
    spaces, command = arguments[:at], arguments[at + 1 :]
    try:
        enter_all(spaces)
    except OSError as error:
        sys.stderr.write(f"The emulated network cannot be entered; has it ended? ({error})\n")
        return NOT_ENTERED
    try:
        os.execvp(command[0], command)  # noqa: S606 what the caller asked for
    except OSError as error:
        sys.stderr.write(f"{command[0]} cannot be run: {error.strerror}.\n")
        return NOT_FOUND if isinstance(error, FileNotFoundError) else NOT_RUN


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
