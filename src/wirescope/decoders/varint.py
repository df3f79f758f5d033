"""Integers of variable length: seven bits a byte, the lowest first, the highest bit for "more".

MQTT calls them variable byte integers (MQTT 5 section 1.5.5), SignalR and Protobuf varints; they
differ in how long one may be.
"""

from wirescope.errors import DecodeError


def read_varint(data: bytes, at: int, *, longest: int) -> tuple[int, int] | None:
    """Give the number that begins there and where it ends; None where the data ends before it.

    Raises:
        DecodeError: it has more bytes than the longest may have.
    """
    number = 0
    for size in range(longest):
        if at + size >= len(data):
            return None
        byte = data[at + size]
        number |= (byte & 0x7F) << 7 * size
        if not byte & 0x80:
            return number, at + size + 1
    raise DecodeError(f"A number has more than {longest} bytes.", where=f"byte {at}")


def write_varint(number: int) -> bytes:
    r"""Write a number that is not negative.

    >>> write_varint(300)
    b'\xac\x02'
    """
    made = bytearray()
    while number > 0x7F:
        made.append(number & 0x7F | 0x80)
        number >>= 7
    made.append(number)
    return bytes(made)
