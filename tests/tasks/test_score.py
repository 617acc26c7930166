"""Metrics: numbers worked out by hand, agreement of empty sides, and slow references."""

from itertools import combinations

import pytest

from divisi.tasks.score import (
    argument_f1,
    call_scores,
    common_length,
    common_share,
    hallucinated,
    interval,
    multiset_f1,
    name_scores,
    rouge_l,
    same_calls,
    same_sequence,
)


def call(function: str, **arguments: object) -> dict[str, object]:
    return {"name": function, "arguments": arguments}


def test_name_f1_counts_repeated_names_as_often_as_they_are_made() -> None:
    scores = name_scores(["f", "f", "g"], ["f", "g", "h", "h"])
    assert scores == pytest.approx({"name_f1": 4 / 7, "name_precision": 2 / 3, "name_recall": 0.5})


@pytest.mark.parametrize(("given", "truth", "f1"), [([], [], 1.0), (["f"], [], 0.0), ([], ["f"], 0.0)])
def test_name_f1_where_a_side_is_empty(given: list[str], truth: list[str], f1: float) -> None:
    assert multiset_f1(given, truth)[0] == f1


def test_argument_f1_is_over_function_parameter_and_value() -> None:
    given = [call("f", city="Paris", days=2), call("g", city="Rome")]
    truth = [call("f", city="paris ", days=3), call("g", town="Rome")]
    assert argument_f1(given, truth) == pytest.approx(2 * 1 / 6)


def test_the_same_argument_of_another_function_does_not_count() -> None:
    assert argument_f1([call("f", city="Rome")], [call("g", city="Rome")]) == 0.0


def test_values_are_equal_in_canonical_form() -> None:
    assert argument_f1([call("f", x=2.0, y={"a": 1, "b": [True]})], [call("f", x=2, y={"b": [True], "a": 1.0})]) == 1.0


def test_true_is_not_one() -> None:
    assert argument_f1([call("f", x=True)], [call("f", x=1)]) == 0.0


def test_same_calls_ignores_order_and_same_sequence_does_not() -> None:
    calls = [call("f", x=1), call("g", x=2)]
    assert (same_calls(calls, calls[::-1]), same_sequence(calls, calls[::-1])) == (1.0, 0.0)


def test_same_calls_counts_repetitions() -> None:
    assert same_calls([call("f"), call("f")], [call("f")]) == 0.0


def slow_common_length(one: str, other: str) -> int:
    def follows(part: tuple[str, ...], whole: str) -> bool:
        rest = iter(whole)
        return all(letter in rest for letter in part)

    return max(size for size in range(len(one) + 1) if any(follows(part, other) for part in combinations(one, size)))


@pytest.mark.parametrize(("one", "other"), [("abcbdab", "bdcaba"), ("", "abc"), ("abc", "abc"), ("aab", "baa")])
def test_common_length_equals_the_slow_reference(one: str, other: str) -> None:
    assert common_length(one, other) == slow_common_length(one, other)


@pytest.mark.parametrize(
    ("names", "truth", "share"),
    [(["f", "g", "h"], ["g", "h", "f"], 2 / 3), (["f"], ["f", "g"], 0.5), ([], [], 1.0), ([], ["f"], 0.0)],
)
def test_common_share_is_of_the_longer_sequence(names: list[str], truth: list[str], share: float) -> None:
    assert common_share(names, truth) == pytest.approx(share)


def test_one_invented_name_makes_a_sample_hallucinated() -> None:
    assert hallucinated(["f", "invented"], {"f"}) == 1.0
    assert hallucinated(["f"], {"f"}) == 0.0


def test_call_scores_has_the_measures_of_the_paper() -> None:
    scores = call_scores([call("g"), call("x")], [call("g"), call("h")], {"g", "h"})
    assert scores == pytest.approx(
        {
            "name_f1": 0.5,
            "name_precision": 0.5,
            "name_recall": 0.5,
            "argument_f1": 1.0,
            "lcs": 0.5,
            "sequence": 0.0,
            "hallucinated": 1.0,
        }
    )


@pytest.mark.parametrize(
    ("text", "truth", "score"),
    [
        ("police killed the gunman", "police kill the gunman", 0.75),
        ("the gunman kill police", "police kill the gunman", 0.5),
        ("Same Words", "same words", 1.0),
        ("", "", 1.0),
        ("", "word", 0.0),
    ],
)
def test_rouge_l(text: str, truth: str, score: float) -> None:
    assert rouge_l(text, truth) == pytest.approx(score)


def test_an_interval_holds_the_mean_and_shrinks_with_more_samples() -> None:
    low, high = interval([0.0, 1.0] * 20)
    assert low < 0.5 < high
    more_low, more_high = interval([0.0, 1.0] * 500)
    assert more_high - more_low < (high - low) / 2


def test_an_interval_covers_what_the_normal_approximation_covers() -> None:
    low, high = interval([0.0, 1.0] * 200)
    half = 1.96 * (0.25 / 400) ** 0.5
    assert (low, high) == pytest.approx((0.5 - half, 0.5 + half), abs=0.01)


def test_an_interval_can_be_replayed() -> None:
    values = [0.1, 0.9, 0.4, 0.4, 0.7]
    assert interval(values, seed=3) == interval(values, seed=3)
    assert interval(values, seed=3) != interval(values, seed=4)


def test_an_interval_of_equal_values_is_that_value() -> None:
    assert interval([0.25] * 10) == (0.25, 0.25)
