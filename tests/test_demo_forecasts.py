"""The demo's judgement of forecasts: right ones pass, and each way to be wrong is found."""

import copy
import json
import runpy
from pathlib import Path

import pytest
from forecasts import SCENES, Passengers, air_passengers, ask_forecast, faults_of, perform_forecasts
from openai import OpenAI
from rich.console import Console

SERVICES = runpy.run_path(str(Path(__file__).parent / "services" / "conftest.py"))
FORECASTING = runpy.run_path(str(Path(__file__).parent / "services" / "forecasting" / "conftest.py"))
PLAIN, STRIKE = SCENES
PASSENGERS = Passengers((), (), (100.0,) * 12)
MONTHS = [f"1960-{month:02d}-01" for month in range(1, 13)]
ANSWER = {
    "forecast": {
        "ds": MONTHS,
        "pool": [101.0] * 12,
        "divisi": [101.0] * 12,
        "divisi-lo-80": [90.0] * 12,
        "divisi-hi-80": [110.0] * 12,
    }
}


def changed(**columns):
    answer = copy.deepcopy(ANSWER)
    answer["forecast"] |= columns
    return answer


def test_a_right_forecast_has_no_faults():
    assert list(faults_of(ANSWER, PLAIN, PASSENGERS)) == []
    halved = [101.0 * (0.5 if month == "1960-07-01" else 1.0) for month in MONTHS]
    assert list(faults_of(changed(divisi=halved), STRIKE, PASSENGERS)) == []


@pytest.mark.parametrize(
    ("answer", "scene", "fault"),
    [
        (changed(pool=[130.0] * 12, divisi=[130.0] * 12), PLAIN, "off by 30.0%"),
        (changed(**{"divisi-lo-80": [100.5] * 12}), PLAIN, "holds 0 of 12 months"),
        (changed(divisi=[101.0] * 11 + [50.0]), PLAIN, "expected 101.0 for 1960-12-01, got 50.0"),
        (ANSWER, STRIKE, "expected 50.5 for 1960-07-01, got 101.0"),
    ],
)
def test_a_fault_is_found(answer, scene, fault):
    assert any(fault in found for found in faults_of(answer, scene, PASSENGERS))


def test_the_series_is_the_one_of_the_books():
    passengers = air_passengers()
    assert (passengers.months[0], passengers.months[-1]) == ("1949-01-01", "1959-12-01")
    assert (passengers.known[0], passengers.truth[-1]) == (112.0, 432.0)


def test_the_forecasts_are_asked_of_the_service_and_shown(serve, section_with):
    effect = {"evidence": "A strike halves the number of passengers in July 1960", "target": "this_series"}
    effect |= {"certainty": "stated", "type": "multiply", "start": "1960-07-01", "end": "1960-07-31"}
    effect |= {"value": 0.5, "unit": "x"}
    context = [json.dumps({"effects": []}), json.dumps({"effects": [effect]})]
    console = Console(width=160, record=True)
    client = OpenAI(base_url=serve(section_with({"context": context}, ("context",))) + "/v1", api_key="none")
    assert perform_forecasts(client, console)
    text = console.export_text()
    assert "effects: none" in text
    assert "July 1960' applied" in text


def test_what_the_text_says_but_nobody_read_is_wrong(serve, section_with):
    client = OpenAI(base_url=serve(section_with({}, ())) + "/v1", api_key="none")
    answer = ask_forecast(client, STRIKE, air_passengers())
    assert [fault for fault in faults_of(answer, STRIKE, air_passengers()) if "1960-07" in fault]


serve, scripted, section_with = SERVICES["serve"], SERVICES["scripted"], FORECASTING["section_with"]
