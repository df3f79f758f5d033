"""Which attribute and which method a number stands for (IANA, "STUN Parameters").

Attributes that have a record are read; of others, those of libwebrtc among them, only the name is
known. Below 0x8000 an attribute is comprehension-required: who does not know it cannot take the
message (RFC 8489 section 14).
"""

from enum import IntEnum

from wirescope.wire.stun import attributes, relay_attributes, usage_attributes
from wirescope.wire.stun.values import Value


class Method(IntEnum):
    """What a message is about: RFC 8489's, RFC 8656's, those of TCP (RFC 6062), libwebrtc's."""

    BINDING = 0x001
    ALLOCATE = 0x003
    REFRESH = 0x004
    SEND = 0x006
    DATA = 0x007
    CREATE_PERMISSION = 0x008
    CHANNEL_BIND = 0x009
    CONNECT = 0x00A
    CONNECTION_BIND = 0x00B
    CONNECTION_ATTEMPT = 0x00C
    GOOG_PING = 0x080


_METHOD_NAMES: dict[int, str] = {
    Method.BINDING: "Binding",
    Method.ALLOCATE: "Allocate",
    Method.REFRESH: "Refresh",
    Method.SEND: "Send",
    Method.DATA: "Data",
    Method.CREATE_PERMISSION: "CreatePermission",
    Method.CHANNEL_BIND: "ChannelBind",
    Method.CONNECT: "Connect",
    Method.CONNECTION_BIND: "ConnectionBind",
    Method.CONNECTION_ATTEMPT: "ConnectionAttempt",
    Method.GOOG_PING: "GOOG-PING",
}

ATTRIBUTES: dict[int, type[Value]] = {
    kind.TYPE: kind
    for kind in (
        attributes.MappedAddress,
        attributes.XorMappedAddress,
        attributes.Username,
        attributes.UserHash,
        attributes.MessageIntegrity,
        attributes.MessageIntegritySha256,
        attributes.Fingerprint,
        attributes.ErrorCode,
        attributes.Realm,
        attributes.Nonce,
        attributes.PasswordAlgorithms,
        attributes.PasswordAlgorithm,
        attributes.UnknownAttributes,
        attributes.Software,
        attributes.AlternateServer,
        attributes.AlternateDomain,
        usage_attributes.Priority,
        usage_attributes.UseCandidate,
        usage_attributes.IceControlled,
        usage_attributes.IceControlling,
        usage_attributes.ChangeRequest,
        usage_attributes.Padding,
        usage_attributes.ResponsePort,
        usage_attributes.ResponseOrigin,
        usage_attributes.OtherAddress,
        relay_attributes.ChannelNumber,
        relay_attributes.Lifetime,
        relay_attributes.XorPeerAddress,
        relay_attributes.Data,
        relay_attributes.XorRelayedAddress,
        relay_attributes.RequestedAddressFamily,
        relay_attributes.EvenPort,
        relay_attributes.RequestedTransport,
        relay_attributes.DontFragment,
        relay_attributes.ReservationToken,
        relay_attributes.AdditionalAddressFamily,
        relay_attributes.AddressErrorCode,
        relay_attributes.Icmp,
    )
}
"""Attribute type -> its record."""

_OTHER_NAMES = {
    0x0002: "RESPONSE-ADDRESS",
    0x0004: "SOURCE-ADDRESS",
    0x0005: "CHANGED-ADDRESS",
    0x0007: "PASSWORD",
    0x000B: "REFLECTED-FROM",
    0x0010: "BANDWIDTH",
    0x001B: "ACCESS-TOKEN",
    0x0021: "TIMER-VAL",
    0x002A: "CONNECTION-ID",
    0x8025: "TRANSACTION-TRANSMIT-COUNTER",
    0x8027: "CACHE-TIMEOUT",
    0x802D: "ECN-CHECK",
    0x802E: "THIRD-PARTY-AUTHORIZATION",
    0x8030: "MOBILITY-TICKET",
    0xC000: "CISCO-STUN-FLOWDATA",
    0xC001: "ENF-FLOW-DESCRIPTION",
    0xC002: "ENF-NETWORK-STATUS",
    0xC003: "CISCO-WEBEX-FLOW-INFO",
    0xC056: "CITRIX-TRANSACTION-ID",
    0xC057: "GOOG-NETWORK-INFO",
    0xC058: "GOOG-LAST-ICE-CHECK-RECEIVED",
    0xC059: "GOOG-MISC-INFO",
    0xC05A: "GOOG-OBSOLETE-1",
    0xC05B: "GOOG-CONNECTION-ID",
    0xC05C: "GOOG-DELTA",
    0xC05D: "GOOG-DELTA-ACK",
    0xC05E: "GOOG-DELTA-SYNC-REQ",
    0xC060: "GOOG-MESSAGE-INTEGRITY-32",
}


def attribute_name(number: int) -> str:
    """Name an attribute; one that is not known is called by its number.

    >>> attribute_name(0xC057), attribute_name(0x7FFF)
    ('GOOG-NETWORK-INFO', 'attribute 0x7fff')
    """
    kind = ATTRIBUTES.get(number)
    if kind is not None:
        return kind.NAME
    return _OTHER_NAMES.get(number) or f"attribute 0x{number:04x}"


def method_name(number: int) -> str:
    """Name a method; one that is not known is called by its number.

    >>> method_name(8), method_name(0xFFF)
    ('CreatePermission', 'method 0xfff')
    """
    return _METHOD_NAMES.get(number) or f"method 0x{number:03x}"
