"""Messages out of a byte stream, over TCP or TLS (RFC 8489 section 6.2.2, RFC 8656 section 12.5).

A stream is STUN messages and ChannelData, each saying its length, one after the other. Nothing in
it shows where the next one begins after bytes that are neither, so then the connection has to be
closed; messages that came whole before come out all the same.
"""

from collections.abc import Iterator
from typing import NoReturn

from wirescope.errors import PacketError
from wirescope.wire.stun import HEADER_LENGTH, MAGIC_COOKIE, StunMessage, parse_stun
from wirescope.wire.turn.channel_data import (
    CHANNEL_NUMBERS,
    ChannelData,
    parse_channel_data,
)

MAX_MESSAGE_LENGTH = HEADER_LENGTH + 0xFFFF
"""Bytes of the longest message that a header can announce."""


class StreamDeframer:
    """Cuts one direction of one connection into messages.

    Args:
        max_length: bytes of the longest message that is taken, header and padding included; so
            many are held between two calls at most.
        channels: the numbers of channels that are taken.
        most_attributes: that a STUN message may have.
    """

    def __init__(
        self,
        *,
        max_length: int = MAX_MESSAGE_LENGTH,
        channels: range = CHANNEL_NUMBERS,
        most_attributes: int = MAX_MESSAGE_LENGTH,
    ) -> None:
        self._most_attributes = most_attributes
        self._max_length = max_length
        self._channels = channels
        self._first = range(channels[0] >> 8, (channels[-1] >> 8) + 1)
        self._pending = bytearray()
        self._offset = 0
        self._broken = False

    @property
    def pending_length(self) -> int:
        """Bytes held of what has not come out; 0 between two messages."""
        return len(self._pending)

    def feed(self, data: bytes) -> Iterator[StunMessage | ChannelData]:
        """Take the next bytes of the stream; give what they complete, in order.

        Raises:
            PacketError: what comes next is no message, or is too long; the offset counts from the
                stream's start. It is raised after the messages before it, and by each later call,
                which takes no bytes any more.
        """
        if not self._broken:
            self._pending += data
        return self._messages()

    def _messages(self) -> Iterator[StunMessage | ChannelData]:
        pending = self._pending
        while len(pending) >= 4:
            length = self._whole_length()
            if len(pending) < length:
                return
            try:
                whole = bytes(pending[:length])
                message = self._parse(whole)
            except PacketError as error:
                self._refuse(error.message, error.clause, error.offset)
            del pending[:length]
            self._offset += length
            yield message

    def _parse(self, whole: bytes) -> StunMessage | ChannelData:
        if whole[0] <= 3:
            return parse_stun(whole, most_attributes=self._most_attributes)
        return parse_channel_data(whole, channels=self._channels)

    def _whole_length(self) -> int:
        """Say how many bytes the next message has; refuse what can be none as early as it shows."""
        pending = self._pending
        length = pending[2] << 8 | pending[3]
        first = self._first
        if not (is_stun := pending[0] <= 3) and pending[0] not in first:
            span = f"0 to 3 or {first[0]} to {first[-1]}"
            text = f"A message begins with {span}; this one begins with {pending[0]}."
            self._refuse(text, "RFC 8656 12", 0)
        length += HEADER_LENGTH if is_stun else 4 + -length % 4
        if length > self._max_length:
            text = f"A message has {length} bytes; {self._max_length} are taken at most."
            self._refuse(text, "RFC 8489 6.2.2", 2)
        if is_stun and not MAGIC_COOKIE.startswith(pending[4:8]):
            self._refuse("The magic cookie is missing.", "RFC 8489 5", 4)
        return length

    def _refuse(self, message: str, clause: str, offset: int) -> NoReturn:
        self._broken = True
        raise PacketError(message, clause=clause, offset=self._offset + offset)
