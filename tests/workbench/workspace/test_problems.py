"""What is wrong in the files of a workspace is reported, and the rest opens."""

import os

import pytest

from tests.workbench.workspace.making import FEED, put
from wirescope.errors import BrokenFileError, ConflictError, WorkspaceError
from wirescope.workbench.workspace import ENDPOINT

# What is broken


def test_a_broken_file_is_reported_with_its_line_and_the_rest_opens(workspace):
    workspace.save(ENDPOINT, "good", FEED, digest=None)
    put(workspace, "endpoints/bad.yaml", "url: ws://a\nstrict: maybe\n")
    put(workspace, "messages/worse.yaml", b"\xff\xfe")
    put(workspace, "wirescope.yaml", "name: [\n")
    found = {(each.path, each.line) for each in workspace.problems() if each.severity == "error"}
    assert found == {("endpoints/bad.yaml", 2), ("messages/worse.yaml", 1), ("wirescope.yaml", 2)}
    assert workspace.read(ENDPOINT, "good").value == FEED
    assert workspace.name == "shop"
    with pytest.raises(BrokenFileError, match=r"endpoints/bad\.yaml:2:9"):
        workspace.read(ENDPOINT, "bad")


def test_of_very_many_broken_files_some_are_told_and_the_rest_is_counted(workspace):
    for number in range(130):
        put(workspace, f"endpoints/e{number:03}.yaml", "strict: 1\nquery: 2\n")
        put(workspace, f"messages/m{number:03}.yaml", "odd: 1\nodder: 2\n")
    found = workspace.problems()
    for severity, count in (("error", 3 * 130), ("warning", 2 * 130)):
        *told, more = [each for each in found if each.severity == severity]
        assert (len(told), more.stands_for) == (200, count - 200)
        assert more.message == f"There are {count - 200} more {severity}s, not told one by one."


def test_what_one_broken_file_does_not_tell_is_counted_with_the_rest(workspace):
    for name in "abc":
        put(workspace, f"messages/{name}.yaml", "".join(f"k{n}: 1\n" for n in range(300)))
    found = workspace.problems()
    assert len(found) == 201
    assert sum(each.stands_for for each in found) == 900


def test_a_broken_file_can_be_repaired_as_text(workspace):
    put(workspace, "endpoints/bad.yaml", "url: [\n")
    raw = workspace.read_raw(ENDPOINT, "bad")
    assert raw.text == "url: [\n"
    assert raw.problems
    repaired = workspace.save_raw(ENDPOINT, "bad", "url: ws://a\n", digest=raw.digest)
    assert repaired.problems == ()
    with pytest.raises(ConflictError):
        workspace.save_raw(ENDPOINT, "bad", "url: ws://b\n", digest=raw.digest)


def test_a_file_that_is_too_large_is_not_even_read(workspace):
    file = put(workspace, "endpoints/large.yaml", "")
    os.truncate(file, 1 << 40)
    assert [each.path for each in workspace.problems()] == ["endpoints/large.yaml"]


# What leads nowhere


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        ("endpoints/a.yaml", "url: a\non_message:\n  - when: opcode == text\n    send: gone\n", 4),
        ("endpoints/a.yaml", "url: a\non_message:\n  - when: opcode ==\n    send: hi\n", 3),
        ("endpoints/a.yaml", "url: a\non_message:\n  - when: masked\n", 3),
        ("endpoints/a.yaml", "url: a\non_message:\n  - {when: '', send: hi, body: x}\n", 3),
        ("messages/b.yaml", "body: x\n\nendpoint: gone\n", 3),
        ("environments/c.yaml", "variables:\n  a: x\nsecrets:\n  - b\n  - a\n", 5),
        ("environments/c.yaml", "variables:\n  a.b-c: x\n  \u00e9: x\n", 3),
        ("environments/c.yaml", "secrets:\n  - a\n  - a b\n", 3),
        ("endpoints/feed.yml", "url: a\n", 0),
        ("endpoints/feed.YAML", "url: a\n", 0),
    ],
)
def test_what_leads_nowhere_is_warned_of(workspace, path, text, line):
    put(workspace, "messages/hi.yaml", "body: hi\n")
    put(workspace, path, text)
    found = workspace.problems()
    assert [(each.path, each.line, each.severity) for each in found] == [(path, line, "warning")]


def test_what_leads_somewhere_is_fine(workspace):
    put(workspace, "messages/hi.yaml", "body: hi\nendpoint: a\n")
    put(workspace, "endpoints/a.yaml", "url: a\non_message: [{when: masked, send: hi}]\n")
    assert workspace.problems() == ()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes of that kind")
def test_a_pipe_in_a_files_place_is_not_waited_for(workspace):
    for path in ("endpoints/pipe.yaml", ".env"):
        os.mkfifo(workspace.root / path)
    assert "not an ordinary file" in workspace.problems()[0].message
    with pytest.raises(WorkspaceError, match="not an ordinary file"):
        workspace.secrets.value("token", {})
