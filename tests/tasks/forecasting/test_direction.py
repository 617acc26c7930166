"""Which way plain words say that a size goes, what they leave open, and what that does to readings and checks."""

import pytest

from divisi.tasks.forecasting.card import Card
from divisi.tasks.forecasting.direction import direction_of, goes_against, is_change
from divisi.tasks.forecasting.effect import Effect
from divisi.tasks.forecasting.readings import readings
from divisi.tasks.forecasting.said_sizes import said_sizes

CARD = Card("Airline passengers", "", "MS", "1949-01-01", "1960-12-01", 12, last_values=(606.0, 508.0, 461.0, 390.0))
UP = ("adds", "brings", "gains", "wins", "will attract", "should bring in")
DOWN = ("loses", "cuts", "removes", "sheds", "takes away", "costs us")


def direction(text: str) -> int | None:
    (size,) = (one for one in said_sizes(text) if one.kind != "nothing")
    return direction_of(text, size)


@pytest.mark.parametrize(
    "text",
    [
        *(f"The route {verb} 40 passengers." for verb in UP),
        "about 40 loads more",
        "up by 40",
        "a rise of 40%",
        "plus 40",
    ],
)
def test_what_comes_on_top_goes_up(text: str) -> None:
    assert direction(text) == 1


@pytest.mark.parametrize(
    "text",
    [
        *(f"The route {verb} 40 passengers." for verb in DOWN),
        "That brings 40 fewer people",
        "down by 40",
        "a loss of about 40",
        "the fair takes 40 stalls off the market",
        "40 seats a day are lost",
    ],
)
def test_what_goes_away_goes_down(text: str) -> None:
    assert direction(text) == -1


@pytest.mark.parametrize(
    "text",
    [
        "Sales rise to 40",
        "sales fall below 40",
        "no more than 40 come",
        "The line no longer adds 40 cars",
        "it loses 40 more",
        "-40 a day, which adds",
        "That makes up 40% of all",
        "put down 40 for the day",
        "40 or more",
    ],
)
def test_what_is_not_plain_is_left_open(text: str) -> None:
    assert direction(text) is None


@pytest.mark.parametrize(
    ("text", "change"),
    [("it takes away 40 a day", True), ("they bring 40 each day, no less", False), ("40 a day fewer", False)],
)
def test_only_the_object_of_a_verb_can_be_no_level(text: str, change: bool) -> None:
    (size,) = (one for one in said_sizes(text) if one.kind != "nothing")
    assert is_change(text, size) is change


@pytest.mark.parametrize(("verb", "value"), [*((verb, 40) for verb in UP), *((verb, -40) for verb in DOWN)])
def test_a_plain_verb_is_read_with_its_sign(verb: str, value: float) -> None:
    found = readings(CARD, f"From July 1961 on the new route {verb} 40 passengers a month for good.")
    assert [(one.effect.type, one.effect.value) for one in found] == [("level_shift", value)]


def test_a_change_in_percent_is_not_read_as_what_is_left() -> None:
    found = readings(CARD, "From July 1961 to September 1961 the strike cuts 40% of the passengers.")
    assert [one.effect.factor for one in found] == [pytest.approx(0.6)]


def test_half_that_is_left_and_half_that_is_lost_are_read_once() -> None:
    found = readings(CARD, "In July 1961 half the crews are away on strike, and half the flights go.")
    assert len(found) <= 1


@pytest.mark.parametrize(
    ("value", "unit", "evidence", "against"),
    [
        (-40, "abs", "the route adds 40 passengers", True),
        (40, "abs", "the route adds 40 passengers", False),
        (20, "pct", "the strike cuts 20% of them", True),
        (0.8, "x", "the strike cuts 20% of them", False),
        (-40, "abs", "40 passengers more", False),
    ],
)
def test_a_verb_before_a_size_refuses_the_other_sign(value: float, unit: str, evidence: str, against: bool) -> None:
    effect = Effect("level_shift", value=value, unit=unit, evidence=evidence)
    assert goes_against(effect, f"From July on {evidence}.") is against
