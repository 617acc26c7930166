"""The catalog finds subtasks by name and lists them where a name is wrong."""

import pytest

from divisi.tasks.catalog import find_subtask
from divisi.tasks.subtask import TaskError


def test_a_subtask_is_found_by_name() -> None:
    assert find_subtask("next_best").name == "next_best"


def test_an_unknown_name_is_answered_with_those_there_are() -> None:
    with pytest.raises(TaskError, match="names, arguments, parallel, chaining, nested, next_best, reply"):
        find_subtask("next")
