import pytest

from tests.analysis.metrics.talk import Talk
from wirescope.analysis.metrics.content import SEARCHED, Content
from wirescope.analysis.metrics.heartbeats import LEAST, Heartbeats

CALL = '{"jsonrpc":"2.0","id":%d,"method":"m"}'
ANSWER = '{"jsonrpc":"2.0","id":%d,"result":1}'


def test_a_subprotocol_decides_before_any_message():
    content = Content()
    content.set_subprotocol("v12.stomp")
    assert content.protocol is not None
    assert content.protocol.name == "stomp"


def test_the_search_for_a_protocol_ends():
    content, talk = Content(), Talk()
    content.add([talk.received("hello") for _ in range(SEARCHED)])
    content.add([talk.sent(CALL % 1)])
    assert content.protocol is None
    assert not content._held


def test_messages_before_the_recognition_and_behind_it_in_one_run_are_matched():
    content, talk = Content(), Talk()
    content.add([talk.sent('{"id":0,"method":"m"}'), talk.sent(CALL % 1), talk.sent(CALL % 2)])
    content.add([talk.received(ANSWER % number) for number in range(3)])
    assert content.matcher is not None
    assert content.matcher.sent.answered == 3


def test_above_the_rate_messages_are_passed_over_and_counted():
    content, talk = Content(rate=100), Talk()
    for number in range(400):  # two milliseconds each
        content.add([talk.sent(CALL % number)])
        content.add([talk.received(ANSWER % number)])
    assert content.read + content.passed_over == 800
    assert 100 <= content.read <= 200
    assert content.matcher is not None
    assert content.matcher.sent.never_answered == 0


def test_requests_that_wait_when_messages_are_passed_over_are_left_out():
    content, talk = Content(rate=4), Talk()
    content.add([talk.sent(CALL % number) for number in range(3)])
    content.add([talk.received(ANSWER % number) for number in range(3)])
    assert content.matcher is not None
    exchange = content.matcher.sent
    assert (exchange.answered, exchange.left_out, exchange.never_answered) == (1, 2, 0)
    assert (content.read, content.passed_over) == (4, 2)


def beat(times, make, *, wait=10.0):
    talk, heartbeats = Talk(), Heartbeats()
    for number in range(times):
        heartbeats.add(talk.wait(wait).sent(make(number)))
    return heartbeats.found()


@pytest.mark.parametrize(
    "make",
    [
        lambda _: '{"type":"ping"}',
        lambda n: f'{{"op":"heartbeat","t":{1_700_000_000 + n}}}',
        lambda n: f'[null,"{n}","phoenix","heartbeat",{{}}]',
    ],
)
def test_what_comes_at_a_period_is_a_heartbeat(make):
    (found,) = beat(10, make)
    assert found.period_ns == pytest.approx(10e9, rel=0.001)
    assert (found.count, found.direction) == (10, "sent")
    assert found.jitter_ns == 0


def test_a_few_are_none():
    assert not beat(LEAST - 1, lambda _: "ping")


def test_values_that_go_up_and_down_are_no_heartbeat():
    assert not beat(20, lambda n: f'{{"price":{n * 7 % 5}}}')


def test_what_recurs_all_the_time_is_no_heartbeat():
    assert not beat(200, lambda _: "ping", wait=0.05)


def test_what_comes_at_no_period_is_no_heartbeat():
    talk, heartbeats = Talk(), Heartbeats()
    for wait in (1, 30, 2, 9, 14, 1, 22):
        heartbeats.add(talk.wait(wait).sent("ping"))
    assert not heartbeats.found()


def test_a_heartbeat_is_found_among_many_other_messages():
    talk, heartbeats = Talk(), Heartbeats()
    for number in range(5000):
        text = "".join(chr(97 + number // 26**place % 26) for place in range(4))
        heartbeats.add(talk.wait(0.01).sent(text + " is what somebody wrote"))
        if number % 500 == 0:
            heartbeats.add(talk.sent('{"type":"keepalive"}'))
    assert [each.example for each in heartbeats.found()] == [b'{"type":"keepalive"}']
    assert len(heartbeats._shapes) + len(heartbeats._new) <= 512


def test_requests_that_wait_when_messages_are_passed_over_are_left_out_whatever_the_batches():
    talk = Talk()
    asked = [talk.sent(f'{{"jsonrpc":"2.0","id":{number},"method":"m"}}') for number in range(9)]
    together, singly = Content(5), Content(5)
    together.add(asked)
    for message in asked:
        singly.add([message])
    for content in (together, singly):
        assert (content.read, content.passed_over) == (5, 4)
        assert content.matcher.sent.left_out == 5
        assert content.matcher.sent.never_answered == 0
