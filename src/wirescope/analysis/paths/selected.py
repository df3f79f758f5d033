"""The path that data took: which pair was selected when, and for how long none worked.

A path works as long as the other side goes on to consent (RFC 7675 section 5.1); an engine says
that it does not any more by `disconnected`, and gives up by `failed`.
"""

from collections import deque

import msgspec

from wirescope.events import IcePair, PeerState

_WORKS = ("connected", "completed")
_LOST = ("disconnected", "failed")


class PathSelected(msgspec.Struct, frozen=True):
    """Data takes another path from now on.

    Attributes:
        seq: the number of the event.
        at_ns: when it was seen.
        local: this end's candidate, as `host udp 192.0.2.1:50000`.
        remote: the other side's.
        over: `udp`, `tcp` or `tls`: how data leaves this machine, to the relay where there is one.
        server: the relay of this end; empty without one, or if not known.
    """

    seq: int
    at_ns: int
    local: str
    remote: str
    over: str
    server: str = ""

    @property
    def is_relayed(self) -> bool:
        """Whether a relay of either side passes the data on."""
        return self.local.startswith("relay ") or self.remote.startswith("relay ")

    @property
    def words(self) -> str:
        """It, as the end of a sentence about a path."""
        return f"{'relayed' if self.is_relayed else 'direct'}, {self.local} to {self.remote}"


class Loss(msgspec.Struct):
    """A time in which no path worked.

    Attributes:
        seq: the event that says so.
        from_ns: when it was noticed.
        failed: whether the engine gave up on it, so that only a restart of ICE could help.
        until_ns: when a path worked again; None if none did.
        until_seq: the event of that, 0 without one.
    """

    seq: int
    from_ns: int
    failed: bool
    until_ns: int | None = None
    until_seq: int = 0


class Consent:
    """Follows ICE from the first path on.

    Attributes:
        began_ns: when the first path worked; None before.
        losses: the times without one, the newest `MOST_LOSSES`.
        left_out: how many earlier ones are not kept.
    """

    def __init__(self) -> None:
        self.began_ns: int | None = None
        self.losses: deque[Loss] = deque(maxlen=MOST_LOSSES)
        self.left_out = 0

    def note(self, event: PeerState) -> None:
        """Take a move of ICE."""
        last = self.losses[-1] if self.losses else None
        is_lost = last is not None and last.until_ns is None
        if event.to in _WORKS:
            if self.began_ns is None:
                self.began_ns = event.at_ns
            if last is not None and is_lost:
                last.until_ns, last.until_seq = event.at_ns, event.seq
        elif event.to in _LOST and self.began_ns is not None:
            if last is not None and is_lost:
                last.failed = last.failed or event.to == "failed"
            else:
                self.left_out += len(self.losses) == MOST_LOSSES
                self.losses.append(Loss(event.seq, event.at_ns, event.to == "failed"))


MOST_LOSSES = 64


def is_same_path(before: PathSelected | None, pair: IcePair) -> bool:
    """Whether data takes this pair already; a candidate may get another name on the way.

    One that was found by the checks has an address only once it is told.
    """
    if before is None:
        return False
    return (before.local, before.remote) == (pair.local, pair.remote) or (
        _port(before.local) == _port(pair.local)
        and _port(before.remote) == _port(pair.remote)
        and "unknown:" in before.remote + pair.remote
    )


def _port(words: str) -> str:
    return words.rpartition(":")[2]
