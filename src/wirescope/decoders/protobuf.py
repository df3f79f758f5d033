"""Protocol Buffers: with a descriptor, by the names of its fields; without, by their numbers.

A message does not say what it is, so that it is never recognised: it is asked for by name.
`ProtobufDecoder` needs the package protobuf and a descriptor set, as `protoc
--include_imports --descriptor_set_out=FILE` writes it. `RawProtobufDecoder` reads the wire format
alone (protobuf.dev, "Encoding"), in which text, bytes and messages look alike.
"""

from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any

from wirescope.decoders.nested import is_text
from wirescope.decoders.payload import Conversation, Decoded, Payload
from wirescope.decoders.tree import (
    Tree,
    brief,
    check_length,
    read_json,
    readable,
    tree_to_json,
)
from wirescope.decoders.varint import read_varint
from wirescope.errors import ComposeError, DecodeError, UnknownDecoderError, UsageError

_MAX_FIELDS = 50_000
_MAX_DEPTH = 16
_VARINT, _EIGHT, _LENGTH, _GROUP, _END, _FOUR = range(6)


class RawProtobufDecoder:
    """A message of which nothing is known: `{"1": [150], "2": ["text"]}`."""

    name = "protobuf"
    priority = 0
    subprotocols: tuple[str, ...] = ()

    def recognises(self, payload: Payload) -> float:
        """Never: most bytes could be one."""
        return 0.0

    def conversation(self) -> Conversation:
        """Nothing has to be remembered."""
        return self

    def decode(self, payload: Payload) -> Decoded:
        """Read the fields by their numbers."""
        check_length(payload.data)
        value = readable(_Message().read(payload.data, 0))
        return Decoded(format=self.name, summary=brief(value), value=value)


class ProtobufDecoder:
    """Messages of one type.

    Args:
        descriptor_set: a serialised `FileDescriptorSet` with all imports.
        message: the type's full name, as `chat.v1.Message`.
        name: how to call the decoder.
        subprotocols: the subprotocols that it is chosen by.

    Raises:
        UnknownDecoderError: the package protobuf is not installed.
        UsageError: the descriptor set is none, or has no such type.
    """

    priority = 0

    def __init__(
        self,
        descriptor_set: bytes,
        message: str,
        *,
        name: str = "",
        subprotocols: tuple[str, ...] = (),
    ) -> None:
        self.name = name or f"protobuf:{message}"
        self.subprotocols = subprotocols
        self._type = _message_type(descriptor_set, message)
        self._json = _library("google.protobuf.json_format")
        self._message = message

    def recognises(self, payload: Payload) -> float:
        """Never: most bytes could be one."""
        return 0.0

    def conversation(self) -> Conversation:
        """Nothing has to be remembered."""
        return self

    def decode(self, payload: Payload) -> Decoded:
        """Read the fields by their names; numbers of 64 bits are text, as in Protobuf's JSON."""
        check_length(payload.data)
        errors = _library("google.protobuf.message")
        try:
            message = self._type.FromString(payload.data)
            shown = self._json.MessageToJson(message, preserving_proto_field_name=True)
        except (errors.DecodeError, self._json.Error, ValueError, TypeError) as error:
            raise DecodeError(f"It is no {self._message}: {error}.") from None
        except RecursionError:
            raise DecodeError("It is nested too deep.") from None
        value = readable(read_json(shown))
        short = self._message.rpartition(".")[2]
        return Decoded(
            format=self.name, summary=f"{short} {brief(value)}", value=value, name=self._message
        )

    def compose(self, value: Tree) -> Sequence[Payload]:
        """Write a message; bytes in it are base64, as in Protobuf's JSON."""
        if not isinstance(value, dict):
            raise ComposeError("A message is an object.")
        try:
            typed = tree_to_json(value).decode()
            data: bytes = self._json.Parse(typed, self._type()).SerializeToString()
        except (self._json.Error, ValueError, TypeError, RecursionError) as error:
            raise ComposeError(f"It is no {self._message}: {error}.") from None
        return [Payload(data=data, kind="binary", direction="sent")]


def _library(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError:
        raise UnknownDecoderError(
            "Protobuf needs the package protobuf.", hint="Install wirescope[decoders]."
        ) from None


def _message_type(descriptor_set: bytes, message: str) -> Any:
    descriptors = _library("google.protobuf.descriptor_pb2")
    errors = _library("google.protobuf.message")
    pool = _library("google.protobuf.descriptor_pool").DescriptorPool()
    try:
        for file in descriptors.FileDescriptorSet.FromString(descriptor_set).file:
            pool.AddSerializedFile(file.SerializeToString())
        found = pool.FindMessageTypeByName(message)
    except (errors.DecodeError, TypeError, ValueError):
        raise UsageError("This is no descriptor set with all that it imports.") from None
    except KeyError:
        raise UsageError(f"The descriptor set has no message {message!r}.") from None
    return _library("google.protobuf.message_factory").GetMessageClass(found)


class _Message:
    """Reads fields by their numbers, as many as may be, however they are nested."""

    def __init__(self) -> None:
        self._left = _MAX_FIELDS

    def read(self, data: bytes, depth: int) -> dict[str, list[Any]]:
        """Read one message; each field may be repeated, so each is a list."""
        if depth > _MAX_DEPTH:
            raise DecodeError("It is nested too deep.")
        found: dict[str, list[Any]] = {}
        for number, value in _fields(data):
            self._left -= 1
            if self._left < 0:
                raise DecodeError(f"It has more than {_MAX_FIELDS:,} fields.")
            shown = self._guess(value, depth) if isinstance(value, bytes) else value
            found.setdefault(str(number), []).append(shown)
        return found

    def _guess(self, data: bytes, depth: int) -> Any:
        """Show bytes as text where they are that, as a message where they can be one."""
        if not data or is_text(data):
            return data.decode()
        try:
            return self.read(data, depth + 1)
        except DecodeError:
            return data


def _fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    at = 0
    while at < len(data):
        place = at
        tag, at = _varint(data, at)
        number, kind = tag >> 3, tag & 7
        if not number or kind in (_GROUP, _END) or kind > _FOUR:
            raise DecodeError(f"There is no field of wire type {kind}.", where=f"byte {place}")
        if kind == _VARINT:
            value, at = _varint(data, at)
            yield number, value
            continue
        size = {_EIGHT: 8, _FOUR: 4}.get(kind, -1)
        if size < 0:
            size, at = _varint(data, at)
        if at + size > len(data):
            raise DecodeError("A field is longer than its message.", where=f"byte {place}")
        piece = data[at : at + size]
        yield number, piece if kind == _LENGTH else int.from_bytes(piece, "little")
        at += size


def _varint(data: bytes, at: int) -> tuple[int, int]:
    found = read_varint(data, at, longest=10)
    if found is None:
        raise DecodeError("A number does not end.", where=f"byte {at}")
    return found
