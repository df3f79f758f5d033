"""What is told of captures that changed or went, to who asks rarely."""

from wirescope.workbench.desk.news import Paper


def test_each_capture_is_told_once_with_what_became_of_it_last():
    paper = Paper()
    paper.changed("one")
    paper.changed("other")
    paper.deleted("one")
    assert paper.since(0) == (["other"], ["one"])
    assert paper.since(2) == ([], ["one"])
    assert paper.since(3) == ([], [])


def test_nothing_is_missed_where_thousands_go_at_once():
    paper = Paper()
    for number in range(5000):
        paper.deleted(str(number))
    assert len(paper.since(0).deleted) == 5000
