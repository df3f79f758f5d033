from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.analysis.metrics.talk import Talk
from wirescope.analysis.metrics import matching
from wirescope.analysis.metrics.matching import Matcher
from wirescope.decoders import PUSH, Relation

WORDS = {
    "ask": Relation.REQUEST, "answer": Relation.RESPONSE, "more": Relation.STREAM,
    "end": Relation.END, "cancel": Relation.CANCEL, "either": Relation.EITHER,
}  # fmt: skip


def by_words(data, _kind, _direction):
    """Read `ask 1`, `answer 1`, `push` and the like; several after a comma."""
    marks = []
    for part in data.decode().split(","):
        word, _, key = part.strip().partition(" ")
        if word == "push":
            marks.append(PUSH)
        elif word in WORDS:
            marks.append((WORDS[word], key))
    return marks or None


def matched(*lines):
    """Play `> ask 1` (sent) and `< answer 1` (received); give the matcher and its pairs."""
    talk, pairs = Talk(), []
    matcher = Matcher(by_words, on_pair=pairs.append)
    for line in lines:
        direction = "sent" if line[0] == ">" else "received"
        matcher.add(talk.message(direction, line[2:]))
    return matcher, [(pair.request, pair.response) for pair in pairs]


def test_answers_find_their_requests_in_any_order():
    matcher, pairs = matched("> ask 1", "> ask 2", "< answer 2", "< answer 1")
    assert pairs == [(2, 3), (1, 4)]
    assert matcher.sent.answered == 2
    assert matcher.sent.never_answered == 0


def test_either_end_may_ask_and_the_same_key_is_another_request():
    matcher, pairs = matched("> ask 1", "< ask 1", "> answer 1", "< answer 1")
    assert pairs == [(2, 3), (1, 4)]
    assert (matcher.sent.requests, matcher.received.requests) == (1, 1)


def test_the_first_answer_counts_and_later_ones_are_duplicates():
    matcher, pairs = matched("> ask 1", "< answer 1", "< answer 1", "< answer 1")
    assert pairs == [(1, 2)]
    assert matcher.sent.duplicates == 2


def test_a_request_sent_again_counts_from_the_first_time():
    matcher, pairs = matched("> ask 1", "> ask 1", "< answer 1")
    assert pairs == [(1, 3)]
    assert (matcher.sent.requests, matcher.sent.repeated) == (1, 1)


def test_a_key_may_be_used_again_after_its_answer():
    matcher, pairs = matched("> ask 1", "< answer 1", "> ask 1", "< answer 1")
    assert pairs == [(1, 2), (3, 4)]
    assert matcher.sent.duplicates == 0


def test_an_answer_to_nothing_is_unmatched():
    matcher, pairs = matched("< answer 9", "> answer 9")
    assert not pairs
    assert (matcher.sent.unmatched, matcher.received.unmatched) == (1, 1)


def test_of_a_stream_the_first_item_is_the_answer_and_the_others_are_pushes():
    matcher, pairs = matched("> ask 1", "< more 1", "< more 1", "< end 1", "< push")
    assert pairs == [(1, 2)]
    assert matcher.pushes == {"sent": 0, "received": 3}
    assert matcher.sent.duplicates == 0


def test_the_end_that_asked_can_take_it_back():
    matcher, pairs = matched("> ask 1", "> end 1", "< answer 1")
    assert not pairs
    assert (matcher.sent.cancelled, matcher.sent.never_answered) == (1, 0)


def test_a_key_without_a_role_answers_if_the_other_end_has_used_it():
    matcher, pairs = matched("> either 1", "< either 1", "< either 1", "< either 2", "> either 2")
    assert pairs == [(1, 2), (4, 5)]
    assert (matcher.sent.duplicates, matcher.received.duplicates) == (1, 0)


def test_a_batch_is_several_requests():
    matcher, pairs = matched("> ask 1, ask 2", "< answer 2, answer 1")
    assert pairs == [(1, 2), (1, 2)]
    assert matcher.sent.answered == 2


def test_what_cannot_be_read_is_counted():
    assert matched("> hello", "< ???")[0].unread == 2


def test_of_too_many_requests_the_oldest_is_given_up(monkeypatch):
    monkeypatch.setattr(matching, "OUTSTANDING", 3)
    matcher, pairs = matched(*(f"> ask {number}" for number in range(5)), "< answer 0")
    assert not pairs
    assert [each.seq for each in matcher.sent.forgotten] == [1, 2]
    assert matcher.sent.given_up == 2
    assert matcher.sent.never_answered == 5
    assert matcher.sent.unmatched == 1


def test_what_is_left_out_is_not_unanswered():
    matcher, _ = matched("> ask 1", "> ask 2")
    matcher.leave_out()
    assert (matcher.sent.left_out, matcher.sent.never_answered) == (2, 0)


def test_the_memory_of_what_was_answered_is_bounded(monkeypatch):
    monkeypatch.setattr(matching, "_ANSWERED", 2)
    lines = [line for number in range(4) for line in (f"> ask {number}", f"< answer {number}")]
    matcher, _ = matched(*lines, "< answer 0", "< answer 3")
    assert (matcher.sent.unmatched, matcher.sent.duplicates) == (1, 1)


def test_the_slowest_pairs_are_kept():
    talk, matcher = Talk(), Matcher(by_words)
    for number in range(100):
        matcher.add(talk.sent(f"ask {number}"))
        matcher.add(talk.wait(0.5 if number == 70 else 0.001).received(f"answer {number}"))
    slowest = matcher.sent.slowest[0]
    assert (slowest.request, slowest.response) == (141, 142)
    assert slowest.latency_ns == 501_000_000


Asked = st.lists(
    st.tuples(st.sampled_from("><"), st.booleans(), st.integers(0, 3)), min_size=1, max_size=20
)


@settings(deadline=None)
@given(Asked, st.randoms(use_true_random=False))
def test_any_interleaving_of_requests_and_answers_is_paired_right(asked, generator):
    waiting, lines, expected = [], [], {}
    for key, (way, answered, copies) in enumerate(asked):
        waiting.append([f"{way} ask {key}"])
        if answered:
            back = "<" if way == ">" else ">"
            waiting[-1] += [f"{back} answer {key}"] * (1 + copies)
            expected[key] = copies
    while waiting:
        chosen = generator.choice(waiting)
        lines.append(chosen.pop(0))
        waiting = [each for each in waiting if each]
    matcher, pairs = matched(*lines)
    keys = {seq: line.split()[-1] for seq, line in enumerate(lines, 1)}
    assert all(keys[request] == keys[response] for request, response in pairs)
    assert sorted(int(keys[request]) for request, _ in pairs) == sorted(expected)
    both = (matcher.sent, matcher.received)
    assert sum(each.duplicates for each in both) == sum(expected.values())
    assert sum(each.never_answered for each in both) == len(asked) - len(expected)
    assert sum(each.unmatched for each in both) == 0


def test_what_is_taken_back_touches_nothing_that_the_other_end_asked():
    matcher, pairs = matched("< ask 1", "> ask 1", "> cancel 1")
    assert pairs == []
    assert (matcher.sent.cancelled, matcher.received.never_answered) == (1, 1)


def test_a_message_known_only_in_part_may_have_answered_what_waits():
    talk, matcher = Talk(), Matcher(by_words)
    matcher.add(talk.sent("ask 1"))
    matcher.add(talk.received("ask 2"))
    matcher.add(replace(talk.received("answer"), length=10 << 20))
    assert matcher.unread == 1
    assert (matcher.sent.left_out, matcher.sent.never_answered) == (1, 0)
    assert matcher.received.never_answered == 1
