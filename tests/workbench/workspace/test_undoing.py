"""Changes that are taken back, the last one first."""

import threading

import pytest

from wirescope.errors import WorkspaceError
from wirescope.workbench.workspace import UndoStack


def test_the_last_change_is_taken_back_first():
    stack, taken = UndoStack(), []
    for words in ("first", "second"):
        stack.note(words, lambda words=words: taken.append(words))
    assert [stack.next, stack.undo(), stack.undo(), stack.next] == ["second", "second", "first", ""]
    assert taken == ["second", "first"]


def test_with_nothing_to_take_back_it_says_so():
    with pytest.raises(WorkspaceError, match="nothing to take back"):
        UndoStack().undo()


def test_what_cannot_be_taken_back_is_forgotten():
    stack = UndoStack()
    stack.note("first", lambda: None)

    def fail():
        raise WorkspaceError("It is not there.")

    stack.note("second", fail)
    with pytest.raises(WorkspaceError, match="not there"):
        stack.undo()
    assert stack.undo() == "first"


def test_many_that_undo_at_once_take_each_change_back_once():
    stack, taken, refused = UndoStack(), [], []
    for number in range(50):
        stack.note(f"{number}", lambda number=number: taken.append(number))

    def undo():
        for _ in range(20):
            try:
                stack.undo()
            except WorkspaceError:
                refused.append(stack.next)

    threads = [threading.Thread(target=undo) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [*range(50)]
    assert refused == [""] * 110
