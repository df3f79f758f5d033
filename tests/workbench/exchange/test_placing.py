from pathlib import Path

import pytest

from wirescope.errors import UsageError
from wirescope.workbench.exchange import (
    Imported,
    Note,
    import_foreign,
    names_taken,
    place,
    take_out,
)
from wirescope.workbench.workspace import (
    ENDPOINT,
    ENVIRONMENT,
    MESSAGE,
    Auth,
    Endpoint,
    Environment,
    SavedMessage,
    Workspace,
)

A = Endpoint(url="ws://a.example")
B = Endpoint(url="ws://b.example")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.create(tmp_path / "chat")


def imported(**fields: object) -> Imported:
    parts: dict[str, object] = {"endpoints": {}, "messages": {}, "environments": {}, **fields}
    return Imported("x", **parts)  # type: ignore[arg-type]


def outcomes(workspace: Workspace, made: Imported, *, dry_run: bool = False) -> dict[str, str]:
    return {each.path: each.outcome for each in place(made, workspace, dry_run=dry_run).files}


def test_what_was_imported_is_there_afterwards(workspace):
    message = SavedMessage(body="hi", endpoint="rooms/a")
    made = imported(
        endpoints={"rooms/a": A},
        messages={"rooms/a/hello": message},
        environments={"dev": Environment(variables={"host": "a"})},
    )
    assert outcomes(workspace, made) == {
        "endpoints/rooms/a.yaml": "made",
        "messages/rooms/a/hello.yaml": "made",
        "environments/dev.yaml": "made",
    }
    assert workspace.read(ENDPOINT, "rooms/a").value == A
    assert workspace.read(MESSAGE, "rooms/a/hello").value == message


def test_a_dry_run_says_the_same_and_writes_nothing(workspace):
    made = imported(endpoints={"a": A}, environments={"dev": Environment(variables={"x": "1"})})
    assert outcomes(workspace, made, dry_run=True) == {
        "endpoints/a.yaml": "made",
        "environments/dev.yaml": "made",
    }
    assert not [each for each in workspace.tree().entries if not each.folder]


def test_what_is_there_and_says_the_same_is_not_made_again(workspace):
    made = imported(endpoints={"a": A}, messages={"a/m": SavedMessage(body="x", endpoint="a")})
    outcomes(workspace, made)
    assert set(outcomes(workspace, made).values()) == {"same"}


def test_another_thing_of_the_same_name_gets_a_number_and_its_messages_follow(workspace):
    outcomes(workspace, imported(endpoints={"a": A}))
    message = SavedMessage(body="x", endpoint="a")
    made = imported(endpoints={"a": B}, messages={"a/m": message})
    assert list(outcomes(workspace, made)) == ["endpoints/a 2.yaml", "messages/a 2/m.yaml"]
    assert workspace.read(MESSAGE, "a 2/m").value.endpoint == "a 2"


def test_an_environment_of_the_same_name_gets_what_it_lacks_and_keeps_what_it_has(workspace):
    known = Environment(variables={"host": "mine"}, secrets=("token",))
    workspace.save(ENVIRONMENT, "dev", known, digest=None)
    more = Environment(variables={"host": "other", "port": "1"}, secrets=("token", "pin"))
    placing = place(imported(environments={"dev": more}), workspace)
    assert [each.outcome for each in placing.files] == ["changed"]
    assert "its own host" in str(placing.notes[0])
    assert workspace.read(ENVIRONMENT, "dev").value == Environment(
        variables={"host": "mine", "port": "1"}, secrets=("token", "pin")
    )


def test_a_file_with_a_secret_may_be_imported_twice(workspace):
    text = b"curl wss://a.example -H 'Authorization: Bearer s3cr3t-t0k3n'"
    outcomes(workspace, import_foreign(text, "x", taken=names_taken(workspace)))
    again = import_foreign(text, "x", taken=names_taken(workspace))
    placing = place(again, workspace)
    assert {each.outcome for each in placing.files} == {"same"}
    assert placing.secrets == {"token": "s3cr3t-t0k3n"}
    assert [str(note) for note in placing.notes] == [
        "endpoint a.example, token: The secret became {{token}}."
    ]


def test_another_secret_gets_another_name(workspace):
    outcomes(workspace, import_foreign(b"curl wss://a.example -u me:s3cr3t-1", "x"))
    other = b"curl wss://b.example -u me:s3cr3t-2"
    outcomes(workspace, import_foreign(other, "x", taken=names_taken(workspace)))
    auth = workspace.read(ENDPOINT, "b.example").value.auth
    assert auth == Auth(kind="basic", user="me", password="{{password_2}}")
    assert workspace.read(ENVIRONMENT, "imported").value.secrets == ("password", "password_2")


def test_a_message_that_no_file_can_hold_is_told(workspace):
    message = SavedMessage(body="half \ud800", endpoint="a")
    placing = place(imported(endpoints={"a": A}, messages={"a/m": message}), workspace)
    assert [each.path for each in placing.files] == ["endpoints/a.yaml"]
    assert isinstance(placing.notes[0], Note)
    assert placing.notes[0].place == "message a/m"


def test_endpoints_are_taken_out_by_name_or_by_folder(workspace):
    made = imported(
        endpoints={"rooms/a": A, "rooms/b": B, "other": A},
        messages={"m": SavedMessage(body="x", endpoint="rooms/b"), "n": SavedMessage(body="y")},
    )
    place(made, workspace)
    exported, notes = take_out(workspace, ("rooms",))
    assert list(exported.endpoints) == ["rooms/a", "rooms/b"]
    assert list(exported.messages) == ["m"]
    assert "belong to no endpoint" in str(notes[0])
    exported, _ = take_out(workspace, ("rooms/b",))
    assert list(exported.endpoints) == ["rooms/b"]


def test_a_name_that_is_not_there_is_refused_with_those_that_are(workspace):
    place(imported(endpoints={"a": A}), workspace)
    with pytest.raises(UsageError, match="no endpoint 'b'") as error:
        take_out(workspace, ("b",))
    assert "There are a." in error.value.hint


def test_a_broken_file_is_left_out_and_told(workspace):
    place(imported(endpoints={"a": A, "b": B}), workspace)
    workspace.path(ENDPOINT, "b").write_text("url: [")
    exported, notes = take_out(workspace)
    assert list(exported.endpoints) == ["a"]
    assert str(notes[0]).startswith("endpoint b: It is left out: ")
