"""A new capture made of events that exist already, as importing does; all of it or nothing."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from wirescope.capture.intake import BLOCK_EVENTS, Intake
from wirescope.capture.lock import WriterLock
from wirescope.capture.store import Store
from wirescope.errors import CaptureExistsError, CaptureFormatError, CaptureWriteError
from wirescope.events import Emission, MessageChunk, PayloadChunk

_BATCH_BYTES = 2 << 20


OnProgress = Callable[[int], None]
"""Is told how many events there are so far."""


def build_capture(
    out: Path,
    emissions: Iterable[Emission],
    *,
    started_wall_ns: int,
    on_progress: OnProgress = lambda _count: None,
) -> int:
    """Write emissions, whose numbers rise, into a new capture; return how many events it holds.

    Secrets are blotted out as in any capture. CaptureExistsError when `out` exists; whatever is
    raised while the emissions are made is raised here. In either case nothing is left behind.
    """
    if out.exists():
        raise CaptureExistsError(f"{out} exists already.", hint="Choose another name.")
    if not out.parent.is_dir():
        raise CaptureWriteError(
            f"{out} cannot be created: there is no folder {out.parent}.",
            hint="Make the folder, or choose another name.",
        )
    lock = WriterLock(out)
    # What is killed on the way is left under this name, and is no capture that lacks its end.
    part = out.with_name(f".{out.name[:200]}.part")
    try:
        _remove(part)
        count = _build(part, emissions, started_wall_ns, on_progress)
        part.rename(out)
    except BaseException as error:
        _remove(part)
        if isinstance(error, sqlite3.Error):
            raise CaptureWriteError(f"{out} cannot be written: {error}.") from None
        if isinstance(error, OverflowError):
            raise CaptureFormatError("An event has a number above 2^63.") from None
        raise
    else:
        return count
    finally:
        lock.release()


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _build(
    out: Path, emissions: Iterable[Emission], started_wall_ns: int, on_progress: OnProgress
) -> int:
    count = at_ns = 0
    intake = Intake(whole_messages=True)
    store = Store(out, started_wall_ns=started_wall_ns)
    try:
        for batch in _batches(emissions):
            events = [each for each in batch if not isinstance(each, PayloadChunk | MessageChunk)]
            count += len(events)
            at_ns = max([at_ns, *(event.at_ns for event in events)])
            intake.add(batch)
            store.commit(store.prepare(intake.take()))
            on_progress(count)
        store.finish(ended_at_ns=at_ns)
    finally:
        store.close()
    return count


def _batches(emissions: Iterable[Emission]) -> Iterator[list[Emission]]:
    """Cut into what is committed together: so many emissions or bytes at most."""
    batch: list[Emission] = []
    size = 0
    for emission in emissions:
        batch.append(emission)
        size += len(getattr(emission, "payload", b"") or getattr(emission, "data", b""))
        if len(batch) >= BLOCK_EVENTS or size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
