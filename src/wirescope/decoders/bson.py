"""BSON documents, read with pymongo's `bson` where that is installed.

What JSON has no word for is shown as MongoDB's relaxed Extended JSON does, `{"$oid": "…"}`, which
can be typed as well.
"""

from collections.abc import Sequence
from functools import cache
from importlib import import_module
from typing import Any

import msgspec

from wirescope.decoders.payload import Conversation, Decoded, Payload
from wirescope.decoders.tree import Tree, brief, check_length, read_json, readable, tree_to_json
from wirescope.errors import ComposeError, DecodeError, UnknownDecoderError


class BsonDecoder:
    """One BSON document."""

    name = "bson"
    priority = 1
    subprotocols: tuple[str, ...] = ("bson",)

    def recognises(self, payload: Payload) -> float:
        """Look whether the length before it is its length, and a NUL its end."""
        data = payload.data
        if payload.kind != "binary" or len(data) < 5 or data[-1]:
            return 0.0
        return 0.45 if int.from_bytes(data[:4], "little") == len(data) else 0.0

    def conversation(self) -> Conversation:
        """Nothing has to be remembered."""
        return self

    def decode(self, payload: Payload) -> Decoded:
        """Read the document."""
        check_length(payload.data)
        library = _library("bson")
        try:
            document = library.decode(payload.data, codec_options=_options())
            shown = _library("bson.json_util").dumps(document, json_options=_json_options())
        except (library.errors.BSONError, ValueError, TypeError, OverflowError) as error:
            raise DecodeError(f"It is not BSON: {error}.") from None
        except RecursionError:
            raise DecodeError("It is nested too deep.") from None
        value = readable(read_json(shown))
        return Decoded(format=self.name, summary=brief(value), value=value)

    def compose(self, value: Tree) -> Sequence[Payload]:
        """Write a document."""
        if not isinstance(value, dict):
            raise ComposeError("A BSON document is an object.")
        library = _library("bson")
        try:
            typed = tree_to_json(_extended(value)).decode()
            document = _library("bson.json_util").loads(typed, json_options=_json_options())
            data: bytes = library.encode(document)
        except (library.errors.BSONError, ValueError, TypeError, OverflowError, KeyError) as error:
            raise ComposeError(f"BSON cannot hold it: {error}.") from None
        except (RecursionError, AttributeError):
            raise ComposeError("It is not Extended JSON.") from None
        return [Payload(data=data, kind="binary", direction="sent")]


@cache
def _library(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError:
        raise UnknownDecoderError(
            "BSON needs the package pymongo.", hint="Install wirescope[decoders]."
        ) from None


@cache
def _options() -> Any:
    # Dates of any year, and bytes that are no UTF-8, are shown and not refused.
    codec = _library("bson.codec_options")
    return codec.CodecOptions(
        datetime_conversion=codec.DatetimeConversion.DATETIME_MS,
        unicode_decode_error_handler="backslashreplace",
    )


@cache
def _json_options() -> Any:
    util = _library("bson.json_util")
    return util.JSONOptions(
        json_mode=util.JSONMode.RELAXED,
        datetime_conversion=_options().datetime_conversion,
        unicode_decode_error_handler="backslashreplace",
    )


def _extended(value: Tree) -> Tree:
    """Write bytes as Extended JSON does."""
    if isinstance(value, bytes):
        encoded = msgspec.to_builtins(value)
        return {"$binary": {"base64": encoded, "subType": "00"}}
    if isinstance(value, dict):
        return {key: _extended(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_extended(each) for each in value]
    return value
