"""Runs the command line where there is loopback, and no port for a STUN and TURN server.

It is for a network namespace of its own: the usual port is taken there, and it is the only one that
the system would give out by itself. What is asked for by number can be had.
"""

import os
import socket
import subprocess
import sys
from pathlib import Path

from wirescope.playground.relaying import PORT


def main() -> None:
    """Take the port, and become the command."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    Path("/proc/sys/net/ipv4/ip_local_port_range").write_text(f"{PORT} {PORT}\n")
    taken = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    taken.bind(("127.0.0.1", PORT))
    taken.set_inheritable(True)
    os.execv(sys.executable, [sys.executable, "-m", "wirescope", *sys.argv[1:]])


main()
