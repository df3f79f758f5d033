"""How a STUN or TURN server is asked: credentials, trust, patience."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from wirescope.errors import UsageError
from wirescope.wire.turn import Credentials


@dataclass(frozen=True, slots=True, kw_only=True)
class Timers:
    """How long an answer is waited for (RFC 8489 sections 6.2.1 and 6.2.2).

    Attributes:
        rto_ms: until a request is sent a second time over UDP; each further wait is twice as long.
        requests: how often it is sent at most (Rc).
        last_wait: how many times `rto_ms` are waited after the last one (Rm).
        reliable_s: how long is waited over TCP and TLS, where it is sent once (Ti).
        deadline_s: ends the wait earlier than that; None does not.
    """

    rto_ms: float = 500
    requests: int = 7
    last_wait: float = 16
    reliable_s: float = 39.5
    deadline_s: float | None = None

    def __post_init__(self) -> None:
        if self.requests < 1 or not self.rto_ms > 0 or not self.last_wait > 0:
            raise UsageError("A request is sent once at least, and waits for more than no time.")
        if self.deadline_s is not None and not self.deadline_s > 0:
            raise UsageError(f"deadline_s is {self.deadline_s}; it must be above 0.")

    def patience_s(self, *, reliable: bool) -> float:
        """Say how long an answer is waited for in all, in seconds."""
        waits = 2 ** (self.requests - 1) - 1 + self.last_wait
        full_s = self.reliable_s if reliable else self.rto_ms * waits / 1000
        return full_s if self.deadline_s is None else min(full_s, self.deadline_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """Whose certificate is accepted.

    Attributes:
        ca: a file of certificates in PEM form to trust instead of the machine's, or a folder.
        also_machine: whether the machine's own are trusted beside those of `ca`.
        server_name: the name to ask for and to check, instead of the address's host.
        insecure: check neither the certificate nor the name. The connection can be read and
            changed by anyone in between.
    """

    ca: Path | None = None
    also_machine: bool = False
    server_name: str | None = None
    insecure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnOptions:
    """How a server is asked.

    Attributes:
        credentials: user name and password; None asks without.
        trust: whose certificate is accepted over TLS.
        timers: how long an answer is waited for.
        family: 4 or 6 uses addresses of this family alone.
        addresses: numeric addresses to use instead of what the host's name resolves to.
        open_timeout_s: seconds until the name is resolved, and until TCP and TLS stand.
    """

    credentials: Credentials | None = field(default=None, repr=False)
    trust: Trust = field(default_factory=Trust)
    timers: Timers = field(default_factory=Timers)
    family: Literal[4, 6] | None = None
    addresses: tuple[str, ...] = ()
    open_timeout_s: float = 10

    def __post_init__(self) -> None:
        if not self.open_timeout_s > 0:
            raise UsageError(f"open_timeout_s is {self.open_timeout_s}; it must be above 0.")
