"""A schedule as a file, a table and a picture."""

import runpy
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from divisi.scheduler.curriculum import Rules, phases_of, train
from divisi.scheduler.schedule import decide
from divisi.services.errors import ConfigError
from divisi.services.schedule_plot import plot_schedule
from divisi.services.schedule_record import read_schedule, write_schedule
from divisi.services.show_training import show_schedule

pytest.importorskip("matplotlib")
TASKS = ("tell", "sum", "code")
CARRY = {"tell": {"sum": -0.6, "code": -0.6}, "code": {"sum": 0.5}, "sum": {"code": -0.5, "tell": -1.0}}


@pytest.fixture
def record(tmp_path):
    toy = runpy.run_path(str(Path(__file__).parents[1] / "scheduler" / "conftest.py"))["Toy"]
    learner = toy(TASKS, carry=CARRY, slope={"tell": 3.0, "sum": -1.0, "code": -1.0})
    schedule = decide(learner, TASKS, probe_tokens=500, resamples=40)
    course = train(learner, phases_of(schedule.tasks), schedule.order.natures, Rules(tokens=800, floor=0.9), seed=0)
    write_schedule(tmp_path / "schedule.json", schedule, course, ())
    return read_schedule(tmp_path / "schedule.json")


def test_the_record_holds_what_was_decided_and_what_came_of_it(record):
    assert record["tasks"] == ["sum", "code", "tell"]
    assert record["order"]["natures"] == {"tell": "open", "sum": "structured", "code": "structured"}
    assert len(record["course"]["sections"]) == 6
    assert record["transfer"]["matrix"][0][1]["value"] < 0


@pytest.mark.parametrize("course", [True, False], ids=["trained", "decided"])
def test_the_picture_names_every_task_its_order_and_the_floor(record, tmp_path, course):
    plot_schedule(record if course else {**record, "course": None}, tmp_path / "out.svg")
    drawn = (tmp_path / "out.svg").read_text()
    assert "<svg" in drawn
    told = drawn.count("<!-- floor of tell -->")
    assert told == int(course)
    assert "<!-- Order of training (structured-first): sum → code → tell -->" in drawn
    assert ("have not been trained yet" in drawn) is not course


def test_the_table_says_why(record):
    out = StringIO()
    show_schedule(record, Console(file=out, width=160))
    assert "order (structured-first): sum → code → tell" in out.getvalue()
    assert "predicted BWT" in out.getvalue()


def test_a_kind_of_picture_that_nobody_can_draw_is_refused(record, tmp_path):
    with pytest.raises(ConfigError, match=r"out\.text cannot be written"):
        plot_schedule(record, tmp_path / "out.text")


def test_a_file_that_is_no_schedule_is_refused(tmp_path):
    (tmp_path / "plan.json").write_text("{}")
    with pytest.raises(ConfigError, match="no schedule of format 1"):
        read_schedule(tmp_path / "plan.json")
