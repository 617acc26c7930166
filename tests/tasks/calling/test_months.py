"""Months are read with the year that is known, and a verb is none."""

import pytest

from divisi.tasks.calling.months import months_of, year_stated


@pytest.mark.parametrize(
    ("text", "today", "months"),
    [
        ("in November 2025", None, {"November 2025": "2025-11", "November": "2025-11"}),
        ("until Nov. 2025", None, {"Nov. 2025": "2025-11", "Nov": "2025-11"}),
        ("in 2026-05", None, {"2026-05": "2026-05"}),
        ("for 05/2026", None, {"05/2026": "2026-05"}),
        ("in august", None, {"august": "--08"}),
        ("August's groceries", "2025-09-05", {"August": "2025-08"}),
        ("for 2023: April and June", None, {"April": "2023-04", "June": "2023-06"}),
        ("March 2025, and the same for April", None, {"March 2025": "2025-03", "March": "2025-03", "April": "2025-04"}),
        ("on the 22nd of November", None, {"November": "--11"}),
        ("Is May warm? Or in may?", None, {"May": "--05", "may": "--05"}),
        ("next month", "2025-12-05", {"next month": "2026-01"}),
        ("May I go? You may march on", None, {}),
        ("2026-05-06", None, {}),
        ("jan may come", None, {}),
    ],
)
def test_a_month_has_one_form(text: str, today: str | None, months: dict[str, str]) -> None:
    assert {text[start:end]: month for (start, end), month in months_of(text, today).items()} == months


@pytest.mark.parametrize(("text", "year"), [("in 2023", "2023"), ("in 2023 and for 2024", None), ("at 2023 m", None)])
def test_a_year_counts_where_it_is_the_only_one(text: str, year: str | None) -> None:
    assert year_stated(text) == year
