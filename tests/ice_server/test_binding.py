"""Binding requests, RFC 5780, and how long an answer to somebody unknown may be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.ice_rig import UDP_ONLY, Rig, RigClient
from tests.support.turn_asking import code_of
from wirescope.ice_server.flows import Door
from wirescope.wire.stun import (
    Attribute,
    ChangeRequest,
    MessageClass,
    Method,
    OtherAddress,
    Padding,
    Priority,
    ResponseOrigin,
    ResponsePort,
    Software,
    StunMessage,
    UnknownAttributes,
    Value,
    XorMappedAddress,
    add_fingerprint,
    build_stun,
    make_message,
    parse_stun,
    verify_fingerprint,
)

A, B = "192.0.2.1", "192.0.2.2"


class TwoAddresses(Rig):
    """A server with two addresses and two ports."""

    def __init__(self) -> None:
        super().__init__(seconds=(B,))
        ports = (3478, 3479)
        self.doors = {
            (host, port): self.open_door((host, port)) for host in (A, B) for port in ports
        }
        for (host, port), door in self.doors.items():
            door.others = {
                (ip, change): self.doors[
                    ({A: B, B: A}[host] if ip else host), (6957 - port if change else port)
                ]
                for ip in (False, True)
                for change in (False, True)
            }
        self.door = self.doors[A, 3478]


def bind(client: RigClient, *values: Value | Attribute) -> StunMessage | None:
    return client.ask(client.request(Method.BINDING).with_values(*values))


def test_a_client_is_told_its_address() -> None:
    answer = bind(Rig().client(5000))
    assert answer is not None
    assert answer.find(XorMappedAddress) == XorMappedAddress("198.51.100.7", 5000)
    assert [each.name for each in answer.attributes] == ["XOR-MAPPED-ADDRESS"]


def test_a_client_over_ipv6_is_told_its_address_without_a_zone() -> None:
    answer = bind(Rig().client(host="fe80::1%eth0"))
    assert answer is not None
    assert answer.find(XorMappedAddress) == XorMappedAddress("fe80::1", 5000)


def test_a_client_over_tcp_is_told_its_address() -> None:
    answer = bind(Rig().stream(5000))
    assert answer is not None
    assert answer.find(XorMappedAddress) == XorMappedAddress("198.51.100.7", 5000)


def test_a_request_with_a_fingerprint_is_answered_with_one() -> None:
    client = Rig().client()
    answer = client.ask(add_fingerprint(client.request(Method.BINDING)))
    assert answer is not None
    assert verify_fingerprint(answer)


def test_an_attribute_that_would_have_to_be_understood_is_named() -> None:
    answer = bind(Rig().client(), Priority(1))
    assert answer is not None
    assert code_of(answer) == 420
    assert answer.find(UnknownAttributes) == UnknownAttributes((Priority.TYPE,))


def test_an_indication_is_not_answered() -> None:
    rig = Rig()
    rig.client().put(build_stun(make_message(MessageClass.INDICATION, Method.BINDING, bytes(12))))
    assert rig.sent == []
    assert rig.machine.counts.malformed == 0


@pytest.mark.parametrize("kind", [MessageClass.SUCCESS, MessageClass.ERROR])
def test_a_response_is_not_answered(kind: MessageClass) -> None:
    rig = Rig()
    rig.client().put(build_stun(make_message(kind, Method.BINDING, bytes(12))))
    assert rig.sent == []


# RFC 5780


def test_a_plain_request_is_told_the_other_address() -> None:
    answer = bind(TwoAddresses().client())
    assert answer is not None
    assert answer.find(OtherAddress) == OtherAddress(B, 3479)


@pytest.mark.parametrize("ip", [False, True])
@pytest.mark.parametrize("port", [False, True])
def test_the_answer_comes_from_where_it_was_asked_to(ip: bool, port: bool) -> None:
    rig = TwoAddresses()
    answer = bind(rig.client(), ChangeRequest(ip, port))
    assert answer is not None
    host, number = B if ip else A, 3479 if port else 3478
    door: Door = rig.sent[0][0]
    assert door.local == (host, number)
    assert answer.find(ResponseOrigin) == ResponseOrigin(host, number)
    assert answer.find(OtherAddress) == OtherAddress(B, 3479)


def test_the_answer_goes_to_the_port_that_was_asked_for() -> None:
    rig = TwoAddresses()
    bind(rig.client(5000), ResponsePort(6000))
    assert [to for _, _, to in rig.sent] == [("198.51.100.7", 6000)]


def test_padding_is_given_back_as_long_as_it_came() -> None:
    answer = bind(TwoAddresses().client(), Padding(bytes(1200)))
    assert answer is not None
    assert answer.find(Padding) == Padding(bytes(1200))


def test_padding_and_another_port_do_not_go_together() -> None:
    answer = bind(TwoAddresses().client(), Padding(bytes(64)), ResponsePort(6000))
    assert answer is not None
    assert code_of(answer) == 400


@pytest.mark.parametrize(
    "value", [ChangeRequest(False, True), ResponsePort(6000), Padding(b"1234")]
)
def test_a_server_with_one_address_says_that_it_does_not_know_these(value: Value) -> None:
    answer = bind(Rig().client(), value)
    assert answer is not None
    assert code_of(answer) == 420


# How long an answer may be


def amplification(request: bytes, answer: bytes, overhead: int) -> float:
    return (len(answer) + overhead) / (len(request) + overhead)


@pytest.mark.parametrize("host", ["198.51.100.7", "2001:db8::7"])
def test_the_first_allocate_amplifies_by_one_and_a_half_at_most(host: str) -> None:
    rig = Rig()
    client = rig.client(host=host)
    data = build_stun(client.request(Method.ALLOCATE, UDP_ONLY))
    (answer,) = client.put(data)
    overhead = 28 if "." in host else 48
    assert len(data) == 28
    assert code_of(parse_stun(answer)) == 401
    assert amplification(data, answer, overhead) <= 1.5


def test_an_answer_that_would_be_too_long_is_not_sent() -> None:
    rig = Rig()
    client = rig.client()
    assert client.ask(client.request(Method.ALLOCATE)) is None
    assert rig.machine.counts.too_short == 1


def test_a_longer_request_is_told_more() -> None:
    client = TwoAddresses().client()
    answer = bind(client, Software("a client that pads its request"))
    assert answer is not None
    assert answer.has(OtherAddress)
    assert answer.has(ResponseOrigin)


@given(
    method=st.sampled_from([*Method, 0x7FF]),
    values=st.lists(
        st.one_of(
            st.builds(Attribute, st.integers(0, 0xFFFF), st.binary(max_size=40)),
            st.just(ChangeRequest(True, True)),
            st.binary(max_size=300).map(Padding),
            st.integers(0, 0xFFFF).map(ResponsePort),
        ),
        max_size=6,
    ),
    two=st.booleans(),
    host=st.sampled_from(["198.51.100.7", "2001:db8::7"]),
    finger=st.booleans(),
)
def test_no_request_without_credentials_is_amplified(
    method: int, values: list[Value | Attribute], two: bool, host: str, finger: bool
) -> None:
    rig = TwoAddresses() if two else Rig()
    client = rig.client(host=host)
    request = client.request(method).with_values(*values)
    if finger and not any(each.type == 0x8028 for each in request.attributes):
        request = add_fingerprint(request)
    data = build_stun(request)
    client.put(data)
    assert len(rig.sent) <= 1
    for _, answer, _ in rig.sent:
        assert amplification(data, answer, 28 if "." in host else 48) <= 1.5
