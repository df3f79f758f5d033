"""Faults over real sockets and gateways: the analysis of the capture names each of them.

Each fault is staged, visited with `wirescope.connect(capture=...)` and analysed from the file
alone; the finding that was expected has to be the first that is more than information. Then
conversations with servers that are not ours, in which nothing but information may be found. With
words as arguments, only what has one of them in its name is shown.
"""

import asyncio
import logging
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import trustme

from acceptance.faults import FAMILIES
from acceptance.faults.gateways import running
from acceptance.faults.healthy import CONVERSATIONS, Healthy
from acceptance.faults.staging import Fault, Studio, visit
from tests.interop.harness import FOREIGN, Certificates, serving
from tests.support.authority import Authority
from wirescope.events import Finding

AT_ONCE = 6
LEAST_FAULTS, LEAST_HEALTHY = 40, 20


@contextmanager
def studio_in(folder: Path) -> Iterator[Studio]:
    """Start the servers that are not ours and the gateways before them."""
    authority = Authority(folder)
    certificates = _certificates(authority, folder)
    foreign: dict[str, str] = {}
    with ExitStack() as stack:
        for server in FOREIGN:
            foreign[server.name] = stack.enter_context(serving(server, None))
            secure = stack.enter_context(serving(server, certificates))
            foreign[f"{server.name}-tls"] = secure.replace("127.0.0.1", "localhost")
        plain = {name: url for name, url in foreign.items() if url.startswith("ws:")}
        gateways = stack.enter_context(
            running(
                folder,
                plain,
                certificate=certificates.certificate,
                authority=certificates.authority,
            )
        )
        yield Studio(folder, authority, foreign, gateways)


def _certificates(authority: Authority, folder: Path) -> Certificates:
    """Write a certificate for localhost, with its key in the same file, as HAProxy wants it."""
    issued: trustme.LeafCert = authority.issue("localhost", "127.0.0.1")
    both = folder / "server.pem"
    both.write_bytes(
        issued.private_key_pem.bytes() + b"".join(blob.bytes() for blob in issued.cert_chain_pems)
    )
    return Certificates(authority.ca_file, both, both)


async def look(studio: Studio, staged: Sequence[Fault | Healthy]) -> dict[str, list[Finding]]:
    """Visit everything, some at a time, what is about time in the end; what was found, by name."""
    found: dict[str, list[Finding]] = {}
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(number: int, each: Fault | Healthy) -> None:
        async with gate, each.stage(studio) as scene:
            found[each.name] = await visit(scene, studio.folder / f"{number}.wirescope")

    for quiet in (False, True):
        async with asyncio.TaskGroup() as group:
            for number, each in enumerate(staged):
                if each.quiet is quiet:
                    group.create_task(one(number, each))
    return found


def row(name: str, expected: str, found: list[Finding]) -> tuple[bool, str]:
    """Judge and write one line: what was expected, what was found."""
    serious = [each.code for each in found if each.severity != "info"]
    codes = serious or [each.code for each in found]
    good = codes[:1] == [expected] if expected else not serious
    shown = ", ".join(f"{each.code} ({each.severity})" for each in found) or "nothing"
    return good, f"{name:<42} {expected:<7} {shown}{'' if good else '   MISSED'}"


def wanted(name: str) -> bool:
    """Whether the arguments ask for it."""
    words = sys.argv[1:]
    return not words or any(word.lower() in name.lower() for word in words)


def main() -> int:
    """Stage, visit, analyse, print."""
    logging.disable(logging.CRITICAL)  # the servers' complaints about what is staged
    faults = [each for family in FAMILIES.values() for each in family if wanted(each.name)]
    healthy = [each for each in CONVERSATIONS if wanted(each.name)]
    staged: list[Fault | Healthy] = [*faults, *healthy]
    assert len({each.name for each in staged}) == len(staged), "two have one name"
    folder = tempfile.TemporaryDirectory(prefix="wirescope-faults-")
    with folder as name, studio_in(Path(name)) as studio:
        found = asyncio.run(look(studio, staged))
    rows = [row(each.name, each.code, found[each.name]) for each in faults]
    calm = [row(each.name, "", found[each.name]) for each in healthy]
    print("\n".join(["staged fault, expected, found", *(line for _, line in rows), ""]))
    print("\n".join(["healthy conversation, found", *(line for _, line in calm), ""]))
    named, quiet = sum(good for good, _ in rows), sum(good for good, _ in calm)
    print(f"{named} of {len(rows)} faults named, {quiet} of {len(calm)} healthy without alarm")
    if sys.argv[1:]:
        return 0 if named == len(rows) and quiet == len(calm) else 1
    enough = len(rows) >= LEAST_FAULTS and len(calm) >= LEAST_HEALTHY
    return 0 if enough and named == len(rows) and quiet == len(calm) else 1


if __name__ == "__main__":
    sys.exit(main())
