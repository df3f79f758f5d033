"""What has come of something that goes on in the next message, a direction each.

Pieces are joined when there is a chance that it is complete, so that a flood of small messages
does not copy a large beginning again and again.
"""

from wirescope.decoders.tree import MAX_PAYLOAD
from wirescope.errors import DecodeError


class Unfinished:
    """The pieces of one direction."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._size = 0
        self._needed = 0
        self._ended_by = b""

    def add(self, data: bytes) -> bytes | None:
        """Take what came next; give everything when it may be complete.

        Raises:
            DecodeError: it has become too much; it is forgotten.
        """
        if not self._pieces and len(data) <= MAX_PAYLOAD:
            return data
        self._pieces.append(data)
        self._size += len(data)
        if self._size > MAX_PAYLOAD:
            self.keep(b"")
            raise DecodeError(f"What belongs together has more than {MAX_PAYLOAD >> 20} MiB.")
        waiting = self._size < self._needed or self._ended_by not in data
        return None if waiting else b"".join(self._pieces)

    def keep(self, rest: bytes, *, needed: int = 0, ended_by: bytes = b"") -> None:
        """Keep what is left over, until so many bytes have come, and these are among them."""
        self._pieces = [rest] if rest else []
        self._size = len(rest)
        self._needed = needed if rest else 0
        self._ended_by = ended_by if rest else b""

    @property
    def size(self) -> int:
        """Bytes that are kept."""
        return self._size
