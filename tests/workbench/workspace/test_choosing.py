import os
from pathlib import Path

import pytest

from wirescope.errors import WorkspaceError
from wirescope.workbench.workspace import Workspace, find_workspace, own_folder


@pytest.fixture(autouse=True)
def own(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path / "data" / "wirescope"


def test_the_folder_one_stands_in_is_taken_when_it_is_a_workspace(tmp_path):
    here = tmp_path / "api"
    Workspace.create(here)
    (here / "README.md").write_text("ours", "utf-8")
    assert find_workspace(here=here).root == here


def test_an_empty_folder_becomes_one(tmp_path):
    here = tmp_path / "empty"
    here.mkdir()
    assert find_workspace(here=here).root == here


def test_no_files_appear_in_a_folder_of_something_else(tmp_path, own):
    here = tmp_path / "project"
    here.mkdir()
    (here / "main.c").write_text("int main;", "utf-8")
    assert find_workspace(here=here).root == own_folder() / "workspace"
    assert [each.name for each in here.iterdir()] == ["main.c"]


def test_the_folder_that_is_named_is_made(tmp_path):
    assert find_workspace(tmp_path / "new" / "one").root == tmp_path / "new" / "one"
    assert find_workspace(tmp_path / "new" / "one").name == "one"


def test_a_folder_below_home_is_made_once_and_opened_again(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert [find_workspace(Path("~/api")).root for _ in range(2)] == [tmp_path / "api"] * 2


def test_a_home_that_nobody_has_is_said_to_be_none():
    with pytest.raises(WorkspaceError, match="no user of that name"):
        find_workspace(Path("~nobody-of-that-name/api"))


@pytest.mark.skipif(os.name == "nt", reason="a folder that is in use is not deleted there")
def test_the_own_folder_is_taken_when_the_one_that_one_stands_in_was_deleted(tmp_path, monkeypatch):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert find_workspace().root == own_folder() / "workspace"
