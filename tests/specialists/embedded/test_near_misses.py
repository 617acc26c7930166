"""Conversations offered other tools: near misses, and few beside what is needed."""

from random import Random

from divisi.specialists.embedded.near_misses import variants
from divisi.tasks.calling.call import Call
from divisi.tasks.calling.dialogue import Asked


def tool(name):
    return {"type": "function", "function": {"name": name, "parameters": {"type": "object", "properties": {}}}}


def asked(kind, names, **options):
    return Asked("1", "written/x", ({"role": "user", "content": "?"},), tuple(map(tool, names)), kind, **options)


def names_of(one):
    return [one["function"]["name"] for one in one.tools]


def all_variants(one, tries=30):
    return [list(variants(one, [tool("s1"), tool("s2"), tool("s3")], Random(seed))) for seed in range(tries)]


def test_without_what_it_needs_nothing_is_called():
    call = asked("single", "abcd", calls=(Call("b", {}),))
    for first, miss, few in all_variants(call):
        assert first is call
        assert (miss.kind, miss.calls, "b" in names_of(miss)) == ("none", (), False)
        assert miss.tools
        assert (few.kind, few.calls, "b" in names_of(few)) == ("single", call.calls, True)


def test_a_tool_that_lacks_values_is_taken_away_too():
    for _, miss, few in all_variants(asked("missing", "ab", tool="a", missing=("x",))):
        assert (miss.kind, miss.tool, miss.missing, "a" in names_of(miss)) == ("none", None, (), False)
        assert (few.kind, few.tool) == ("missing", "a")


def test_where_all_tools_are_needed_strangers_are_offered():
    for _, miss, _few in all_variants(asked("single", "a", calls=(Call("a", {}),))):
        assert set(names_of(miss)) <= {"s1", "s2", "s3"}


def test_none_stays_none_with_fewer_tools():
    for first, few in all_variants(asked("none", "abcd")):
        assert few.kind == "none"
        assert 0 < len(few.tools) < len(first.tools)
