"""Masking: names that say nothing, without a word of the meaning lost."""

from random import Random

from divisi.tasks.calling.call import Call
from divisi.tasks.calling.dialogue import Asked
from divisi.tasks.calling.tool import Tool
from divisi.tasks.generation.masking import mask_name, mask_parameters, masked, random_name, restyle
from divisi.tasks.generation.offers import Entry, Offer, known

PARAMETERS = {
    "type": "object",
    "properties": {
        "orderId": {"type": "string"},
        "state": {"type": "string", "enum": ["open", "sent"], "description": "What becomes of it"},
    },
    "required": ["orderId"],
}


def offer(description: str = "Update an order.") -> Offer:
    return known(Entry(Tool("updateOrder", description, PARAMETERS), "shop", "test"))


def test_a_masked_name_keeps_description_and_intent() -> None:
    masked = mask_name(offer(), Random(1))

    assert masked.tool.name != "updateOrder"
    assert masked.tool.description == "Update an order."
    assert masked.intent == offer().intent


def test_a_tool_without_a_description_keeps_its_name() -> None:
    assert mask_name(offer(description=""), Random(1)).tool.name == "updateOrder"


def test_masked_parameters_have_one_name_everywhere() -> None:
    masked = mask_parameters(offer(), Random(2))

    names = [one.name for one in masked.parameters]
    assert names == list(masked.tool.properties)
    assert list(masked.tool.required) == names[:1]
    assert "orderId" not in names


def test_a_masked_parameter_says_what_its_name_said() -> None:
    order, state = mask_parameters(offer(), Random(3)).tool.properties.values()

    assert order["description"] == "order id"
    assert state["description"] == "state: What becomes of it"
    assert state["enum"] == ["open", "sent"]


def test_masked_parameters_keep_their_words_for_asking() -> None:
    masked = mask_parameters(offer(), Random(4))

    assert [one.words for one in masked.parameters] == [("order", "id"), ("state",)]


def test_a_random_name_can_be_a_name() -> None:
    random = Random(5)

    names = [random_name(random, 5, 15) for _ in range(200)]

    assert all(name[0].isalpha() and name.replace("_", "a").isalnum() and 5 <= len(name) <= 15 for name in names)
    assert len(set(names)) == 200


def test_another_style_keeps_the_words_of_a_name() -> None:
    random = Random(6)

    names = {restyle(offer(), random).tool.name for _ in range(100)}

    assert names == {"update_order", "updateOrder", "UpdateOrder", "update-order", "update.order"}


def test_a_masked_conversation_hangs_together() -> None:
    called = {"id": "call_1", "type": "function", "function": {"name": "find", "arguments": {"city": "Oslo"}}}
    messages = (
        {"role": "user", "content": "find Oslo, then book it"},
        {"role": "assistant", "content": None, "tool_calls": [called]},
        {"role": "tool", "tool_call_id": "call_1", "content": '{"id": 7}'},
    )
    tools = (
        Tool("find", "Find a city").to_record(),
        Tool("book", "Book a city").to_record(),
        Tool("plain").to_record(),
    )
    asked = Asked("1", "made", messages, tools, "continue", (Call("book", {"id": 7}),))
    hidden = masked(asked, Random(0))
    find, book, plain = (tool["function"]["name"] for tool in hidden.tools)
    assert plain == "plain"
    assert {find, book}.isdisjoint({"find", "book"})
    assert hidden.messages[1]["tool_calls"][0]["function"]["name"] == find
    assert hidden.calls[0].name == book
    assert hidden.calls[0].arguments == {"id": 7}
