"""Targets of macro and micro on plain arrays, calibration by folds, and explanations that a checker proves."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from divisi.tasks.forecasting import macro, micro
from divisi.tasks.forecasting.apply import Outcome
from divisi.tasks.forecasting.calibration import Fold, fit_factors, shrunk
from divisi.tasks.forecasting.effect import effect_from_record
from divisi.tasks.forecasting.errors import EffectError
from divisi.tasks.forecasting.explanation import NAMELESS, Told, check_explanation, explain
from divisi.tasks.forecasting.targets import best_weights, macro_target, micro_target

ACTUAL = np.array([10.0, 12, 11, 13])
GOOD, HIGH, LOW = ACTUAL + 0.1, ACTUAL + 5, ACTUAL - 6
FORECASTS = {"ETS": HIGH, "DOT": LOW, "CES": np.full(4, 30.0), "SNaive": GOOD}
MEDIAN = np.median(np.stack([HIGH, LOW, FORECASTS["CES"]]), axis=0)
PAST = np.arange(20)


def test_the_best_weights_are_found() -> None:
    weights = best_weights(FORECASTS, ACTUAL, MEDIAN)
    chosen = macro.weighted_median(np.stack([FORECASTS[name] for name in macro.MODELS]), list(weights.values()))
    np.testing.assert_array_equal(chosen, GOOD)


def test_weights_that_hardly_help_are_not_learnt() -> None:
    assert best_weights({"ETS": ACTUAL, "DOT": ACTUAL + 0.001}, ACTUAL + 1, ACTUAL) == dict.fromkeys(macro.MODELS, 1)


def test_the_target_of_macro_sees_a_trend_that_ended() -> None:
    rising = np.arange(1.0, 9.0)
    target = macro_target(
        {"ETS": rising}, np.full(8, 1.0), combined=rising, history=np.arange(-19.0, 1.0), history_dates=PAST, season=1
    )
    assert target["trend"] == "flat" or target["damping"] != "none" or target["level"] == "mean"
    assert target["reason_codes"]


def test_the_target_of_macro_is_neutral_where_the_pool_is_right() -> None:
    target = macro_target({"ETS": ACTUAL}, ACTUAL, combined=ACTUAL, history=ACTUAL, history_dates=PAST[:4], season=1)
    assert target == dict(macro.NEUTRAL)


def test_the_target_of_micro_moves_towards_what_happened() -> None:
    pool, actual = np.zeros(6), np.array([4.0, 2, 1, 0, 0, 0])
    target = micro_target(pool, actual, 2.0)
    moved = micro.apply_micro(pool, target, sigma=2.0, shrink=1.0)
    assert np.abs(moved - actual).sum() < np.abs(pool - actual).sum() / 2


@pytest.mark.parametrize("sigma", [0.0, 100.0])
def test_the_target_of_micro_is_neutral_for_noise(sigma: float) -> None:
    assert micro_target(np.zeros(4), np.full(4, 3.0), sigma) == dict(micro.NEUTRAL)


def folds(*signs: float) -> list[Fold]:
    """Folds in which an adjustment of 4 is right by so much."""
    base, change = np.full(5, 10.0), np.full(5, 4.0)
    return [Fold(base + 4.0 * sign, base, {"micro": change}) for sign in signs]


def test_an_adjustment_that_helps_is_kept_at_its_size() -> None:
    factor = fit_factors(folds(0.5, 0.5, 0.5))["micro"]
    assert (factor.shrink, factor.kept, factor.error_after) == (0.5, True, 0.0)
    np.testing.assert_allclose(shrunk(np.full(5, 10.0), {"micro": np.full(5, 4.0)}, {"micro": factor}), 12.0)


@pytest.mark.parametrize(
    ("signs", "reason"),
    [((1.0, 1.0, -1.0), "hidden fold does not improve"), ((-1.0, -1.0, 1.0), "earlier folds are best without it")],
)
def test_an_adjustment_is_dropped_where_folds_do_not_bear_it_out(signs: tuple[float, ...], reason: str) -> None:
    factor = fit_factors(folds(*signs))["micro"]
    assert (factor.shrink, factor.kept) == (0.0, False)
    assert reason in factor.reason


def test_what_no_fold_has_seen_is_not_kept() -> None:
    seen = folds(1.0, 1.0, 1.0)
    late = [Fold(f.actual, f.base, {}) for f in seen[:2]] + seen[2:]
    assert "no earlier fold" in fit_factors(late)["micro"].reason
    early = [*seen[:2], Fold(seen[2].actual, seen[2].base, {})]
    assert "nothing confirms it" in fit_factors(early)["micro"].reason


@pytest.mark.parametrize("wrong", [folds(1.0, 1.0), [*folds(1.0, 1.0), Fold(np.zeros(2), np.zeros(3), {})]])
def test_folds_that_prove_nothing_are_refused(wrong: list[Fold]) -> None:
    with pytest.raises(EffectError):
        fit_factors(wrong)


def outcome(accepted: bool, steps: tuple[int, ...] = (), **slots: Any) -> Outcome:
    return Outcome(effect_from_record({"type": "multiply", **slots}), accepted, "" if accepted else "no", steps)


DOUBLED = outcome(True, (1, 2), value=2, unit="x", evidence="twice the guests on 11. and 12. March, 3,000 at most!")
STATED = outcome(True, (0,), value=2, unit="x")
REJECTED = outcome(False, evidence="could triple")


def told(*outcomes: Outcome, **slots: Any) -> Told:
    plain = {
        "name": "Store 114. Sales",
        "unit": "m3",
        "dates": ("2025-03-10", "2025-03-11", "2025-03-12"),
        "pool": (10.25, -3.5, 1234567.0),
        "final": (10.25, -7.0, 2469134.0) if outcomes else (10.25, -3.5, 1234567.0),
        "low": (1.0, -9.0, 0.00012345),
        "high": (20.0, 0.0, 1e15),
        "level": 80,
        "outcomes": outcomes,
        "models": ("AutoETS", "CES2"),
        "repairs": 3,
    }
    return Told(**{**plain, **slots})


@pytest.mark.parametrize(
    "given",
    [
        told(),
        told(DOUBLED),
        told(DOUBLED, REJECTED),
        told(REJECTED, repairs=0),
        told(STATED, DOUBLED, DOUBLED, REJECTED),
    ],
)
def test_an_explanation_proves_itself(given: Told) -> None:
    assert check_explanation(explain(given), given).problems == ()


def test_an_explanation_says_what_moved_and_by_whose_words() -> None:
    text = explain(told(DOUBLED))
    assert "“twice the guests on 11. and 12. March, 3,000 at most!”" in text
    assert "2025-03-12 goes from 1235000 to 2469000" in text
    assert "The request states an effect" in explain(told(STATED))


def test_an_explanation_says_what_scale_a_size_was_read_in_and_stays_short() -> None:
    effect = replace(STATED.effect, type="add", value=40, unit="abs", said=40_000)
    scaled = replace(STATED, effect=effect)
    given = told(scaled, DOUBLED, REJECTED)
    text = explain(given)
    assert "40000 was read as 40, in the series' own scale (thousands)." in text
    assert check_explanation(text, given).problems == ()
    assert check_explanation(text.replace("as 40,", "as 41,"), given).problems == ("41 is not in the forecast",)


def test_a_nameless_series_begins_the_explanation_with_a_capital() -> None:
    assert explain(told(name=NAMELESS)).startswith("The series is forecast at")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("10.25", "11.25"), "11.25 is not in the forecast"),
        (("2025-03-10", "2025-03-09"), "2025-03-09 is not a date"),
        (("80%", "95%"), "95 is not in the forecast"),
        (("twice", "half"), "is not the evidence"),
        (("The 80%", "One. Two. Three. Four. The 80%"), "sentences"),
    ],
)
def test_a_changed_explanation_is_found_out(change: tuple[str, str], problem: str) -> None:
    text = explain(told(DOUBLED))
    assert change[0] in text
    problems = check_explanation(text.replace(*change, 1), told(DOUBLED)).problems
    assert any(problem in said for said in problems)
