"""A round keeps the watched scores of its base, and replaces the row of the same change."""

import pytest
from errors import BenchmarkError
from rounds import row_of, table_of, with_row


def results(base: str, value: float) -> dict:
    measure = {"group": "all", "metric": "name_f1", "count": 4, "value": value, "low": 0.1, "high": 0.9}
    other = {**measure, "metric": "lcs"}
    section = {
        "arm": "specialists",
        "set": "seal",
        "grammar": "on",
        "command": "c",
        "limit": 12,
        "seed": 0,
        "measures": [measure, other],
    }
    return {"date": "d", "base": {"fingerprint": base}, "sections": [section, {**section, "grammar": "off"}]}


def test_a_row_holds_what_is_watched_alone() -> None:
    row = row_of(results("a", 0.5), change="x", tokens=7)
    assert [(score["metric"], score["value"]) for score in row["scores"]] == [("name_f1", 0.5)]
    assert (row["base"], row["tokens"], row["commands"], row["limits"]) == ("a", 7, ["c"], ["12 of seed 0"])


def test_a_row_of_the_same_change_is_replaced_and_another_change_of_the_same_base_is_a_round() -> None:
    first, second = (row_of(results("a", 0.5), change=change, tokens=7_000_000) for change in "xy")
    renewed = row_of(results("b", 0.75), change="x", tokens=7_000_000)
    rows = with_row(with_row(with_row([], first), second), renewed)
    assert [(row["base"], row["change"]) for row in rows] == [("b", "x"), ("a", "y")]
    table = table_of(rows)
    assert list(table.columns[3].cells) == ["0.75 [0.10, 0.90] 4"]


def test_results_without_scores_are_refused() -> None:
    with pytest.raises(BenchmarkError, match=r"calling\.py"):
        row_of({"base": {"fingerprint": "a"}, "date": "d", "sections": []}, change="x", tokens=1)
