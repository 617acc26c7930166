"""What the four subtasks of forecasting keep: write and parse are inverse, the grammar takes what is written, checks
accept the truth and find what is wrong, the truth scores 1, and the neutral answers change nothing."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from divisi.tasks.catalog import FORECASTING
from divisi.tasks.forecasting import context, macro, micro, synthesis
from divisi.tasks.forecasting.card import Card, forecast_case
from divisi.tasks.forecasting.effect import effect_from_record, effect_to_record
from divisi.tasks.forecasting.frequency import as_dates, future_dates, moment
from divisi.tasks.subtask import AnswerError, Case

TEXT = (
    "Hall A is shut from 12 to 14 March 2025. From 17 March on we expect 20% more guests for good. If the fair comes, "
    "guests could double on 20 March. The branch in Graz counts on 10% more. The café – “Łódź” – is new."
)
CARD = Card(
    name="Guests, hall A",
    unit="guests",
    freq="D",
    history_start="2023-01-01",
    history_end="2025-03-09",
    horizon=14,
    domain="museums",
    seasonality="weekly",
    last_values=(10.0, 11.0, 12.5, 13.0, 14.0, 20.0, 5.0),
    view=(9.0, 10.0, 11.0),
    traits={"trend": 0.02, "season": 0.8},
    errors={"ETS": 0.91, "DOT": 0.88},
    residuals=(0.1, -0.4, 2.3),
    days=(("2025-03-19", "Saint Joseph's Day"),),
)
CASE = forecast_case(CARD, TEXT)


def record(**slots: Any) -> dict[str, Any]:
    return effect_to_record(effect_from_record(slots))


SHUT = record(
    type="set", start="2025-03-12", end="2025-03-14", value=0, unit="abs", evidence="shut from 12 to 14 March"
)
MORE = record(type="level_shift", start="2025-03-17", value=20, unit="pct", evidence="20% more guests for good")
PERHAPS = record(
    type="multiply", start="2025-03-20", end="2025-03-20", value=2, unit="x", certainty="hypothetical",
    evidence="guests could double on 20 March",
)  # fmt: skip
THERE = record(type="multiply", target="other", value=10, unit="pct", evidence="Graz counts on 10% more")
NIGHTS = record(
    type="add", start="2025-03-12", end="2025-03-20", value=20, unit="abs", evidence="20% more guests",
    duration={"n": 1, "unit": "D"}, recurrence={"every": 2, "unit": "D"},
)  # fmt: skip
PATH = record(
    type="regime_path", start="2025-03-10", evidence="Hall A is shut",
    path=[{"start": "2025-03-10", "state": "shut"}, {"start": "2025-03-12", "state": "new"}],
)  # fmt: skip
SUNDAY = record(type="use_profile", start="2025-03-20", evidence="“Łódź”", profile="Sunday")
INDEX = record(type="follow_reference", start="2025-03-20", evidence="café", reference="The fair")
MASK = record(type="mask_history", start="2025-03-01", end="2025-03-02", evidence="Hall A")
NONE = record(type="none", evidence="is new")

CHOSEN = {**macro.NEUTRAL, "trend": "flat", "level": "shifted", "regime_start": "2024-06-01"}
CHOSEN["pool_weights"] = {"ETS": 3, "DOT": 0, "CES": 1, "SNaive": 0}
CHOSEN["reason_codes"] = ["level_changed", "model_error"]
MOVED = {"steps": [{"k": 1, "adj": -2}, {"k": 4, "adj": 1}], "outlier_last": True, "bias": 1, "decay": "slow"}
DECIDING = synthesis.synthesis_case(CARD, TEXT, [SHUT, PERHAPS])
NOTHING_TO_DECIDE = synthesis.synthesis_case(CARD, TEXT, [])
DECIDED = {"accept": [True, False], "conflict": "not_certain", "confidence": "mid"}

TRUTHS: list[tuple[str, Case, Any]] = [
    ("context", CASE, {"effects": [SHUT, MORE, PERHAPS, THERE], "irrelevant": ["The café – “Łódź” – is new"]}),
    ("context", CASE, {"effects": [NIGHTS, PATH, SUNDAY, INDEX, MASK], "irrelevant": []}),
    ("context", CASE, {"effects": [NONE], "irrelevant": []}),
    ("context", CASE, dict(context.NEUTRAL)),
    ("macro", CASE, dict(macro.NEUTRAL)),
    ("macro", CASE, CHOSEN),
    ("micro", CASE, dict(micro.NEUTRAL)),
    ("micro", CASE, MOVED),
    ("synthesis", DECIDING, DECIDED),
    ("synthesis", DECIDING, synthesis.neutral(DECIDING)),
    ("synthesis", NOTHING_TO_DECIDE, synthesis.neutral(NOTHING_TO_DECIDE)),
]
IDS = [f"{name}-{place}" for place, (name, _, _) in enumerate(TRUTHS)]
EACH = pytest.mark.parametrize(("name", "case", "truth"), TRUTHS, ids=IDS)


@EACH
def test_parse_takes_back_what_write_wrote(name: str, case: Case, truth: Any) -> None:
    subtask = FORECASTING[name]
    assert subtask.parse(subtask.write(truth, case), case) == truth


@EACH
def test_grammar_takes_what_write_wrote(name: str, case: Case, truth: Any, accepts: Callable[[Any, str], bool]) -> None:
    assert accepts(FORECASTING[name].grammar(case), FORECASTING[name].write(truth, case))


@EACH
def test_checks_accept_the_truth(name: str, case: Case, truth: Any) -> None:
    assert FORECASTING[name].verify(truth, case).problems == ()


@EACH
def test_the_truth_scores_one_and_hallucinates_nothing(name: str, case: Case, truth: Any) -> None:
    scores = dict(FORECASTING[name].score(truth, truth, case))
    assert scores.pop("hallucinated", 0.0) == 0.0
    assert set(scores.values()) == {1.0}


def test_the_invocations_are_short_and_the_effects_stand_in_that_of_synthesis() -> None:
    assert [FORECASTING[name].render(CASE) for name in ("macro", "micro")] == ["macro", "micro"]
    assert FORECASTING["context"].render(CASE).startswith("context (")
    first, second, third = FORECASTING["synthesis"].render(DECIDING).splitlines()
    assert first == "synthesis"
    assert second == '1 set stated 0 abs 2025-03-12 to 2025-03-14 "shut from 12 to 14 March"'
    assert third.startswith("2 multiply hypothetical 2 x 2025-03-20")


def test_all_four_share_one_prefix() -> None:
    assert DECIDING.messages == CASE.messages
    assert DECIDING.tools == CASE.tools == ()


def test_the_evidence_comes_first_and_empty_slots_are_left_out() -> None:
    text = FORECASTING["context"].write({"effects": [MORE], "irrelevant": []}, CASE)
    assert text == (
        '{"effects": [{"evidence": "20% more guests for good", "target": "this_series", "certainty": "stated", '
        '"type": "level_shift", "start": "2025-03-17", "value": 20, "unit": "pct"}]}'
    )


def effects(*records: Any, irrelevant: Any = ()) -> dict[str, Any]:
    return {"effects": list(records), "irrelevant": list(irrelevant)}


WRONGS: list[tuple[str, Case, Any, str]] = [
    ("context", CASE, effects({**SHUT, "evidence": "shut until May"}), "is not in the text"),
    ("context", CASE, effects({**SHUT, "evidence": ""}), "no words of the text"),
    ("context", CASE, effects({**MORE, "value": 35}), "the text does not say 35"),
    ("context", CASE, effects({**MORE, "unit": "x", "value": 500}), "must lie in [0, 100]"),
    ("context", CASE, effects({**SHUT, "unit": "pct"}), "it takes abs"),
    ("context", CASE, effects({**SHUT, "value": None}), "needs a value"),
    ("context", CASE, effects({**SHUT, "start": "2026-03-12", "end": "2026-03-14"}), "outside the horizon"),
    ("context", CASE, effects({**SHUT, "start": "2025-03-14", "end": "2025-03-12"}), "before it begins"),
    ("context", CASE, effects({**SHUT, "start": None}), "no date"),
    ("context", CASE, effects({**SHUT, "start": 3}), "counts in dates"),
    ("context", CASE, effects({**MASK, "start": "2025-04-01", "end": "2025-04-02"}), "outside the history"),
    ("context", CASE, effects({**MASK, "applies_to": "future"}), "cannot apply to the future"),
    ("context", CASE, effects({**MASK, "value": 3}), "takes no value"),
    ("context", CASE, effects({**SUNDAY, "profile": None}), "needs a profile"),
    ("context", CASE, effects({**INDEX, "reference": "Dow Jones"}), "'Dow Jones' is not named"),
    ("context", CASE, effects(irrelevant=["The pool is green"]), "is not in the text"),
    ("macro", CASE, {**CHOSEN, "trend": "sideways"}, "trend must be one of"),
    ("macro", CASE, {**macro.NEUTRAL, "pool_weights": dict.fromkeys(macro.MODELS, 0)}, "give one of them weight"),
    ("macro", CASE, {**CHOSEN, "regime_start": None}, "go together"),
    ("macro", CASE, {**CHOSEN, "regime_start": "2020-01-01"}, "outside the history"),
    ("micro", CASE, {**MOVED, "steps": [{"k": 4, "adj": 1}, {"k": 1, "adj": 1}]}, "must come after 4"),
    ("micro", CASE, {**MOVED, "steps": [{"k": 1, "adj": 0}]}, "leave out 0"),
    ("micro", CASE, {**MOVED, "bias": 9}, "must lie within 2"),
    ("micro", CASE, {**MOVED, "decay": "never"}, "decay must be one of"),
    ("synthesis", DECIDING, {**DECIDED, "accept": [True]}, "give one for each"),
    ("synthesis", DECIDING, {**DECIDED, "accept": [True, True], "conflict": "none"}, "it is hypothetical"),
    ("synthesis", DECIDING, {**DECIDED, "conflict": "none"}, "named exactly where"),
    ("synthesis", DECIDING, {**DECIDED, "conflict": "bad luck"}, "words of the grammar"),
]


@pytest.mark.parametrize(("name", "case", "value", "problem"), WRONGS)
def test_checks_say_what_is_wrong(name: str, case: Case, value: Any, problem: str) -> None:
    assert any(problem in said for said in FORECASTING[name].verify(value, case).problems)


REFUSED_TEXTS = [
    ("context", CASE, '{"effects": [{"type": "add"}]}'),
    ("context", CASE, '{"effects": [{"evidence": "x", "target": "us", "certainty": "stated", "type": "none"}]}'),
    (
        "context",
        CASE,
        '{"effects": [{"evidence": "x", "target": "other", "certainty": "stated", "type": "none", "n": 1}]}',
    ),
    (
        "context",
        CASE,
        '{"effects": [{"evidence": "x", "target": "other", "certainty": "stated", "type": "add", '
        '"start": "1999-03-12"}]}',
    ),
    ("context", CASE, '{"irrelevant": []}'),
    ("macro", CASE, '{"trend": "up"}'),
    ("micro", CASE, '{"steps": [{"k": 1, "adj": 0}], "outlier_last": false, "bias": 0, "decay": "fast"}'),
    ("micro", CASE, '{"steps": [{"k": 9, "adj": 1}], "outlier_last": false, "bias": 0, "decay": "fast"}'),
    ("synthesis", DECIDING, '{"accept": [true], "conflict": "none", "confidence": "high"}'),
    ("synthesis", DECIDING, '{"accept": [true, 1], "conflict": "none", "confidence": "high"}'),
]


@pytest.mark.parametrize(("name", "case", "text"), REFUSED_TEXTS)
def test_grammar_refuses(name: str, case: Case, text: str, accepts: Callable[[Any, str], bool]) -> None:
    assert not accepts(FORECASTING[name].grammar(case), text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("context", "nothing"),
        ("context", "[]"),
        ("context", '{"effects": [3]}'),
        ("context", '{"effects": [], "irrelevant": [3]}'),
        ("context", '{"effects": [{"type": "add", "start": "soon"}]}'),
        ("macro", '{"trend": "up"}'),
        ("macro", '{"trend": NaN}'),
        ("micro", '{"steps": [], "outlier_last": 0, "bias": 0, "decay": "fast"}'),
        ("synthesis", '{"accept": [1], "conflict": "none", "confidence": "high"}'),
    ],
)
def test_parse_refuses_what_is_no_answer(name: str, text: str) -> None:
    with pytest.raises(AnswerError):
        FORECASTING[name].parse(text, CASE)


@pytest.mark.parametrize("name", FORECASTING)
def test_a_grammar_does_not_need_a_card(name: str, accepts: Callable[[Any, str], bool]) -> None:
    bare = Case(({"role": "user", "content": "?"},))
    value = (
        synthesis.neutral(bare)
        if name == "synthesis"
        else {"context": context, "macro": macro, "micro": micro}[name].NEUTRAL
    )
    assert accepts(FORECASTING[name].grammar(bare), FORECASTING[name].write(value, bare))


def test_a_step_card_takes_whole_numbers_as_moments(accepts: Callable[[Any, str], bool]) -> None:
    case = forecast_case(Card("s", "u", 1, 0, 99, 5), "stop at step 102")
    stop = record(type="set", start=102, end=103, value=0, unit="abs", evidence="stop at step 102")
    text = FORECASTING["context"].write(effects(stop), case)
    assert accepts(FORECASTING["context"].grammar(case), text)
    assert FORECASTING["context"].verify(effects(stop), case).valid


def test_a_taken_distractor_is_hallucinated_and_another_reading_of_the_same_is_not() -> None:
    truth, half = effects(SHUT), record(type="multiply", start="2025-03-12", value=0.5, unit="x", evidence="a")
    taken = effects(SHUT, {**PERHAPS, "certainty": "stated"})
    assert FORECASTING["context"].score(taken, truth, CASE)["hallucinated"] == 1.0
    minus = {**half, "value": -50, "unit": "pct"}
    assert FORECASTING["context"].score(effects(half), effects(minus), CASE)["exact"] == 1.0


def test_slots_count_what_is_right_of_a_wrong_effect() -> None:
    late = {**SHUT, "start": "2025-03-13"}
    scores = FORECASTING["context"].score(effects(late), effects(SHUT), CASE)
    assert (scores["effect_f1"], scores["type_f1"], scores["slots"]) == (0.0, 1.0, 0.75)


HISTORY = np.tile([10.0, 11, 12, 13, 14, 20, 5], 8)
PAST = as_dates(np.arange(np.datetime64("2025-01-13"), np.datetime64("2025-03-10")))
FORECASTS = {"ETS": np.arange(14.0), "DOT": np.arange(14.0) + 2, "CES": np.full(14, 5.0)}
MEDIAN = np.median(list(FORECASTS.values()), axis=0)


def shaped(**slots: Any) -> Any:
    value = {**macro.NEUTRAL, **slots}
    return macro.apply_macro(
        FORECASTS, value, combined=MEDIAN, history=HISTORY, history_dates=PAST, season=1
    )  # fmt: skip


def test_neutral_answers_leave_the_forecast_as_it_is() -> None:
    np.testing.assert_array_equal(shaped(), MEDIAN)
    np.testing.assert_array_equal(micro.apply_micro(MEDIAN, micro.NEUTRAL, sigma=3.0, shrink=1.0), MEDIAN)


def test_weights_count_models_in_the_median() -> None:
    np.testing.assert_array_equal(shaped(pool_weights={"ETS": 3, "DOT": 1, "CES": 1, "SNaive": 0}), FORECASTS["ETS"])
    np.testing.assert_array_equal(shaped(pool_weights={"ETS": 1, "DOT": 1, "CES": 1, "SNaive": 0}), MEDIAN)


def test_a_flat_trend_and_a_damped_one() -> None:
    only = {"pool_weights": {"ETS": 1, "DOT": 0, "CES": 0, "SNaive": 0}}
    assert np.ptp(shaped(trend="flat", **only)) == pytest.approx(0)
    assert np.ptp(shaped(trend="down", **only)) == pytest.approx(0)
    np.testing.assert_allclose(shaped(trend="up", **only), FORECASTS["ETS"], atol=1e-9)
    damped = shaped(damping="strong", **only)
    assert 0 < damped[-1] < FORECASTS["ETS"][-1]


def test_a_season_can_be_taken_out_and_a_level_moved() -> None:
    weekly = {"ETS": np.tile(HISTORY[:7], 2)}
    shape = {"combined": weekly["ETS"], "history": HISTORY + 40, "history_dates": PAST, "season": 7}
    plain = macro.apply_macro(weekly, {**macro.NEUTRAL, "season": "none"}, **shape)
    np.testing.assert_allclose(plain, HISTORY[:7].mean())
    since = {**macro.NEUTRAL, "level": "shifted", "regime_start": "2025-02-10"}
    np.testing.assert_allclose(macro.apply_macro(weekly, since, **shape), weekly["ETS"] + 40)
    halfway = {**macro.NEUTRAL, "level": "mean"}
    np.testing.assert_allclose(macro.apply_macro(weekly, halfway, **shape), weekly["ETS"] + 20)


def test_corrections_are_sigmas_that_shrink_and_the_bias_fades() -> None:
    value = {"steps": [{"k": 2, "adj": -1}], "outlier_last": False, "bias": 2, "decay": "fast"}
    moved = micro.apply_micro(np.zeros((3, 4)), value, sigma=10.0, shrink=0.5)
    np.testing.assert_allclose(moved, np.tile([10, 0, 2.5, 1.25], (3, 1)))


def test_a_card_comes_back_from_its_text() -> None:
    from divisi.tasks.forecasting.card import read_card

    assert read_card(CARD.text()) == CARD
    assert "Mon 2025-03-10, Tue 11" in CARD.text()
    assert CARD.dates.tolist() == future_dates(moment("2025-03-09"), "D", 14).tolist()


@pytest.mark.parametrize(
    ("day", "there"), [("2024-02-29", True), ("2025-02-29", False), ("2025-04-31", False), ("2025-12-31", True)]
)
def test_a_grammar_only_writes_days_that_there_are(day: str, there: bool, accepts: Callable[[Any, str], bool]) -> None:
    text = (
        '{"effects": [{"evidence": "x", "target": "other", "certainty": "stated", "type": "remove_trend", '
        f'"start": "{day}"}}]}}'
    )
    assert accepts(FORECASTING["context"].grammar(CASE), text) is there
