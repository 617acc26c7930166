"""Results that several runs put together, and their tables."""

from io import StringIO

from results import merged, read_results, write_results
from rich.console import Console
from tables import bar_table, set_table

HEAD = {"base": {"fingerprint": "one"}}


def section(arm="specialists", base="one", value=0.5, **more):
    measure = {"group": "all", "metric": "name_f1", "count": 654, "value": value, "low": 0.4, "high": 0.6}
    return {"set": "seal", "arm": arm, "grammar": "on", "base_fingerprint": base, "measures": [measure], **more}


def printed(table):
    out = StringIO()
    Console(file=out, width=160).print(table)
    return out.getvalue()


def test_a_section_replaces_the_one_of_its_place_and_no_other():
    before = merged(merged({}, HEAD, section("base")), HEAD, section(value=0.1))
    after = merged(before, HEAD, section(value=0.9))
    assert [(one["arm"], one["measures"][0]["value"]) for one in after["sections"]] == [
        ("base", 0.5),
        ("specialists", 0.9),
    ]


def test_sections_of_another_base_are_dropped():
    before = merged({}, {"base": {"fingerprint": "old"}}, section(base="old"))
    assert [one["base_fingerprint"] for one in merged(before, HEAD, section("base"))["sections"]] == ["one"]


def test_results_come_back_as_they_were_written(tmp_path):
    file = tmp_path / "folder" / "results.json"
    assert read_results(file) == {}
    write_results(file, merged({}, HEAD, section()))
    assert read_results(file) == merged({}, HEAD, section())


def test_a_table_shows_arms_side_by_side_with_interval_and_count():
    shown = printed(set_table("seal", [section(value=0.861), section("base", value=0.2)]))
    assert "0.861 [0.400, 0.600] 654" in shown
    assert "0.200" in shown


def test_bars_are_held_against_the_specialists():
    shown = printed(bar_table([section(value=0.861), section("base", value=0.99)]))
    assert "met (at least 0.85)" in shown
    assert "missed (at least 0.93)" in shown
