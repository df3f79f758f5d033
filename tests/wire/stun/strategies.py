"""Messages whatever, for hypothesis."""

from hypothesis import strategies as st

from wirescope.wire.stun import (
    AdditionalAddressFamily,
    AddressErrorCode,
    Algorithm,
    AlternateDomain,
    AlternateServer,
    Attribute,
    ChangeRequest,
    ChannelNumber,
    Data,
    DontFragment,
    ErrorCode,
    EvenPort,
    Fingerprint,
    IceControlled,
    IceControlling,
    Icmp,
    Lifetime,
    MappedAddress,
    MessageClass,
    MessageIntegrity,
    MessageIntegritySha256,
    Nonce,
    OtherAddress,
    Padding,
    PasswordAlgorithm,
    PasswordAlgorithms,
    Priority,
    Realm,
    RequestedAddressFamily,
    RequestedTransport,
    ReservationToken,
    ResponseOrigin,
    ResponsePort,
    Software,
    StunMessage,
    UnknownAttributes,
    UseCandidate,
    UserHash,
    Username,
    XorMappedAddress,
    XorPeerAddress,
    XorRelayedAddress,
)

u8, u16, u32, u64 = (st.integers(0, (1 << bits) - 1) for bits in (8, 16, 32, 64))
transaction_ids = st.binary(min_size=12, max_size=12)
hosts = st.ip_addresses().map(str)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
codes = st.integers(0, 799)
algorithms = st.builds(Algorithm, u16, st.binary(max_size=9))


def _bytes(*lengths):
    return st.sampled_from(lengths).flatmap(lambda n: st.binary(min_size=n, max_size=n))


_ADDRESSES = (
    *(MappedAddress, XorMappedAddress, AlternateServer, ResponseOrigin, OtherAddress),
    *(XorPeerAddress, XorRelayedAddress),
)

values = st.one_of(
    *(st.builds(kind, hosts, u16) for kind in _ADDRESSES),
    *(st.builds(kind, texts) for kind in (Username, Realm, Software, AlternateDomain)),
    *(st.builds(kind, st.binary(max_size=40)) for kind in (Nonce, Padding, Data)),
    st.builds(UserHash, _bytes(32)),
    st.builds(MessageIntegrity, _bytes(20)),
    st.builds(MessageIntegritySha256, _bytes(16, 20, 24, 28, 32)),
    st.builds(ReservationToken, _bytes(8)),
    st.builds(Fingerprint, u32),
    st.builds(ErrorCode, codes, texts),
    st.builds(AddressErrorCode, u8, codes, texts),
    st.builds(PasswordAlgorithms, st.lists(algorithms, max_size=3).map(tuple)),
    st.builds(PasswordAlgorithm, algorithms),
    st.builds(UnknownAttributes, st.lists(u16, max_size=5).map(tuple)),
    st.builds(Priority, u32),
    st.builds(Lifetime, u32),
    *(st.builds(kind, u64) for kind in (IceControlled, IceControlling)),
    *(st.builds(kind, u16) for kind in (ResponsePort, ChannelNumber)),
    *(
        st.builds(kind, u8)
        for kind in (RequestedAddressFamily, AdditionalAddressFamily, RequestedTransport)
    ),
    st.builds(ChangeRequest, st.booleans(), st.booleans()),
    st.builds(EvenPort, st.booleans()),
    st.builds(UseCandidate),
    st.builds(DontFragment),
    st.builds(Icmp, st.integers(0, 127), st.integers(0, 511), u32),
)


@st.composite
def attributes(draw: st.DrawFn) -> Attribute:
    """Draw an attribute, known or not, with padding that is right or of other bytes."""
    value = draw(st.binary(max_size=24))
    missing = -len(value) % 4
    padding = draw(st.none() | st.binary(min_size=missing, max_size=missing))
    usual = padding == bytes(missing)
    return Attribute(draw(u16), value, None if usual else padding)


messages = st.builds(
    StunMessage,
    st.sampled_from(MessageClass),
    st.integers(0, 0xFFF),
    transaction_ids,
    st.lists(attributes(), max_size=6).map(tuple),
)
