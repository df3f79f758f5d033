"""Why there can be no network of namespaces, in a sentence, and what to do about it."""

import errno
import platform

from wirescope.transports.link.records import Refused

OTHERWISE = "Or put the relay in user space between the ends, which shows no loss inside TCP."
"""What there is without namespaces."""

_LIMITS = {errno.ENOSPC, errno.EUSERS}


def explain(error: OSError) -> Refused:
    """Say what a refusal of the kernel means."""
    what = str(error.filename or "")
    if what == "/dev/net/tun":
        message, hint = _explain_tun(error)
    elif what.startswith("eth"):
        message, hint = _explain_cable(error)
    elif what.startswith("/proc/sys/"):
        message = f"The host in the middle cannot be made to forward packets: {error}."
        hint = "In a container: start it so that /proc/sys can be written (`--privileged`)."
    elif what in {"unshare", "setns"} or what.startswith("/proc/self/"):
        message, hint = _explain_namespaces(error)
    else:
        message, hint = f"The emulated network cannot be made: {error}.", ""
    return Refused(message=message, hint=f"{hint} {OTHERWISE}".strip())


def not_linux() -> Refused | None:
    """Say so where the system is another one."""
    if platform.system() == "Linux":
        return None
    return Refused(
        message="Network namespaces, in which the emulated network is, are a part of Linux.",
        hint=f"Run it on Linux, in a virtual machine for example. {OTHERWISE}",
    )


def _explain_tun(error: OSError) -> tuple[str, str]:
    if error.errno in {errno.EACCES, errno.EPERM}:
        return (
            "This user may not open /dev/net/tun.",
            "Have the administrator run `chmod 0666 /dev/net/tun`, which is how most systems come, "
            "or do without TUN devices: virtual cables do the same.",
        )
    return (
        f"There is no TUN device on this machine: /dev/net/tun: {error.strerror}.",
        "Have the administrator run `modprobe tun`; in a container, start that with "
        "`--device /dev/net/tun`.",
    )


def _explain_cable(error: OSError) -> tuple[str, str]:
    return (
        f"This kernel makes no virtual cables (veth): {error.strerror}; and TUN devices are none "
        "here, or not for this user.",
        "Have the administrator run `modprobe veth`, or `modprobe tun; chmod 0666 /dev/net/tun`.",
    )


def _explain_namespaces(error: OSError) -> tuple[str, str]:
    if error.errno in _LIMITS:
        return (
            "No further namespaces are allowed here.",
            "Raise `user.max_user_namespaces` and `user.max_net_namespaces` by sysctl.",
        )
    if error.errno == errno.EINVAL:
        return (
            "This kernel has no network namespaces.",
            "It has to be built with CONFIG_NET_NS and CONFIG_USER_NS.",
        )
    return (
        f"This user may not make network namespaces: {error.strerror} ({error.filename}).",
        "Allow user namespaces by sysctl: `kernel.apparmor_restrict_unprivileged_userns=0` "
        "(Ubuntu), `kernel.unprivileged_userns_clone=1` (Debian), `user.max_user_namespaces` above "
        "0; in a container, start that with `--privileged`.",
    )
