from pathlib import Path

import pytest
from msgspec.structs import replace

from wirescope.errors import UsageError
from wirescope.workbench.exchange import (
    Imported,
    Note,
    import_foreign,
    into_folder,
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
    assert "its own host" in str(placing.imported.notes[0])
    assert workspace.read(ENVIRONMENT, "dev").value == Environment(
        variables={"host": "mine", "port": "1"}, secrets=("token", "pin")
    )


def test_a_file_with_a_secret_may_be_imported_twice(workspace):
    text = b"curl wss://a.example -H 'Authorization: Bearer s3cr3t-t0k3n'"
    outcomes(workspace, import_foreign(text, "x", taken=names_taken(workspace)))
    again = import_foreign(text, "x", taken=names_taken(workspace))
    placing = place(again, workspace)
    assert {each.outcome for each in placing.files} == {"same"}
    assert placing.imported.secrets == {"token": "s3cr3t-t0k3n"}
    assert [str(note) for note in placing.imported.notes] == [
        "endpoint a.example, token: The secret became {{token}}."
    ]


def test_a_secret_has_its_old_name_in_what_is_new_of_the_same_file(workspace):
    known = b"curl wss://a.example -H 'Authorization: Bearer s3cr3t-t0k3n'\n"
    outcomes(workspace, import_foreign(known, "x", taken=names_taken(workspace)))
    new = b"curl wss://b.example -H 'Authorization: Bearer s3cr3t-t0k3n'\n"
    placing = place(import_foreign(new + known, "x", taken=names_taken(workspace)), workspace)
    assert workspace.read(ENDPOINT, "b.example").value.auth.token == "{{token}}"
    assert placing.imported.secrets == {"token": "s3cr3t-t0k3n"}
    assert workspace.read(ENVIRONMENT, "imported").value.secrets == ("token",)


def test_two_secrets_are_not_taken_for_one_of_the_workspace(workspace):
    auth = Auth(kind="basic", user="{{a}}", password="{{a}}")
    workspace.save(ENDPOINT, "a", Endpoint(url="ws://a.example", auth=auth), digest=None)
    other = replace(auth, user="{{a_2}}", password="{{a_3}}")
    made = imported(
        endpoints={"a": Endpoint(url="ws://a.example", auth=other)},
        secrets={"a_2": "one", "a_3": "two"},
    )
    assert outcomes(workspace, made) == {"endpoints/a 2.yaml": "made"}


def test_a_secret_of_the_file_of_secrets_is_neither_used_nor_overwritten(workspace):
    (workspace.root / ".env").write_text("token=mine\n")
    text = b"curl wss://a.example -H 'Authorization: Bearer s3cr3t-t0k3n'"
    placing = place(import_foreign(text, "x", taken=names_taken(workspace)), workspace)
    workspace.secrets.store_missing(placing.imported.secrets)
    assert workspace.read(ENDPOINT, "a.example").value.auth.token == "{{token_2}}"
    assert workspace.secrets.in_file() == {"token": "mine", "token_2": "s3cr3t-t0k3n"}


def test_a_secret_that_keeps_its_name_keeps_its_value_and_that_is_told(workspace):
    (workspace.root / ".env").write_text("token=mine\n")
    dev = Environment(secrets=("token",))
    made = imported(environments={"dev": dev}, secrets={"token": "theirs"})
    placing = place(made, workspace, dry_run=True)
    workspace.secrets.store_missing(placing.imported.secrets)
    assert workspace.secrets.in_file() == {"token": "mine"}
    assert [str(note) for note in placing.imported.notes] == [
        ".env: It keeps its own token, which the file has with another value."
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
    assert isinstance(placing.imported.notes[0], Note)
    assert placing.imported.notes[0].place == "message a/m"


def test_what_was_placed_has_the_names_of_the_workspace(workspace):
    outcomes(workspace, imported(endpoints={"a": A}))
    message = SavedMessage(body="x", endpoint="a")
    placed = place(imported(endpoints={"a": B}, messages={"a/m": message}), workspace).imported
    assert placed.endpoints == {"a 2": B}
    assert placed.messages == {"a 2/m": replace(message, endpoint="a 2")}


def test_a_message_beside_its_endpoint_keeps_its_name_when_that_gets_a_number(workspace):
    outcomes(workspace, imported(endpoints={"a": A}))
    message = SavedMessage(body="x", endpoint="a")
    made = imported(endpoints={"a": B}, messages={"above/m": message})
    assert list(outcomes(workspace, made)) == ["endpoints/a 2.yaml", "messages/above/m.yaml"]


def test_a_folder_in_the_way_of_a_file_gives_it_a_number(workspace):
    (workspace.root / "endpoints/a.yaml").mkdir(parents=True)
    assert outcomes(workspace, imported(endpoints={"a": A})) == {"endpoints/a 2.yaml": "made"}


def test_a_file_in_the_way_of_a_folder_is_told_and_the_rest_is_placed(workspace):
    (workspace.root / "endpoints").mkdir(exist_ok=True)
    (workspace.root / "endpoints/rooms").write_text("mine")
    message = SavedMessage(body="x", endpoint="rooms/a")
    made = imported(endpoints={"rooms/a": A, "b": B}, messages={"rooms/a/m": message})
    placing = place(made, workspace)
    assert [each.path for each in placing.files] == ["endpoints/b.yaml"]
    assert [str(note) for note in placing.imported.notes] == [
        "endpoint rooms/a: It is left out: no name like it is free.",
        "message rooms/a/m: It is left out with its endpoint.",
    ]


def test_endpoints_and_messages_go_into_a_folder_and_environments_do_not(workspace):
    made = imported(
        endpoints={"rooms/a": A},
        messages={"rooms/a/m": SavedMessage(body="x", endpoint="rooms/a")},
        environments={"dev": Environment(variables={"x": "1"})},
    )
    assert list(outcomes(workspace, into_folder(made, "chat/eu"))) == [
        "endpoints/chat/eu/rooms/a.yaml",
        "messages/chat/eu/rooms/a/m.yaml",
        "environments/dev.yaml",
    ]
    assert workspace.read(MESSAGE, "chat/eu/rooms/a/m").value.endpoint == "chat/eu/rooms/a"


@pytest.mark.parametrize("folder", ["../above", "/etc", "a//b", ".git", "con", "a/", "x" * 300])
def test_a_folder_that_no_workspace_can_have_is_refused(folder):
    with pytest.raises(UsageError, match="cannot be the name of a file"):
        into_folder(imported(endpoints={"a": A}), folder)


def test_names_that_are_too_deep_for_a_folder_are_cut_and_stay_apart(workspace):
    deep = "/".join("abcdefghijk")
    message = SavedMessage(body="x", endpoint=f"{deep}/x")
    made = imported(
        endpoints={f"{deep}/x": A, f"{deep[:-1]}z/x": B}, messages={f"{deep}/x/m": message}
    )
    assert list(outcomes(workspace, into_folder(made, "top"))) == [
        "endpoints/top/a/b/c/d/e/f/g/h/i/j/x.yaml",
        "endpoints/top/a/b/c/d/e/f/g/h/i/j/x 2.yaml",
        "messages/top/a/b/c/d/e/f/g/h/i/j/m.yaml",
    ]


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
