import sys

import bson
import cbor2
import pytest

from tests.decoders.samples import binary
from wirescope.decoders import ConnectionDecoder, standard_decoders
from wirescope.errors import UnknownDecoderError

DECODERS = standard_decoders()


def decode(name, data):
    return DECODERS[name].conversation().decode(binary(data))


def test_binary_formats_are_told_apart():
    for name, data in (
        ("bson", bson.encode({"a": 1})),
        ("cbor", cbor2.dumps({"a": 1})),
        ("messagepack", bytes.fromhex("81a16101")),
    ):
        assert ConnectionDecoder(DECODERS).decode(binary(data)).format == name


@pytest.mark.parametrize(("name", "package"), [("cbor", "cbor2"), ("bson", "bson")])
def test_a_part_that_is_not_installed_is_named(name, package, monkeypatch):
    from wirescope.decoders import bson as bson_module
    from wirescope.decoders import cbor as cbor_module

    for cached in (bson_module._library, cbor_module._cbor2):
        cached.cache_clear()
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(UnknownDecoderError, match=r"wirescope\[decoders\]"):
        decode(name, bytes.fromhex("160000000268656c6c6f0006000000776f726c640000"))
    for cached in (bson_module._library, cbor_module._cbor2):
        cached.cache_clear()
