"""Lessons have true answers: what is asked for stands in what was read."""

import json
from itertools import islice
from random import Random

from divisi.specialists.embedded.lessons import JOINTS, lookups, picks
from divisi.specialists.embedded.script import Script
from divisi.specialists.pack import Node
from divisi.tasks.calling.tool import Tool

WORDS = ["river", "stone", "garden", "window", "music", "paper", "silver", "forest"]
TOOLS = [
    Tool(f"tool_{number}", f"Return the {word} of number {number} from the list")
    for number, word in enumerate(WORDS * 4)
]


def decoded(script: Script, node: Node) -> str:
    return str(script.tokenizer.decode(node.ids))


def answer(script: Script, node: Node) -> str:
    return str(script.tokenizer.decode(node.ids[node.answer_from : -1]))


def test_every_looked_up_value_stands_in_the_list(script: Script) -> None:
    for tree in islice(lookups(script, WORDS, Random(1)), 30):
        read = decoded(script, tree)
        for question in tree.children:
            said = answer(script, question)
            values = json.loads(said).values() if said.startswith("{") else [said]
            assert all(value in read for value in values)


def test_the_picked_tool_is_offered_and_described_by_the_request(script: Script) -> None:
    for tree in islice(picks(script, TOOLS, Random(2)), 30):
        offered = decoded(script, tree)
        for request in tree.children:
            names = json.loads(answer(script, request.children[0]))
            assert all(f"<|tool|>{name}:" in offered for name in names)
            described = [offered.split(f"<|tool|>{name}:")[1].split("<|end|>")[0].lower() for name in names]
            said = decoded(script, request).removeprefix("<|user|>").removesuffix("<|end|>").lower()
            for joint in sorted(JOINTS, key=len, reverse=True):
                said = said.replace(joint, " ") if len(names) > 1 else said
            assert all(any(word.strip(".,") in one for one in described) for word in said.split())


def test_masked_names_are_not_the_tools_own(script: Script) -> None:
    tree = next(picks(script, TOOLS, Random(3), masked=1.0))
    assert "<|tool|>tool_" not in decoded(script, tree)


def test_the_same_seed_gives_the_same_lessons(script: Script) -> None:
    assert list(islice(lookups(script, WORDS, Random(4)), 3)) == list(islice(lookups(script, WORDS, Random(4)), 3))
