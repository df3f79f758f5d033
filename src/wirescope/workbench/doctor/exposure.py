"""Security basics that need no connection: clear text, and secrets in the address."""

from wirescope.capture import redact_text
from wirescope.workbench.doctor.bench import Bench
from wirescope.workbench.doctor.model import Outcome


async def exposure(bench: Bench) -> Outcome:
    """Look at the address, and at where it leads."""
    secure, local = bench.goal.secure, bench.seen.local
    secrets = redact_text(bench.goal.target) != bench.goal.target
    clear = not secure and not local
    facts = {"encrypted": secure, "local": local, "secret_in_url": secrets}
    words = "encrypted" if secure else "clear text"
    if not secure:
        words += " to this machine or network" if local else " across a public network: use wss:"
    if secrets:
        words += "; the address carries a secret, which ends up in logs: use a header or a message"
    return Outcome(words, facts, severity="warning" if clear or secrets else None)
