"""Series from CSV files, and `divisi forecast` from file to picture."""

import csv
import json

import pytest
from typer.testing import CliRunner

from divisi.services.cli import cli
from divisi.services.errors import InvalidRequestError
from divisi.services.forecasting.files import read_series, write_columns

NAMES = {"id_column": "unique_id", "time_column": "ds", "value_column": "y"}


@pytest.fixture
def file(tmp_path, monthly):
    write_columns(tmp_path / "data.csv", {"unique_id": ["a"] * 48, **monthly})
    return tmp_path / "data.csv"


@pytest.fixture
def run():
    return lambda *arguments: CliRunner().invoke(cli, ["forecast", *map(str, arguments)])


def test_empty_cells_are_missing_and_texts_are_left_to_the_guard(tmp_path):
    (tmp_path / "data.csv").write_text("ds,y\n1,2.5\n2,\n3,NA\n4,closed\n")
    found = read_series(tmp_path / "data.csv", **NAMES)
    assert found == {"ds": [1, 2, 3, 4], "y": [2.5, None, None, "closed"]}


@pytest.mark.parametrize("sign", [";", "\t", "|"])
def test_other_signs_between_columns_are_seen(tmp_path, sign):
    (tmp_path / "data.csv").write_text(f"ds{sign}y\n1{sign}2.5\n2{sign}3\n")
    assert read_series(tmp_path / "data.csv", **NAMES) == {"ds": [1, 2], "y": [2.5, 3.0]}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("day,value\n1,2\n", "no column 'ds', but day, value"),
        ("ds,y\n", "no rows"),
        ("", "none at all"),
        ("ds,y,y\n1,2,3\n", "two columns 'y'"),
        ("ds,y\n1,2\n2,1,200\n", "line 3 of .* more cells than the header"),
        (None, "cannot be read"),
    ],
)
def test_a_file_that_holds_no_series_is_refused(tmp_path, content, message):
    if content is not None:
        (tmp_path / "data.csv").write_text(content)
    with pytest.raises(InvalidRequestError, match=message):
        read_series(tmp_path / "data.csv", **NAMES)


def test_forecast_writes_table_picture_and_csv(run, file, tmp_path):
    options = ("--horizon", 3, "--numbers-only", "--plot", tmp_path / "out.png", "--out", tmp_path / "out.csv")
    result = run(file, *options, "--name", "Sales")
    assert result.exit_code == 0, result.output
    assert "Sales is forecast at 101" in result.stdout
    assert "context: neutral, there is no text" in result.stdout
    assert (tmp_path / "out.png").is_file()
    rows = list(csv.DictReader((tmp_path / "out.csv").read_text().splitlines()))
    assert [float(row["divisi"]) for row in rows] == pytest.approx([101.0, 102.0, 103.0])


def test_forecast_prints_json_and_says_what_cannot_be_read(run, file, tmp_path):
    (tmp_path / "notes.txt").write_text("The plant is closed in March 2024.")
    result = run(file, "--horizon", 3, "--numbers-only", "--context", tmp_path / "notes.txt", "--json", "--level", 50)
    assert result.exit_code == 0, result.output
    made = json.loads(result.stdout)
    assert made["series"][0]["stages"][0]["neutral"] == "no base is loaded"
    assert made["series"][0]["intervals"]["levels"] == [50.0]


def test_a_text_that_nobody_reads_is_told(run, file, tmp_path):
    (tmp_path / "notes.txt").write_text("The plant is closed in March 2024.")
    result = run(file, "--horizon", 3, "--numbers-only", "--context", tmp_path / "notes.txt")
    assert "note: the text was not read: no base is loaded" in result.stdout


def test_a_series_without_a_name_is_called_as_its_file(run, monthly, tmp_path):
    write_columns(tmp_path / "bakery.csv", monthly)
    result = run(tmp_path / "bakery.csv", "--horizon", 3, "--numbers-only")
    assert "bakery is forecast at 101" in result.stdout


@pytest.mark.parametrize(
    ("ids", "column", "said"),
    [
        ([1.0] * 48, "y", "The series is forecast at 101"),
        ([1.0] * 48, "guests", "guests is forecast at 101"),
        (None, "guests", "guests is forecast at 101"),
        (["a"] * 48, "guests", "a is forecast at 101"),
    ],
)
def test_a_number_is_no_name(run, monthly, tmp_path, ids, column, said):
    columns = {"ds": monthly["ds"], column: monthly["y"]}
    write_columns(tmp_path / "data.csv", {"unique_id": ids, **columns} if ids else columns)
    result = run(tmp_path / "data.csv", "--horizon", 3, "--numbers-only", "--columns", f"unique_id,ds,{column}")
    assert f"\n{said}" in result.stdout


def test_numbered_series_are_told_apart(run, monthly, tmp_path):
    twice = {name: 2 * column for name, column in monthly.items()}
    write_columns(tmp_path / "data.csv", {"unique_id": [1] * 48 + [2] * 48, **twice})
    result = run(tmp_path / "data.csv", "--horizon", 3, "--numbers-only")
    assert "\nseries 2 is forecast at 101" in result.stdout


def test_folds_show_every_model_and_write_nixtlas_columns(run, file, tmp_path):
    options = ("--horizon", 6, "--numbers-only", "--folds", 2, "--folds-out", tmp_path / "folds.csv")
    result = run(file, *options)
    assert result.exit_code == 0, result.output
    assert "divisi (the pool's median)" in result.stdout
    rows = list(csv.DictReader((tmp_path / "folds.csv").read_text().splitlines()))
    assert list(rows[0])[:4] == ["unique_id", "ds", "cutoff", "y"]
    assert [row["cutoff"] for row in rows] == ["2022-12-01"] * 6 + ["2023-06-01"] * 6


@pytest.mark.parametrize("width", [80, 72])
def test_the_table_is_never_wider_than_the_terminal(run, file, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", str(width))
    result = run(file, "--horizon", 3, "--numbers-only")
    assert max(map(len, result.stdout.splitlines())) <= width
    assert "…" not in result.stdout


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--horizon", 3, "--folds", 50), "too few for these windows"),
        (("--horizon", 3, "--folds-out", "folds.csv"), "needs --folds"),
        (("--horizon", 0), "horizon"),
        (("--horizon", 3, "--columns", "a,b"), "three names"),
        (("--horizon", 3, "--model", "Prophet"), "no model of the pool"),
        (("--horizon", 3, "--plot", "/nowhere/out.png"), "there is no folder /nowhere"),
        (("--horizon", 3, "--plot", "out.bmp"), "a picture ends with .png, .svg, .pdf"),
    ],
)
def test_what_cannot_be_done_ends_the_program_with_advice(run, file, options, message):
    result = run(file, *options, "--numbers-only")
    assert result.exit_code == 1
    assert message in result.stderr
