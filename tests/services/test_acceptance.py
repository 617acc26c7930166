"""The gate: who is accepted, who is kept aside, and the test that goes with a specialist."""

import json

import pytest

from divisi.services.acceptance import REASON, TEST, find, install, joined, own_test, put_aside
from divisi.services.splits import SELECTION, held, split
from divisi.specialists.card import Card, write_card
from divisi.tasks.example import Example
from divisi.tasks.subtask import Case


def example(number, subtask="names"):
    case = Case(({"role": "user", "content": f"{number}"},))
    return Example(f"{subtask}{number}", subtask, "mine", case, [], f"g{number}")


@pytest.mark.parametrize(
    ("resident", "new", "accepted", "reason"),
    [
        ([1.0, 0.0], [1.0, 1.0], True, "not worse: 1.000 against the resident's 0.500 on 2 examples"),
        ([1.0, 0.0], [0.0, 1.0], True, "not worse: 0.500 against"),
        ([1.0, 1.0], [0.0, 1.0], False, "worse: 0.500 against the resident's 1.000"),
        ([1.0, None], [1.0, 0.0], True, "on 1 examples"),
        ([], [], False, "no example was held back that both could answer"),
        (None, [0.5], True, "the first of its name; it scores 0.500 on 1 examples"),
        (None, [], True, "nothing was held back to test it with"),
    ],
)
def test_not_worse_than_the_resident_is_accepted(resident, new, accepted, reason):
    finding = find("names", resident, new)
    assert finding.accepted is accepted
    assert reason in finding.reason


def test_a_margin_lets_a_little_worse_pass():
    scores = [1.0] * 10, [1.0] * 9 + [0.0]
    assert not find("names", *scores).accepted
    assert find("names", *scores, margin=0.1).accepted


@pytest.fixture
def trained(tmp_path):
    folder = tmp_path / "new" / "names"
    folder.mkdir(parents=True)
    write_card(folder, Card("names", "names", "lora", "0123456789abcdef", "base", (1,), None, {}))
    return folder


def test_the_test_goes_with_the_specialist_and_its_successor_takes_it_on(trained, tmp_path):
    place = tmp_path / "skills" / "names"
    install(trained, place, [example(1)])
    install(trained, place, joined(own_test(place), [example(2), example(1)]))
    assert [one.id for one in own_test(place)] == ["names1", "names2"]
    assert [path.name for path in place.parent.iterdir()] == ["names"]


def test_who_is_kept_aside_lies_beside_with_the_reason(trained, tmp_path):
    finding = find("names", [1.0], [0.0])
    place = put_aside(trained, tmp_path / "skills", finding)
    assert place == tmp_path / "skills" / ".aside" / "names-0123456789ab"
    assert json.loads((place / REASON).read_text())["accepted"] is False
    assert not (place / TEST).exists()


def test_a_group_is_on_one_side_of_a_split():
    examples = [example(number, subtask) for number in range(40) for subtask in ("names", "reply")]
    parts = split(examples, share=0.2)
    groups = [{one.group for one in part} for part in (parts.training, parts.selection, parts.test)]
    assert sum(map(len, groups)) == 40
    assert all(groups)
    assert split(examples[::-1], share=0.2).test == parts.test[::-1]


def test_of_a_few_lines_one_is_held_back_and_of_two_none():
    assert len(held([example(number) for number in range(3)], share=0.01, salt=SELECTION)[1]) == 1
    assert held([example(1), example(2)], share=0.01, salt=SELECTION)[1] == ()
