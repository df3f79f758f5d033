import pytest

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
