"""Drive the fuzz targets; see fuzz/README.md.

The parent shares out the seconds and watches; each target runs in a process of its own, under a
limit of memory, and a single input that takes longer than ten seconds is a find. The mutator's
seconds are of the processor, so that a machine that is busy otherwise tries as much, and finds no
hang where there is none.
"""

import argparse
import hashlib
import importlib
import importlib.util
import random
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from time import process_time_ns
from typing import cast

from fuzz.mutate import mutated

HERE = Path(__file__).resolve().parent
FINDS = HERE.parent / ".cache" / "fuzz"
MEMORY_LIMIT = 2 << 30
HANG_S = 10
HUNG = -24
"""How a process has ended that SIGXCPU has ended, which is what the limit of time sends."""
STALLED_S = 1800
"""For a target that waits for ever, or runs for ever where the system knows no limits."""

Check = Callable[[bytes], None]


def names() -> list[str]:
    """List the targets."""
    return sorted(path.stem.removeprefix("fuzz_") for path in HERE.glob("fuzz_*.py"))


def load(name: str) -> tuple[Check, list[bytes]]:
    """Import a target: its check and its seeds."""
    module = importlib.import_module(f"fuzz.fuzz_{name}")
    return cast("Check", module.check), list(getattr(module, "SEEDS", []))


def keep(name: str, data: bytes) -> Path:
    """Write what was found, under a name made of its bytes."""
    FINDS.mkdir(parents=True, exist_ok=True)
    path = FINDS / f"{name}-{hashlib.sha256(data).hexdigest()[:16]}"
    path.write_bytes(data)
    return path


def drive(name: str, seconds: float, seed: int) -> int:
    """Fuzz one target in this process until the seconds are over; 1 at the first find."""
    check, seeds = load(name)
    set_limits(seconds)
    generator = random.Random(seed)
    end_ns = process_time_ns() + int(seconds * 1e9)
    FINDS.mkdir(parents=True, exist_ok=True)
    current = FINDS / f"{name}-running"
    runs = 0
    with current.open("wb", buffering=0) as now_running:
        while (now_ns := process_time_ns()) < end_ns:
            data = seeds[runs] if runs < len(seeds) else mutated(seeds, generator)
            now_running.seek(0)
            now_running.write(data)  # what a hang or a kill was caused by
            now_running.truncate()
            if not survives(name, check, data):
                return 1
            runs += 1
            if process_time_ns() - now_ns > HANG_S * 1_000_000_000:
                print(f"{name}: an input took longer than {HANG_S} s: {keep(name, data)}")
                return 1
    current.unlink()
    print(f"{name}: {runs} inputs, nothing found")
    return 0


def survives(name: str, check: Check, data: bytes) -> bool:
    """Whether the check takes these bytes; says so and keeps them if not."""
    try:
        check(data)
    except Exception:  # noqa: BLE001  whatever comes out of a check is a find
        traceback.print_exc()
        print(f"{name}: found {keep(name, data)}")
        return False
    return True


def drive_with_atheris(name: str, seconds: float, seed: int) -> int:
    """Fuzz one target with atheris, which ends the process by itself."""
    import atheris

    with atheris.instrument_imports(include=["wirescope"]):
        check, seeds = load(name)
    corpus = HERE.parent / ".cache" / "fuzz-corpus" / name
    corpus.mkdir(parents=True, exist_ok=True)
    for data in seeds:
        (corpus / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)
    FINDS.mkdir(parents=True, exist_ok=True)
    limits = [f"-max_total_time={max(1, int(seconds))}", f"-timeout={HANG_S}", f"-seed={seed}"]
    prefix = f"-artifact_prefix={FINDS / name}-"
    atheris.Setup([name, *limits, "-rss_limit_mb=2048", "-verbosity=0", prefix, str(corpus)], check)
    atheris.Fuzz()
    return 0


def set_limits(seconds: float) -> None:
    """Bound this process's memory and processor time, where the system can."""
    if sys.platform == "linux":
        import resource

        cpu_s = int(seconds) + 3 * HANG_S
        resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))


def has_atheris() -> bool:
    """Whether coverage can guide."""
    return importlib.util.find_spec("atheris") is not None


def share_out(chosen: list[str], seconds: float, seed: int) -> int:
    """Run each target in a process of its own, one after the other; 1 when one found anything."""
    done = [run_apart(name, seconds / len(chosen), seed) for name in chosen]
    return 0 if all(done) else 1


def run_apart(name: str, seconds: float, seed: int) -> bool:
    """Run a target in a process of its own; whether nothing was found. Says so where it hangs."""
    command = [sys.executable, "-m", "fuzz", "--child", "--seconds", str(seconds)]
    try:
        status = subprocess.run(
            [*command, "--seed", str(seed), name],
            cwd=HERE.parent,
            timeout=seconds + STALLED_S,
            check=False,
        ).returncode
    except subprocess.TimeoutExpired:
        status = HUNG
    if status == HUNG:
        print(f"{name}: hangs; its input is {FINDS / name}-running")
    return status == 0


def main() -> int:
    """Read the command line and fuzz; 1 when anything was found."""
    parser = argparse.ArgumentParser(
        prog="fuzz", description="Feed parsers what they do not expect."
    )
    parser.add_argument("--seconds", type=float, default=10, help="shared by all targets")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 31))
    parser.add_argument("--replay", type=Path, metavar="FILE", help="run one input only")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("targets", nargs="*", help=f"of {', '.join(names()) or 'none yet'}")
    chosen = parser.parse_args()
    if unknown := set(chosen.targets) - set(names()):
        parser.error(f"no such target: {', '.join(sorted(unknown))}")
    targets = chosen.targets or names()
    if chosen.replay:
        data = chosen.replay.read_bytes()
        return 0 if all(survives(name, load(name)[0], data) for name in targets) else 1
    if chosen.child:
        run = drive_with_atheris if has_atheris() else drive
        return run(targets[0], chosen.seconds, chosen.seed)
    print(f"seed {chosen.seed}, {'with' if has_atheris() else 'without'} coverage")
    return share_out(targets, chosen.seconds, chosen.seed) if targets else 0


if __name__ == "__main__":
    sys.exit(main())
