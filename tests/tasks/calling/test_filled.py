"""What a request says fits the tool that it means."""

from divisi.tasks.calling.filled import FEATURES, features, filled_needs
from divisi.tasks.calling.need import needs


def tool(name, description, **properties):
    schema = {key: {"type": kind, "description": key} for key, kind in properties.items()}
    parameters = {"type": "object", "properties": schema, "required": list(schema)}
    return {"type": "function", "function": {"name": name, "description": description, "parameters": parameters}}


STATUS = tool("order_status", "What has become of an order", order_number="string")
MAIL = tool("order_mail", "Write to whoever has an order", email="string")
SAID = ({"role": "user", "content": "What has become of order 7712?"},)
WRITE = ({"role": "user", "content": "The order: write to ada@example.org"},)


def column(name, messages, tools):
    return features(messages, tools)[:, FEATURES.index(name)].tolist()


def test_values_that_are_said_speak_for_a_tool():
    status, mail = column("filled", WRITE, [STATUS, MAIL])
    assert mail > status
    assert column("beside", WRITE, [STATUS, MAIL])[1] == 1


def test_needs_follow_both_words_and_values():
    by_words, by_both = needs(WRITE, [STATUS, MAIL]), filled_needs(WRITE, [STATUS, MAIL])
    assert by_both[1] - by_both[0] > 0
    assert all(0 < need < 1 for need in (*by_words, *by_both))
    assert filled_needs(SAID, [STATUS, MAIL])[0] > filled_needs(SAID, [STATUS, MAIL])[1]


def test_a_tool_that_needs_nothing_is_neither_filled_nor_empty():
    assert column("filled", SAID, [tool("now", "The time"), STATUS])[0] == 0.5


def test_nothing_is_needed_of_nothing():
    assert filled_needs(SAID, []) == []
