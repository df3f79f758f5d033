"""What the records of a workspace's files are by default."""

from wirescope.workbench.workspace import Endpoint, SavedMessage, WorkspaceSettings


def test_nothing_is_sent_on_match_unless_told_so():
    assert Endpoint(url="ws://example.test").on_message == ()


def test_every_capture_is_kept_unless_told_otherwise():
    retention = WorkspaceSettings().retention
    assert (retention.days, retention.bytes) == (None, None)


def test_what_is_described_says_so():
    assert Endpoint(url="ws://example.test", description="feed").description == "feed"
    assert SavedMessage(body="hello", description="greeting").description == "greeting"
