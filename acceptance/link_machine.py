"""The emulated link against its own settings, judged from outside by what was sent and arrived.

Every profile, each direction that is unlike the other, 100,000 packets twice: calmly, for delay,
loss and bursts, and at twice the rate, for rate and queue. The delay has to be within 1 ms or 2 %,
the loss within the interval that holds in 99 of 100 cases, the rate within 2 %, and the lengths of
bursts must not differ from the model's by a chi-square test at 1 %. A check of chance misses once
in a hundred where nothing is wrong, so what misses is run once more with another seed, and has to
hold then; both are printed.

Each of `PARTS` shows one way to run the machine and names what fell short; `--only NAME` runs one.
"""

import argparse
import sys
from collections.abc import Callable, Iterator

from acceptance.link_tun import show_tun
from tests.support.virtual_link import calmly, fully, pass_through
from wirescope.clock import SystemClock
from wirescope.link import PROFILES, Check, Direction, LinkMachine, LinkSettings, judge, judge_rate

PACKETS = 100_000
LEAST_PROFILES = 20
OTHER_SEED = 1_000


def directions(link: LinkSettings) -> Iterator[tuple[str, Direction]]:
    """Name the directions of a link that are to be shown."""
    if link.up == link.down:
        yield "both", link.down
    else:
        yield "up", link.up
        yield "down", link.down


def checks(direction: Direction, seed: str) -> list[Check]:
    """Send packets through a direction, calmly and fully, and judge it."""
    sent = calmly(direction, PACKETS)
    machine = LinkMachine(direction, seed, start_ns=0)
    found = judge(direction, sent, pass_through(machine, sent))
    found.append(_accounted(machine))
    if sent := fully(direction, PACKETS):
        machine = LinkMachine(direction, seed, start_ns=0)
        found += judge_rate(direction, sent, pass_through(machine, sent))
        found.append(_accounted(machine))
    return found


def _accounted(machine: LinkMachine) -> Check:
    """Check that each packet has met one fate."""
    counts = machine.counts
    known = counts.passed + counts.gone
    return Check(
        name="accounted for",
        unit="packets",
        wanted=counts.offered,
        measured=known,
        tolerance=0,
        ok=known == counts.offered and not counts.waiting and not counts.overflow,
    )


def line(name: str, way: str, found: list[Check]) -> str:
    """Write what was found of one direction in one line."""
    shown = [f"{name:<16} {way:<5}"]
    for title, factor, form in (
        ("delay", 1, "{:8.3f}"),
        ("loss", 100, "{:7.3f}"),
        ("rate", 1e-6, "{:8.3f}"),
    ):
        check = next((each for each in found if each.name in (title, f"shortest {title}")), None)
        if check is None:
            shown.append(" " * 20)
        else:
            wanted, measured = check.wanted * factor, check.measured * factor
            shown.append(f"{form.format(wanted)} {form.format(measured):>9}  ")
    bursts = next((each for each in found if each.name.startswith("burst")), None)
    shown.append(f"{bursts.measured:6.3f}" if bursts is not None else " " * 6)
    held = sum(each.ok for each in found)
    shown.append(f"{held:3} of {len(found)}")
    return " ".join(shown)


def show_machine(*, verbose: bool) -> list[str]:
    """Show the machine alone, in virtual time; what fell short."""
    clock = SystemClock()
    began_ns = clock.monotonic_ns()
    print(f"{'':<22} {'delay, ms':^19} {'loss, %':^20} {'rate, Mbit/s':^20} bursts")
    print(f"{'':<22} {'wanted  measured':>18}  {'wanted  measured':>18}  {'wanted  measured':>18}")
    short = []
    passed = 0
    for name, link in PROFILES.items():
        for way, direction in directions(link):
            found = checks(direction, f"{link.seed}/{name}/{way}")
            print(line(name, way, found), flush=True)
            missed = [each for each in found if not each.ok]
            for each in found if verbose else missed:
                print(f"{'':<22} {each}")
            if missed:
                again = checks(direction, f"{link.seed + OTHER_SEED}/{name}/{way}")
                names = {each.name.partition(" of ")[0] for each in missed}
                repeated = [each for each in again if each.name.partition(" of ")[0] in names]
                for each in repeated:
                    print(f"{'':<22} again: {each}")
                short += [f"{name} {way}: {each}" for each in repeated if not each.ok]
        passed += 1
    took_s = (clock.monotonic_ns() - began_ns) / 1e9
    print(f"{passed} profiles, {PACKETS:,} packets each run, in {took_s:.0f} s")
    if passed < LEAST_PROFILES:
        short.append(f"{passed} profiles; {LEAST_PROFILES} are promised")
    return short


PARTS: dict[str, tuple[str, Callable[..., list[str]]]] = {
    "machine": ("The machine in virtual time", show_machine),
    "tun": ("Between network namespaces, in real time", show_tun),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-v", "--verbose", action="store_true", help="print every check")
    parser.add_argument("--only", choices=PARTS, help="run one part")
    arguments = parser.parse_args()
    short = []
    for title, part in [PARTS[arguments.only]] if arguments.only else PARTS.values():
        print(f"{title}:", flush=True)
        short += part(verbose=arguments.verbose)
    for each in short:
        print(f"falls short: {each}")
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
