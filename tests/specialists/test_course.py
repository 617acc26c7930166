"""A course reads every tree once an epoch, fills its sequences, and is the same for the same seed."""

from collections import Counter

import pytest
import torch

from divisi.specialists.course import in_order, lay_course
from divisi.specialists.errors import TrainingError
from divisi.specialists.pack import Node


def tree(number: int, size: int, *names: str) -> Node:
    answers = tuple(Node((number, number), 1, name) for name in names)
    return Node((number,) * (size - 2 * len(names)), children=answers)


TREES = [tree(number, 8 + 7 * (number % 5), "a", *(["b"] if number % 4 == 0 else [])) for number in range(60)]


def read(course) -> Counter:
    return Counter(number for rows in course.steps for row in rows for number in row)


def test_every_tree_is_read_once_in_every_epoch():
    course = lay_course(TREES, rows=4, length=64, seed=1, epochs=3)
    assert read(course) == dict.fromkeys(range(60), 3)
    assert all(len(rows) == 4 for rows in course.steps[:-1])


def test_sequences_are_nearly_full_and_never_too_full():
    course = lay_course(TREES, rows=4, length=64, seed=1, epochs=1)
    sizes = [sum(TREES[number].size_tokens for number in row) for rows in course.steps for row in rows]
    assert max(sizes) <= 64
    assert sum(sizes) / (64 * len(sizes)) > 0.85


def test_the_order_follows_from_the_seed_and_differs_between_epochs():
    one, same, other = (lay_course(TREES, rows=4, length=64, seed=seed, epochs=2) for seed in (1, 1, 2))
    assert one.steps == same.steps != other.steps
    half = len(one.steps) // 2
    assert one.steps[:half] != one.steps[half : 2 * half]


def test_steps_end_it_whatever_the_epochs():
    short, long = (lay_course(TREES, rows=4, length=64, seed=1, epochs=1, steps=steps) for steps in (3, 50))
    assert (len(short.steps), len(long.steps)) == (3, 50)
    assert long.steps[:3] == short.steps


def test_appearances_count_the_steps_with_answers_of_each():
    course = lay_course(TREES, rows=1, length=36, seed=1, epochs=1)
    expected = Counter(
        name for rows in course.steps for name in {name for row in rows for n in row for name in names(n)}
    )
    assert course.appearances() == expected
    assert expected["b"] < expected["a"] == len(course.steps)


def names(number: int) -> set[str]:
    return {"a", "b"} if number % 4 == 0 else {"a"}


def test_a_batch_is_as_long_as_its_longest_row_needs():
    course = lay_course(TREES[:1], rows=4, length=512, seed=1, epochs=1)
    packed = course.batch(0, pad_id=9)
    assert packed.ids.shape == (1, 8)
    assert course.tokens(0) == 8


def test_in_order_reads_all_once():
    ids = torch.cat([packed.ids.flatten() for packed in in_order(TREES, rows=3, length=64, pad_id=-1)])
    counts = Counter(ids.tolist())
    assert all(counts[number] == TREES[number].size_tokens for number in range(60))


@pytest.mark.parametrize(("trees", "problem"), [([], "nothing to train on"), (TREES, "36 tokens and a sequence 30")])
def test_what_cannot_be_read_is_refused(trees, problem):
    with pytest.raises(TrainingError, match=problem):
        lay_course(trees, rows=1, length=30, seed=0, epochs=1)
