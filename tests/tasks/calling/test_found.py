"""What the text says for a parameter is found, told in the invocation, and fitted on what is true."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from divisi.specialists.embedded import fit_spans
from divisi.specialists.embedded.fit_spans import Finder, fit, questions, says, stacked, write
from divisi.tasks.calling import found as found_module
from divisi.tasks.calling.arguments import Arguments
from divisi.tasks.calling.call import Call
from divisi.tasks.calling.dialogue import Asked
from divisi.tasks.calling.found import alone, fillable, found, probabilities
from divisi.tasks.calling.sights import features, read
from divisi.tasks.calling.spans import Span
from divisi.tasks.subtask import Case

CITY = {"type": "string", "description": "The city"}
WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Weather forecast of a city",
        "parameters": {
            "type": "object",
            "properties": {
                "city": CITY,
                "days": {"type": "integer", "description": "How many days"},
                "unit": {"type": "string", "enum": ["c", "f"]},
                "rain": {"type": "boolean"},
            },
            "required": ["city"],
        },
    },
}


def case(text: str, **more: int) -> Case:
    return Case(({"role": "user", "content": text},), (WEATHER,), focus="get_weather", **more)


def test_values_are_found_with_how_probable_they_are() -> None:
    said = found(case("What is the weather forecast for the city of Lisbon for the next 5 days?"))
    assert said["city"].value == "Lisbon"
    assert said["days"].value == 5
    assert 0.15 <= said["city"].probability <= 1
    assert not {"unit", "rain"} & set(said)


@pytest.mark.parametrize("text", ["", "please", "?!"])
def test_where_nothing_is_said_nothing_is_found(text: str) -> None:
    assert found(case(text)) == {}


def test_several_calls_of_a_function_have_the_values_in_turn() -> None:
    cities = [
        found(case("Weather forecast for Lisbon, for Madrid and for Rome", occurrence=turn, occurrences=3)).get("city")
        for turn in (1, 2, 3)
    ]
    assert [one.value for one in cities if one] == ["Lisbon", "Madrid", "Rome"]


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"format": "date"}, "2025-10-02"),
        ({"format": "date-time"}, "2025-10-02T04:30:00"),
        ({"description": "The day (YYYY-MM-DD)"}, "2025-10-02"),
        ({"description": "The day"}, "2 October 2025"),
    ],
)
def test_a_day_is_told_in_the_form_that_the_schema_wants(schema: dict, value: str) -> None:
    (day,) = [span for span in read("at 04:30 on 2 October 2025").spans if span.text == "2 October 2025"]
    assert found_module._value(day, {"type": "string", **schema}) == value
    assert found_module._value(replace(day, day=None), {"format": "date"}) is None


CABIN = {"type": "string", "enum": ["economy", "premium_economy", "business"]}
GASES = {"type": "array", "items": {"enum": ["methane", "oxygen"]}}


@pytest.mark.parametrize(
    ("schema", "text", "value"),
    [
        (CABIN, "a business seat", "business"),
        (CABIN, "premium economy please", "premium_economy"),
        (CABIN, "any seat", None),
        (GASES, "is there oxygen, or methane?", ("oxygen", "methane")),
        (GASES, "helium?", None),
        ({"type": "string"}, "business", None),
        ({"type": "array"}, "business", None),
        ({"type": "integer", "enum": [1, 2]}, "1", None),
    ],
)
def test_enumerated_values_are_told_where_their_words_are_said(schema: dict, text: str, value: object) -> None:
    one = found_module.mentioned(schema, text, 1, 1)
    assert (one.value if one else None) == value


def test_enumerated_values_of_several_calls_come_in_turn() -> None:
    text = "one in business and one in economy"
    turns = [found_module.mentioned(CABIN, text, turn, 2) for turn in (1, 2)]
    assert [one.value for one in turns if one] == ["business", "economy"]
    single = found_module.mentioned(CABIN, text, 1, 1)
    assert single is not None
    assert single.probability == 0.45


def test_the_invocation_tells_what_was_found() -> None:
    text = Arguments().render(case("weather forecast for the city of Lisbon"))
    told = text.removeprefix('arguments get_weather {"city"*: "Lisbon" ').removesuffix('"unit", "rain"} arguments')
    assert told[0].isdigit()
    assert told.startswith(f'{told[0]}, "days"')


def test_only_what_texts_say_as_it_is_can_be_filled() -> None:
    assert list(fillable(WEATHER)) == ["city", "days"]
    assert fillable({"type": "function", "function": {"name": "ping"}}) == {}
    assert alone(WEATHER, fillable(WEATHER))[:, 1].tolist() == [1, 0]


@pytest.mark.parametrize(
    ("text", "value", "right"),
    [("Paris", "paris", True), ("5", 5, True), ("1,000", 1000, True), ("1", True, False), ("five", 5, True)],
)
def test_a_span_says_a_value_in_any_case_and_numbers_in_digits_or_words(text: str, value: object, right: bool) -> None:
    assert says(Span(0, 1, 0, len(text), text, False), value) is right


def asked(text: str, **arguments: object) -> Asked:
    messages = ({"role": "user", "content": text},)
    return Asked(text, "written", messages, (WEATHER,), "single", (Call("get_weather", arguments),))


def test_the_fit_finds_what_is_true_and_reads_back_the_same(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(fit_spans, "STEPS", 150)
    texts = (asked("forecast for Rome", city="Rome"), asked("forecast for 3 days in Oslo", city="Oslo", days=3))
    posed = [question for one in texts for question in questions(one)]
    assert [question.right.any() for question in posed] == [True, False, True, True]
    model = fit(posed, seed=0)
    spans, own, there, right = stacked(posed)
    chances = model(spans, own, there)
    assert bool(right.gather(1, chances.argmax(-1, keepdim=True)).all())

    monkeypatch.setattr(found_module, "FILE", tmp_path / "spans.safetensors")
    write(model, found_module.FILE)
    found_module._fitted.cache_clear()
    try:
        reading = read("forecast for 3 days in Oslo")
        read_back = probabilities(reading, WEATHER, (WEATHER,), fillable(WEATHER))
    finally:
        found_module._fitted.cache_clear()
    np.testing.assert_allclose(read_back, chances[2:, :-1].exp().detach().numpy()[:, : len(reading.spans)], atol=1e-5)


def test_padding_is_never_found() -> None:
    model = Finder(3, 2)
    chances = model(torch.randn(1, 4, 3), torch.randn(1, 2), torch.tensor([[True, True, False, False]])).exp()
    assert chances[0, 2:4].tolist() == [0, 0]
    assert chances.sum().item() == pytest.approx(1)


def test_the_features_of_a_parameter_are_those_beside_any_span() -> None:
    properties = fillable(WEATHER)
    reading = read("Oslo")
    beside = features(reading, WEATHER, (WEATHER,), properties)[:, 0]
    own = alone(WEATHER, properties)[:, 2:]
    np.testing.assert_allclose(own, beside[:, -own.shape[1] :])
