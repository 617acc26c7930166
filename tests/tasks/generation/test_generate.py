"""Generated conversations: what they call is true, is said, and was offered."""

import gzip
import json
from collections import Counter
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import pytest
from jsonschema import validate

from divisi.tasks.calling.call import references
from divisi.tasks.calling.dialogue import Asked, examples
from divisi.tasks.calling.evidence import read_conversation, unsupported
from divisi.tasks.calling.tool import Tool
from divisi.tasks.generation.generate import Entry, Settings, generate, load_tools
from divisi.tasks.subtask import Case, ExampleError

THINGS = ("film", "song", "invoice", "customer", "recipe", "parcel", "hotel", "ticket", "server", "photo")
ID = {"type": "string", "description": "Which one"}
TITLE = {"type": "string"}
AMOUNT = {"type": "number", "minimum": 0}
WHEN = {"type": "string", "format": "date"}
KIND = {"type": "string", "enum": ["small", "VERY_LARGE"]}
ACTIVE = {"type": "boolean"}


def tool(name: str, description: str, properties: dict[str, Any], required: list[str]) -> Tool:
    return Tool(name, description, {"type": "object", "properties": properties, "required": required})


def tools_of(api: int) -> list[Entry]:
    """Five tools of one API, about two things that no other API is about."""
    a, b = THINGS[api % 10], f"{THINGS[(api + 3) % 10]} archive{api}"
    tools = (
        tool(f"get_{a}", f"Get the details of a {a}.", {f"{a}_id": ID, "active": ACTIVE}, [f"{a}_id"]),
        tool(f"delete{a.title()}{api}", f"Deletes a {a}.", {f"{a}_id": ID}, [f"{a}_id"]),
        tool(f"{a}.create", f"Creates a new {a}", {"title": TITLE, "amount": AMOUNT, "kind": KIND}, ["title"]),
        tool(
            f"list_{b.replace(' ', '_')}",
            f"List all entries of the {b}.",
            {"since": WHEN, "limit": {"type": "integer"}},
            [],
        ),
        tool(f"clear_{b.replace(' ', '_')}", f"Clears the {b}", {"before": WHEN}, ["before"]),
    )
    return [Entry(one, f"api {api}", "test") for one in tools]


TOOLS = tuple(entry for api in range(60) for entry in tools_of(api))
TRUE_IDS = {one.tool.name: one for one in TOOLS}


def asked(count: int = 400, seed: int = 1, settings: Settings | None = None, split: str = "train") -> list[Asked]:
    groups = generate(TOOLS, settings or Settings(), Random(seed), split="test" if split == "test" else "train")
    return [one for group in islice(groups, count) for one in group]


@pytest.fixture(scope="module")
def many() -> list[Asked]:
    return asked()


def test_one_seed_gives_one_sequence() -> None:
    assert asked(30, seed=5) == asked(30, seed=5)
    assert asked(30, seed=5) != asked(30, seed=6)


def test_a_group_shares_its_tools() -> None:
    for group in islice(generate(TOOLS, Settings(), Random(2)), 100):
        assert 2 <= len(group) <= 4
        assert all(one.tools is group[0].tools for one in group)
        assert 2 <= len(group[0].tools) <= 8


def test_every_call_follows_the_schema_of_an_offered_tool(many: list[Asked]) -> None:
    for one in many:
        parameters = {record["function"]["name"]: record["function"]["parameters"] for record in one.tools}
        for call in one.calls:
            if not any(references(call.arguments)):
                validate(dict(call.arguments), {**parameters[call.name], "additionalProperties": False})


def test_arguments_stand_in_the_order_of_the_schema(many: list[Asked]) -> None:
    for one in many:
        names = {
            record["function"]["name"]: list(record["function"]["parameters"]["properties"]) for record in one.tools
        }
        for call in one.calls:
            assert list(call.arguments) == [name for name in names[call.name] if name in call.arguments]


def test_every_argument_is_said(many: list[Asked]) -> None:
    for one in many:
        said = read_conversation(Case(one.messages))
        parameters = {record["function"]["name"]: record["function"]["parameters"] for record in one.tools}
        problems = [unsupported(call.arguments, parameters[call.name], {}, said) for call in one.calls]
        assert not any(problems), (one.messages, one.calls)


def test_no_mark_is_left_in_a_text(many: list[Asked]) -> None:
    texts = [message["content"] or "" for one in many for message in one.messages]

    assert not [text for text in texts if any("\ue000" <= letter <= "\uf8ff" for letter in text)]


def test_the_shares_of_kinds_are_kept() -> None:
    settings = Settings()

    counts = Counter(one.kind for one in asked(1000, seed=3))

    total = sum(counts.values())
    for kind, share in settings.shares.items():
        assert counts[kind] / total == pytest.approx(share, abs=0.035), kind


@pytest.mark.parametrize(
    "kind", ["single", "parallel", "chain", "nested", "none", "missing", "continue", "done", "reply"]
)
def test_a_single_kind_can_be_asked_for(kind: Any) -> None:
    settings = Settings(shares={kind: 1.0})

    kinds = Counter(one.kind for one in asked(60, seed=4, settings=settings))

    assert kinds[kind] > 0.9 * sum(kinds.values())


def test_what_is_missing_is_required_and_not_said() -> None:
    for one in asked(80, seed=5, settings=Settings(shares={"missing": 1.0}, mask_share=0.0, restyle_share=0.0)):
        function = next(record["function"] for record in one.tools if record["function"]["name"] == one.tool)
        assert one.missing
        assert set(one.missing) <= set(function["parameters"]["required"])
        assert one.reply
        assert one.calls == ()


def test_nested_calls_refer_to_a_field_that_is_returned() -> None:
    nested = [one for one in asked(60, seed=6, settings=Settings(shares={"nested": 1.0})) if one.kind == "nested"]

    assert nested
    for one in nested:
        returned = {record["function"]["name"]: record["function"].get("returns", {}) for record in one.tools}
        assert [call.label for call in one.calls] == ["$var_1", "$var_2"]
        ((number, field),) = references(one.calls[1].arguments)
        assert number == 1
        assert field in returned[one.calls[0].name]


def test_the_next_call_takes_its_value_from_the_result() -> None:
    following = [
        one for one in asked(60, seed=7, settings=Settings(shares={"continue": 1.0})) if one.kind == "continue"
    ]

    from_results = 0
    for one in following:
        results = [json.loads(message["content"]) for message in one.messages if message["role"] == "tool"]
        values = {str(value) for result in results for value in result.values()}
        from_results += any(str(value) in values for value in one.calls[0].arguments.values())
        assert len(one.calls) == 1
    assert from_results > len(following) / 3


def test_none_calls_nothing_and_its_tool_is_not_offered() -> None:
    settings = Settings(shares={"none": 1.0}, mask_share=0.0, restyle_share=0.0)

    for one in asked(100, seed=8, settings=settings):
        assert one.kind == "none"
        assert one.calls == ()
        text = one.messages[-1]["content"].lower()
        deleted = [thing for thing in THINGS if f"delete {thing} " in text or f"delete the {thing}" in text]
        refused = any(word in text for word in ("don't", "do not", "never", "leave that", "no help", "tomorrow"))
        offered = {record["function"]["description"] for record in one.tools}
        assert refused or not any(f"Deletes a {thing}." in offered for thing in deleted), text


def test_masked_tools_are_called_by_their_masks() -> None:
    masked = asked(60, seed=9, settings=Settings(mask_share=1.0))

    assert not {call.name for one in masked for call in one.calls} & set(TRUE_IDS)
    for one in masked:
        offered = {record["function"]["name"] for record in one.tools}
        assert {call.name for call in one.calls} <= offered


def test_test_apis_are_never_trained_on() -> None:
    settings = Settings(test_share=0.3)

    trained = {one.group for one in asked(300, seed=10, settings=settings)}
    tested = {one.group for one in asked(300, seed=10, settings=settings, split="test")}

    assert trained
    assert tested
    assert not trained & tested


def test_test_tools_are_never_offered_in_training() -> None:
    settings = Settings(test_share=0.3, mask_share=0.0, restyle_share=0.0)

    trained = {record["function"]["description"] for one in asked(300, settings=settings) for record in one.tools}
    tested = {one.group for one in asked(200, settings=settings, split="test")}

    unseen = [
        entry.tool.description
        for entry in TOOLS
        if f"test/{entry.api}" in tested and "archive" in entry.tool.description
    ]
    assert unseen
    assert not trained & set(unseen)


def test_every_conversation_gives_examples(many: list[Asked]) -> None:
    assert all(examples(one) for one in many)


def test_ids_are_unique(many: list[Asked]) -> None:
    assert len({one.id for one in many}) == len(many)


def test_tools_are_read_from_three_kinds_of_lines(tmp_path: Path) -> None:
    api = {"name": "a", "description": "Get it.", "parameters": {"type": "object", "properties": {}}, "api": "A"}
    written = {**api, "name": "b", "domain": "music", "returns": {"id": "string"}}
    command = {
        "command": "pipx",
        "intent": "Inject dependencies into an environment",
        "invocation": "pipx inject {{package}} {{path/to/file1 path/to/file2 ...}}",
        "about": "Install applications. More.",
    }
    path = tmp_path / "tools.jsonl.gz"
    path.write_bytes(gzip.compress("\n".join(map(json.dumps, (api, written, command))).encode()))

    entries = load_tools(path, excluded_names=frozenset({"a"}))

    assert [entry.tool.name for entry in entries] == ["b", "pipx_inject_dependencies_environment"]
    assert entries[0].tool.returns == {"id": "string"}
    assert list(entries[1].tool.properties) == ["package", "files"]
    assert entries[1].tool.properties["files"]["type"] == "array"


def test_a_line_that_is_no_tool_is_named(tmp_path: Path) -> None:
    path = tmp_path / "tools.jsonl"
    path.write_text('{"name": "a"}\n', encoding="utf-8")

    with pytest.raises(ExampleError, match=r"tools\.jsonl:1"):
        load_tools(path)
