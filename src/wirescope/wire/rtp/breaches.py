"""What is illegal about a packet that can be read all the same."""

import msgspec


class Breach(msgspec.Struct, frozen=True):
    """One breach of a specification.

    Attributes:
        clause: the section, as `RFC 3550 6.1`.
        message: one sentence, what was seen and what was expected.
        offset: where in the packet it shows, in bytes.
    """

    clause: str
    message: str
    offset: int
