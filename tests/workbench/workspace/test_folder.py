"""A workspace's folder: what is in it, saving without undoing others' work, moving, finding."""

import os
import shutil
import subprocess
import sys
import threading
import unicodedata

import msgspec
import pytest
from msgspec.structs import replace

from tests.capture.making import conversation
from tests.workbench.workspace.making import FEED, names, put
from wirescope.errors import (
    ConflictError,
    NameTakenError,
    UsageError,
    WorkspaceError,
)
from wirescope.workbench.workspace import (
    ENDPOINT,
    ENVIRONMENT,
    MESSAGE,
    Endpoint,
    Environment,
    Workspace,
)

# Opening


def test_a_new_workspace_has_its_folders_and_keeps_captures_and_secrets_from_git(workspace):
    found = sorted(path.name for path in workspace.root.iterdir())
    assert found == [
        *(".gitignore", ".wirescope", "captures", "endpoints", "environments", "messages"),
        "wirescope.yaml",
    ]
    assert (workspace.root / ".gitignore").read_text() == "captures/\n.env\n.*.wirescope-tmp\n"
    assert workspace.problems() == ()


def test_what_is_in_a_folder_already_stays(tmp_path):
    (tmp_path / ".gitignore").write_text("node_modules/\n.env\n")
    (tmp_path / "endpoints").mkdir()
    Workspace.create(tmp_path)
    lines = (tmp_path / ".gitignore").read_text().splitlines()
    assert lines == ["node_modules/", ".env", "captures/", ".*.wirescope-tmp"]


def test_a_workspace_is_made_once_and_opened_again(workspace):
    with pytest.raises(NameTakenError):
        Workspace.create(workspace.root)
    assert Workspace.open(workspace.root).root == workspace.root


def test_a_folder_without_settings_is_no_workspace(tmp_path):
    with pytest.raises(WorkspaceError, match=r"has no wirescope\.yaml"):
        Workspace.open(tmp_path)


def test_a_workspace_is_called_as_its_settings_say_else_as_its_folder(tmp_path):
    assert Workspace.create(tmp_path / "shop").name == "shop"
    assert Workspace.create(tmp_path / "other", name="The shop").name == "The shop"


def test_opening_only_writes_what_is_left_out_of_git(workspace):
    before = {path: path.stat().st_mtime_ns for path in workspace.root.rglob("*")}
    (workspace.root / ".wirescope" / "schemas" / "endpoint.json").unlink()
    Workspace.open(workspace.root)
    after = {path: path.stat().st_mtime_ns for path in workspace.root.rglob("*")}
    assert after.keys() == before.keys()
    assert all(".wirescope" in path.parts for path in before if before[path] != after[path])


def test_what_a_killed_save_left_behind_is_taken_away_when_it_is_old(workspace, clock):
    old, young = clock.wall_ns() - 7_200 * 10**9, clock.wall_ns() - 60 * 10**9
    left = [".", "endpoints/a", "captures", ".wirescope/schemas"]
    for folder in left:
        for name, at in (("old", old), ("young", young)):
            file = put(workspace, f"{folder}/.{name}.wirescope-tmp", "TOKEN=x\n")
            os.utime(file, ns=(at, at))
    Workspace.open(workspace.root, clock=clock)
    names = sorted(path.name for path in workspace.root.rglob("*.wirescope-tmp"))
    assert names == [".young.wirescope-tmp"] * len(left)


def test_lines_of_gitignore_stay_as_they_are(tmp_path):
    before = b"caf\xe9/\r\n.env\r\nlast"
    (tmp_path / ".gitignore").write_bytes(before)
    Workspace.create(tmp_path)
    after = (tmp_path / ".gitignore").read_bytes()
    assert after == before + b"\ncaptures/\n.*.wirescope-tmp\n"


# The tree


def test_the_tree_has_folders_before_files_in_the_order_of_their_names(workspace):
    for name in ("b", "A", "prices/feed", "prices/old/feed"):
        workspace.save(ENDPOINT, name, FEED, digest=None)
    workspace.save(ENVIRONMENT, "local", Environment(), digest=None)
    put(workspace, "endpoints/notes.txt", "")
    put(workspace, "endpoints/.hidden.yaml", "")
    assert names(workspace) == [
        ("endpoint", "prices", True),
        ("endpoint", "prices/old", True),
        ("endpoint", "prices/old/feed", False),
        ("endpoint", "prices/feed", False),
        ("endpoint", "A", False),
        ("endpoint", "b", False),
        ("environment", "local", False),
    ]


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_links_that_lead_out_are_neither_read_nor_written_nor_listed(workspace, tmp_path):
    outside = tmp_path / "outside.yaml"
    outside.write_text("url: ws://secret.test\n")
    (workspace.root / "endpoints" / "out.yaml").symlink_to(outside)
    (workspace.root / "endpoints" / "folder").symlink_to(tmp_path)
    (workspace.root / "endpoints" / "circle.yaml").symlink_to("circle.yaml")
    assert names(workspace) == []
    assert len(workspace.tree().problems) == 3
    for name in ("out", "folder/outside", "circle"):
        with pytest.raises(UsageError, match="leads out"):
            workspace.read(ENDPOINT, name)
        with pytest.raises(UsageError, match="leads out"):
            workspace.save(ENDPOINT, name, FEED, digest=None)
    assert outside.read_text() == "url: ws://secret.test\n"


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_nothing_of_wirescopes_own_goes_through_a_link_either(workspace, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    workspace.save(ENDPOINT, "feed", FEED, digest=None)
    shutil.rmtree(workspace.root / ".wirescope")
    (workspace.root / ".wirescope").symlink_to(outside)
    opened = Workspace.open(workspace.root)
    conversation().record(opened.history.new_path("feed"))
    opened.history.captures()
    with pytest.raises(UsageError, match="leads out"):
        opened.delete(ENDPOINT, "feed")
    assert list(outside.iterdir()) == []
    assert opened.read(ENDPOINT, "feed").value == FEED


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_settings_that_lead_out_are_reported_and_the_rest_opens(workspace, tmp_path):
    (tmp_path / "outside.yaml").write_text("name: x\n")
    (workspace.root / "wirescope.yaml").unlink()
    (workspace.root / "wirescope.yaml").symlink_to(tmp_path / "outside.yaml")
    opened = Workspace.open(workspace.root)
    assert opened.name == "shop"
    assert [each.path for each in opened.problems()] == ["wirescope.yaml"]


def test_what_is_too_deep_is_left_out_and_reported(workspace):
    deepest, deeper = "/".join("abcdefghijk"), "/".join("abcdefghijkl")
    put(workspace, f"endpoints/{deepest}/feed.yaml", "url: a\n")
    put(workspace, f"endpoints/{deeper}/feed.yaml", "url: a\n")
    files = [entry.name for entry in workspace.tree().entries if not entry.folder]
    assert files == [f"{deepest}/feed"]
    assert workspace.read(ENDPOINT, files[0]).value.url == "a"
    assert [each.path for each in workspace.tree().problems] == [f"endpoints/{deeper}"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_folder_whose_name_is_no_text_is_left_out_and_reported(workspace):
    put(workspace, f"endpoints/{os.fsdecode(bytes([0xFF]))}/feed.yaml", "url: a\n")
    tree = workspace.tree()
    assert tree.entries == ()
    assert [each.path for each in tree.problems] == ["endpoints/?"]
    assert msgspec.json.encode(tree)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems hold one of the two")
def test_names_that_other_systems_take_for_one_are_warned_of(workspace):
    for name in ("feed", "Feed", "a/feed", "caf\u00e9", "cafe\u0301"):
        put(workspace, f"endpoints/{name}.yaml", "url: a\n")
    put(workspace, "messages/feed.yaml", "body: a\n")
    assert len([entry for entry in workspace.tree().entries if not entry.folder]) == 6
    assert [(each.path, each.severity) for each in workspace.problems()] == [
        ("endpoints/caf\u00e9.yaml", "warning"),
        ("endpoints/feed.yaml", "warning"),
    ]


def test_a_name_that_is_too_long_only_as_other_systems_spell_it_is_used(workspace):
    name = "\u00e9" * 100
    workspace.save(ENDPOINT, name, FEED, digest=None)
    spelled = unicodedata.normalize("NFD", name)
    assert len(f"{spelled}.yaml".encode()) > 255
    assert workspace.read(ENDPOINT, spelled).value == FEED


@pytest.mark.parametrize("spelled", ["caf\u00e9", "cafe\u0301"])
def test_a_name_is_found_as_the_system_spells_it(workspace, spelled):
    put(workspace, f"endpoints/{spelled}.yaml", "url: a\n")
    (entry,) = workspace.tree().entries
    assert workspace.read(ENDPOINT, entry.name).value.url == "a"


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_within_the_workspace_is_saved_through(workspace):
    workspace.save(ENDPOINT, "real", FEED, digest=None)
    link = workspace.root / "endpoints" / "link.yaml"
    link.symlink_to("real.yaml")
    read = workspace.read(ENDPOINT, "link")
    workspace.save(ENDPOINT, "link", replace(FEED, strict=False), digest=read.digest)
    assert link.is_symlink()
    assert not workspace.read(ENDPOINT, "real").value.strict


@pytest.mark.parametrize(
    "name",
    [
        *("", "../out", "a/../b", "/etc/passwd", "a//b", "a/", ".hidden", "a/.git/config"),
        *("a\\b", "a\x00b", "a:b", "a?", "a\nb", "con", "NUL.txt", "lpt1", "x/COM9", "aux"),
        *("a.", "a ", " a", "x" * 201, "é" * 101, "\ud800", "/".join("a" * 20)),
    ],
)
def test_names_that_not_every_system_can_hold_are_refused(workspace, name):
    with pytest.raises(UsageError, match="cannot be the name"):
        workspace.save(ENDPOINT, name, FEED, digest=None)
    assert names(workspace) == []


# Saving


def test_what_was_saved_is_read_and_its_schema_is_where_the_file_says(workspace):
    saved = workspace.save(ENDPOINT, "prices/feed", FEED, digest=None)
    assert workspace.read(ENDPOINT, "prices/feed") == saved
    path = workspace.root / "endpoints" / "prices" / "feed.yaml"
    schema = path.read_text().splitlines()[0].partition("$schema=")[2]
    assert (path.parent / schema).resolve().is_file()


def test_a_new_file_never_takes_the_place_of_another(workspace):
    workspace.save(ENDPOINT, "feed", FEED, digest=None)
    with pytest.raises(NameTakenError):
        workspace.save(ENDPOINT, "feed", replace(FEED, strict=False), digest=None)
    assert workspace.read(ENDPOINT, "feed").value == FEED


def test_a_save_over_somebodys_change_is_a_conflict_with_both_versions(workspace):
    read = workspace.save(ENDPOINT, "feed", FEED, digest=None)
    put(workspace, "endpoints/feed.yaml", "url: ws://theirs.test\n")
    with pytest.raises(ConflictError) as caught:
        workspace.save(ENDPOINT, "feed", Endpoint(url="ws://ours.test"), digest=read.digest)
    assert caught.value.theirs == "url: ws://theirs.test\n"
    assert caught.value.ours == "url: ws://ours.test\n"
    workspace.save(ENDPOINT, "feed", Endpoint(url="ws://ours.test"), digest=caught.value.digest)
    assert workspace.read(ENDPOINT, "feed").value.url == "ws://ours.test"


def test_a_save_of_what_somebody_deleted_is_a_conflict(workspace):
    read = workspace.save(ENDPOINT, "feed", FEED, digest=None)
    (workspace.root / "endpoints" / "feed.yaml").unlink()
    with pytest.raises(ConflictError, match="deleted") as caught:
        workspace.save(ENDPOINT, "feed", FEED, digest=read.digest)
    assert caught.value.theirs is None


def test_of_many_saves_of_one_version_one_wins_and_the_others_are_told(workspace):
    read = workspace.save(ENDPOINT, "feed", FEED, digest=None)
    outcomes = []

    def save(number):
        try:
            value = Endpoint(url=f"ws://{number}.test")
            outcomes.append(workspace.save(ENDPOINT, "feed", value, digest=read.digest).value)
        except ConflictError:
            outcomes.append(None)

    threads = [threading.Thread(target=save, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    winners = [outcome for outcome in outcomes if outcome is not None]
    assert [workspace.read(ENDPOINT, "feed").value] == winners


@pytest.mark.skipif(os.name == "nt", reason="there are no limits of that kind")
def test_a_save_that_fails_leaves_the_old_file_and_no_other(workspace):
    import resource

    read = workspace.save(ENDPOINT, "feed", FEED, digest=None)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, hard))
    try:
        with pytest.raises(WorkspaceError, match="cannot be saved"):
            workspace.save(ENDPOINT, "feed", replace(FEED, strict=False), digest=read.digest)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert [path.name for path in (workspace.root / "endpoints").iterdir()] == ["feed.yaml"]
    assert workspace.read(ENDPOINT, "feed").value == FEED


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="a process is not killed like that there")
def test_whoever_is_killed_while_saving_leaves_the_old_file_or_the_new_one(workspace):
    workspace.save(ENDPOINT, "feed", FEED, digest=None)
    script = """
import sys
from pathlib import Path
from wirescope.workbench.workspace import ENDPOINT, Endpoint, Workspace
workspace = Workspace.open(Path(sys.argv[1]))
digest = workspace.read(ENDPOINT, "feed").digest
for number in range(1_000_000):
    value = Endpoint(url=f"wss://feed.test/{number}", description="long " * 1_000)
    digest = workspace.save(ENDPOINT, "feed", value, digest=digest).digest
    print(number, flush=True)
"""
    last = -1
    for kill in range(5):
        command = [sys.executable, "-c", script, str(workspace.root)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            for _ in range(3 + kill):
                last = int(process.stdout.readline())
            process.kill()
            rest = process.stdout.read().split()
        last = int(rest[-1]) if rest else last
        number = int(workspace.read(ENDPOINT, "feed").value.url.rpartition("/")[2])
        assert number in (last, last + 1)
    assert names(workspace) == [("endpoint", "feed", False)]


def test_a_file_keeps_its_rights(workspace):
    read = workspace.save(ENDPOINT, "feed", FEED, digest=None)
    path = workspace.root / "endpoints" / "feed.yaml"
    path.chmod(0o640)
    workspace.save(ENDPOINT, "feed", replace(FEED, strict=False), digest=read.digest)
    assert path.stat().st_mode & 0o777 == 0o640


# Moving and copying


def test_a_file_gets_another_folder_and_its_first_line_still_leads_to_the_schema(workspace):
    first = "# yaml-language-server: $schema="
    rest = ".wirescope/schemas/endpoint.json\nurl: a # why\n"
    put(workspace, "endpoints/feed.yaml", f"{first}../{rest}")
    workspace.rename(ENDPOINT, "feed", "prices/live/feed")
    text = (workspace.root / "endpoints" / "prices" / "live" / "feed.yaml").read_text()
    assert text == f"{first}../../../{rest}"
    assert not (workspace.root / "endpoints" / "feed.yaml").exists()


def test_a_rename_never_takes_the_place_of_another(workspace):
    for name in ("a", "b"):
        workspace.save(ENDPOINT, name, Endpoint(url=name), digest=None)
    with pytest.raises(NameTakenError):
        workspace.rename(ENDPOINT, "a", "b")
    with pytest.raises(WorkspaceError, match="There is no"):
        workspace.rename(ENDPOINT, "c", "d")
    assert workspace.read(ENDPOINT, "b").value.url == "b"


def test_a_folder_moves_with_what_is_in_it_but_not_into_itself(workspace):
    workspace.save(ENDPOINT, "a/b/feed", FEED, digest=None)
    workspace.rename_folder(ENDPOINT, "a/b", "c")
    assert workspace.read(ENDPOINT, "c/feed").value == FEED
    with pytest.raises(UsageError, match="into itself"):
        workspace.rename_folder(ENDPOINT, "c", "c/d")


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_folder_moves_with_what_cannot_be_read_and_follows_no_link(workspace, tmp_path):
    outside = tmp_path / "outside.yaml"
    outside.write_text("# yaml-language-server: $schema=.wirescope/schemas/endpoint.json\nurl: s\n")
    os.truncate(put(workspace, "endpoints/a/large.yaml", ""), 1 << 30)
    (workspace.root / "endpoints/a/link.yaml").symlink_to(outside)
    workspace.save(ENDPOINT, "a/z", FEED, digest=None)
    workspace.rename_folder(ENDPOINT, "a", "b/c")
    moved = workspace.root / "endpoints/b/c"
    assert sorted(path.name for path in moved.iterdir()) == ["large.yaml", "link.yaml", "z.yaml"]
    assert (moved / "link.yaml").is_symlink()
    assert "=../../../.wirescope/" in (moved / "z.yaml").read_text()


def test_a_folder_is_made_once(workspace):
    workspace.make_folder(MESSAGE, "greetings")
    assert names(workspace) == [("message", "greetings", True)]
    with pytest.raises(NameTakenError):
        workspace.make_folder(MESSAGE, "greetings")


def test_a_folder_that_could_take_no_file_is_not_made(workspace):
    workspace.make_folder(ENDPOINT, "/".join("abcdefghijk"))
    with pytest.raises(UsageError, match="more than 12 parts"):
        workspace.make_folder(ENDPOINT, "/".join("abcdefghijkl"))


def test_a_copy_has_the_comments_and_a_name_of_its_own(workspace):
    put(workspace, "endpoints/feed.yaml", "url: a # why\n")
    assert [workspace.duplicate(ENDPOINT, "feed") for _ in range(2)] == ["feed 2", "feed 3"]
    assert (workspace.root / "endpoints" / "feed 3.yaml").read_text() == "url: a # why\n"


# Finding


def test_a_text_is_found_in_names_and_lines_in_any_case(workspace):
    put(workspace, "endpoints/Price feed.yaml", "url: ws://a\n# the PRICES\n")
    put(workspace, "messages/broken.yaml", "[ price")
    found = [(each.name, each.line, each.column) for each in workspace.find("price")]
    assert found == [("Price feed", 0, 1), ("Price feed", 2, 7), ("broken", 1, 3)]
    assert workspace.find("") == []


def test_of_very_many_places_some_are_given(workspace):
    for name in "ab":
        put(workspace, f"messages/{name}.yaml", "x\n" * 150)
    assert len(workspace.find("x")) == 200
