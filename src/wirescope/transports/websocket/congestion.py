"""TCP's congestion control, which Linux lets each socket choose (`TCP_CONGESTION`, tcp(7)).

It has to be chosen before the connection stands: what the one before has begun, such as the pacing
of BBR, would stay.
"""

import errno
import socket

from wirescope.errors import UsageError


def choose_congestion_control(sock: socket.socket, name: str) -> None:
    """Choose a socket's congestion control; connections that a listening one accepts have it, too.

    Raises:
        UsageError: the system has none of that name, or does not let this process choose it.
    """
    option = getattr(socket, "TCP_CONGESTION", None)
    if option is None:
        raise UsageError("This system lets nobody choose TCP's congestion control.")
    try:
        sock.setsockopt(socket.IPPROTO_TCP, option, name.encode())
    except OSError as error:
        if error.errno == errno.EPERM:
            words, about = "may not be chosen by this process", "tcp_allowed_congestion_control"
        else:
            words, about = "is not on this system", "tcp_available_congestion_control"
        raise UsageError(
            f"TCP's congestion control {name!r} {words}.",
            hint=f"/proc/sys/net/ipv4/{about} names those that can be chosen.",
        ) from None


def check_congestion_control(name: str) -> None:
    """Find out whether a congestion control can be chosen, before anything is on the network.

    Raises:
        UsageError: it cannot.
    """
    with socket.socket() as sock:
        choose_congestion_control(sock, name)
