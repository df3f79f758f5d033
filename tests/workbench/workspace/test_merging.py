"""Two people's edits of one workspace, merged by git itself."""

import subprocess

import pytest
from msgspec.structs import replace

from wirescope.errors import BrokenFileError
from wirescope.workbench.workspace import (
    ENDPOINT,
    ENVIRONMENT,
    Auth,
    Endpoint,
    Environment,
    Header,
    Heartbeat,
    Limits,
    Workspace,
)

pytestmark = [pytest.mark.slow, pytest.mark.requires("git")]

FEED = b"""\
# yaml-language-server: $schema=../.wirescope/schemas/endpoint.json
# The price feed.
url: wss://feed.test/live
description: Prices
headers:
  - name: X-One
    value: "1"
  # between
  - name: X-Two
    value: "2"
  - name: X-Three
    value: "3"
auth:
  kind: bearer
  token: "{{token}}"
heartbeat:
  interval_s: 20
limits:
  open_timeout_s: 10
strict: false
"""


def git(folder, *arguments, check=True):
    settings = ("-c", "user.name=A", "-c", "user.email=a@a.test", "-c", "commit.gpgsign=false")
    command = ["git", *settings, *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert not check or done.returncode == 0, done.stdout + done.stderr
    return done


@pytest.fixture
def mine(tmp_path):
    """A workspace in git, with one endpoint and an environment."""
    workspace = Workspace.create(tmp_path / "mine")
    (workspace.root / "endpoints" / "feed.yaml").write_bytes(FEED)
    variables = {"alpha": "1", "beta": "2", "gamma": "3", "delta": "4"}
    workspace.save(ENVIRONMENT, "local", Environment(variables=variables), digest=None)
    git(workspace.root, "init", "--quiet", "--initial-branch", "main")
    commit(workspace)
    return workspace


@pytest.fixture
def theirs(mine, tmp_path):
    git(tmp_path, "clone", "--quiet", "mine", "theirs")
    return Workspace.open(tmp_path / "theirs")


def commit(workspace):
    git(workspace.root, "add", "--all")
    git(workspace.root, "commit", "--quiet", "--message", "Work.")


def edit(workspace, kind, name, change):
    read = workspace.read(kind, name)
    workspace.save(kind, name, change(read.value), digest=read.digest)
    commit(workspace)


def merge(mine, theirs):
    return git(mine.root, "pull", "--quiet", "--no-rebase", str(theirs.root), "main", check=False)


def test_nothing_that_is_only_wirescopes_or_secret_is_in_git(mine):
    mine.secrets.store("token", "x", place=".env")
    (mine.root / "captures" / "a.wirescope").write_text("x")
    commit_files = git(mine.root, "ls-files").stdout.split()
    assert git(mine.root, "status", "--porcelain").stdout == ""
    assert commit_files == [
        *(".gitignore", "endpoints/feed.yaml", "environments/local.yaml", "wirescope.yaml"),
    ]


def token(value):
    return replace(value, auth=Auth(kind="bearer", token="{{other}}"))


def header(number, text):
    def change(value):
        headers = list(value.headers)
        headers[number] = replace(headers[number], value=text)
        return replace(value, headers=tuple(headers))

    return change


def without_header(number):
    return lambda value: replace(
        value, headers=value.headers[:number] + value.headers[number + 1 :]
    )


def more_header(value):
    return replace(value, headers=(*value.headers, Header(name="X-New")))


@pytest.mark.parametrize(
    ("ours", "others"),
    [
        (lambda v: replace(v, url="wss://new.test/"), token),
        (lambda v: replace(v, strict=True), lambda v: replace(v, description="Other")),
        (lambda v: replace(v, limits=Limits(open_timeout_s=3)), header(1, "two")),
        (header(0, "one"), header(2, "three")),
        (without_header(0), header(2, "three")),
        (more_header, lambda v: replace(v, heartbeat=Heartbeat(interval_s=5))),
        (header(0, "one"), more_header),
        (lambda v: replace(v, origin="https://o.test"), lambda v: replace(v, decoder="json")),
    ],
)
def test_two_edits_of_different_values_merge(mine, theirs, ours, others):
    value = mine.read(ENDPOINT, "feed").value
    edit(mine, ENDPOINT, "feed", ours)
    edit(theirs, ENDPOINT, "feed", others)
    done = merge(mine, theirs)
    assert done.returncode == 0, done.stdout + done.stderr
    merged = mine.read(ENDPOINT, "feed")
    assert merged.value == ours(others(value))
    assert "# between" in merged.text


def test_two_variables_of_one_environment_merge(mine, theirs):
    def give(name):
        return lambda value: Environment(variables=value.variables | {name: "new"})

    edit(mine, ENVIRONMENT, "local", give("alpha"))
    edit(theirs, ENVIRONMENT, "local", give("delta"))
    assert merge(mine, theirs).returncode == 0
    expected = {"alpha": "new", "beta": "2", "gamma": "3", "delta": "new"}
    assert mine.read(ENVIRONMENT, "local").value.variables == expected


def test_two_new_variables_merge_where_the_names_are_in_order(mine, theirs):
    def sort(value):
        return Environment(variables=dict(sorted(value.variables.items())))

    def add(name):
        return lambda value: Environment(variables=value.variables | {name: "new"})

    read = mine.read(ENVIRONMENT, "local")
    mine.delete(ENVIRONMENT, "local")
    mine.save(ENVIRONMENT, "local", sort(read.value), digest=None)
    commit(mine)
    merge(theirs, mine)
    edit(mine, ENVIRONMENT, "local", add("aardvark"))
    edit(theirs, ENVIRONMENT, "local", add("zebra"))
    assert merge(mine, theirs).returncode == 0
    names = list(mine.read(ENVIRONMENT, "local").value.variables)
    assert names == ["aardvark", "alpha", "beta", "delta", "gamma", "zebra"]


def test_different_files_merge_also_when_one_is_moved(mine, theirs):
    mine.rename(ENDPOINT, "feed", "prices/feed")
    commit(mine)
    edit(theirs, ENDPOINT, "feed", header(1, "two"))
    theirs.save(ENDPOINT, "other", Endpoint(url="ws://other.test"), digest=None)
    commit(theirs)
    assert merge(mine, theirs).returncode == 0
    assert mine.read(ENDPOINT, "prices/feed").value.headers[1].value == "two"
    assert mine.read(ENDPOINT, "other").value.url == "ws://other.test"
    assert mine.problems() == ()


def test_two_edits_of_one_value_are_reported_with_the_line_and_the_rest_opens(mine, theirs):
    edit(mine, ENDPOINT, "feed", lambda value: replace(value, url="ws://mine.test"))
    edit(theirs, ENDPOINT, "feed", lambda value: replace(value, url="ws://theirs.test"))
    assert merge(mine, theirs).returncode != 0
    with pytest.raises(BrokenFileError) as caught:
        mine.read(ENDPOINT, "feed")
    assert [(each.path, each.line) for each in caught.value.problems] == [
        ("endpoints/feed.yaml", 3),
        ("endpoints/feed.yaml", 7),
    ]
    assert mine.read(ENVIRONMENT, "local").value.variables["alpha"] == "1"


def test_an_edit_changes_one_line_of_the_diff(mine):
    read = mine.read(ENDPOINT, "feed")
    mine.save(ENDPOINT, "feed", replace(read.value, url="ws://new.test"), digest=read.digest)
    assert git(mine.root, "diff", "--shortstat").stdout.strip() == (
        "1 file changed, 1 insertion(+), 1 deletion(-)"
    )
