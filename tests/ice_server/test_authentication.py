"""Who a request is from: what is refused, with which code, and what is not."""

import pytest

from tests.support.ice_rig import UDP_ONLY, Rig, RigClient, timed_client
from tests.support.turn_asking import code_of
from wirescope.ice_server import Refused
from wirescope.wire.stun import (
    Fingerprint,
    Lifetime,
    MessageIntegrity,
    MessageIntegritySha256,
    Method,
    Nonce,
    Realm,
    StunMessage,
    Username,
    add_fingerprint,
    add_integrity,
    add_integrity_sha256,
    build_stun,
    parse_stun,
    verify_fingerprint,
    verify_integrity_sha256,
)
from wirescope.wire.turn import make_credentials

SECRET = b"shared"


@pytest.fixture
def rig() -> Rig:
    return Rig(secret=SECRET)


def refused(rig: Rig) -> list[tuple[int, str]]:
    return [(each.code, each.reason) for each in rig.events if isinstance(each, Refused)]


def test_the_first_request_is_answered_with_401_realm_and_nonce(rig: Rig) -> None:
    client = rig.client()
    answer = client.ask(client.request(Method.ALLOCATE, UDP_ONLY))
    assert answer is not None
    assert code_of(answer) == 401
    realm, nonce = answer.find(Realm), answer.find(Nonce)
    assert realm == Realm("wirescope")
    assert nonce is not None
    assert len(nonce.data) == 8
    assert not answer.has(MessageIntegrity)


def test_the_right_password_is_taken(rig: Rig) -> None:
    assert code_of(rig.client().allocate()) == 0


def test_a_wrong_password_is_refused(rig: Rig) -> None:
    client = rig.client(password="other")
    assert code_of(client.allocate()) == 401
    assert "password" in refused(rig)[-1][1]


def test_an_unknown_user_is_refused(rig: Rig) -> None:
    assert code_of(rig.client(user="eve").allocate()) == 401
    assert refused(rig)[-1] == (401, "no such user")


def test_credentials_for_a_time_are_taken_while_they_hold(rig: Rig) -> None:
    good = make_credentials(SECRET, expires_at_s=int(rig.wall_s) + 60, user="bob")
    client = timed_client(rig, SECRET, good.username)
    assert client.password == good.password
    assert code_of(client.allocate()) == 0


def test_expired_credentials_are_refused(rig: Rig) -> None:
    client = timed_client(rig, SECRET, f"{int(rig.wall_s) - 1}:bob")
    assert code_of(client.allocate()) == 401
    assert refused(rig)[-1] == (401, "the credentials have expired")


def test_credentials_whose_time_was_moved_on_are_refused(rig: Rig) -> None:
    old = make_credentials(SECRET, expires_at_s=int(rig.wall_s) - 1, user="bob")
    client = rig.client(user=f"{int(rig.wall_s) + 600}:bob", password=old.password)
    assert code_of(client.allocate()) == 401


def test_credentials_of_another_secret_are_refused(rig: Rig) -> None:
    client = timed_client(rig, b"another", f"{int(rig.wall_s) + 600}:bob")
    assert code_of(client.allocate()) == 401


def test_credentials_for_a_time_are_refused_where_there_is_no_secret() -> None:
    rig = Rig()
    assert code_of(timed_client(rig, SECRET, f"{int(rig.wall_s) + 600}:bob").allocate()) == 401


def test_an_allocation_goes_on_when_its_credentials_have_expired(rig: Rig) -> None:
    client = timed_client(rig, SECRET, f"{int(rig.wall_s) + 60}:bob")
    client.relay()
    rig.pass_s(100)
    assert code_of(client.do(Method.REFRESH)) == 0
    assert code_of(timed_client(rig, SECRET, client.user, port=5001).allocate()) == 401


def test_no_new_allocation_is_made_with_expired_credentials_as_the_old_one_ends(rig: Rig) -> None:
    client = timed_client(rig, SECRET, f"{int(rig.wall_s) + 60}:bob")
    client.relay()
    rig.machine.at(int((rig.now_s + 600) * 1e9), rig.wall_s + 600)  # and no tick has passed
    client.learn()
    assert code_of(client.allocate()) == 401
    assert len(rig.relays) == 1


def test_an_allocate_request_that_comes_again_is_answered_when_the_credentials_are_over(
    rig: Rig,
) -> None:
    client = timed_client(rig, SECRET, f"{int(rig.wall_s) + 60}:bob")
    client.learn()
    data = build_stun(client.sign(client.request(Method.ALLOCATE, UDP_ONLY)))
    first = client.put(data)
    rig.pass_s(61)
    assert client.put(data) == first
    assert code_of(client.allocate()) == 401


def test_a_nonce_is_too_old_after_its_time() -> None:
    rig = Rig(nonce_lifetime_s=60)
    client = rig.client()
    client.learn()
    rig.pass_s(60)
    assert code_of(client.allocate()) == 0
    rig.pass_s(10)
    answer = client.do(Method.REFRESH)
    assert code_of(answer) == 438
    client.learn_from(answer)
    assert code_of(client.do(Method.REFRESH)) == 0


def test_a_nonce_does_not_come_back_when_its_clock_has_gone_round(rig: Rig) -> None:
    client = rig.client()
    client.learn()
    rig.pass_s(8 * 65_536)
    assert code_of(client.allocate()) == 438


@pytest.mark.parametrize("nonce", [b"A", b"AAAAAAAA", b"x", b"\xff" * 8, b"A" * 700, b"AAAA===="])
def test_a_forged_nonce_is_refused(rig: Rig, nonce: bytes) -> None:
    client = rig.client()
    client.learn()
    client.nonce = nonce
    assert code_of(client.allocate()) == 438


def test_a_request_is_refused_when_somebody_else_sends_it_again(rig: Rig) -> None:
    client = rig.client()
    client.learn()
    overheard = build_stun(client.sign(client.request(Method.ALLOCATE, UDP_ONLY)))
    for port, host in ((5001, client.address[0]), (5000, "198.51.100.8")):
        other = rig.client(port, host)
        answers = other.put(overheard)
        assert len(answers) == 1
        assert refused(rig)[-1][0] == 438
    assert rig.relays == []


def test_what_made_or_ended_an_allocation_does_nothing_when_it_is_replayed(rig: Rig) -> None:
    client = rig.client()
    client.learn()
    made = build_stun(client.sign(client.request(Method.ALLOCATE, UDP_ONLY)))
    ended = build_stun(client.sign(client.request(Method.REFRESH, Lifetime(0))))
    assert [code_of(parse_stun(client.put(each)[0])) for each in (made, ended)] == [0, 0]
    assert code_of(parse_stun(client.put(made)[0])) == 437
    assert len(rig.relays) == 1
    relay = client.relay()
    assert code_of(parse_stun(client.put(ended)[0])) == 437
    assert "replayed" in refused(rig)[-1][1]
    assert not relay.closed


def test_a_request_over_tcp_is_refused_when_it_was_signed_for_udp(rig: Rig) -> None:
    client, stream = rig.client(), rig.stream()
    client.learn()
    stream.realm, stream.nonce = client.realm, client.nonce
    assert code_of(stream.allocate()) == 438


def missing(client: RigClient, *kinds: type) -> StunMessage:
    values = [Username(client.user), Realm(client.realm), Nonce(client.nonce)]
    left = [value for value in values if not isinstance(value, kinds)]
    return add_integrity(client.request(Method.ALLOCATE, UDP_ONLY).with_values(*left), client.key)


@pytest.mark.parametrize("kind", [Username, Realm, Nonce])
def test_a_signed_request_that_lacks_something_is_malformed(rig: Rig, kind: type) -> None:
    client = rig.client()
    client.learn()
    answer = client.ask(missing(client, kind))
    assert answer is not None
    assert code_of(answer) == 400


def test_a_user_name_that_is_not_text_is_malformed(rig: Rig) -> None:
    client = rig.client()
    client.learn()
    data = build_stun(client.sign(client.request(Method.ALLOCATE, UDP_ONLY)))
    client.put(data.replace(b"ada\0", b"\xff\xff\xff\0"))
    assert refused(rig)[-1][0] == 400


def test_a_request_that_was_changed_on_its_way_is_refused(rig: Rig) -> None:
    client = rig.client()
    client.learn()
    data = bytearray(build_stun(client.sign(client.request(Method.ALLOCATE, UDP_ONLY))))
    data[8] ^= 1
    client.put(bytes(data))
    assert refused(rig)[-1][0] == 401


def test_a_request_that_is_signed_with_sha256_is_answered_so(rig: Rig) -> None:
    client = rig.client()
    client.learn()
    values = Username(client.user), Realm(client.realm), Nonce(client.nonce)
    request = client.request(Method.ALLOCATE, UDP_ONLY).with_values(*values)
    answer = client.ask(add_integrity_sha256(request, client.key))
    assert answer is not None
    assert code_of(answer) == 0
    assert answer.has(MessageIntegritySha256)
    assert not answer.has(MessageIntegrity)
    assert verify_integrity_sha256(answer, client.key)


def test_a_request_with_a_fingerprint_is_answered_with_one(rig: Rig) -> None:
    client = rig.client()
    client.learn()
    request = client.sign(client.request(Method.ALLOCATE, UDP_ONLY))
    answer = client.ask(add_fingerprint(request))
    assert answer is not None
    assert verify_fingerprint(answer)


def test_a_request_with_a_wrong_fingerprint_is_dropped(rig: Rig) -> None:
    client = rig.client()
    request = client.request(Method.ALLOCATE, UDP_ONLY).with_values(Fingerprint(7))
    assert client.ask(request) is None
    assert rig.machine.counts.malformed == 1


def test_refusals_are_within_the_budget() -> None:
    rig = Rig(answers_per_s=1, answers_at_once=10)
    client = rig.client(password="wrong")
    client.learn()
    for _ in range(100):
        client.ask(client.sign(client.request(Method.ALLOCATE, UDP_ONLY)))
    assert len(rig.sent) == 10
    assert rig.machine.counts.over_budget == 91


def test_a_flood_of_datagrams_leaves_a_way_in_over_tcp() -> None:
    rig = Rig(all_answers_per_s=1, all_answers_at_once=10)
    for number in range(100):
        stranger = rig.client(host=f"203.0.113.{number}")
        stranger.ask(stranger.request(Method.ALLOCATE, UDP_ONLY))
    assert rig.client().ask(rig.client().request(Method.ALLOCATE, UDP_ONLY)) is None
    assert code_of(rig.stream().allocate()) == 0


def test_who_floods_in_a_clients_name_does_not_keep_it_from_refreshing() -> None:
    rig = Rig(answers_per_s=1, answers_at_once=10)
    client = rig.client()
    client.relay()
    for _ in range(100):
        client.ask(client.request(Method.ALLOCATE, UDP_ONLY))
    assert rig.machine.counts.over_budget > 80
    assert code_of(client.do(Method.REFRESH)) == 0
