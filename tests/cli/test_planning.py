"""What options mean: compression."""

import pytest

from wirescope.cli.planning import read_compression
from wirescope.errors import UsageError
from wirescope.wire.websocket import DeflateOffer


@pytest.mark.parametrize(
    ("text", "offer"),
    [
        ("off", None),
        ("deflate", DeflateOffer()),
        ("permessage-deflate; server_max_window_bits=10", DeflateOffer(server_max_window_bits=10)),
        ("deflate,client_max_window_bits=none", DeflateOffer(client_max_window_bits=None)),
    ],
)
def test_compression_is_off_or_an_offer(text, offer):
    assert read_compression(text) == offer


@pytest.mark.parametrize("text", ["", "on", "off,deflate", "deflate,level=9", "deflate,x=²"])
def test_what_is_no_compression_is_a_mistake(text):
    with pytest.raises(UsageError):
        read_compression(text)
