"""The examples of the ablation: both halves, no tool of the test in training, nothing that cannot be learned."""

from collections import Counter

from training_data import balanced, made, offered

from divisi.tasks.calling.call import Call
from divisi.tasks.calling.dialogue import Asked
from divisi.tasks.calling.tool import Tool


def asked(number, source, tool="find_flights"):
    record = Tool(tool, "What it does.", {"type": "object", "properties": {"city": {"type": "string"}}}).to_record()
    user = ({"role": "user", "content": f"to Paris, {number}"},)
    return Asked(f"{source}/{number}", source, user, (record,), "single", (Call(tool, {"city": "Paris"}),))


def test_each_subtask_gets_its_number_and_half_of_it_is_generated():
    natural, generated = ([asked(n, source) for n in range(9)] for source in ("seal_tools", "generated"))
    found = Counter((one.subtask, made(one)) for one in balanced((generated, natural), 4, 5000, set()))
    assert found["names", "public"] == found["names", "generated"] == found["arguments", "generated"] == 2


def test_what_one_half_lacks_the_generator_gives():
    found = balanced(([asked(n, "generated") for n in range(9)], [asked(0, "written/a")]), 4, 5000, set())
    assert Counter(made(one) for one in found if one.subtask == "names") == {"generated": 3, "by hand": 1}


def test_a_tool_of_the_test_is_never_offered():
    sources = [asked(n, "generated", tool) for n in range(4) for tool in ("find_flights", "send_mail")]
    found = balanced((sources, []), 8, 5000, {"send_mail"})
    assert {name for one in found for name in offered(one)} == {"find_flights"}


def test_long_conversations_are_left_out():
    assert balanced(([asked(1, "generated")], []), 8, 50, set()) == []


def test_an_answer_that_its_grammar_forbids_is_left_out():
    wrong = asked(1, "generated")
    wrong = Asked(wrong.id, wrong.source, wrong.messages, wrong.tools, "single", (Call("find_flights", {"city": 5}),))
    assert {one.subtask for one in balanced(([wrong], []), 8, 5000, set())} == {"names"}
