"""Faults of servers that break the protocol."""

from acceptance.faults.closing import after_hello
from acceptance.faults.staging import Fault, Stage, raw
from tests.support.handshakes import Upgrading

MASKED = b"\x81\x82\x01\x02\x03\x04" + bytes(a ^ b for a, b in zip(b"hi", b"\x01\x02", strict=True))
DEFLATE = "Sec-WebSocket-Extensions: permessage-deflate"


def saying(data: bytes) -> Stage:
    """Stage a server that answers the first message with some bytes and waits."""
    return after_hello(data, then="hold")


FAULTS = [
    Fault("a length that is not the shortest", "WS301", saying(b"\x81\x7e\x00\x02hi")),
    Fault("text that is not UTF-8", "WS302", saying(b"\x81\x04caf\xe9")),
    Fault("a close reason that is not UTF-8", "WS302", saying(b"\x88\x06\x03\xe8caf\xe9")),
    Fault("a server that masks", "WS303", saying(MASKED)),
    Fault("frames after the Close", "WS304", saying(b"\x88\x02\x03\xe8\x81\x02hi")),
    Fault("a message in the middle of another", "WS305", saying(b"\x01\x02he\x81\x02hi")),
    Fault("a ping of 200 bytes", "WS306", saying(b"\x89\x7e\x00\xc8" + bytes(200))),
    Fault("a reserved bit", "WS307", saying(b"\xc1\x02hi")),
    Fault("a reserved opcode", "WS307", saying(b"\x83\x00")),
    Fault("data that do not inflate", "WS308",
          raw(Upgrading(lines=(DEFLATE,), after=b"\xc1\x04\xff\xff\xff\xff"))),
]  # fmt: skip
