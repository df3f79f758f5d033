"""What a person is told at once while a capture is being recorded, and which faults pass."""

import sqlite3
from pathlib import Path
from typing import Literal, NamedTuple

_FAULTS_THAT_PASS = {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_NOMEM,
}


class Alarm(NamedTuple):
    """Something about the recording that a person should know at once.

    Attributes:
        kind: `disk-full` or `io-error`: recording pauses; `resumed`: it goes on; `stopped`: it
            does not.
        message: what happened.
        hint: what to do; empty when there is nothing to do.
    """

    kind: Literal["disk-full", "io-error", "resumed", "stopped"]
    message: str
    hint: str = ""


def passes(error: sqlite3.Error) -> bool:
    """Whether the fault may pass, so that trying again makes sense."""
    return _primary_code(error) in _FAULTS_THAT_PASS


def paused(path: Path, error: sqlite3.Error) -> Alarm:
    """Say that recording pauses and why."""
    if _primary_code(error) == sqlite3.SQLITE_FULL:
        return Alarm(
            "disk-full",
            f"The disk is full; recording into {path} pauses.",
            "Make room on it: recording goes on by itself, with what was received till then.",
        )
    return Alarm(
        "io-error",
        f"{path} cannot be written ({error}); recording pauses.",
        "Look at the disk: recording is tried again four times a second.",
    )


def resumed(path: Path) -> Alarm:
    """Say that recording goes on."""
    return Alarm("resumed", f"Recording into {path} goes on; nothing was lost.")


def stopped(path: Path, error: BaseException) -> Alarm:
    """Say that recording is over before its time."""
    return Alarm("stopped", f"Recording into {path} stopped: {error}.")


def _primary_code(error: sqlite3.Error) -> int:
    # The upper bits say more than is needed (https://sqlite.org/rescode.html).
    code: int | None = getattr(error, "sqlite_errorcode", None)
    return -1 if code is None else code & 0xFF
