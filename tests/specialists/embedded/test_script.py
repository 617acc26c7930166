"""Conversations as trees: branches join to the whole prefix, answers are marked, shared tools are read once."""

from divisi.specialists.embedded.script import Script
from divisi.specialists.pack import Node
from divisi.tasks.calling.call import Call
from divisi.tasks.calling.dialogue import Asked
from divisi.tasks.calling.tool import Tool

TOOLS = (
    Tool(
        "get_weather", "Weather of a city", {"type": "object", "properties": {"city": {"type": "string"}}}
    ).to_record(),
)


def asked(number: int, city: str) -> Asked:
    messages = ({"role": "user", "content": f"weather in {city}"},)
    return Asked(str(number), "made", messages, TOOLS, "single", (Call("get_weather", {"city": city}),))


def text(script: Script, *nodes: Node) -> str:
    return str(script.tokenizer.decode([number for node in nodes for number in node.ids]))


def test_a_request_joins_to_the_rendered_prefix(script: Script) -> None:
    one = asked(1, "Oslo")
    (tree,) = script.conversations([one])
    assert text(script, tree, tree.children[0]) == script.rendered(one.messages, one.tools)


def test_the_joined_tokens_are_those_of_the_whole_prefix(script: Script) -> None:
    one = asked(1, "Oslo")
    (tree,) = script.conversations([one])
    assert (*tree.ids, *tree.children[0].ids) == script.encode(script.rendered(one.messages, one.tools))


def test_requests_over_the_same_tools_share_a_root(script: Script) -> None:
    trees = script.conversations([asked(1, "Oslo"), asked(2, "Rome")])
    assert [len(tree.children) for tree in trees] == [2]


def test_answers_begin_behind_the_invocation(script: Script) -> None:
    (tree,) = script.conversations([asked(1, "Oslo")])
    answers = {script.tokenizer.decode(task.ids[task.answer_from :]) for task in tree.children[0].children}
    assert '["get_weather"]<|end|>' in answers
    assert '{"city": "Oslo"}<|end|>' in answers


def test_an_offer_is_the_prefix_without_a_conversation(script: Script) -> None:
    offer = script.tokenizer.decode(script.offer(TOOLS))
    assert offer.startswith("<|tool|>get_weather")
    assert offer.endswith("<|end|>")
    assert "<|user|>" not in offer
