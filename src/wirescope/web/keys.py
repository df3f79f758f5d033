"""The keys that browsers hold: cookies, kept across runs so that an open page survives a restart.

Only their SHA-256 is written down, in a file that nobody else may read.
"""

import hashlib
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from wirescope.clock import Clock, SystemClock

LIFETIME_S = 30 * 24 * 3600
MOST = 64
"""Keys that are good at a time; a further one takes the place of the oldest."""


@dataclass(slots=True)
class Keys:
    """Keys to one address.

    Attributes:
        port: cookies do not tell ports apart (RFC 6265 section 8.5), so their name does.
        file: where the digests are kept; None keeps them in memory alone.
        lifetime_s: seconds that a key is good.
        clock: tells when it is.
    """

    port: int
    file: Path | None = None
    lifetime_s: int = LIFETIME_S
    clock: Clock = field(default_factory=SystemClock)
    _until: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.file is not None:
            with suppress(OSError, msgspec.MsgspecError):
                self._until = msgspec.json.decode(self.file.read_bytes(), type=dict[str, int])

    @property
    def cookie(self) -> str:
        """The cookie's name."""
        return f"wirescope-{self.port}"

    def new(self) -> str:
        """Make a key that is good from now on."""
        key = secrets.token_urlsafe(32)
        now_s = self._now_s()
        self._until = {k: until for k, until in self._until.items() if until > now_s}
        while len(self._until) >= MOST:
            del self._until[min(self._until, key=self._until.__getitem__)]
        self._until[_digest(key)] = now_s + self.lifetime_s
        with suppress(OSError):  # it is good all the same, until the server ends
            self._write()
        return key

    def is_good(self, key: str) -> bool:
        """Whether a key was given out and is not too old.

        Keys are looked up by their digest, so that the time it takes says nothing about them.
        """
        return self._until.get(_digest(key), 0) > self._now_s()

    def _now_s(self) -> int:
        return self.clock.wall_ns() // 1_000_000_000

    def _write(self) -> None:
        if self.file is None:
            return
        self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = self.file.with_name(f"{self.file.name}.{os.getpid()}")
        fresh.unlink(missing_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(msgspec.json.encode(self._until))
            fresh.replace(self.file)
        except OSError:
            fresh.unlink(missing_ok=True)
            raise


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
