"""Payload bytes to readable trees and back, a file a format; and who answers whom."""

from wirescope.decoders.choosing import ConnectionDecoder, Problem
from wirescope.decoders.marks import (
    PUSH,
    Correlator,
    Mark,
    Marker,
    Relation,
    key_of,
)
from wirescope.decoders.messagepack import unfolds_beyond
from wirescope.decoders.payload import (
    Composer,
    Conversation,
    Decoded,
    Decoder,
    Payload,
    Role,
)
from wirescope.decoders.plain import undecoded
from wirescope.decoders.protobuf import ProtobufDecoder
from wirescope.decoders.registry import (
    ENTRY_POINTS,
    Registry,
    check_decoder,
    decoders_of_packages,
)
from wirescope.decoders.spelling import decode_base64, decode_hex
from wirescope.decoders.standard import standard_decoders
from wirescope.decoders.tree import (
    MAX_DEPTH,
    MAX_PAYLOAD,
    MAX_VALUES,
    Tree,
    brief,
    tree_from_json,
    tree_to_json,
)
from wirescope.decoders.validation import validated

__all__ = [
    "ENTRY_POINTS",
    "MAX_DEPTH",
    "MAX_PAYLOAD",
    "MAX_VALUES",
    "PUSH",
    "Composer",
    "ConnectionDecoder",
    "Conversation",
    "Correlator",
    "Decoded",
    "Decoder",
    "Mark",
    "Marker",
    "Payload",
    "Problem",
    "ProtobufDecoder",
    "Registry",
    "Relation",
    "Role",
    "Tree",
    "brief",
    "check_decoder",
    "decode_base64",
    "decode_hex",
    "decoders_of_packages",
    "key_of",
    "standard_decoders",
    "tree_from_json",
    "tree_to_json",
    "undecoded",
    "unfolds_beyond",
    "validated",
]
