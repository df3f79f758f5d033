"""The Host: whether the server answers to a name that is not its own."""

from dataclasses import replace

from wirescope.analysis import HostSeen
from wirescope.workbench.doctor.bench import Bench
from wirescope.workbench.doctor.model import Outcome

FOREIGN = "foreign.example"


async def hosts(bench: Bench) -> Outcome:
    """Knock with a foreign Host header."""
    kept = tuple(field for field in bench.options.headers if field[0].lower() != "host")
    attempt = await bench.knock(replace(bench.options, headers=(*kept, ("Host", FOREIGN))))
    status = attempt.status
    bench.seen.host = HostSeen(FOREIGN, status, attempt.handshake_seq)
    facts = {"host": FOREIGN, "status": status, "checked": status != 101}
    if status == 101:
        return Outcome(f"not checked: {FOREIGN} is accepted, too", facts)
    how = f" with {status}" if status else ""
    return Outcome(f"checked: {FOREIGN} is refused{how}", facts)
