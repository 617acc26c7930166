"""Sizes beside the values of a series: brought into its scale where words or values tell it, else refused."""

import numpy as np
import pytest

from divisi.tasks.forecasting.checks import screened
from divisi.tasks.forecasting.effect import Effect, effect_from_record, effect_to_record
from divisi.tasks.forecasting.frequency import as_dates, following, moment, read_frequency, stepped
from divisi.tasks.forecasting.scale import in_scale, scale_in, scale_note
from divisi.tasks.forecasting.scene import Scene

HUNDREDS = np.array([112.0, 390.0, 622.0])
LARGE = HUNDREDS * 1000


def shift(value: float, said: str, **slots: str) -> Effect:
    return Effect(slots.get("type", "level_shift"), start="1961-07-01", value=value, unit="abs", evidence=said)


@pytest.mark.parametrize(
    ("value", "said", "unit", "history", "scaled"),
    [
        (40_000, "adds 40 thousand passengers", "", HUNDREDS, 40),
        (-40_000, "loses 40k passengers", "", HUNDREDS, -40),
        (40_000, "adds 40,000 passengers", "", HUNDREDS, 40),
        (40_000, "adds 0.04 million passengers", "", HUNDREDS, 40),
        (1.2e6, "adds 1.2 million passengers", "", np.array([3.4, 2.9]), 1.2),
        (40, "adds 40 passengers", "", LARGE, 40_000),
        (4000, "adds 4 thousand passengers", "thousand passengers", HUNDREDS, 4),
        (40_000, "adds 40,000 passengers", "passengers in thousands", HUNDREDS, 40),
        (300_000, "a refund of 300 thousand", "million EUR", np.array([8.1, 8.7]), 0.3),
        (40e6, "40 m fewer", "m", HUNDREDS, 40),
    ],
)
def test_a_size_in_another_scale_is_brought_into_that_of_the_series(
    value: float, said: str, unit: str, history: np.ndarray, scaled: float
) -> None:
    found = in_scale(shift(value, said), said, history, unit)
    assert (found.reason, found.effect.value, found.effect.said) == ("", scaled, value)


@pytest.mark.parametrize(
    ("value", "said", "unit", "history"),
    [
        (40_000, "adds 40 thousand passengers", "", LARGE),
        (40, "adds 40 passengers", "passengers", LARGE),
        (80, "80 thousand fewer", "thousand notes", HUNDREDS),
        (1400, "week of 9 June 1,400 gowns", "gowns", np.array([12.0, 25.0])),
        (90, "adds 90", "", np.array([12.0, 25.0])),
        (500, "adds 500", "", np.zeros(3)),
        (0, "closed", "", HUNDREDS),
    ],
)
def test_a_size_in_the_scale_of_the_series_stays(value: float, said: str, unit: str, history: np.ndarray) -> None:
    effect = shift(value, said)
    assert in_scale(effect, said, history, unit).effect == effect
    assert in_scale(effect, said, history, unit).reason == ""


@pytest.mark.parametrize(
    ("value", "said", "unit"),
    [
        (40_000, "adds 40 thousand passengers", "passengers"),
        (9e9, "adds 9,000,000,001 passengers", ""),
        (12_345, "adds 12,345 passengers", ""),
        (40e6, "adds 40 million passengers", "thousand passengers"),
    ],
)
def test_a_size_that_no_scale_makes_plausible_is_refused_with_advice(value: float, said: str, unit: str) -> None:
    found = in_scale(shift(value, said), said, HUNDREDS, unit)
    assert found.effect.said is None
    assert "times the largest value of the series" in found.reason
    assert 'say so in the unit ("thousand passengers")' in found.reason


@pytest.mark.parametrize("unit", ["x", "pct"])
def test_a_share_has_no_scale(unit: str) -> None:
    effect = Effect("multiply", value=90, unit=unit, evidence="times 90")
    assert in_scale(effect, "times 90", np.array([0.1]), "").effect == effect


@pytest.mark.parametrize(
    ("words", "scale"),
    [
        ("thousand EUR", 1e3), ("kEUR", 1e3), ("TEUR", 1e3), ("'000 tonnes", 1e3), ("40k", 1e3), ("mio EUR", 1e6),
        ("m EUR", 1e6), ("40 m", 1e6), ("bn USD", 1e9), ("km", None), ("m", None), ("kW", None), ("40,000", None),
    ],
)  # fmt: skip
def test_a_unit_names_its_scale(words: str, scale: float | None) -> None:
    assert scale_in(words) == scale


def test_what_was_said_is_noted_and_recorded() -> None:
    said = "adds 40 thousand passengers"
    effect = in_scale(shift(40_000, said), said, HUNDREDS, "").effect
    assert scale_note(effect) == "40000 was read as 40, in the series' own scale (thousands)"
    assert effect_to_record(effect)["said"] == 40_000
    assert "said" not in effect_to_record(shift(40, said))
    assert effect_from_record(effect_to_record(effect)).value == 40


def test_screening_applies_the_scaled_size_and_refuses_with_the_reason() -> None:
    last, frequency = as_dates([moment("1960-12-01")]), read_frequency("MS")
    past = stepped(last, frequency, np.arange(-2, 1))
    scene = Scene(following(last, frequency, 12), "MS", HUNDREDS, past, unit="thousand passengers")
    text = "From July 1961 on it adds 40 thousand for good, and the hall adds 40 million."
    effects = [shift(40_000, "adds 40 thousand"), shift(40e6, "adds 40 million")]
    kept, rejected = screened(effects, text, scene)
    assert [one.value for one in kept] == [40]
    assert ["times the largest value" in one.reason for one in rejected] == [True]
