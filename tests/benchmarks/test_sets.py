"""What of a set is asked, and what is said where it is not there."""

from pathlib import Path

import pytest
from errors import BenchmarkError
from items import Item
from sets import limited, read_set

from divisi.router.request import Request


def items():
    request = Request(({"role": "user", "content": "hello"},))
    return [Item(f"{group} {number}", group, request, None) for group in "abc" for number in range(9)]


def test_a_limit_draws_as_many_of_each_group_and_the_same_ones_each_time():
    drawn = limited(items(), 2, 0)
    assert [item.group for item in drawn] == ["a", "a", "b", "b", "c", "c"]
    assert drawn == limited(items(), 2, 0)
    assert drawn != limited(items(), 2, 1)


def test_data_that_are_not_there_are_named():
    with pytest.raises(BenchmarkError, match=r"seal_tools.*--data"):
        read_set("seal", Path("nowhere"), limit=None, seed=0)


def test_a_set_that_nobody_knows_is_refused_with_those_there_are():
    with pytest.raises(BenchmarkError, match="seal, bfcl, written"):
        read_set("glaive", Path("nowhere"), limit=None, seed=0)
