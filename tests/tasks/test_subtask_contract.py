"""What every subtask of the catalog keeps: write and parse are inverse, the grammar takes what is written, checks
accept the truth and find what is wrong, and the truth scores 1."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from divisi.tasks.catalog import SUBTASKS
from divisi.tasks.subtask import AnswerError, Case, ToolError

FIND = {
    "name": "find_flight",
    "description": "Search flights",
    "parameters": {
        "type": "object",
        "properties": {
            "origin": {"type": "string"},
            "destination": {"type": "string"},
            "seats": {"type": "integer", "minimum": 1},
            "cabin": {"type": "string", "enum": ["economy", "business"]},
            "max_price": {"type": "number"},
            "via": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["origin", "destination"],
    },
    "returns": {"flight_id": "string", "price": "number"},
}
BOOK = {
    "name": "book_flight",
    "description": "Book a flight",
    "parameters": {
        "type": "object",
        "properties": {
            "flight_id": {"type": "string"},
            "passenger": {"type": "object", "properties": {"name": {"type": "string"}, "age": {"type": "integer"}}},
            "price": {"type": "number", "minimum": 0},
        },
        "required": ["flight_id"],
    },
}
PING = {"name": "ping", "description": "Answer", "parameters": {"type": "object", "properties": {}}}
TOOLS = tuple({"type": "function", "function": function} for function in (FIND, BOOK, PING))
SAID = (
    'Fly from Graz to Łódź — two seats, business, at most 99.50 euros, via "Linz" and Brno. '
    "Then flight AB-7 for Zoë Müller, 41 years old, for 120."
)
CASE = Case(messages=({"role": "user", "content": SAID},), tools=TOOLS)
ON_FIND = Case(CASE.messages, TOOLS, focus="find_flight")
SECOND_FIND = Case(CASE.messages, TOOLS, focus="find_flight", occurrence=2, occurrences=3)
ON_PING = Case(CASE.messages, TOOLS, focus="ping")

GRAZ = {"origin": "Graz", "destination": "Łódź"}
FULL = {**GRAZ, "seats": 2, "cabin": "business", "max_price": 99.5, "via": ["Linz", "Brno"]}
FIND_CALL = {"name": "find_flight", "arguments": FULL}
BOOK_CALL = {"name": "book_flight", "arguments": {"flight_id": "AB-7", "passenger": {"name": "Zoë Müller", "age": 41}}}
PING_CALL = {"name": "ping", "arguments": {}}
FIRST = {"name": "find_flight", "label": "$var_1", "arguments": GRAZ}
SECOND = {
    "name": "book_flight",
    "label": "$var_2",
    "arguments": {"flight_id": "$var_1.flight_id$", "passenger": {"age": 41}, "price": "$var_1.price$"},
}

TRUTHS: list[tuple[str, Case, Any]] = [
    ("names", CASE, ["find_flight", "book_flight", "find_flight"]),
    ("names", CASE, []),
    ("arguments", ON_FIND, FULL),
    ("arguments", ON_FIND, ["origin", "destination"]),
    ("arguments", ON_PING, {}),
    ("parallel", CASE, [FIND_CALL, BOOK_CALL, FIND_CALL]),
    ("parallel", CASE, []),
    ("chaining", CASE, [FIND_CALL, BOOK_CALL, PING_CALL]),
    ("nested", CASE, [FIRST, SECOND]),
    ("nested", CASE, [FIRST, SECOND, {"name": "ping", "label": "$var_3", "arguments": {}}]),
    ("next_best", CASE, BOOK_CALL),
    ("next_best", CASE, "done"),
    ("reply", CASE, "The flight to Łódź is booked.\n\nAnything else?"),
]
IDS = [f"{name}-{place}" for place, (name, _, _) in enumerate(TRUTHS)]


@pytest.mark.parametrize(("name", "case", "truth"), TRUTHS, ids=IDS)
def test_parse_takes_back_what_write_wrote(name: str, case: Case, truth: Any) -> None:
    subtask = SUBTASKS[name]
    assert subtask.parse(subtask.write(truth, case), case) == truth


@pytest.mark.parametrize(("name", "case", "truth"), TRUTHS, ids=IDS)
def test_grammar_takes_what_write_wrote(name: str, case: Case, truth: Any, accepts: Callable[[Any, str], bool]) -> None:
    schema = SUBTASKS[name].grammar(case)
    assert schema is None or accepts(schema, SUBTASKS[name].write(truth, case))


@pytest.mark.parametrize(("name", "case", "truth"), TRUTHS, ids=IDS)
def test_checks_accept_the_truth(name: str, case: Case, truth: Any) -> None:
    assert SUBTASKS[name].verify(truth, case).problems == ()


@pytest.mark.parametrize(("name", "case", "truth"), TRUTHS, ids=IDS)
def test_the_truth_scores_one_and_hallucinates_nothing(name: str, case: Case, truth: Any) -> None:
    scores = dict(SUBTASKS[name].score(truth, truth, case))
    assert scores.pop("hallucinated", 0.0) == 0.0
    assert scores
    assert set(scores.values()) == {1.0}


@pytest.mark.parametrize("name", SUBTASKS)
def test_the_catalog_names_each_subtask_as_it_names_itself(name: str) -> None:
    assert SUBTASKS[name].name == name


SIGNATURE = '{"origin"*, "destination"*, "seats", "cabin", "max_price", "via"}'
SILENT = ({"role": "user", "content": ""},)


@pytest.mark.parametrize(
    ("name", "case", "invocation"),
    [
        ("names", CASE, "names (find_flight 4, book_flight 2, ping 0) names"),
        ("arguments", replace(ON_FIND, messages=SILENT), f"arguments find_flight {SIGNATURE} arguments"),
        (
            "arguments",
            Case((), TOOLS, focus="find_flight", occurrence=2, occurrences=3),
            f"arguments find_flight 2 of 3 {SIGNATURE} arguments",
        ),
        ("parallel", CASE, "parallel (find_flight 4, book_flight 2, ping 0) parallel"),
        ("chaining", CASE, "chaining (find_flight 4, book_flight 2, ping 0) chaining"),
        ("nested", CASE, "nested (find_flight 4, book_flight 2, ping 0) nested"),
        ("next_best", CASE, "next"),
        ("reply", CASE, "reply"),
    ],
)
def test_the_invocation_is_what_specialists_are_trained_on(name: str, case: Case, invocation: str) -> None:
    assert SUBTASKS[name].render(case) == invocation


def calls_with(arguments: dict[str, Any], name: str = "find_flight") -> list[dict[str, Any]]:
    return [{"name": name, "arguments": arguments}]


def wrongs(subtask: str, case: Case, shape: Callable[[str, dict[str, Any]], Any]) -> list[tuple[str, Case, Any, str]]:
    """Values with one mistake each, and a part of the sentence that must name it."""
    return [
        (subtask, case, shape("find_flight", {"origin": "Graz"}), "'destination' is a required property"),
        (subtask, case, shape("find_flight", {**GRAZ, "seats": "two"}), "seats: 'two' is not of type 'integer'"),
        (subtask, case, shape("find_flight", {**GRAZ, "pets": 2}), "'pets' was unexpected"),
        (subtask, case, shape("find_flight", {**GRAZ, "cabin": "deck"}), "'deck' is not one of"),
        (subtask, case, shape("find_flight", {**GRAZ, "via": ["Oslo"]}), "no evidence for via"),
        (subtask, case, shape("find_flight", {**GRAZ, "origin": "$var_7.city$"}), "$var_7 is not an earlier call"),
    ]


UNKNOWN = {"name": "fly", "arguments": {}}
BAD_SECOND = {"name": "book_flight", "label": "$var_2", "arguments": {"flight_id": "$var_2.flight_id$"}}
WRONGS: list[tuple[str, Case, Any, str]] = [
    ("names", CASE, ["find_flight", "fly"], "'fly' is not offered"),
    *wrongs("arguments", ON_FIND, lambda _, arguments: arguments),
    ("arguments", ON_FIND, ["cabin"], "'cabin' is not a required parameter"),
    ("arguments", ON_FIND, ["origin", "origin"], "'origin' is named more than once"),
    ("arguments", ON_FIND, [], "names no missing parameter"),
    ("parallel", CASE, [PING_CALL, UNKNOWN], "'fly' is not offered"),
    *wrongs("parallel", CASE, lambda name, arguments: calls_with(arguments, name)),
    ("chaining", CASE, [UNKNOWN], "'fly' is not offered"),
    *wrongs("chaining", CASE, lambda name, arguments: calls_with(arguments, name)),
    ("next_best", CASE, UNKNOWN, "'fly' is not offered"),
    *wrongs("next_best", CASE, lambda name, arguments: {"name": name, "arguments": arguments}),
    ("nested", CASE, [{**UNKNOWN, "label": "$var_1"}], "'fly' is not offered"),
    *wrongs("nested", CASE, lambda name, arguments: [{"name": name, "label": "$var_1", "arguments": arguments}]),
    ("nested", CASE, [FIRST, BAD_SECOND], "$var_2 is not an earlier call"),
    ("nested", CASE, [FIRST, {**SECOND, "label": "$var_1"}], "call 2 must be labelled '$var_2'"),
    (
        "nested",
        CASE,
        [FIRST, {**SECOND, "arguments": {"flight_id": "$var_1.seat$"}}],
        "find_flight returns no 'seat'; it returns flight_id, price",
    ),
    ("reply", CASE, "  ", "the reply is empty"),
]


@pytest.mark.parametrize(("name", "case", "value", "problem"), WRONGS)
def test_checks_say_what_is_wrong(name: str, case: Case, value: Any, problem: str) -> None:
    assert any(problem in said for said in SUBTASKS[name].verify(value, case).problems)


@pytest.mark.parametrize(
    ("name", "case", "text"),
    [
        ("names", CASE, '["fly"]'),
        ("names", CASE, '{"name": "ping"}'),
        ("arguments", ON_FIND, '{"origin": "Graz"}'),
        ("arguments", ON_FIND, '{"destination": "Łódź", "origin": "Graz"}'),
        ("arguments", ON_FIND, '{"origin": "Graz", "destination": "Łódź", "seats": 0}'),
        ("arguments", ON_FIND, '{"origin": "Graz", "destination": "Łódź", "pets": 2}'),
        ("arguments", ON_FIND, "[]"),
        ("arguments", ON_FIND, '["cabin"]'),
        ("arguments", ON_FIND, '["origin", "destination", "origin"]'),
        ("arguments", ON_PING, "[]"),
        ("parallel", CASE, '[{"name": "fly", "arguments": {}}]'),
        ("parallel", CASE, '[{"name": "ping", "arguments": {}, "label": "$var_1"}]'),
        ("parallel", CASE, '[{"arguments": {}, "name": "ping"}]'),
        ("chaining", CASE, '[{"name": "book_flight", "arguments": {}}]'),
        ("nested", CASE, '[{"name": "ping", "arguments": {}}]'),
        ("nested", CASE, '[{"name": "ping", "label": "$var_2", "arguments": {}}]'),
        ("next_best", CASE, '"finished"'),
        ("next_best", CASE, '[{"name": "ping", "arguments": {}}]'),
    ],
)
def test_grammar_refuses(name: str, case: Case, text: str, accepts: Callable[[Any, str], bool]) -> None:
    assert not accepts(SUBTASKS[name].grammar(case), text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("names", "find_flight"),
        ("names", '{"find_flight": 1}'),
        ("names", "[1]"),
        ("arguments", "[]"),
        ("arguments", '"Graz"'),
        ("arguments", '{"price": NaN}'),
        ("parallel", '{"name": "ping", "arguments": {}}'),
        ("chaining", '[{"arguments": {}}]'),
        ("nested", '[{"name": "ping", "arguments": []}]'),
        ("next_best", '"finished"'),
        ("reply", "\n"),
    ],
)
def test_parse_refuses_what_is_no_answer(name: str, text: str) -> None:
    with pytest.raises(AnswerError):
        SUBTASKS[name].parse(text, ON_FIND)


@pytest.mark.parametrize("name", ["names", "parallel", "chaining", "nested"])
def test_without_tools_only_the_empty_list_is_left(name: str, accepts: Callable[[Any, str], bool]) -> None:
    schema = SUBTASKS[name].grammar(Case(messages=CASE.messages))
    assert accepts(schema, "[]")
    assert not accepts(schema, '["ping"]')


def test_without_tools_the_next_step_is_done(accepts: Callable[[Any, str], bool]) -> None:
    assert accepts(SUBTASKS["next_best"].grammar(Case(messages=CASE.messages)), '"done"')


def test_in_a_nested_answer_places_know_their_label_and_what_came_before(accepts: Callable[[Any, str], bool]) -> None:
    schema = SUBTASKS["nested"].grammar(CASE)
    book = '{{"name": "book_flight", "label": "$var_{}", "arguments": {{"flight_id": "x", "price": "$var_{}.price$"}}}}'
    ping = '{"name": "ping", "label": "$var_1", "arguments": {}}'
    assert not accepts(schema, f"[{book.format(1, 1)}]")
    assert accepts(schema, f"[{ping}, {book.format(2, 1)}]")
    assert not accepts(schema, f"[{ping}, {book.format(2, 2)}]")
    assert not accepts(schema, f"[{ping}, {book.format(3, 1)}]")


def test_a_nested_answer_may_be_longer_than_the_places_that_are_known(accepts: Callable[[Any, str], bool]) -> None:
    calls = [{"name": "ping", "label": f"$var_{number}", "arguments": {}} for number in range(1, 13)]
    calls.append({"name": "book_flight", "label": "$var_13", "arguments": {"flight_id": "$var_12.result$"}})
    assert accepts(SUBTASKS["nested"].grammar(CASE), SUBTASKS["nested"].write(calls, CASE))
    assert SUBTASKS["nested"].verify(calls, CASE).valid


def test_another_order_of_independent_nested_calls_is_as_exact() -> None:
    ping = {"name": "ping", "label": "$var_1", "arguments": {}}
    find = {**FIRST, "label": "$var_2"}
    book = {"name": "book_flight", "label": "$var_3", "arguments": {"flight_id": "$var_2.flight_id$"}}
    early = [FIRST, {**ping, "label": "$var_2"}, {**book, "arguments": {"flight_id": "$var_1.flight_id$"}}]
    assert SUBTASKS["nested"].score([ping, find, book], early, CASE)["exact"] == 1.0


def test_a_nested_reference_to_another_call_is_not_exact() -> None:
    other = {**SECOND, "arguments": {**SECOND["arguments"], "price": "$var_1.flight_id$"}}
    assert SUBTASKS["nested"].score([FIRST, other], [FIRST, SECOND], CASE)["exact"] == 0.0


def test_a_chain_in_another_order_is_not_exact_and_a_parallel_answer_is() -> None:
    truth = [FIND_CALL, PING_CALL]
    assert SUBTASKS["chaining"].score(truth[::-1], truth, CASE)["exact"] == 0.0
    assert SUBTASKS["parallel"].score(truth[::-1], truth, CASE)["exact"] == 1.0


@pytest.mark.parametrize(("value", "truth"), [(["origin"], GRAZ), (GRAZ, ["origin"]), ({}, GRAZ)])
def test_asking_and_calling_do_not_stand_for_each_other(value: Any, truth: Any) -> None:
    assert set(SUBTASKS["arguments"].score(value, truth, ON_FIND).values()) == {0.0}


def test_calling_where_nothing_is_left_to_do_scores_nothing() -> None:
    scores = SUBTASKS["next_best"].score(PING_CALL, "done", CASE)
    assert (scores["name_f1"], scores["exact"]) == (0.0, 0.0)


def test_arguments_are_written_in_the_order_of_the_schema() -> None:
    assert SUBTASKS["arguments"].write(dict(reversed(FULL.items())), ON_FIND).startswith('{"origin": ')


@pytest.mark.parametrize("name", ["parallel", "chaining", "next_best"])
def test_a_call_of_what_is_not_offered_is_not_written(name: str) -> None:
    value = UNKNOWN if name == "next_best" else [UNKNOWN]
    with pytest.raises(AnswerError, match="offered: find_flight, book_flight, ping"):
        SUBTASKS[name].write(value, CASE)


def test_nested_calls_without_labels_are_not_written() -> None:
    with pytest.raises(AnswerError, match="must be labelled"):
        SUBTASKS["nested"].write([FIND_CALL], CASE)


@pytest.mark.parametrize("focus", [None, "fly"])
def test_arguments_need_a_focus_on_offer(focus: str | None) -> None:
    with pytest.raises(ToolError, match="offered: find_flight, book_flight, ping"):
        SUBTASKS["arguments"].grammar(Case(CASE.messages, TOOLS, focus=focus))
