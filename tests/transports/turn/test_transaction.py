"""When a request is sent again and when it is given up (RFC 8489 section 6.2.1)."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirescope.errors import UsageError
from wirescope.transports.turn import Timers, Transaction
from wirescope.wire.stun import MessageClass, Method, make_message, make_response

REQUEST = make_message(MessageClass.REQUEST, Method.BINDING, bytes(12))
MS = 1_000_000


def sending_times_ms(transaction: Transaction) -> list[float]:
    """Run it without an answer; when it was sent, and when it was over."""
    now_ns, times = 0, []
    while not transaction.is_over(now_ns):
        if transaction.take(now_ns):
            times.append(now_ns / MS)
        now_ns = transaction.next_ns
    return [*times, now_ns / MS]


def test_it_is_sent_as_the_rfc_s_example_has_it():
    transaction = Transaction(REQUEST, Timers(), reliable=False, began_ns=0)
    assert sending_times_ms(transaction) == [0, 500, 1500, 3500, 7500, 15500, 31500, 39500]
    assert transaction.sends == 7


def test_over_a_reliable_transport_it_is_sent_once():
    transaction = Transaction(REQUEST, Timers(), reliable=True, began_ns=0)
    assert sending_times_ms(transaction) == [0, 39500]


def test_a_deadline_ends_it_earlier():
    transaction = Transaction(REQUEST, Timers(deadline_s=2), reliable=False, began_ns=0)
    assert sending_times_ms(transaction) == [0, 500, 1500, 2000]


def test_it_is_not_sent_before_its_time():
    transaction = Transaction(REQUEST, Timers(), reliable=False, began_ns=5)
    assert not transaction.take(4)
    assert transaction.take(5)
    assert not transaction.take(6)


def test_only_an_answer_with_its_number_and_its_method_answers_it():
    transaction = Transaction(REQUEST, Timers(), reliable=True, began_ns=0)
    other = make_message(MessageClass.SUCCESS, Method.ALLOCATE, bytes(12))
    another = make_message(MessageClass.SUCCESS, Method.BINDING, bytes(11) + b"1")
    assert transaction.is_answered_by(make_response(REQUEST))
    assert not any(map(transaction.is_answered_by, (REQUEST, other, another)))


@given(
    st.floats(1, 3000),
    st.integers(1, 9),
    st.floats(0.1, 20),
    st.none() | st.floats(0.01, 100),
)
def test_it_ends_when_its_timers_say(rto_ms, requests, last_wait, deadline_s):
    timers = Timers(rto_ms=rto_ms, requests=requests, last_wait=last_wait, deadline_s=deadline_s)
    *sent, over = sending_times_ms(Transaction(REQUEST, timers, reliable=False, began_ns=0))
    assert 1 <= len(sent) <= requests
    assert over == pytest.approx(timers.patience_s(reliable=False) * 1000, abs=0.001)
    assert all(later > earlier for earlier, later in pairwise(sent))


@pytest.mark.parametrize("wrong", [{"requests": 0}, {"rto_ms": 0}, {"deadline_s": 0}])
def test_timers_that_wait_for_nothing_are_refused(wrong):
    with pytest.raises(UsageError):
        Timers(**wrong)
