"""What the text says for a parameter is found, told in the invocation, and fitted on what is true."""

import pytest

from divisi.tasks.calling.arguments import Arguments
from divisi.tasks.calling.found import enumerated, fillable, found
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
    assert (said["rain"].given or 1) < 0.5


@pytest.mark.parametrize("text", ["", "please", "?!"])
def test_where_nothing_is_said_nothing_is_found(text: str) -> None:
    assert not {"city", "days"} & set(found(case(text)))
    assert all(one.probability < 0.5 for one in found(case(text)).values())


def test_several_calls_of_a_function_have_the_values_in_turn() -> None:
    cities = [
        found(case("Weather forecast for Lisbon, for Madrid and for Rome", occurrence=turn, occurrences=3)).get("city")
        for turn in (1, 2, 3)
    ]
    assert [one.value for one in cities if one] == ["Lisbon", "Madrid", "Rome"]


CABIN = {"type": "string", "enum": ["economy", "premium_economy", "business"]}
GASES = {"type": "array", "items": {"enum": ["methane", "oxygen"]}}


def told(schema: dict, text: str, turn: int = 1, turns: int = 1) -> object:
    parameters = {"type": "object", "properties": {"wanted": schema}, "required": ["wanted"]}
    tool = {"type": "function", "function": {"name": "order", "description": "Order it", "parameters": parameters}}
    one = found(Case(({"role": "user", "content": text},), (tool,), "order", turn, turns)).get("wanted")
    return one.value if one else None


@pytest.mark.parametrize(
    ("schema", "text", "value"),
    [
        (CABIN, "a business seat", "business"),
        (CABIN, "premium economy please", "premium_economy"),
        (GASES, "is there oxygen, or methane?", ("oxygen", "methane")),
        (GASES, "helium?", None),
        ({"type": "array"}, "business", None),
        ({"type": "integer", "enum": [1, 2]}, "1", None),
    ],
)
def test_enumerated_values_are_told_where_their_words_are_said(schema: dict, text: str, value: object) -> None:
    assert told(schema, text) == value


def test_enumerated_values_of_several_calls_come_in_turn() -> None:
    text = "one seat in business, and one in economy"
    assert [told(CABIN, text, turn, 2) for turn in (1, 2)] == ["business", "economy"]


def test_the_invocation_tells_what_was_found() -> None:
    text = Arguments().render(case("weather forecast for the city of Lisbon"))
    told = text.removeprefix('arguments get_weather {"city"*: "Lisbon" ')
    assert told[0].isdigit()
    assert told.startswith(f'{told[0]}, "days"')


def test_only_what_texts_say_as_it_is_can_be_filled() -> None:
    assert list(fillable(WEATHER)) == ["city", "days"]
    assert fillable({"type": "function", "function": {"name": "ping"}}) == {}
    assert enumerated(WEATHER) == {"unit": ["c", "f"]}


ORDERS = {"type": "array", "items": {"type": "string"}, "description": "Numbers of the orders"}


def test_a_list_takes_all_that_is_enumerated() -> None:
    assert told(ORDERS, "Fetch the orders 10077, 10078 and 10081") == ("10077", "10078", "10081")
    assert told({"type": "array", "items": {"type": "integer"}}, "order 4, 8 and 15") == (4, 8, 15)
    assert told({"type": "array", "items": {"type": "object"}}, "order 4, 8 and 15") is None


MAIL = {
    "type": "function",
    "function": {
        "name": "send_mail",
        "description": "Write a mail to a person",
        "parameters": {
            "type": "object",
            "properties": {"recipient": {"type": "string", "description": "Who gets the mail"}},
            "required": ["recipient"],
        },
    },
}


def test_calls_that_are_made_together_do_not_take_the_same_words() -> None:
    messages = ({"role": "user", "content": "Weather forecast for Lisbon, and write a mail to Aurelio."},)
    together = Case(messages, (WEATHER, MAIL), "send_mail", beside=("get_weather",))
    alone, beside = (found(one)["recipient"] for one in (Case(messages, (WEATHER, MAIL), "send_mail"), together))
    assert beside.value == "Aurelio"
    assert alone.probability <= beside.probability
