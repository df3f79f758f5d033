"""Network namespaces with routers in them: whether there can be any, and commands inside one."""

import asyncio
import subprocess
import sys
from dataclasses import dataclass
from functools import cache

from tests.support.namespaces import COMMAND_S, entering, find, namespaces
from tests.support.nat.rules import FIREWALL, translating
from tests.support.nat.sides import CONE

FORGET = """
import socket, struct
# IPCTNL_MSG_CT_DELETE without a tuple: the kernel forgets all conversations of this namespace
asked = struct.pack("=IHHII", 20, 1 << 8 | 2, 1 | 4, 1, 0) + struct.pack("=BBH", 0, 0, 0)
with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12) as netlink:
    netlink.settimeout(5)
    netlink.send(asked)
    error = struct.unpack_from("=i", netlink.recv(4096), 16)[0]
if error:
    raise SystemExit(f"The kernel did not forget: {error}")
"""


@cache
def nat() -> str | None:
    """Find what translates addresses; None where namespaces, `nft` or the kernel's part is missing.

    The kernel has to have been built with, or has to load, nf_conntrack, nf_nat and nf_tables.
    """
    unshare, program, ip = namespaces(), find("nft"), find("ip")
    if not (unshare and program and ip):
        return None
    rules = translating(CONE, address="192.0.2.1", remotes=()) + FIREWALL
    tried = subprocess.run(
        [unshare, "--user", "--map-root-user", "--net", program, "-f", "-"],
        input=rules.encode(),
        capture_output=True,
        check=False,
    )
    return None if tried.returncode else program


@dataclass(frozen=True, slots=True)
class Namespace:
    """One network namespace, held by a process."""

    pid: int

    def enter(self, *command: str) -> list[str]:
        """Give the command that runs another one here."""
        program, *arguments = command
        return entering(self.pid, find(program) or program, *arguments)

    async def run(self, *command: str, told: str = "", within_s: float = COMMAND_S) -> str:
        """Run a command here; what it said.

        Raises:
            OSError: it failed.
        """
        process = await asyncio.create_subprocess_exec(
            *self.enter(*command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        async with asyncio.timeout(within_s):
            said, complained = await process.communicate(told.encode())
        if process.returncode:
            raise OSError(f"{' '.join(command)}: {complained.decode().strip()}\n{told}")
        return said.decode()

    async def ip(self, *lines: str) -> None:
        """Carry out commands of `ip`."""
        await self.run("ip", "-batch", "-", told="\n".join(lines))

    async def rules(self, text: str) -> None:
        """Add rules."""
        await self.run("nft", "-f", "-", told=text)

    async def forward(self) -> None:
        """Pass packets on."""
        switches = "ipv4/ip_forward", "ipv6/conf/all/forwarding"
        await self.run("sh", "-c", ";".join(f"echo 1 > /proc/sys/net/{each}" for each in switches))

    async def forget(self) -> None:
        """Have the kernel forget all conversations that it translates here."""
        await self.run(sys.executable, "-c", FORGET)
