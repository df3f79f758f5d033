"""A message of a workload: a head that says when it was sent, and padding up to its size.

The head is a number and a time, so that the far side knows what came and how long it took. What
follows does not compress, as a coded picture or sound does not; of text it compresses as words do,
and no message repeats what a compressor still remembers (RFC 7692 section 7.1.1, 32 KiB). Not here:
how many messages there are and when they go (`flows`).
"""

import base64
import random
import struct
from functools import cache
from typing import Final

_HEAD = struct.Struct("!IQ")

HEAD_BYTES: Final = _HEAD.size
"""What a message has at least: its number (32 bits) and when it was sent (64 bits, nanoseconds)."""

TEXT_HEAD_BYTES: Final = 16
"""The same of text, which has its head in base64 (RFC 4648 section 4), to be valid UTF-8."""

MAX_NUMBER: Final = (1 << 32) - 1

_POOL_BYTES = 1 << 20
_TAIL_BYTES = 1 << 16
# Odd, and near the golden section of 2^32: starts are so far apart that what a compressor remembers
# of the messages before never overlaps with the one that follows.
_STRIDE = 0x9E3779B1
_WORDS = (
    "the", "to", "of", "and", "you", "that", "is", "in", "it", "for", "on", "are", "as", "with",
    "at", "this", "have", "from", "or", "had", "by", "but", "some", "what", "there", "we",
    "can", "out", "other", "were", "all", "your", "when", "up", "use", "word", "how", "said",
    "each", "she", "which", "their", "time", "will", "way", "about", "many", "then", "them",
    "would", "write", "like", "so", "these", "long", "make", "thing", "see", "him", "two",
    "has", "look", "more", "day", "could", "come", "yesterday", "meeting", "Friday", "thanks",
    "tomorrow", "price", "order", "invoice", "please", "perhaps", "network",
)  # fmt: skip


def write_message(number: int, sent_ns: int, size: int, *, text: bool = False) -> bytes:
    """Return a message of `size` bytes.

    Args:
        number: its place among those of its side, from 0 to 2^32 - 1.
        sent_ns: when it is sent, nanoseconds on the machine's monotonic clock.
        size: in bytes, head included; `HEAD_BYTES` at least, of text `TEXT_HEAD_BYTES`.
        text: whether it is ASCII text, with a head in base64.

    Raises:
        ValueError: the size is too small for the head.
        struct.error: the number or the time does not fit.
    """
    head = _HEAD.pack(number, sent_ns)
    if text:
        head = base64.b64encode(head)
    if size < len(head):
        raise ValueError(f"a message needs {len(head)} bytes for its head, not {size}")
    return head + _padding(number, size - len(head), text=text)


def read_head(data: bytes | bytearray | memoryview, *, text: bool = False) -> tuple[int, int]:
    """Return a message's number and when it was sent, in nanoseconds.

    Raises:
        ValueError: it is too short for a head, or it is text whose head is not base64.
    """
    needed = TEXT_HEAD_BYTES if text else HEAD_BYTES
    if len(data) < needed:
        raise ValueError(f"a message begins with a head of {needed} bytes; this has {len(data)}")
    head = base64.b64decode(data[:needed], validate=True) if text else data
    number, sent_ns = _HEAD.unpack_from(head)
    return number, sent_ns


def _padding(number: int, length: int, *, text: bool) -> bytes:
    pool = _text_pool() if text else _binary_pool()
    start = (number * _STRIDE % (1 << 32)) * _POOL_BYTES >> 32
    if length <= _TAIL_BYTES:
        return pool[start : start + length]
    turned = pool[start:_POOL_BYTES] + pool[:start]
    return (turned * (length // _POOL_BYTES + 1))[:length]


@cache
def _binary_pool() -> bytes:
    return _with_tail(random.Random(1).randbytes(_POOL_BYTES))


@cache
def _text_pool() -> bytes:
    words = random.Random(1).choices(_WORDS, k=_POOL_BYTES // 4)
    return _with_tail(" ".join(words).encode("ascii")[:_POOL_BYTES])


def _with_tail(pool: bytes) -> bytes:
    """Repeat the beginning at the end, so that short slices never have to be put together."""
    return pool + pool[:_TAIL_BYTES]
