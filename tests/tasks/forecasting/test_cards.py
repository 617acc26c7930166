"""Cards and their holidays, effects that are screened before they are applied, sizes that a text says."""

from datetime import date
from typing import Any

import numpy as np
import pytest

from divisi.tasks.forecasting.card import Card, make_card, read_card
from divisi.tasks.forecasting.checks import conflicts, screened
from divisi.tasks.forecasting.days import feast_days
from divisi.tasks.forecasting.effect import Effect, effect_from_record
from divisi.tasks.forecasting.errors import CardError, ForecastError
from divisi.tasks.forecasting.frequency import as_dates, future_dates, moment, read_frequency
from divisi.tasks.forecasting.magnitudes import says_size
from divisi.tasks.forecasting.profiles import profile_change
from divisi.tasks.forecasting.scene import Scene
from divisi.tasks.forecasting.view import coarse_view, series_traits

PAST = as_dates(np.arange(np.datetime64("2025-01-13"), np.datetime64("2025-03-10")))
SCENE = Scene(future_dates(moment("2025-03-09"), "D", 14), "D", np.tile([10.0, 11, 12, 13, 14, 20, 5], 8), PAST)


def test_holidays_come_from_the_calendar_of_the_country() -> None:
    assert feast_days("DE", date(2025, 5, 28), date(2025, 5, 30)) == (("2025-05-29", "Ascension Day"),)
    with pytest.raises(ForecastError, match="ISO code"):
        feast_days("Atlantis", date(2025, 1, 1), date(2025, 1, 2))


def test_a_card_lists_the_holidays_ahead() -> None:
    card = make_card(SCENE.history, PAST, name="a\nb", unit="u", freq="D", horizon=60, country="DE")
    assert ("2025-04-18", "Good Friday") in card.days
    assert read_card(card.text()) == card
    assert card.name == "a b"


@pytest.mark.parametrize("freq", ["h", "W-MON", "MS", "QE", 1])
def test_cards_of_all_frequencies_come_back(freq: str | int) -> None:
    first = np.array([0]) if freq == 1 else as_dates([moment("2024-03-31" if freq == "QE" else "2024-01-01")])
    from divisi.tasks.forecasting.frequency import stepped

    dates = stepped(first, read_frequency(freq), np.arange(40))
    card = make_card(np.arange(40.0), dates, name="s", unit="u", freq=freq, horizon=5, errors={"ETS": 0.123456})
    assert read_card(card.text()) == card
    assert len(card.dates) == 5


@pytest.mark.parametrize("text", ["", "hello", "series: a\nfreq: D\nhistory: x\nhorizon: 3", "series: a\nhorizon: 3"])
def test_what_is_no_card(text: str) -> None:
    with pytest.raises(CardError):
        read_card(text)


def test_a_borrowed_holiday_is_found_by_its_name() -> None:
    days = as_dates(np.arange(np.datetime64("2023-01-02"), np.datetime64("2025-03-10")))
    values = np.where(np.isin(days, as_dates(["2024-12-25", "2023-12-25"])), 1.0, 4.0)
    scene = Scene(SCENE.dates, "D", values, days, country="DE")
    ratio, _ = profile_change("Christmas Day", np.array([0]), scene)
    assert ratio[0] == pytest.approx(0.25)
    with pytest.raises(ForecastError, match="name a weekday"):
        profile_change("Groundhog Day", np.array([0]), scene)


def effect(kind: str = "add", **slots: Any) -> Effect:
    plain = {"start": "2025-03-12", "end": "2025-03-13", "value": 50, "unit": "abs", "evidence": "50 more"}
    return effect_from_record({"type": kind, **plain, **slots})


TEXT = "50 more on 12 and 13 March, at least 90 but at most 80"


def test_only_what_passes_is_kept_and_each_rejection_has_its_reason() -> None:
    effects = [
        effect(),
        effect(evidence="60 more"),
        effect(certainty="negated"),
        effect("floor", value=90, evidence="at least 90"),
        effect("ceiling", value=80, evidence="at most 80"),
    ]
    kept, rejected = screened(effects, TEXT, SCENE)
    assert [one.type for one in kept] == ["add", "floor"]
    reasons = [outcome.reason for outcome in rejected]
    assert ["not in the text" in reasons[0], "does not happen" in reasons[1], "contradicts" in reasons[2]] == [True] * 3


def test_the_synthesis_can_reject_and_cannot_rescue() -> None:
    kept, rejected = screened([effect(), effect(evidence="no")], TEXT, SCENE, accept=[False, True])
    assert kept == ()
    assert "synthesis" in rejected[0].reason
    assert "not in the text" in rejected[1].reason


def test_two_levels_on_one_day_conflict_and_on_two_days_do_not() -> None:
    first, same = effect("set", value=1), effect("set", value=2)
    later = effect("set", value=2, start="2025-03-20", end="2025-03-20")
    assert len(conflicts([first, same], SCENE.dates, SCENE.frequency)) == 1
    assert conflicts([first, later], SCENE.dates, SCENE.frequency) == ()


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (-20, "pct", "lose maybe a fifth"),
        (2, "x", "orders doubled"),
        (100, "pct", "twice as many"),
        (1.5, "x", "half as many again"),
        (0.1, "x", "only a tenth is left"),
        (-33.3, "pct", "down by a third"),
        (2.5, "x", "two and a half times"),
        (1.9, "x", "Wed 27 Aug x1.9"),
        (15000, "abs", "nobody over 15k"),
        (-60, "abs", "sixty visits fewer"),
        (0, "abs", "closed all day"),
        (0, "abs", "we don't open"),
        (100, "abs", "the house is sold out"),
        (1200, "abs", "1,200 contacts"),
    ],
)
def test_sizes_are_found_in_digits_and_words(value: float, unit: str, text: str) -> None:
    assert says_size(effect("multiply" if unit != "abs" else "add", value=value, unit=unit), text)


@pytest.mark.parametrize(
    ("value", "unit", "text"), [(35, "pct", "20% more"), (7, "abs", "some more"), (0, "abs", "open")]
)
def test_sizes_that_are_not_said_are_not_found(value: float, unit: str, text: str) -> None:
    assert not says_size(effect("multiply" if unit != "abs" else "add", value=value, unit=unit), text)


def test_the_view_keeps_the_level_and_traits_have_no_unit() -> None:
    values = 100 + np.arange(70.0) + np.tile([0, 5, 10, 5, 0, -10, -10], 10)
    assert len(coarse_view(values)) == 24
    small, large = series_traits(values, 7), series_traits(1000 * values, 7)
    assert small == pytest.approx(large)
    assert small["season"] > 0.9
    assert series_traits(np.array([3.0]), 7)["trend"] == 0.0


def test_a_card_of_a_series_of_one_point() -> None:
    card = make_card(np.array([3.0]), PAST[:1], name="a", unit="u", freq="D", horizon=2)
    assert isinstance(card, Card)
    assert read_card(card.text()) == card
