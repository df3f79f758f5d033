import pytest

from tests.analysis.metrics.talk import Talk
from wirescope.analysis.metrics.content import Content
from wirescope.analysis.metrics.inference import by_paths, infer, parse_path
from wirescope.analysis.metrics.matching import Matcher
from wirescope.errors import UsageError


def conversation(ask, answer, *, count=6):
    talk = Talk()
    for number in range(count):
        yield talk.sent(ask % number)
        yield talk.received(f'{{"news":{number},"id":{1000 + number}}}')
        yield talk.received(answer % number)


@pytest.mark.parametrize(
    ("ask", "answer", "field"),
    [
        ('{"op":"get","reqId":%d}', '{"ok":true,"reqId":%d}', "reqId"),
        ('{"meta":{"id":"m%d"},"body":1}', '{"meta":{"id":"m%d"}}', "meta.id"),
        ('{"id":%d,"what":"a"}', '{"in_reply_to":%d,"id":9}', "id -> in_reply_to"),
    ],
)
def test_a_field_that_comes_back_is_inferred(ask, answer, field):
    found = infer(conversation(ask, answer))
    assert found is not None
    assert (found.inferred, found.field) == (True, field)
    matcher = Matcher(found.marker())
    for message in conversation(ask, answer):
        matcher.add(message)
    assert matcher.sent.answered == 6


def test_a_field_that_does_not_come_back_is_no_key():
    assert infer(conversation('{"id":%d,"x":1}', '{"id":5%d,"y":2}')) is None


def test_a_field_that_is_always_the_same_is_no_key():
    assert infer(conversation('{"cid":7,"n":%d}', '{"cid":7,"n":%d}')) is None


def test_calls_without_a_version_are_taken_for_json_rpc_and_marked_as_inferred():
    talk, content = Talk(), Content()
    for number in range(4):
        content.add([talk.sent(f'{{"id":{number},"method":"Page.enable"}}')])
        content.add([talk.received(f'{{"id":{number},"result":{{}}}}')])
    content.conclude()
    assert content.protocol is not None
    assert (content.protocol.name, content.protocol.inferred) == ("jsonrpc", True)
    assert content.matcher is not None
    assert content.matcher.sent.answered == 4


def test_a_user_can_name_the_paths():
    recognised = by_paths("$.params[0].id", "reply.to")
    talk, matcher = Talk(), Matcher(recognised.marker())
    matcher.add(talk.sent('{"params":[{"id":"a"}]}'))
    matcher.add(talk.received('{"reply":{"to":"a"}}'))
    matcher.add(talk.received("not JSON"))
    assert (matcher.sent.answered, matcher.unread) == (1, 1)


def test_paths_are_read():
    assert parse_path("$.a.b[2].c") == ("a", "b", 2, "c")
    assert parse_path("id") == ("id",)


@pytest.mark.parametrize("text", ["", "$", "a..b", "a[x]", "a]"])
def test_what_is_no_path_is_refused(text):
    with pytest.raises(UsageError):
        parse_path(text)
