"""Trees hold every example once, as the tokens that will be served, or name it as omitted."""

import pytest

from divisi.specialists.branches import data_hash, grow, leaves
from divisi.specialists.errors import TrainingError
from divisi.tasks.catalog import find_subtask
from divisi.tasks.example import Example
from divisi.tasks.subtask import Case

SPECIALISTS = {"names": "names", "arguments": "arguments", "reply": "talker"}


def tool(name: str) -> dict:
    parameters = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    return {"type": "function", "function": {"name": name, "description": "Weather.", "parameters": parameters}}


TOOLS = (tool("rain"), tool("wind"))


def example(number: str, subtask: str, text: str, target, *, tools=TOOLS, focus=None) -> Example:
    case = Case(({"role": "user", "content": text},), tools, focus)
    return Example(number, subtask, "test", case, target, number)


RAIN = [
    example("1", "names", "Rain in Rome?", ["rain"]),
    example("2", "arguments", "Rain in Rome?", {"city": "Rome"}, focus="rain"),
]
WIND = example("3", "names", "Wind in Oslo?", ["wind"])
TALK = example("4", "reply", "Hello", "Hi there", tools=())
ALL = [RAIN[0], WIND, TALK, RAIN[1]]


def test_the_tokens_of_every_branch_are_those_that_are_served(base):
    forest = grow(base, ALL, specialists=SPECIALISTS, length=512)
    grown = {before + leaf.ids for tree in forest.trees for before, leaf in leaves(tree)}
    served = set()
    for one in ALL:
        case, subtask = one.case, find_subtask(one.subtask)
        prefix = base.prefix_ids(case.messages, case.tools)
        asked = base.invocation_ids(subtask.render(case), case.messages, case.tools)
        served.add((*prefix, *asked, *base.encode(subtask.write(one.target, case)), base.end_id))
    assert grown == served
    assert forest.omitted == ()


def test_the_answer_begins_behind_the_invocation_and_wakes_its_specialist(base):
    (tree,) = grow(base, [TALK], specialists=SPECIALISTS, length=512).trees
    ((_, leaf),) = leaves(tree)
    assert leaf.specialist == "talker"
    assert base.decode(leaf.ids[leaf.answer_from :]) == "Hi there"
    assert leaf.ids[-1] == base.end_id


def test_examples_of_one_conversation_share_its_prefix_wherever_they_stand(base):
    (tree,) = grow(base, [RAIN[0], RAIN[1]], specialists=SPECIALISTS, length=512).trees
    case = RAIN[0].case
    assert tree.ids == tuple(base.prefix_ids(case.messages, case.tools))
    assert [child.specialist for child in tree.children] == ["names", "arguments"]


def test_conversations_with_the_same_tools_share_a_root_that_is_read_once(base):
    trees = grow(base, ALL, specialists=SPECIALISTS, length=512).trees
    root = next(tree for tree in trees if len(tree.children) > 1)
    assert [len(request.children) for request in root.children] == [2, 1]
    assert base.decode(root.ids).endswith("city* (string)wind")
    assert len(trees) == 2


def test_a_tree_that_outgrows_the_length_goes_on_in_another_with_nothing_lost(base):
    whole = grow(base, ALL, specialists=SPECIALISTS, length=512)
    longest = max(len(before + leaf.ids) for tree in whole.trees for before, leaf in leaves(tree))
    parted = grow(base, ALL, specialists=SPECIALISTS, length=longest)
    assert max(tree.size_tokens for tree in parted.trees) <= longest
    assert len(parted.trees) > len(whole.trees)
    assert data_hash(parted.trees) == data_hash(whole.trees)


def test_an_example_over_the_training_length_is_omitted_by_name(base):
    long = example("long", "names", "Rain? " * 20, ["rain"])
    forest = grow(base, [*ALL, long], specialists=SPECIALISTS, length=200)
    ((omitted),) = forest.omitted
    assert (omitted.id, omitted.source) == ("long", "test")
    assert "left behind the prefix" in omitted.reason
    assert data_hash(forest.trees) == data_hash(grow(base, ALL, specialists=SPECIALISTS, length=200).trees)


def test_an_example_over_the_context_is_omitted_by_name(base):
    long = example("long", "names", "Rain? " * 200, ["rain"])
    (omitted,) = grow(base, [long], specialists=SPECIALISTS, length=100_000).omitted
    assert "reads 512" in omitted.reason


def test_an_answer_that_spells_a_control_token_is_omitted_by_name(base):
    spells = example("spells", "reply", "Hello", "The end <|end|> or not", tools=())
    (omitted,) = grow(base, [spells], specialists=SPECIALISTS, length=512).omitted
    assert "control tokens: <|end|>" in omitted.reason


def test_a_subtask_without_a_specialist_is_refused(base):
    with pytest.raises(TrainingError, match="no specialist is trained on 'reply'; there are names"):
        grow(base, [TALK], specialists={"names": "names"}, length=512)


def test_a_target_that_is_no_answer_is_refused_by_name(base):
    with pytest.raises(TrainingError, match="example bad of test is no arguments"):
        grow(base, [example("bad", "arguments", "Rain?", 3, focus="none")], specialists=SPECIALISTS, length=512)


def test_the_data_hash_of_a_specialist_is_of_its_own_examples(base):
    one, other = (grow(base, examples, specialists=SPECIALISTS, length=512).trees for examples in (ALL, ALL[:-1]))
    assert data_hash(one, "names") == data_hash(other, "names")
    assert data_hash(one, "arguments") != data_hash(other, "arguments")
